#pragma once

#include "net/connection.h"
#include "net/routes.h"
#include "net/transfer.h"

#include <functional>
#include <memory>
#include <optional>

namespace aztriage::net {

/// The way through a proxy, over a socket that is connected to it: a CONNECT_ONLY transfer of libcurl, which
/// knows the proxies' protocols and logins.
class Tunnel {
 public:
  /// With the proxy's status; 0: it has none.
  using Done = std::function<void(Socket, std::optional<fact::Failure>, int status)>;
  /// Takes the socket over. `done` comes from the loop, never from inside the constructor.
  Tunnel(Net& net, const Proxy& proxy, const Address& address, const Place& target, int fd, Done done);

 private:
  void finish(CURLcode code);
  Proxy proxy_;
  Done done_;
  std::shared_ptr<Transfer> transfer_;
};

/// The proxy's answer to CONNECT; 0: there was none.
int status_of_proxy(const Transfer& transfer, const Proxy& proxy);
/// What a proxy's refusal means: 407, 403, another status, or none.
fact::Failure failure_of_proxy(const Transfer& transfer, const Proxy& proxy, CURLcode code);

}  // namespace aztriage::net
