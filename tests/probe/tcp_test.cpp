#include "support/looking.h"
#include "support/loopback.h"

#include <doctest/doctest.h>

namespace aztriage {
namespace {

using test::fact_of;
using test::failure_of;
using test::Looker;
using test::LoopbackServer;

void serve_until_closed(int fd) {
  while (!test::receive_text(fd).empty()) {
  }
}

TEST_CASE("tcp: connected, by host and port or by both in one") {
  LoopbackServer server(serve_until_closed);
  Looker looker;
  const std::string port = std::to_string(server.port());
  const auto seen = looker.look("tcp", {{"host", "127.0.0.1"}, {"port", port}});
  CHECK(failure_of(seen) == "none");
  CHECK(seen.answered);
  CHECK(seen.target == "127.0.0.1:" + port);
  CHECK(fact_of(seen, "resolved-by") == "literal");
  CHECK(seen.facts.at("connect").as_number() > 0);
  CHECK(seen.summary.starts_with("connected in "));
  CHECK(looker.look("tcp", {{"target", "127.0.0.1:" + port}}).answered);
  CHECK(failure_of(looker.look("tcp", {{"host", "127.0.0.1"}})) == "bad-target at resolve");
}

TEST_CASE("tcp: every address of the host stands among the tries") {
  LoopbackServer server(serve_until_closed);
  const std::string port = std::to_string(server.port());
  net::Settings settings;
  settings.resolve = {"shop.contoso.com:" + port + ":127.0.0.1,127.0.0.2,127.0.0.3"};
  Looker looker(settings);
  const auto seen = looker.look("tcp", {{"host", "shop.contoso.com"}, {"port", port}});
  CHECK(seen.answered);
  REQUIRE(seen.tries.size() == 3);
  CHECK(seen.tries[0].answered);
  CHECK(failure_of(seen.tries[1]) == "tcp-refused at connect");
  CHECK(failure_of(seen.tries[2]) == "tcp-refused at connect");
  CHECK(seen.summary.ends_with(", but 2 of 3 addresses failed"));
  const auto refused =
      looker.look("tcp", {{"host", "shop.contoso.com"}, {"port", port}, {"address", "127.0.0.2"}});
  CHECK(failure_of(refused) == "tcp-refused at connect");
  CHECK_FALSE(refused.answered);
}

TEST_CASE("tcp: a name that can't be resolved fails there") {
  net::Settings settings;
  settings.dns_server = "127.0.0.1:1";
  const auto seen = Looker(settings).look("tcp", {{"host", "shop.contoso.com"}, {"port", "443"}});
  CHECK(failure_of(seen) == "dns-timeout at resolve");
  CHECK(seen.address.empty());
}

TEST_CASE("tcp: an idle connection that is held, closed or reset") {
  Looker looker;
  const auto hold = [&](std::function<void(int)> serve) {
    LoopbackServer server(std::move(serve));
    return looker.look("tcp", {{"target", "127.0.0.1:" + std::to_string(server.port())}, {"hold", "2"}});
  };
  const auto held = hold(serve_until_closed);
  CHECK(failure_of(held) == "none");
  CHECK(held.facts.at("held").as_number() >= 2.0);
  const auto closed = hold([](int) {});
  CHECK(failure_of(closed) == "tcp-closed at hold");
  CHECK(closed.answered);
  CHECK(closed.facts.at("held").as_number() < 2.0);
  CHECK(failure_of(hold([](int fd) { test::reset_once_connected(fd); })) == "tcp-reset at hold");
}

TEST_CASE("tcp: what the server says unasked") {
  Looker looker;
  LoopbackServer talks([](int fd) {
    test::send_text(fd, "SSH-2.0-OpenSSH_9.2\r\n");
    serve_until_closed(fd);
  });
  const auto seen =
      looker.look("tcp", {{"target", "127.0.0.1:" + std::to_string(talks.port())}, {"listen", "3"}});
  CHECK(fact_of(seen, "preface") == "SSH-2.0-OpenSSH_9.2\r\n");
  CHECK(seen.took < Milliseconds(2500));
  LoopbackServer silent(serve_until_closed);
  const auto nothing =
      looker.look("tcp", {{"target", "127.0.0.1:" + std::to_string(silent.port())}, {"listen", "0.2"}});
  CHECK(fact_of(nothing, "preface") == "-");
  CHECK(nothing.read.contains("preface"));
}

}  // namespace
}  // namespace aztriage
