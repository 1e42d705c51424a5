#include "probe/wire/der.h"

namespace aztriage::probe::wire {

std::optional<std::size_t> der_size(std::string_view bytes, bool& broken) {
  broken = false;
  if (bytes.size() < 2) return std::nullopt;
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if ((at(0) & 0x1f) == 0x1f) {
    broken = true;
    return std::nullopt;
  }
  if (at(1) < 0x80) return 2U + at(1);
  const std::size_t width = at(1) & 0x7fU;
  if (width == 0 || width > 4) {
    broken = true;
    return std::nullopt;
  }
  if (bytes.size() < 2 + width) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < width; ++i) length = (length << 8) | at(2 + i);
  return 2 + width + length;
}

std::optional<DerValue> take_der(std::string_view& bytes) {
  bool broken = false;
  const auto size = der_size(bytes, broken);
  if (!size || *size > bytes.size()) return std::nullopt;
  const auto first = static_cast<unsigned char>(bytes[1]);
  const std::size_t head = first < 0x80 ? 2U : 2U + (first & 0x7fU);
  DerValue value{static_cast<std::uint8_t>(bytes[0]), bytes.substr(head, *size - head)};
  bytes.remove_prefix(*size);
  return value;
}

std::optional<std::string_view> inside_der(std::string_view bytes, std::uint8_t tag) {
  const auto value = take_der(bytes);
  if (!value || value->tag != tag) return std::nullopt;
  return value->content;
}

std::optional<std::string_view> find_der(std::string_view bytes, std::uint8_t tag) {
  while (const auto value = take_der(bytes)) {
    if (value->tag == tag) return value->content;
  }
  return std::nullopt;
}

std::string make_der(std::uint8_t tag, std::string_view content) {
  std::string out(1, static_cast<char>(tag));
  if (content.size() < 0x80) {
    out.push_back(static_cast<char>(content.size()));
  } else {
    std::string length;
    for (std::size_t left = content.size(); left > 0; left >>= 8) {
      length.insert(length.begin(), static_cast<char>(left & 0xff));
    }
    out.push_back(static_cast<char>(0x80 + length.size()));
    out += length;
  }
  return out += content;
}

}  // namespace aztriage::probe::wire
