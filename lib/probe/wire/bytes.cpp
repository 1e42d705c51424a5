#include "probe/wire/bytes.h"

#include "base/text.h"

namespace aztriage::probe::wire {

std::uint64_t ByteReader::number(std::size_t width) {
  std::uint64_t value = 0;
  const std::string_view piece = take(width);
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const std::size_t at = order_ == Order::big ? i : piece.size() - 1 - i;
    value = (value << 8) | static_cast<unsigned char>(piece[at]);
  }
  return value;
}

std::string_view ByteReader::take(std::size_t count) {
  if (!good_ || count > left()) {
    good_ = false;
    return {};
  }
  const std::string_view piece = bytes_.substr(at_, count);
  at_ += count;
  return piece;
}

std::string_view piece_of(std::string_view bytes, std::size_t offset, std::size_t length) {
  if (offset > bytes.size() || length > bytes.size() - offset) return {};
  return bytes.substr(offset, length);
}

ByteWriter& ByteWriter::number(std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) {
    const std::size_t byte = order_ == Order::big ? width - 1 - i : i;
    bytes_.push_back(static_cast<char>((value >> (8 * byte)) & 0xff));
  }
  return *this;
}

ByteWriter& ByteWriter::put(std::string_view bytes) {
  bytes_ += bytes;
  return *this;
}

ByteWriter& ByteWriter::counted(std::string_view bytes, std::size_t width) {
  return number(bytes.size(), width).put(bytes);
}

std::string from_utf16(std::string_view bytes) {
  constexpr char32_t kReplacement = 0xfffd;
  ByteReader reader(bytes, Order::little);
  std::string out;
  while (reader.left() >= 2) {
    char32_t unit = reader.u16();
    if (unit >= 0xd800 && unit < 0xdc00) {
      ByteReader next = reader;
      const char32_t low = next.u16();
      if (next.good() && low >= 0xdc00 && low < 0xe000) {
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        reader = next;
      } else {
        unit = kReplacement;
      }
    } else if (unit >= 0xdc00 && unit < 0xe000) {
      unit = kReplacement;
    }
    text::append_utf8(out, unit);
  }
  return out;
}

std::string to_utf16(std::string_view utf8) {
  ByteWriter out(Order::little);
  for (std::size_t at = 0; at < utf8.size();) {
    const char32_t value = text::next_code_point(utf8, at).value;
    if (value >= 0x10000) {
      out.u16(0xd800 + ((value - 0x10000) >> 10)).u16(0xdc00 + ((value - 0x10000) & 0x3ff));
    } else {
      out.u16(value);
    }
  }
  return out.bytes();
}

double seconds_of_filetime(std::uint64_t filetime) {
  constexpr double kFrom1601To1970 = 11644473600.0;
  return static_cast<double>(filetime) / 1e7 - kFrom1601To1970;
}

}  // namespace aztriage::probe::wire
