#pragma once

#include "support/pki.h"

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include <openssl/ssl.h>

namespace aztriage::test {

/// A server on a free port of 127.0.0.1. `serve` is called in the server's own thread with each accepted,
/// blocking socket, one after another, and must come to an end by itself when its client goes; the socket is
/// closed after it.
class LoopbackServer {
 public:
  explicit LoopbackServer(std::function<void(int fd)> serve);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  int port() const { return port_; }

 private:
  void run();
  std::function<void(int)> serve_;
  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;
};

/// A connected, non-blocking socket to it.
int connect_to(int port);

void send_text(int fd, const std::string& text);
/// Reads once what comes, at most 64 KiB; empty when the client went.
std::string receive_text(int fd);
/// Closes so that the client sees a reset instead of an end.
void reset(int fd);
/// The same once the client has had time to see itself connected: a reset that comes before is one of its
/// connect.
void reset_once_connected(int fd);

/// The server's side of TLS for a LoopbackServer: shakes hands, then sends back what it reads until the
/// client goes.
std::shared_ptr<SSL_CTX> tls_context(const Identity& leaf, const std::vector<Identity>& sent = {});
std::function<void(int)> serve_tls(std::shared_ptr<SSL_CTX> context);

}  // namespace aztriage::test
