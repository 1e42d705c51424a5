#pragma once

#include "fact/failure.h"
#include "net/proxy.h"

#include <string>
#include <string_view>
#include <vector>

namespace aztriage::net {

/// A proxy's answer to CONNECT (RFC 9110, 9.3.6).
struct ProxyAnswer {
  int status = 0;
  std::vector<std::string> schemes;  // of the logins that it takes, as it calls them
};

/// The head of an answer, up to its empty line: status line and headers.
struct ProxyHead {
  bool whole = false;      // the empty line was there
  bool malformed = false;  // it is not HTTP, or too long
  std::size_t size = 0;    // of the head; what follows comes from the target
  ProxyAnswer answer;
};
inline constexpr std::size_t kMostProxyHead = std::size_t{64} << 10;
ProxyHead read_proxy_head(std::string_view bytes);

/// Host, port and, where the proxy's URL has a login, that login as Basic (RFC 7617).
std::string connect_request(const Proxy& proxy, std::string_view host_and_port);

/// What a status of 300 or more means: a login wanted, the target refused, or not reached.
fact::Failure failure_of_proxy_status(const ProxyAnswer& answer, const Proxy& proxy);

}  // namespace aztriage::net
