#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aztriage::probe::wire {

enum class Order { big, little };

/// Reads binary messages from the front. Reading past the end gives zeros and empty pieces, and `good` is
/// false from then on: a whole structure is read, then asked once.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes, Order order = Order::big) : bytes_(bytes), order_(order) {}

  std::uint64_t number(std::size_t width);
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  std::string_view take(std::size_t count);
  /// A piece behind its own length of so many bytes.
  std::string_view counted(std::size_t width) { return take(static_cast<std::size_t>(number(width))); }

  bool good() const { return good_; }
  std::size_t left() const { return bytes_.size() - at_; }
  std::size_t at() const { return at_; }
  std::string_view rest() const { return bytes_.substr(at_); }

 private:
  std::string_view bytes_;
  Order order_;
  std::size_t at_ = 0;
  bool good_ = true;
};

/// A piece of a message by offset and length that the message itself gives; empty when it is not inside.
std::string_view piece_of(std::string_view bytes, std::size_t offset, std::size_t length);

class ByteWriter {
 public:
  explicit ByteWriter(Order order = Order::big) : order_(order) {}

  ByteWriter& number(std::uint64_t value, std::size_t width);
  ByteWriter& u8(std::uint64_t value) { return number(value, 1); }
  ByteWriter& u16(std::uint64_t value) { return number(value, 2); }
  ByteWriter& u32(std::uint64_t value) { return number(value, 4); }
  ByteWriter& u64(std::uint64_t value) { return number(value, 8); }
  ByteWriter& put(std::string_view bytes);
  ByteWriter& counted(std::string_view bytes, std::size_t width);

  std::size_t size() const { return bytes_.size(); }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  Order order_;
};

/// UTF-16 in little endian, as Windows' protocols write text. Lone surrogates become U+FFFD.
std::string from_utf16(std::string_view bytes);
std::string to_utf16(std::string_view utf8);

/// Windows counts 100 ns since 1601; this gives seconds since 1970.
double seconds_of_filetime(std::uint64_t filetime);

}  // namespace aztriage::probe::wire
