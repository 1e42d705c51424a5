#pragma once

#include "net/connection.h"
#include "net/proxy_answer.h"

#include <functional>
#include <memory>
#include <optional>

namespace aztriage::net {

/// The way through a proxy that is itself reached over TLS: TLS to the proxy, CONNECT in it, then a socket
/// whose other end is pumped through that TLS for as long as the socket lives, so that its user (another TLS,
/// libcurl) needs to know nothing of it. A proxy whose certificate has a problem is refused, as curl does: it
/// is told the login and the target.
class SecureTunnel {
 public:
  struct Result {
    Socket socket;
    std::optional<fact::Failure> failure;
    int status = 0;  // the proxy's answer to CONNECT; 0: there was none
  };
  using Done = std::function<void(Result)>;
  /// Takes over a socket that is connected to the proxy. `done` comes from the loop, once, never from inside
  /// the constructor. Time is the caller's business.
  SecureTunnel(Net& net, const Proxy& proxy, const Place& target, Socket socket, Done done);
  ~SecureTunnel();
  SecureTunnel(const SecureTunnel&) = delete;
  SecureTunnel& operator=(const SecureTunnel&) = delete;

 private:
  class Pump;
  std::shared_ptr<Pump> pump_;
};

}  // namespace aztriage::net
