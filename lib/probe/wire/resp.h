#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::probe::wire {

/// One reply of Redis' RESP2 (redis.io/docs/latest/develop/reference/protocol-spec).
struct Resp {
  enum class Kind { status, error, integer, bulk, null, array };
  Kind kind = Kind::null;
  std::string text;  // of a status, an error or a bulk string
  std::int64_t number = 0;
  std::vector<Resp> items;

  bool is_text() const { return kind == Kind::status || kind == Kind::bulk; }
  /// The first word of an error: NOAUTH, WRONGPASS, MOVED, ERR.
  std::string_view word() const;
};

/// Takes bytes as they come and gives whole replies. Bounded: 512 KiB, 20,000 values and 8 levels a reply.
class RespReader {
 public:
  void feed(std::string_view bytes) { buffer_ += bytes; }
  enum class Got { whole, more, broken };
  /// The next reply. `broken`: this is not RESP, or its lengths are beyond the bounds; it stays so.
  Got next(Resp& reply);
  /// Whether what broke was too large instead of wrong.
  bool too_large() const { return too_large_; }
  /// What is not read yet.
  std::string_view rest() const { return std::string_view(buffer_).substr(at_); }

 private:
  /// An array whose items are still coming.
  struct Open {
    Resp array;
    std::size_t missing;
  };
  Got value(Resp& into);
  Got line(std::string_view& into);
  Got bulk(Resp& into);
  Got too_much();

  std::string buffer_;
  std::size_t at_ = 0;      // read so far
  std::size_t needed_ = 0;  // size of the buffer below which another try is in vain
  std::size_t values_ = 0;
  std::size_t bytes_ = 0;
  std::vector<Open> open_;
  bool broken_ = false;
  bool too_large_ = false;
};

/// A command as an array of bulk strings.
std::string resp_command(const std::vector<std::string>& words);

}  // namespace aztriage::probe::wire
