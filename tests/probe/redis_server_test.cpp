// The probe against Redis itself, and against servers that are none. Without redis-server the cases are
// skipped.
#include "support/looking.h"
#include "support/loopback.h"
#include "support/pki.h"
#include "support/server.h"
#include "support/temp_dir.h"

#include <array>
#include <fstream>
#include <thread>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

namespace aztriage {
namespace {

using test::fact_of;
using test::failure_of;
using test::Looker;
using test::LoopbackServer;
using Given = std::map<std::string, std::string>;

bool installed() {
  if (!test::find_program("redis-server").empty()) return true;
  MESSAGE("redis-server is not installed: this case is skipped");
  return false;
}

struct Redis {
  test::TempDir folder;
  test::Identity root = test::self_signed({.common_name = "Contoso Root", .authority = true});
  int port = test::free_port();
  int tls = test::free_port();
  std::string ca_file = folder.write("root.pem", root.certificate_pem());
  std::unique_ptr<test::Server> server;

  explicit Redis(const std::string& lines = "") {
    const auto leaf = test::issue(root, {.common_name = "cache.contoso.com", .dns = {"cache.contoso.com"}});
    const std::string pem = folder.write("leaf.pem", leaf.certificate_pem());
    const std::string key = folder.write("leaf.key", leaf.key_pem());
    const std::string dir = folder.path().string();
    const std::string conf = "bind 127.0.0.1\nport " + std::to_string(port) + "\ntls-port " +
                             std::to_string(tls) + "\ntls-cert-file " + pem + "\ntls-key-file " + key +
                             "\ntls-ca-cert-file " + ca_file +
                             "\ntls-auth-clients no\nsave \"\"\ndaemonize no\ndir " + dir + "\n" + lines;
    server = std::make_unique<test::Server>(
        std::vector<std::string>{test::find_program("redis-server"), folder.write("redis.conf", conf)}, port,
        dir + "/log");
  }
  net::Settings settings(const std::string& name = "cache.contoso.com") const {
    net::Settings s;
    s.ca_file = ca_file;
    for (const int one : {port, tls}) s.resolve.push_back(name + ":" + std::to_string(one) + ":127.0.0.1");
    return s;
  }
  fact::Observation look(int to, Given given = {}, const std::string& name = "cache.contoso.com") const {
    Looker looker(settings(name));
    given["host"] = name;
    given["port"] = std::to_string(to);
    const auto seen = looker.look("redis", given);
    INFO(seen.summary);
    return seen;
  }
};

TEST_CASE("redis probe: in plain text, by TLS, and each in the other's place") {
  if (!installed()) return;
  const Redis redis;
  const auto plain = redis.look(redis.port);
  CHECK(plain.answered);
  CHECK(failure_of(plain) == "none");
  CHECK(fact_of(plain, "tls") == "false");
  CHECK(fact_of(plain, "version").starts_with("7."));
  CHECK(fact_of(plain, "role") == "master");
  CHECK(fact_of(plain, "auth") == "not-needed");
  CHECK(fact_of(plain, "cluster.enabled") == "false");
  CHECK(fact_of(plain, "cluster.nodes") == "-");
  CHECK(fact_of(plain, "denied").empty());
  CHECK(fact_of(plain, "ping.count") == "5");
  CHECK(fact_of(plain, "flushes") == "0");
  CHECK(plain.summary.starts_with("PONG in "));

  const auto secure = redis.look(redis.tls, {{"tls", "on"}});
  CHECK(failure_of(secure) == "none");
  CHECK(fact_of(secure, "tls") == "true");
  CHECK(fact_of(secure, "protocol") == "1.3");
  CHECK(fact_of(secure, "certificate.problems").empty());

  const auto tls_to_plain = redis.look(redis.port, {{"tls", "on"}});
  CHECK_FALSE(tls_to_plain.answered);
  CHECK(failure_of(tls_to_plain) == "tls-not-tls at handshake");
  CHECK(fact_of(tls_to_plain, "tls") == "false");

  const auto plain_to_tls = redis.look(redis.tls);
  CHECK_FALSE(plain_to_tls.answered);
  CHECK(failure_of(plain_to_tls) == "protocol-mismatch at ping");
  CHECK(fact_of(plain_to_tls, "tls") == "true");
  CHECK(fact_of(plain_to_tls, "certificate.problems").empty());

  const auto old = redis.look(redis.tls, {{"tls", "on"}, {"max", "1.1"}});
  CHECK(failure_of(old) == "tls-version at handshake");
}

TEST_CASE("redis probe: logins, permissions and what a password is not sent to") {
  if (!installed()) return;
  const Redis redis("requirepass s3cret\nuser app on >pw ~app:* +@read +ping -@dangerous\n");
  CHECK(fact_of(redis.look(redis.port), "reply.error") == "NOAUTH");
  CHECK(fact_of(redis.look(redis.port, {{"password", "wrong"}}), "reply.error") == "WRONGPASS");
  const auto good = redis.look(redis.tls, {{"tls", "on"}, {"password", "s3cret"}});
  CHECK(fact_of(good, "auth") == "accepted");
  CHECK(fact_of(good, "reply.error") == "-");
  const auto app = redis.look(
      redis.port, {{"user", "app"}, {"password", "pw"}, {"commands", "GET app:1,GET shop:1,TTL app:1"}});
  CHECK(fact_of(app, "auth") == "accepted");
  CHECK(fact_of(app, "reply.error") == "NOPERM");
  CHECK(fact_of(app, "denied") == "INFO, TIME, SLOWLOG, CLUSTER NODES");
  REQUIRE(app.facts.at("replies").as_list().size() == 3);
  // The certificate is not for this name.
  const auto withheld = redis.look(redis.tls, {{"tls", "on"}, {"password", "s3cret"}}, "pay.contoso.com");
  CHECK(fact_of(withheld, "certificate.problems") == "name-mismatch");
  CHECK(fact_of(withheld, "auth") == "withheld");
  CHECK(fact_of(withheld, "reply.error") == "NOAUTH");
}

TEST_CASE("redis probe: full of clients, full of keys, and a replica whose primary is lost") {
  if (!installed()) return;
  {
    const Redis full("maxclients 1\n");
    int held = -1;
    for (std::string said; said != "+PONG\r\n";) {  // until the one that looked whether it is up is forgotten
      if (held >= 0) close(held);
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      held = test::connect_to(full.port);
      fcntl(held, F_SETFL, 0);
      test::send_text(held, "PING\r\n");
      said = test::receive_text(held);
    }
    const auto seen = full.look(full.port);
    CHECK(seen.answered);
    CHECK(fact_of(seen, "reply.error") == "MAXCLIENTS");
    close(held);
  }
  const Redis memory("maxmemory 2mb\nmaxmemory-policy noeviction\n");
  const auto seen =
      memory.look(memory.port, {{"commands", "CONFIG GET maxmemory-policy,CLIENT SETINFO lib-name x"}});
  CHECK(fact_of(seen, "memory.policy") == "noeviction");
  CHECK(seen.facts.at("memory.used-share").as_number() > 0.2);
  CHECK(fact_of(seen, "reply.error") == "ERR");  // 7.0 does not know SETINFO
  const Redis lost("replicaof 127.0.0.1 1\nreplica-serve-stale-data no\n");
  const auto stale = lost.look(lost.port);
  CHECK(stale.answered);
  CHECK(fact_of(stale, "reply.error") == "MASTERDOWN");
  CHECK(fact_of(stale, "role") == "slave");
  CHECK(fact_of(stale, "replication.link") == "down");
}

TEST_CASE("redis probe: every node of a cluster is tried by itself") {
  if (!installed()) return;
  std::array<std::unique_ptr<Redis>, 3> nodes;
  for (auto& node : nodes)
    node = std::make_unique<Redis>("cluster-enabled yes\ncluster-port " + std::to_string(test::free_port()) +
                                   "\ncluster-announce-hostname cache.contoso.com\n");
  // A cluster of one that knows all slots, and two others by its book.
  const auto say = [](int port, const std::string& words) {
    const int fd = test::connect_to(port);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    test::send_text(fd, words + "\r\n");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    close(fd);
  };
  const auto bus_of = [](const Redis& node) {
    std::ifstream file(node.folder.path() / "redis.conf");
    for (std::string line; std::getline(file, line);)
      if (line.starts_with("cluster-port ")) return line.substr(13);
    return std::string();
  };
  say(nodes[0]->port, "CLUSTER ADDSLOTSRANGE 0 8000");
  say(nodes[1]->port, "CLUSTER ADDSLOTSRANGE 8001 16383");
  for (const std::size_t i : {1UL, 2UL})
    say(nodes[0]->port, "CLUSTER MEET 127.0.0.1 " + std::to_string(nodes[i]->port) + " " + bus_of(*nodes[i]));
  net::Settings settings = nodes[0]->settings();
  for (const std::size_t i : {1UL, 2UL}) {
    const auto more = nodes[i]->settings().resolve;
    settings.resolve.insert(settings.resolve.end(), more.begin(), more.end());
  }
  fact::Observation seen;
  for (int i = 0; i < 40; ++i) {
    Looker looker(settings);
    seen = looker.look(
        "redis",
        {{"host", "cache.contoso.com"}, {"port", std::to_string(nodes[0]->port)}, {"commands", "GET foo"}});
    if (seen.facts.at("cluster.nodes").as_list().size() == 3 && fact_of(seen, "reply.error") == "MOVED")
      break;
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
  }
  CHECK(seen.facts.at("cluster.nodes").as_list().size() == 3);
  CHECK(fact_of(seen, "cluster.unreachable").empty());
  CHECK(fact_of(seen, "reply.error") == "MOVED");  // foo is slot 12182
  CHECK(fact_of(seen, "moved.to").ends_with(":" + std::to_string(nodes[1]->port)));
  REQUIRE(seen.tries.size() == 3);
  for (const auto& one : seen.tries) CHECK(one.answered);
  nodes[2]->server.reset();
  Looker looker(settings);
  const auto broken =
      looker.look("redis", {{"host", "cache.contoso.com"}, {"port", std::to_string(nodes[0]->port)}});
  CHECK(broken.answered);
  CHECK(fact_of(broken, "cluster.unreachable") == "cache.contoso.com:" + std::to_string(nodes[2]->port));
  CHECK(broken.summary.find("1 of 3 nodes did not answer") != std::string::npos);
}

TEST_CASE("redis probe: other servers, silence, and a bad command") {
  const auto look = [](const std::function<void(int)>& serve, Given given = {}) {
    const LoopbackServer server(serve);
    Looker looker;
    given["host"] = "127.0.0.1";
    given["port"] = std::to_string(server.port());
    return looker.look("redis", given, {}, Milliseconds(1500));
  };
  const auto http = look([](int fd) {
    if (test::receive_text(fd).empty()) return;
    test::send_text(fd, "HTTP/1.1 400 Bad Request\r\n\r\n");
    test::receive_text(fd);
  });
  CHECK(failure_of(http) == "protocol-mismatch at ping");
  CHECK(fact_of(http, "tls") == "-");
  const auto silent = look([](int fd) {
    while (!test::receive_text(fd).empty()) {
    }
  });
  CHECK(failure_of(silent) == "answer-timeout at ping");
  CHECK(fact_of(silent, "ping.lost") == "1");
  const auto reset = look([](int fd) {
    test::receive_text(fd);
    test::reset(fd);
  });
  CHECK(failure_of(reset) == "tcp-reset at ping");
  const auto bad = look([](int) {}, {{"commands", "FLUSHALL"}});
  CHECK(failure_of(bad) == "bad-target at resolve");
}

}  // namespace
}  // namespace aztriage
