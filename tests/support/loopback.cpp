#include "support/loopback.h"

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace aztriage::test {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

LoopbackServer::LoopbackServer(std::function<void(int)> serve) : serve_(std::move(serve)) {
  std::signal(SIGPIPE, SIG_IGN);
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (listener_ < 0 || bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener_, 64) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no loopback server");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

LoopbackServer::~LoopbackServer() {
  shutdown(listener_, SHUT_RDWR);  // ends the accept that waits
  thread_.join();
  close(listener_);
}

void LoopbackServer::run() {
  while (true) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    timeval most{10, 0};  // a client that hangs must not hang the tests
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    serve_(fd);
    close(fd);
  }
}

int connect_to(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(fd);
    throw std::runtime_error("can't connect to the loopback server");
  }
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

void send_text(int fd, const std::string& text) {
  std::size_t sent = 0;
  while (sent < text.size()) {
    const ssize_t n = send(fd, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return;
    sent += static_cast<std::size_t>(n);
  }
}

std::string receive_text(int fd) {
  std::string buffer(65536, '\0');
  const ssize_t n = recv(fd, buffer.data(), buffer.size(), 0);
  buffer.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return buffer;
}

void reset(int fd) {
  const linger at_once{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void reset_once_connected(int fd) {
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  reset(fd);
}

std::shared_ptr<SSL_CTX> tls_context(const Identity& leaf, const std::vector<Identity>& sent) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  if (SSL_CTX_use_certificate(context.get(), leaf.certificate()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), leaf.key()) != 1) {
    throw std::runtime_error("the server refuses its certificate");
  }
  SSL_CTX_set_mode(context.get(), SSL_MODE_NO_AUTO_CHAIN);
  for (const Identity& other : sent) SSL_CTX_add1_chain_cert(context.get(), other.certificate());
  return context;
}

std::function<void(int)> serve_tls(std::shared_ptr<SSL_CTX> context) {
  return [context = std::move(context)](int fd) {
    SSL* ssl = SSL_new(context.get());
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1) {
      char buffer[4096];
      int n = 0;
      while ((n = SSL_read(ssl, buffer, sizeof buffer)) > 0) SSL_write(ssl, buffer, n);
      SSL_shutdown(ssl);
    }
    SSL_free(ssl);
    // What the client sent meanwhile would turn the end into a reset and could overtake an alert.
    shutdown(fd, SHUT_WR);
    while (!receive_text(fd).empty()) {
    }
  };
}

}  // namespace aztriage::test
