#include "net/connection.h"

#include "support/loopback.h"
#include "support/turning.h"

#include <algorithm>
#include <cerrno>

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace aztriage::net {
namespace {

using fact::FailureKind;
using test::LoopbackServer;

/// A port on which nothing listens.
int closed_port() {
  const LoopbackServer server([](int) {});
  return server.port();
}

struct World {
  std::unique_ptr<Net> net;
  explicit World(const Settings& settings = {}) : net(std::move(*Net::create(settings))) {}
  Connection connect(const Target& target, Milliseconds timeout = Milliseconds(5000)) {
    std::optional<Connection> got;
    const auto connecting =
        net::connect(*net, target, timeout, [&](Connection connection) { got = std::move(connection); });
    CHECK_FALSE(got.has_value());
    REQUIRE(test::turn_until(*net, [&] { return got.has_value(); }));
    return std::move(*got);
  }
};

Settings resolving(const std::string& entry) {
  Settings settings;
  settings.resolve = {entry};
  settings.proxy = "none";
  return settings;
}

TEST_CASE("connection: connected, with its address and times") {
  LoopbackServer server([](int fd) { test::send_text(fd, "hello"); });
  World world(resolving("shop.contoso.com:" + std::to_string(server.port()) + ":127.0.0.1"));
  const Connection c = world.connect({.host = "shop.contoso.com", .port = server.port()});
  REQUIRE_FALSE(c.failure);
  CHECK(c.address.text == "127.0.0.1");
  CHECK(c.resolved.source == AddressSource::given);
  CHECK(c.connect_seconds > 0);
  REQUIRE(c.attempts.size() == 1);
  std::string text(5, '\0');
  CHECK(test::turn_until(*world.net, [&] { return recv(c.socket.fd(), text.data(), 5, 0) == 5; }));
  CHECK(text == "hello");
}

TEST_CASE("connection: refused is told as refused") {
  World world(resolving("x:1:127.0.0.1"));
  const Connection c = world.connect({.host = "127.0.0.1", .port = closed_port()});
  REQUIRE(c.failure);
  CHECK(c.failure->kind == FailureKind::tcp_refused);
  CHECK(c.failure->operation == "connect");
  CHECK(c.address.text == "127.0.0.1");
  CHECK_FALSE(c.socket);
}

TEST_CASE("connection: a dead address does not fail the host, but stands among the attempts") {
  LoopbackServer server([](int) {});
  const std::string port = std::to_string(server.port());
  World world(resolving("shop.contoso.com:" + port + ":127.0.0.2,127.0.0.1"));
  for (const bool every : {false, true}) {
    const Connection c = world.connect({.host = "shop.contoso.com", .port = server.port(), .every = every});
    REQUIRE_FALSE(c.failure);
    CHECK(c.address.text == "127.0.0.1");
    REQUIRE(c.attempts.size() == 2);
    REQUIRE(c.attempts[0].failure);
    CHECK(c.attempts[0].failure->kind == FailureKind::tcp_refused);
    CHECK_FALSE(c.attempts[1].failure);
  }
}

TEST_CASE(
    "connection: a full backlog is silence, which ends by the time-out and is overtaken by the next "
    "address") {
  // Nobody accepts: once the queue is full the system drops what comes.
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(0x7f000002);
  socklen_t size = sizeof address;
  REQUIRE(bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(listen(listener, 0) == 0);
  REQUIRE(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  const int port = ntohs(address.sin_port);
  std::vector<int> fill;
  for (int i = 0; i < 3; ++i) {
    fill.push_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    connect(fill.back(), reinterpret_cast<sockaddr*>(&address), size);
  }
  World world(resolving("shop.contoso.com:" + std::to_string(port) + ":127.0.0.2,127.0.0.1"));
  const Connection silent = world.connect({.host = "127.0.0.2", .port = port}, Milliseconds(400));
  REQUIRE(silent.failure);
  CHECK(silent.failure->kind == FailureKind::tcp_timeout);
  CHECK(silent.failure->text == "no answer within 400ms");
  // The second address fails at once; the first is still waited for.
  const auto begin = Steady::now();
  const Connection both = world.connect({.host = "shop.contoso.com", .port = port}, Milliseconds(600));
  REQUIRE(both.failure);
  REQUIRE(both.attempts.size() == 2);
  CHECK(both.attempts[0].failure->kind == FailureKind::tcp_timeout);
  CHECK(both.attempts[1].failure->kind == FailureKind::tcp_refused);
  CHECK(Steady::now() - begin >= Milliseconds(590));
  for (const int fd : fill) close(fd);
  close(listener);
}

TEST_CASE("connection: --connect-to leads elsewhere, an address parameter is taken as it is") {
  LoopbackServer server([](int) {});
  Settings settings;
  settings.proxy = "none";
  settings.connect_to = {"shop.contoso.com:443:127.0.0.1:" + std::to_string(server.port())};
  World world(settings);
  const Connection c = world.connect({.host = "shop.contoso.com", .port = 443});
  REQUIRE_FALSE(c.failure);
  CHECK(c.port == server.port());
  const Connection d =
      world.connect({.host = "nowhere.invalid", .port = server.port(), .address = "127.0.0.1"});
  CHECK_FALSE(d.failure);
}

TEST_CASE("connection: stop tells what is known") {
  World world(resolving("x:1:127.0.0.1"));
  bool called = false;
  const auto connecting = connect(*world.net, {.host = "127.0.0.1", .port = closed_port()},
                                  Milliseconds(1000), [&](const Connection&) { called = true; });
  const Connection c = connecting->stop(FailureKind::interrupted);
  REQUIRE(c.failure);
  CHECK(c.failure->kind == FailureKind::interrupted);
  world.net->turn(Milliseconds(50));
  CHECK_FALSE(called);
}

TEST_CASE("connection: errors of the system") {
  CHECK(failure_of_errno(ECONNREFUSED) == FailureKind::tcp_refused);
  CHECK(failure_of_errno(EHOSTUNREACH) == FailureKind::host_unreachable);
  CHECK(failure_of_errno(ENETUNREACH) == FailureKind::network_unreachable);
  CHECK(failure_of_errno(EPERM) == FailureKind::local_denied);
  CHECK(failure_of_errno(ECONNRESET) == FailureKind::tcp_reset);
  CHECK(failure_of_errno(EMFILE) == FailureKind::internal);
}

/// A proxy that answers CONNECT with this, and then echoes.
std::function<void(int)> proxy_saying(const std::string& answer) {
  return [answer](int fd) {
    test::receive_text(fd);
    test::send_text(fd, answer);
    if (answer.find(" 200 ") != std::string::npos) test::send_text(fd, "behind the proxy");
  };
}

TEST_CASE("connection: through a proxy to a socket that is connected to the target") {
  LoopbackServer proxy(proxy_saying("HTTP/1.1 200 Connection established\r\n\r\n"));
  World world;
  const std::string url = "http://127.0.0.1:" + std::to_string(proxy.port());
  const Connection c = world.connect({.host = "shop.contoso.com", .port = 443, .proxy = url});
  REQUIRE_FALSE(c.failure);
  CHECK(c.proxy == "127.0.0.1:" + std::to_string(proxy.port()));
  REQUIRE(c.socket);
  std::string text(64, '\0');
  ssize_t count = 0;
  CHECK(test::turn_until(*world.net, [&] { return (count = recv(c.socket.fd(), text.data(), 64, 0)) > 0; }));
  CHECK(text.substr(0, static_cast<std::size_t>(count)) == "behind the proxy");
}

TEST_CASE("connection: what a proxy says is told apart") {
  const auto failure = [](const std::string& answer) {
    LoopbackServer proxy(proxy_saying(answer));
    World world;
    const std::string url = "http://127.0.0.1:" + std::to_string(proxy.port());
    auto c = world.connect({.host = "shop.contoso.com", .port = 443, .proxy = url});
    REQUIRE(c.failure);
    CHECK(c.failure->operation == "proxy");
    return c.failure->kind;
  };
  const std::string rest = "Content-Length: 0\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n";
  CHECK(failure("HTTP/1.1 407 Proxy Authentication Required\r\n" + rest) == FailureKind::proxy_auth);
  CHECK(failure("HTTP/1.1 403 Forbidden\r\n" + rest) == FailureKind::proxy_denied);
  CHECK(failure("HTTP/1.1 502 Bad Gateway\r\n" + rest) == FailureKind::proxy_failed);
  CHECK(failure("SSH-2.0-OpenSSH_9.2\r\n") == FailureKind::proxy_failed);
}

TEST_CASE("connection: a proxy that is not there") {
  World world;
  const std::string url = "http://127.0.0.1:" + std::to_string(closed_port());
  const Connection c = world.connect({.host = "shop.contoso.com", .port = 443, .proxy = url});
  REQUIRE(c.failure);
  CHECK(c.failure->operation == "proxy");
  CHECK(c.failure->kind == FailureKind::proxy_unreachable);
}

}  // namespace
}  // namespace aztriage::net
