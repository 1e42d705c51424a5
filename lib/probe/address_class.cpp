#include "probe/address_class.h"

#include "fact/address.h"

#include <algorithm>

namespace aztriage::probe {

bool is_private(std::string_view address) {
  static const std::vector<fact::Network> networks = [] {
    std::vector<fact::Network> list;
    for (const char* text : {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
                             "172.16.0.0/12", "192.168.0.0/16", "::1/128", "::/128", "fc00::/7", "fe80::/10"})
      if (const auto network = fact::parse_network(text)) list.push_back(*network);
    return list;
  }();
  const auto parsed = fact::parse_address(address);
  return parsed &&
         std::ranges::any_of(networks, [&](const auto& network) { return network.contains(*parsed); });
}

std::string_view class_of(const std::vector<std::string>& addresses) {
  if (addresses.empty()) return "none";
  const auto count = std::ranges::count_if(addresses, [](const auto& a) { return is_private(a); });
  if (count == 0) return "public";
  return static_cast<std::size_t>(count) == addresses.size() ? "private" : "mixed";
}

}  // namespace aztriage::probe
