#include "net/digest.h"

#include <new>
#include <string_view>

#include <openssl/evp.h>

namespace aztriage::net {

Digest::Digest() : context_(EVP_MD_CTX_new()) {
  if (context_ == nullptr || EVP_DigestInit_ex(context_, EVP_sha256(), nullptr) != 1) throw std::bad_alloc();
}

Digest::~Digest() {
  EVP_MD_CTX_free(context_);
}

void Digest::add(const char* bytes, std::size_t count) {
  EVP_DigestUpdate(context_, bytes, count);
}

std::string Digest::hex() {
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(context_, sum, &size);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    out += kDigits[sum[i] >> 4];
    out += kDigits[sum[i] & 15];
  }
  return out;
}

}  // namespace aztriage::net
