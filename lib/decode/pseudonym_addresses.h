#pragma once

#include "fact/address.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace aztriage::decode {

/// Stand-ins of IP addresses. Private addresses stay in their private range and keep which ones share a /16
/// and a /24, with the last byte; public ones come out of 198.18.0.0/15, then 240.0.0.0/4, which nobody has,
/// and keep which ones share a /24. IPv6 keeps which ones share a /64, out of 2001:db8::/32, fd00::/48 and
/// fe80::/64.
class AddressStandIns {
 public:
  /// As it stands when the address names nobody; nothing when the text is no address.
  std::optional<std::string> encode(std::string_view text);
  /// Nothing when it stands for none.
  std::optional<std::string> decode(std::string_view text) const;

  std::size_t size() const { return entries_.size(); }
  /// Lines of stand-in and spellings, separated by tabs.
  void save(std::string& out) const;
  bool restore(const std::vector<std::string_view>& fields);

 private:
  struct Entry {
    std::string stand_in;
    std::vector<std::string> spellings;
  };
  std::string make(const fact::Address& address);
  std::string make4(const fact::Address& address);
  std::string make6(const fact::Address& address);
  int child(const std::string& scope, int value, int fixed, int low, int high);
  Entry& add(const fact::Address& address, std::string stand_in);

  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t> by_address_;   // by bytes
  std::unordered_map<std::string, std::size_t> by_stand_in_;  // by bytes
  std::map<std::string, std::map<int, int>> children_;        // of octets, by what stands before
  std::map<std::string, int> subnets_;                        // public /24, and /64
  std::map<std::string, int> hosts_;                          // of a /64, how many
};

}  // namespace aztriage::decode
