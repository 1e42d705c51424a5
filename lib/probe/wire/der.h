#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aztriage::probe::wire {

/// One value of DER (X.690 10): its tag and what is in it.
struct DerValue {
  std::uint8_t tag = 0;
  std::string_view content;
};

/// Takes the value at the front of `bytes` off; nothing when it is not whole or not DER. Tags above 30 and
/// lengths of more than four bytes do not occur in what we read.
std::optional<DerValue> take_der(std::string_view& bytes);
/// How many bytes the value at the front has in all; nothing: it can't be told yet. `broken` when it never
/// can.
std::optional<std::size_t> der_size(std::string_view bytes, bool& broken);
/// The content of the value at the front, when it has this tag.
std::optional<std::string_view> inside_der(std::string_view bytes, std::uint8_t tag);
/// Of the values in `bytes`, the content of the first with this tag.
std::optional<std::string_view> find_der(std::string_view bytes, std::uint8_t tag);

std::string make_der(std::uint8_t tag, std::string_view content);

inline constexpr std::uint8_t kDerInteger = 0x02;
inline constexpr std::uint8_t kDerOctets = 0x04;
inline constexpr std::uint8_t kDerOid = 0x06;
inline constexpr std::uint8_t kDerEnumerated = 0x0a;
inline constexpr std::uint8_t kDerSequence = 0x30;
constexpr std::uint8_t der_context(int number) {
  return static_cast<std::uint8_t>(0xa0 + number);
}

}  // namespace aztriage::probe::wire
