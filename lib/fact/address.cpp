#include "fact/address.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>

#include <arpa/inet.h>

namespace aztriage::fact {
namespace {

std::optional<Address> parse_ipv4(std::string_view text) {
  Address address;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t end = i < 3 ? text.find('.') : text.size();
    if (end == std::string_view::npos || end == 0 || end > 3) return std::nullopt;
    const std::string_view part = text.substr(0, end);
    if (part.size() > 1 && part[0] == '0') return std::nullopt;
    int value = 0;
    const auto [rest, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (error != std::errc{} || rest != part.data() + part.size() || value < 0 || value > 255) {
      return std::nullopt;
    }
    address.bytes[i] = static_cast<std::uint8_t>(value);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return address;
}

bool is_mapped(const std::array<std::uint8_t, 16>& bytes) {
  return std::all_of(bytes.begin(), bytes.begin() + 10, [](auto b) { return b == 0; }) && bytes[10] == 0xff &&
         bytes[11] == 0xff;
}

/// Bits of a mask's byte number `index`.
std::uint8_t mask_byte(int prefix, int index) {
  const int bits = std::clamp(prefix - index * 8, 0, 8);
  return static_cast<std::uint8_t>(0xff00 >> bits);
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  if (text.find(':') == std::string_view::npos) return parse_ipv4(text);
  if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) return std::nullopt;
  Address address{6, {}};
  if (inet_pton(AF_INET6, std::string(text).c_str(), address.bytes.data()) != 1) return std::nullopt;
  if (!is_mapped(address.bytes)) return address;
  Address mapped;
  std::copy_n(address.bytes.begin() + 12, 4, mapped.bytes.begin());
  return mapped;
}

bool Network::contains(const Address& other) const {
  if (other.family != address.family) return false;
  for (int i = 0; i * 8 < prefix; ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (((address.bytes[at] ^ other.bytes[at]) & mask_byte(prefix, i)) != 0) return false;
  }
  return true;
}

bool Network::operator==(const Network& other) const {
  return prefix == other.prefix && contains(other.address);
}

std::optional<Network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = parse_address(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  if (!address || digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0')) {
    return std::nullopt;
  }
  int prefix = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (error != std::errc{} || rest != digits.data() + digits.size() || prefix < 0) return std::nullopt;
  // The prefix of a mapped address counts the bits of the IPv6 form.
  if (address->family == 4 && text.find(':') != std::string_view::npos) prefix -= 96;
  if (prefix < 0 || prefix > (address->family == 4 ? 32 : 128)) return std::nullopt;
  return Network{*address, prefix};
}

}  // namespace aztriage::fact
