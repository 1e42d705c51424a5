#pragma once

#include "net/connection.h"
#include "net/tls.h"
#include "probe/wire/starttls.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace aztriage::probe {

struct TlsPlan {
  net::Target target;
  net::TlsOptions options;
  wire::StartTlsProtocol starttls = wire::StartTlsProtocol::none;
};

/// What one connection came to.
struct TlsSeen {
  net::Connection connection;  // its socket is closed at the end
  bool connected = false;
  std::optional<net::Handshake> handshake;
  std::optional<fact::Failure> failure;  // of whatever failed: connection, talk before TLS, handshake
};

/// One connection, the talk before TLS if there is one, and a handshake; then it is closed, since a server
/// may take only one at a time.
class TlsLook {
 public:
  /// `done` comes from the loop, once, after at most `timeout`. It must not destroy the look.
  TlsLook(net::Net& net, TlsPlan plan, Milliseconds timeout, std::function<void()> done);
  ~TlsLook();
  TlsLook(const TlsLook&) = delete;
  TlsLook& operator=(const TlsLook&) = delete;

  const TlsSeen& seen() const { return seen_; }
  bool finished() const { return finished_; }
  bool complete() const { return seen_.handshake && seen_.handshake->complete; }
  /// Ends now; what was under way fails as `kind`. `done` is not called.
  void stop(fact::FailureKind kind);

 private:
  void connected(net::Connection connection);
  void talk();
  void hear();
  void take(wire::StartTls::Step step);
  void shake();
  void finish(std::optional<fact::Failure> failure);
  void rest();
  Milliseconds left() const;

  net::Net& net_;
  TlsPlan plan_;
  SteadyTime end_;
  std::function<void()> done_;
  TlsSeen seen_;
  bool finished_ = false;
  std::unique_ptr<net::Connecting> connecting_;
  wire::StartTls starttls_;
  net::Net::Watch watch_ = 0;
  net::Net::Timer timer_ = 0;
  std::unique_ptr<net::TlsStream> stream_;
};

}  // namespace aztriage::probe
