// Parsers of Redis' replies and the dialogue, without a network. redis_server_test.cpp has the real server.
#include "probe/wire/redis.h"

#include "probe/wire/said.h"

#include <doctest/doctest.h>

namespace aztriage::probe::wire {
namespace {

std::string kind_of(RespReader::Got got) {
  return got == RespReader::Got::whole ? "whole" : got == RespReader::Got::more ? "more" : "broken";
}

/// All in one piece, then again byte by byte: both must come to the same.
std::string read_one(const std::string& bytes, Resp& reply) {
  RespReader whole;
  whole.feed(bytes);
  const std::string got = kind_of(whole.next(reply));
  RespReader slow;
  std::string last = "more";
  for (const char c : bytes) {
    slow.feed(std::string_view(&c, 1));
    Resp other;
    last = kind_of(slow.next(other));
    if (last == "more") continue;
    if (last == "whole") CHECK(other.text == reply.text);
    break;
  }
  CHECK(last == got);
  return got;
}

std::string read_one(const std::string& bytes) {
  Resp reply;
  return read_one(bytes, reply);
}

TEST_CASE("resp: each type") {
  Resp reply;
  CHECK(read_one("+PONG\r\n", reply) == "whole");
  CHECK(reply.kind == Resp::Kind::status);
  CHECK(read_one("-NOAUTH Authentication required.\r\n", reply) == "whole");
  CHECK(reply.word() == "NOAUTH");
  CHECK(read_one(":-42\r\n", reply) == "whole");
  CHECK(reply.number == -42);
  CHECK(read_one("$5\r\na\r\nbc\r\n", reply) == "whole");
  CHECK(reply.text == "a\r\nbc");
  CHECK(read_one("$-1\r\n", reply) == "whole");
  CHECK(reply.kind == Resp::Kind::null);
  CHECK(read_one("*-1\r\n", reply) == "whole");
  CHECK(reply.kind == Resp::Kind::null);
  CHECK(read_one("*0\r\n", reply) == "whole");
  CHECK(read_one("*3\r\n:1\r\n*2\r\n+a\r\n$1\r\nb\r\n$-1\r\n", reply) == "whole");
  REQUIRE(reply.items.size() == 3);
  REQUIRE(reply.items[1].items.size() == 2);
  CHECK(reply.items[1].items[1].text == "b");
}

TEST_CASE("resp: several replies in one piece") {
  RespReader reader;
  Resp reply;
  reader.feed("+OK\r\n*1\r\n:7\r\n+PO");
  CHECK(kind_of(reader.next(reply)) == "whole");
  CHECK(kind_of(reader.next(reply)) == "whole");
  CHECK(reply.items[0].number == 7);
  CHECK(kind_of(reader.next(reply)) == "more");
  reader.feed("NG\r\n");
  CHECK(kind_of(reader.next(reply)) == "whole");
  CHECK(reply.text == "PONG");
}

TEST_CASE("resp: what lies about its size is refused at once") {
  CHECK(read_one("$9223372036854775807\r\n") == "broken");
  CHECK(read_one("$99999999999999999999\r\n") == "broken");
  CHECK(read_one("*9223372036854775807\r\n") == "broken");
  CHECK(read_one("$-2\r\n") == "broken");
  CHECK(read_one("$1x\r\n") == "broken");
  CHECK(read_one("$\r\n") == "broken");
  CHECK(read_one("$2\r\nabcd") == "broken");
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "*1\r\n";
  CHECK(read_one(deep) == "broken");
  std::string wide = "*20000\r\n";
  for (int i = 0; i < 20000; ++i) wide += ":1\r\n";
  CHECK(read_one(wide) == "broken");
  CHECK(read_one("+" + std::string(70000, 'x')) == "broken");
  CHECK(read_one("HTTP/1.1 400 Bad Request\r\n") == "broken");
}

/// What the server says to each thing that is sent, in turn.
fact::Observation talk(RedisAsked asked, const std::vector<std::string>& answers, bool trusted = true,
                       std::string* sent = nullptr, std::string* failure = nullptr,
                       std::size_t piece = 1000000) {
  RedisTalk one(std::move(asked));
  one.set_trusted(trusted);
  double now = 0;
  auto step = one.begin();
  std::string all = step.send;
  for (const std::string& answer : answers) {
    for (std::size_t at = 0; at < answer.size() && !step.done && !step.failure; at += piece) {
      one.set_now(now += 0.01);
      step = one.take(std::string_view(answer).substr(at, piece));
      all += step.send;
    }
  }
  if (!step.done && !step.failure) step = one.closed(std::nullopt);
  if (sent != nullptr) *sent = all;
  if (failure != nullptr)
    *failure = step.failure ? std::string(fact::failure_name(step.failure->kind))
               : step.done  ? "done"
                            : "open";
  fact::Observation seen;
  one.fill(seen);
  return seen;
}

std::string fact_of(const fact::Observation& seen, const std::string& name) {
  const auto found = seen.facts.find(name);
  return found == seen.facts.end() ? "-" : fact::to_text(found->second);
}

const std::string kInfo =
    "# Server\r\nredis_version:7.0.15\r\nredis_mode:cluster\r\nrun_id:abc\r\nuptime_in_seconds:12\r\n"
    "# Clients\r\nconnected_clients:60\r\nmaxclients:100\r\n# Memory\r\nused_memory:950\r\nmaxmemory:1000\r\n"
    "maxmemory_policy:noeviction\r\n# Persistence\r\nloading:0\r\nrdb_last_bgsave_status:err\r\n"
    "# Stats\r\nevicted_keys:3\r\nkeyspace_hits:3\r\nkeyspace_misses:1\r\n# Replication\r\nrole:slave\r\n"
    "master_host:10.0.0.4\r\nmaster_port:6379\r\nmaster_link_status:down\r\n# Commandstats\r\n"
    "cmdstat_flushall:calls=2,usec=5\r\ncmdstat_keys:calls=9,usec=5\r\ncmdstat_config|get:calls=1,usec=5\r\n"
    "# Errorstats\r\nerrorstat_OOM:count=4\r\n# Cluster\r\ncluster_enabled:1\r\n# Keyspace\r\n"
    "db0:keys=10,expires=5,avg_ttl=0\r\n";

std::string bulk(const std::string& text) {
  return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

const std::string kNodes =
    "07c3 10.0.0.5:15000@16000,cache.contoso.com myself,master - 0 0 1 connected 0-5460\n"
    "67ed 10.0.0.5:15001@16001 master - 0 1 2 connected 5461-10922 [93-<-292f]\n"
    "6ec2 10.0.0.6:15002@16002 master,fail - 0 1 3 disconnected 10923-16383\n"
    "824f :0@0 master,noaddr - 0 1 3 disconnected\n"
    "e7d1 fd00::7:15003@16003 slave 07c3 0 1 1 connected\n";

const std::string kLook = bulk(kInfo) + "*2\r\n$10\r\n1800000100\r\n$1\r\n7\r\n" +
                          "*1\r\n*6\r\n:1\r\n:1800000040\r\n:250000\r\n*2\r\n$4\r\nkeys\r\n$1\r\n*\r\n"
                          "$9\r\n1.1.1.1:5\r\n$0\r\n\r\n" +
                          bulk(kNodes);

TEST_CASE("redis talk: all facts of a healthy answer, in pieces of any size") {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100000}}) {
    std::string sent, failure;
    const auto seen = talk({.commands = {{"GET", "a"}, {"MGET", "a", "b"}, {"TTL", "a"}}, .pings = 3},
                           {"+PONG\r\n", "+PONG\r\n", "+PONG\r\n",
                            kLook + "-MOVED 15495 10.0.0.6:15002\r\n-CROSSSLOT Keys differ\r\n:-1\r\n"},
                           true, &sent, &failure, piece);
    CHECK(failure == "done");
    CHECK(sent.find("AUTH") == std::string::npos);
    CHECK(seen.answered);
    CHECK(fact_of(seen, "auth") == "not-needed");
    CHECK(fact_of(seen, "ping.count") == "3");
    CHECK(fact_of(seen, "ping.lost") == "0");
    CHECK(fact_of(seen, "version") == "7.0.15");
    CHECK(fact_of(seen, "role") == "slave");
    CHECK(fact_of(seen, "memory.used-share") == "0.95");
    CHECK(fact_of(seen, "clients-used-share") == "0.6");
    CHECK(fact_of(seen, "hit-share") == "0.75");
    CHECK(fact_of(seen, "persistence.failed") == "true");
    CHECK(fact_of(seen, "keys-expiring-share") == "0.5");
    CHECK(fact_of(seen, "replication.primary") == "10.0.0.4:6379");
    CHECK(fact_of(seen, "replication.link") == "down");
    CHECK(fact_of(seen, "flushes") == "2");
    CHECK(fact_of(seen, "calls.config|get") == "1");
    CHECK(fact_of(seen, "errors.OOM") == "4");
    CHECK(fact_of(seen, "slowlog.commands") == "KEYS");
    CHECK(fact_of(seen, "slowlog.newest") == "60");
    CHECK(fact_of(seen, "slowlog.slowest") == "0.25");
    CHECK(fact_of(seen, "cluster.nodes") ==
          "cache.contoso.com:15000, 10.0.0.5:15001, 10.0.0.6:15002, [fd00::7]:15003");
    CHECK(fact_of(seen, "cluster.failed") == "10.0.0.6:15002");
    CHECK(fact_of(seen, "cluster.uncovered") == "5461");
    CHECK(fact_of(seen, "cluster.by-address") == "true");
    CHECK(fact_of(seen, "reply.error") == "MOVED");
    CHECK(fact_of(seen, "moved.to") == "10.0.0.6:15002");
    const auto& replies = seen.facts.at("replies").as_list();
    REQUIRE(replies.size() == 3);
    CHECK(replies[1].as_record().find("error")->second.as_text() == "CROSSSLOT");
    CHECK(replies[2].as_record().find("text")->second.as_text() == "-1");
  }
}

TEST_CASE("redis talk: what a key holds is not kept") {
  const auto seen = talk({.commands = {{"GET", "a"}}, .pings = 1}, {"+PONG\r\n", kLook + bulk("card 4111")});
  const auto& reply = seen.facts.at("replies").as_list().at(0).as_record();
  CHECK(reply.find("size")->second.as_number() == 9);
  CHECK(reply.find("text") == reply.end());
}

TEST_CASE("redis talk: errors by kind") {
  const auto error_of = [](const std::vector<std::string>& answers,
                           std::optional<std::string> password = {}) {
    const auto seen = talk({.password = std::move(password), .pings = 2}, answers);
    CHECK(seen.answered);
    return fact_of(seen, "reply.error") + " " + fact_of(seen, "auth");
  };
  CHECK(error_of({"-NOAUTH Authentication required.\r\n"}) == "NOAUTH required");
  CHECK(error_of({"-WRONGPASS invalid username-password pair\r\n-NOAUTH Authentication required.\r\n"},
                 "x") == "WRONGPASS refused");
  CHECK(error_of({"+OK\r\n+PONG\r\n"}, "x") == "- accepted");
  CHECK(error_of({"-ERR AUTH <password> called without any password configured for the default user.\r\n"},
                 "x") == "ERR not-needed");
  CHECK(error_of({"-ERR max number of clients reached\r\n"}) == "MAXCLIENTS -");
  CHECK(error_of({"-LOADING Redis is loading the dataset in memory\r\n", kLook}) == "LOADING -");
  CHECK(error_of({"-MASTERDOWN Link with MASTER is down\r\n", kLook}) == "MASTERDOWN -");
  CHECK(error_of({"-DENIED Redis is running in protected mode\r\n"}) == "DENIED -");
}

TEST_CASE("redis talk: a password is kept from a server that is not trusted") {
  std::string sent;
  const auto seen =
      talk({.user = "app", .password = "s3cret"}, {"-NOAUTH Authentication required.\r\n"}, false, &sent);
  CHECK(sent.find("s3cret") == std::string::npos);
  CHECK(fact_of(seen, "auth") == "withheld");
  CHECK(fact_of(seen, "withheld") == "true");
  const auto good = talk({.user = "app", .password = "s3cret"}, {"+OK\r\n+PONG\r\n"}, true, &sent);
  CHECK(sent.find("AUTH\r\n$3\r\napp\r\n$6\r\ns3cret") != std::string::npos);
  CHECK(fact_of(good, "withheld") == "-");
}

TEST_CASE("redis talk: what the login may not do is told, and is no error of the server") {
  const std::string no = "-NOPERM this user has no permissions to run the 'x' command\r\n";
  const auto seen = talk({.pings = 1}, {"+PONG\r\n", no + no + no + no});
  CHECK(fact_of(seen, "denied") == "INFO, TIME, SLOWLOG, CLUSTER NODES");
  CHECK(fact_of(seen, "reply.error") == "-");
  CHECK(fact_of(seen, "version") == "-");
}

TEST_CASE("redis talk: servers that are none, or break off") {
  std::string failure;
  const auto http = talk({}, {"HTTP/1.1 400 Bad Request\r\n"}, true, nullptr, &failure);
  CHECK(failure == "protocol-mismatch");
  CHECK_FALSE(http.answered);
  talk({}, {std::string("\x15\x03\x01\x00\x02\x02\x46", 7)}, true, nullptr, &failure);
  CHECK(failure == "protocol-mismatch");
  talk({}, {}, true, nullptr, &failure);
  CHECK(failure == "tcp-closed");
  const auto strange = talk({}, {"+PONG\r\n$5\r\nabcdefg"}, true, nullptr, &failure);
  CHECK(failure == "answer-malformed");
  CHECK(strange.answered);
  talk({}, {"+PONG\r\n$99999999\r\n"}, true, nullptr, &failure);
  CHECK(failure == "answer-too-large");
}

TEST_CASE("redis: only commands that read are allowed") {
  for (const char* good : {"GET a", "get a", "MGET a b", "CLUSTER INFO", "CONFIG GET maxmemory-policy",
                           "HELLO 2", "SELECT 1", "CLIENT SETINFO lib-name x", "ACL WHOAMI"})
    CHECK_MESSAGE(read_redis_command(good).has_value(), good);
  for (const char* bad : {"", " ", "SET a b", "KEYS *", "FLUSHALL", "CONFIG GET requirepass", "CONFIG GET *",
                          "CONFIG SET x y", "EVAL x 0", "DEBUG SLEEP 5", "HELLO 3", "GET a b",
                          "CLUSTER RESET", "ACL GETUSER x", "MONITOR", "CLUSTER"})
    CHECK_MESSAGE(!read_redis_command(bad).has_value(), bad);
}

TEST_CASE("said: addresses in refusals, and who answers instead") {
  CHECK(first_address("Client with IP address '20.1.2.3' is not allowed") == "20.1.2.3");
  CHECK(first_address("no pg_hba.conf entry for host \"fd00::12\", user") == "fd00::12");
  CHECK(first_address("host 10.0.0.4.") == "10.0.0.4");
  CHECK(first_address("version 5.7.44 of 2024-01-01 at 12:30") == "");
  CHECK(other_protocol("SSH-2.0-OpenSSH_9.2\r\n").find("SSH") != std::string::npos);
  CHECK(other_protocol(std::string("\x15\x03\x01", 3)).find("TLS") != std::string::npos);
}

}  // namespace
}  // namespace aztriage::probe::wire
