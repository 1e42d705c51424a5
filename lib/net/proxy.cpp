#include "net/proxy.h"

#include "base/text.h"
#include "fact/address.h"
#include "fact/url.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace aztriage::net {
namespace {

constexpr std::array<std::string_view, 6> kSchemes = {"http",    "https",  "socks4",
                                                      "socks4a", "socks5", "socks5h"};

bool under_domain(std::string_view host, std::string_view domain) {
  if (domain.starts_with('.')) domain.remove_prefix(1);
  if (host.ends_with('.')) host.remove_suffix(1);
  if (domain.ends_with('.')) domain.remove_suffix(1);
  if (domain.empty() || domain.size() > host.size()) return false;
  const std::size_t begin = host.size() - domain.size();
  return text::equal_ignoring_case(host.substr(begin), domain) && (begin == 0 || host[begin - 1] == '.');
}

bool names_address(std::string_view entry, const fact::Address& address) {
  if (entry.starts_with('[') && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
  if (const auto network = fact::parse_network(entry)) return network->contains(address);
  const auto same = fact::parse_address(entry);
  return same && *same == address;
}

}  // namespace

Result<Proxy> parse_proxy(std::string_view text) {
  Proxy proxy;
  proxy.url = std::string(text);
  if (text.find("://") == std::string_view::npos) proxy.url = "http://" + proxy.url;
  const auto url = fact::parse_url(proxy.url);
  const auto bad = [&](std::string_view why) {
    // Without the login, which does not belong on a screen.
    const std::size_t at = text.rfind('@');
    return failed("proxy '" + text::printable(at == std::string_view::npos ? text : text.substr(at + 1)) +
                      "' " + std::string(why),
                  "write [http://][user:password@]HOST:PORT");
  };
  if (!url) return bad("can't be read");
  proxy.scheme = text::lower(url->scheme);
  if (std::find(kSchemes.begin(), kSchemes.end(), proxy.scheme) == kSchemes.end())
    return bad("is of a kind that libcurl does not know");
  proxy.host = std::string(url->host);
  if (!url->port.empty())
    proxy.port = fact::port_number(url->port);
  else if (proxy.scheme == "https")
    proxy.port = 443;
  return proxy;
}

const Environment& system_environment() {
  static const Environment environment = [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
  };
  return environment;
}

bool no_proxy_names(std::string_view list, std::string_view host) {
  if (text::trim(list) == "*") return true;
  const auto address = fact::parse_address(host);
  std::size_t at = 0;
  while (at < list.size()) {
    const std::size_t end = std::min(list.find_first_of(", \t", at), list.size());
    const std::string_view entry = list.substr(at, end - at);
    at = end + 1;
    if (entry.empty()) continue;
    if (entry == "*" || (address ? names_address(entry, *address) : under_domain(host, entry))) return true;
  }
  return false;
}

Result<std::optional<Proxy>> choose_proxy(std::string_view wanted, std::string_view scheme,
                                          std::string_view host, const Environment& environment) {
  if (wanted == "none") return std::nullopt;
  std::string text(wanted);
  std::string source = "--proxy";
  const auto try_name = [&](const std::string& name) {
    if (!text.empty()) return;
    text = environment(name.c_str()).value_or("");
    source = name;
  };
  if (text.empty()) {
    const std::string lower = text::lower(scheme);
    try_name(lower + "_proxy");
    if (lower == "https") try_name("HTTPS_PROXY");
    try_name("all_proxy");
    try_name("ALL_PROXY");
  }
  if (text.empty()) return std::nullopt;
  for (const char* name : {"no_proxy", "NO_PROXY"}) {
    const auto list = environment(name);
    if (!list) continue;
    if (no_proxy_names(*list, host)) return std::nullopt;
    break;
  }
  auto proxy = parse_proxy(text);
  if (!proxy) return tl::unexpected<Error>(proxy.error());
  proxy->source = source;
  return std::optional<Proxy>(std::move(*proxy));
}

}  // namespace aztriage::net
