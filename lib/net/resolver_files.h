#pragma once

#include "net/names.h"

#include <string>
#include <string_view>
#include <vector>

namespace aztriage::net {

/// What /etc/resolv.conf says, as far as it matters here.
struct ResolverConfig {
  std::vector<std::string> servers;  // as `show_server` writes them; 127.0.0.1 when the file names none
  std::vector<std::string> search;   // domains for short names
  std::size_t dots = 1;              // names with fewer dots are short (`options ndots`)
};
ResolverConfig parse_resolv_conf(std::string_view text);

/// Addresses that a hosts file gives for a name, in file order.
std::vector<Address> find_in_hosts(std::string_view text, std::string_view name);

}  // namespace aztriage::net
