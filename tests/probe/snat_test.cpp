#include "support/looking.h"
#include "support/routers.h"
#include "support/server.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace aztriage {
namespace {

using test::fact_of;
using test::failure_of;
using test::Looker;

/// Something that listens on 127.0.0.1 and takes what the system's queue holds.
struct Listener {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int port = test::free_port();
  Listener() {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    own.sin_port = htons(static_cast<std::uint16_t>(port));
    REQUIRE(bind(fd, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0);
    REQUIRE(listen(fd, 512) == 0);
  }
  ~Listener() { close(fd); }
  std::string target() const { return "127.0.0.1:" + std::to_string(port); }
};

TEST_CASE("snat: all connections are opened, held and closed") {
  Listener listener;
  Looker looker;
  const auto seen = looker.look(
      "snat", {{"target", listener.target()}, {"connections", "60"}, {"rate", "500"}, {"hold", "0.3"}});
  CHECK(failure_of(seen) == "none");
  CHECK(seen.answered);
  CHECK(fact_of(seen, "asked") == "60");
  CHECK(fact_of(seen, "opened") == "60");
  CHECK(fact_of(seen, "ports-used") == "60");
  CHECK(fact_of(seen, "failed") == "0");
  CHECK(fact_of(seen, "failed-from") == "-");
  CHECK(seen.read.contains("failures"));
  CHECK(seen.facts.at("held").as_number() >= 0.3);
  CHECK(fact_of(seen, "cut") == "0");
  CHECK(seen.facts.at("curve").as_list().size() == 15);
  CHECK(seen.took >= Milliseconds(400));  // by the rate, and held
  CHECK(seen.summary == "all 60 connections opened");
}

TEST_CASE("snat: a target that refuses, and what can't begin") {
  Looker looker;
  const auto seen = looker.look("snat", {{"target", "127.0.0.1:1"}, {"connections", "100"}, {"rate", "500"}});
  CHECK(failure_of(seen) == "tcp-refused at connect");
  CHECK(seen.failure->code == "ECONNREFUSED");
  CHECK_FALSE(seen.answered);
  // Enough to know; a few more were under way already.
  CHECK(seen.facts.at("asked").as_number() >= 32);
  CHECK(seen.facts.at("asked").as_number() < 100);
  CHECK(fact_of(seen, "failed-from") == "1");
  CHECK(fact_of(seen, "failed-share") == "1");
  CHECK(failure_of(looker.look("snat", {})) == "bad-target at resolve");
  CHECK_THROWS(looker.look("snat", {{"target", "127.0.0.1:1"}, {"connections", "1201"}}));
}

TEST_CASE("snat: where connections begin to fail") {
  const auto seen = test::look_through(
      {.most_connections = 40}, "snat",
      {{"target", "10.0.3.2:443"}, {"connections", "120"}, {"rate", "200"}, {"hold", "0"}});
  if (!seen) {
    MESSAGE("no network namespaces here: skipped");
    return;
  }
  CHECK(seen->answered);
  CHECK(fact_of(*seen, "opened") == "40");
  CHECK(fact_of(*seen, "failed-from") == "41");
  CHECK(fact_of(*seen, "failed-share") == "1");
  const auto& kinds = seen->facts.at("failures").as_list();
  REQUIRE(kinds.size() == 1);
  CHECK(kinds[0].as_record().at("kind").as_text() == "tcp-timeout");
  CHECK(kinds[0].as_record().at("code").as_text() == "ETIMEDOUT");
  CHECK(seen->summary == "40 of 120 connections opened, failing from number 41 on: tcp-timeout");
}

}  // namespace
}  // namespace aztriage
