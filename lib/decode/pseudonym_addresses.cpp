#include "decode/pseudonym_addresses.h"

#include "base/text.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace aztriage::decode {
namespace {

using fact::Address;

constexpr std::size_t kSpellings = 4;  // two letters stand in each IPv6 stand-in

std::string key_of(const Address& address) {
  return std::string(address.bytes.begin(), address.bytes.end()) + static_cast<char>(address.family);
}

bool within(const Address& address, std::string_view network) {
  const auto parsed = fact::parse_network(network);
  return parsed && parsed->contains(address);
}

/// What everybody has, and what is no host.
bool names_nobody(const Address& address) {
  constexpr std::string_view kHosts[] = {"168.63.129.16",
                                         "169.254.169.254",
                                         "8.8.8.8",
                                         "8.8.4.4",
                                         "1.1.1.1",
                                         "1.0.0.1",
                                         "9.9.9.9",
                                         "149.112.112.112",
                                         "208.67.222.222",
                                         "208.67.220.220",
                                         "4.2.2.1",
                                         "4.2.2.2",
                                         "23.102.135.246",
                                         "20.118.99.224",
                                         "40.83.235.53",
                                         "::",
                                         "::1",
                                         "2001:4860:4860::8888",
                                         "2001:4860:4860::8844",
                                         "2606:4700:4700::1111",
                                         "2606:4700:4700::1001",
                                         "2620:fe::fe",
                                         "2620:fe::9"};
  constexpr std::string_view kNetworks[] = {"0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "255.0.0.0/8",
                                            "ff00::/8"};
  return std::ranges::any_of(kHosts,
                             [&](std::string_view host) { return fact::parse_address(host) == address; }) ||
         std::ranges::any_of(kNetworks, [&](std::string_view network) { return within(address, network); });
}

/// The first letters in upper case say which spelling it is.
std::string cased(std::string text, std::size_t index) {
  for (char& c : text) {
    if (c < 'a' || c > 'z') continue;
    if ((index & 1U) != 0) c = static_cast<char>(c - 'a' + 'A');
    index >>= 1U;
    if (index == 0) break;
  }
  return text;
}

}  // namespace

/// A number of its own for each value under what stands before it; `fixed` and the lowest stay, so that a
/// network's own address stays one.
int AddressStandIns::child(const std::string& scope, int value, int fixed, int low, int high) {
  if (value == fixed || value == low) return value;
  auto& known = children_[scope];
  if (const auto it = known.find(value); it != known.end()) return it->second;
  int next = low;
  for (const auto& [real, number] : known) next = std::max(next, number);
  do {
    next = next >= high ? low + 1 : next + 1;
  } while (next == fixed ||
           std::ranges::any_of(known, [&](const auto& each) { return each.second == next; }));
  known[value] = next;
  return next;
}

std::string AddressStandIns::make4(const Address& address) {
  const int a = address.bytes[0];
  const int b = address.bytes[1];
  const int c = address.bytes[2];
  const int d = address.bytes[3];
  const auto of = [&](int second, int third) { return fmt::format("{}.{}.{}.{}", a, second, third, d); };
  const std::string whole = fmt::format("{}.{}", a, b);
  if (a == 10) return of(child("10", b, 0, 0, 255), child(whole, c, 0, 0, 255));
  if (within(address, "172.16.0.0/12")) return of(child("172", b, 16, 16, 31), child(whole, c, 0, 0, 255));
  if (within(address, "100.64.0.0/10")) return of(child("100", b, 64, 64, 127), child(whole, c, 0, 0, 255));
  if (whole == "192.168") return of(b, child(whole, c, 0, 0, 255));
  if (whole == "169.254") return of(b, child(whole, c, 169, 0, 255));  // beside 169.254.169.254
  const auto [it, added] =
      subnets_.emplace(fmt::format("{}.{}.{}", a, b, c), static_cast<int>(subnets_.size()));
  const int n = it->second;
  if (n < 512) return fmt::format("198.{}.{}.{}", 18 + n / 256, n % 256, d);
  const int m = n - 512;
  return fmt::format("{}.{}.{}.{}", 240 + m / 65536 % 15, m / 256 % 256, m % 256, d);
}

std::string AddressStandIns::make6(const Address& address) {
  const std::string prefix(address.bytes.begin(), address.bytes.begin() + 8);
  const int host = ++hosts_[prefix];
  if (within(address, "fe80::/10")) return fmt::format("fe80::{:x}", host);
  const auto [it, added] = subnets_.emplace("v6" + prefix, static_cast<int>(subnets_.size()));
  const int n = it->second + 1;
  const char* start = within(address, "fc00::/7") ? "fd00:0" : "2001:db8";
  return fmt::format("{}:{:x}:{:x}::{:x}", start, n / 65536, n % 65536, host);
}

std::string AddressStandIns::make(const Address& address) {
  return address.family == 4 ? make4(address) : make6(address);
}

AddressStandIns::Entry& AddressStandIns::add(const Address& address, std::string stand_in) {
  by_address_[key_of(address)] = entries_.size();
  if (const auto parsed = fact::parse_address(stand_in)) by_stand_in_[key_of(*parsed)] = entries_.size();
  return entries_.emplace_back(Entry{std::move(stand_in), {}});
}

std::optional<std::string> AddressStandIns::encode(std::string_view text) {
  const auto address = fact::parse_address(text);
  if (!address) return std::nullopt;
  if (names_nobody(*address)) return std::string(text);
  const auto known = by_address_.find(key_of(*address));
  Entry& entry = known == by_address_.end() ? add(*address, make(*address)) : entries_[known->second];
  auto it = std::ranges::find(entry.spellings, text);
  if (it == entry.spellings.end() && entry.spellings.size() < kSpellings) {
    entry.spellings.emplace_back(text);
    it = std::prev(entry.spellings.end());
  }
  const auto index = it == entry.spellings.end() ? 0 : it - entry.spellings.begin();
  return cased(entry.stand_in, static_cast<std::size_t>(index));
}

std::optional<std::string> AddressStandIns::decode(std::string_view text) const {
  const auto address = fact::parse_address(text);
  if (!address) return std::nullopt;
  const auto known = by_stand_in_.find(key_of(*address));
  if (known == by_stand_in_.end()) return std::nullopt;
  const Entry& entry = entries_[known->second];
  for (std::size_t i = 0; i < entry.spellings.size(); ++i) {
    if (cased(entry.stand_in, i) == text) return entry.spellings[i];
  }
  return entry.spellings.empty() ? std::nullopt : std::optional(entry.spellings.front());
}

void AddressStandIns::save(std::string& out) const {
  for (const auto& entry : entries_) {
    out += "address\t" + entry.stand_in;
    for (const auto& spelling : entry.spellings) out += "\t" + spelling;
    out += "\n";
  }
}

bool AddressStandIns::restore(const std::vector<std::string_view>& fields) {
  if (fields.size() < 3) return false;
  const auto stand_in = fact::parse_address(fields[1]);
  const auto real = fact::parse_address(fields[2]);
  if (!stand_in || !real || stand_in->family != real->family || by_address_.contains(key_of(*real)))
    return false;
  // The same numbers come again, since they are given in the order of the lines.
  if (make(*real) != fields[1]) return false;
  Entry& entry = add(*real, std::string(fields[1]));
  for (std::size_t i = 2; i < fields.size() && entry.spellings.size() < kSpellings; ++i)
    entry.spellings.emplace_back(fields[i]);
  return true;
}

}  // namespace aztriage::decode
