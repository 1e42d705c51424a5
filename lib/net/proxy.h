#pragma once

#include "base/result.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace aztriage::net {

/// A proxy as curl writes it: [scheme://][user:password@]host[:port].
struct Proxy {
  std::string scheme = "http";  // http, https, socks4, socks4a, socks5, socks5h
  std::string host;
  int port = 1080;
  std::string url;     // whole, with the login: for libcurl only
  std::string source;  // "--proxy", "https_proxy", ...
  bool socks() const { return scheme.starts_with("socks"); }
};
Result<Proxy> parse_proxy(std::string_view text);

/// Reads an environment variable; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const char*)>;
const Environment& system_environment();

/// The proxy for a request to `host:port`, as curl chooses it: `wanted` ("none", a URL, or empty for the
/// environment's `http_proxy`, `https_proxy`, `ALL_PROXY`), unless `NO_PROXY` names the host. HTTP_PROXY in
/// capitals does not count, as in curl. A proxy that can't be read is an error.
Result<std::optional<Proxy>> choose_proxy(std::string_view wanted, std::string_view scheme,
                                          std::string_view host, const Environment& environment);

/// Whether a NO_PROXY list names the host: `*`, a domain with all under it, an address, a network in CIDR
/// form.
bool no_proxy_names(std::string_view list, std::string_view host);

}  // namespace aztriage::net
