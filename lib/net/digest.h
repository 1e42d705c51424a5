#pragma once

#include <cstddef>
#include <string>

struct evp_md_ctx_st;

namespace aztriage::net {

/// SHA-256 (FIPS 180-4) of bytes as they come.
class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  void add(const char* bytes, std::size_t count);
  /// In lower-case hex; nothing can be added after that.
  std::string hex();

 private:
  evp_md_ctx_st* context_;
};

}  // namespace aztriage::net
