#include "net/resolver_files.h"

#include "base/text.h"
#include "net/routes.h"

#include <algorithm>

namespace aztriage::net {
namespace {

constexpr std::size_t kMostServers = 3;  // as the system's resolver
constexpr std::size_t kMostDomains = 6;

/// The words of a line, without what follows a comment sign.
std::vector<std::string_view> words(std::string_view line, std::string_view comment) {
  line = line.substr(0, line.find_first_of(comment));
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return out;
    line.remove_prefix(begin);
    const std::size_t end = std::min(line.find_first_of(" \t\r"), line.size());
    out.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

/// 0 to 15, as the system's resolver takes it; more counts as 15, what is no number as 1.
std::size_t read_dots(std::string_view digits) {
  std::size_t dots = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return 1;
    dots = std::min<std::size_t>(dots * 10 + static_cast<std::size_t>(c - '0'), 15);
  }
  return digits.empty() ? 1 : dots;
}

}  // namespace

ResolverConfig parse_resolv_conf(std::string_view text) {
  ResolverConfig config;
  for (const std::string_view line : text::split(text, '\n')) {
    const auto parts = words(line, "#;");
    if (parts.size() < 2) continue;
    if (parts[0] == "nameserver" && config.servers.size() < kMostServers) {
      if (const auto server = parse_server(parts[1])) config.servers.push_back(show_server(*server));
    } else if (parts[0] == "search" || parts[0] == "domain") {
      config.search.assign(
          parts.begin() + 1,
          parts.begin() + 1 + static_cast<std::ptrdiff_t>(std::min(parts.size() - 1, kMostDomains)));
    } else if (parts[0] == "options") {
      for (const std::string_view option : parts)
        if (option.starts_with("ndots:")) config.dots = read_dots(option.substr(6));
    }
  }
  if (config.servers.empty()) config.servers.emplace_back("127.0.0.1");
  return config;
}

std::vector<Address> find_in_hosts(std::string_view text, std::string_view name) {
  std::vector<Address> found;
  for (const std::string_view line : text::split(text, '\n')) {
    const auto parts = words(line, "#");
    if (parts.size() < 2) continue;
    const bool named = std::any_of(parts.begin() + 1, parts.end(),
                                   [&](std::string_view word) { return dns::same_name(word, name); });
    if (!named) continue;
    const auto address = parse_address(parts[0]);
    if (address && std::find(found.begin(), found.end(), *address) == found.end()) found.push_back(*address);
  }
  return found;
}

}  // namespace aztriage::net
