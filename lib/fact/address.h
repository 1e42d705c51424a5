#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace aztriage::fact {

/// An IP address by value. An IPv4 address mapped into IPv6 (`::ffff:10.0.0.4`) is the IPv4 address.
struct Address {
  int family = 4;                        // 4 or 6
  std::array<std::uint8_t, 16> bytes{};  // the first 4 of an IPv4 address
  bool operator==(const Address&) const = default;
};

/// Dotted quads in decimal without leading zeros, and RFC 4291 forms; no brackets, no zone.
std::optional<Address> parse_address(std::string_view text);

/// A range in CIDR form. Bits behind the prefix are allowed and ignored.
struct Network {
  Address address;
  int prefix = 0;
  bool contains(const Address& other) const;
  bool operator==(const Network& other) const;
};
std::optional<Network> parse_network(std::string_view text);

}  // namespace aztriage::fact
