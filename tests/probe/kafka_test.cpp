// No broker of Kafka is packaged, so the exchanges here are written by hand from the protocol guide
// (kafka.apache.org/protocol), and from what Event Hubs is known to do otherwise.
#include "probe/wire/kafka.h"

#include "support/looking.h"
#include "support/loopback.h"
#include "support/server.h"

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <sys/socket.h>

namespace aztriage {
namespace {

using probe::wire::Dialogue;
using probe::wire::Kafka;
using test::fact_of;
using test::failure_of;
using test::Looker;
using test::LoopbackServer;
using test::receive_text;
using test::send_text;

std::string number(std::int64_t value, int width) {
  std::string bytes;
  for (int i = width - 1; i >= 0; --i) bytes.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
  return bytes;
}
std::string i16(int value) {
  return number(value, 2);
}
std::string i32(std::int64_t value) {
  return number(value, 4);
}
std::string text(const std::string& value) {
  return i16(static_cast<int>(value.size())) + value;
}
std::string api(int key, int least, int most) {
  return i16(key) + i16(least) + i16(most);
}
std::string framed(const std::string& message) {
  return i32(static_cast<std::int64_t>(message.size())) + message;
}

/// Version 3: compact array, each member with its tags, throttle, tags.
std::string versions3() {
  const std::string none(1, '\0');
  return i16(0) + "\x05" + api(3, 0, 5) + none + api(17, 0, 1) + none + api(18, 0, 3) + none + api(36, 0, 1) +
         none + i32(0) + none;
}
/// The answer of a broker that knows only older versions, in the form of version 0 (KIP-511).
std::string versions0(int error, const std::vector<std::string>& apis) {
  std::string all;
  for (const auto& one : apis) all += one;
  return i16(error) + i32(static_cast<std::int64_t>(apis.size())) + all;
}
std::string mechanisms(int error, const std::vector<std::string>& names) {
  std::string all = i16(error) + i32(static_cast<std::int64_t>(names.size()));
  for (const auto& name : names) all += text(name);
  return all;
}
std::string metadata(int port, int topic_error = -1000) {
  std::string all = i32(0) + i32(2) + i32(1) + text("127.0.0.1") + i32(port) + i16(-1) + i32(2) +
                    text("localhost") + i32(1) + text("rack") + text("cluster-1") + i32(1);
  if (topic_error == -1000) return all + i32(0);
  const std::string partition = i16(0) + i32(0) + i32(1) + i32(1) + i32(1) + i32(1) + i32(1);
  const std::string orphan = i16(5) + i32(1) + i32(-1) + i32(0) + i32(0);
  return all + i32(1) + i16(topic_error) + text("orders") + std::string(1, '\0') + i32(2) + partition +
         orphan;
}

/// Answers one request after another with these bodies, under each request's number; an empty string as the
/// answer to a raw login is a message of its own.
struct Says {
  std::string body;
  bool raw = false;
};
std::function<void(int)> script(std::vector<Says> says, std::vector<std::string>* heard = nullptr) {
  return [says = std::move(says), heard](int fd) {
    for (const auto& one : says) {
      const std::string got = receive_text(fd);
      if (got.size() < 12 && !one.raw) return;
      if (heard != nullptr) heard->push_back(got);
      send_text(fd, framed(one.raw ? one.body : got.substr(8, 4) + one.body));
    }
    while (!receive_text(fd).empty()) {
    }
  };
}

fact::Observation look(const std::function<void(int)>& serve, std::map<std::string, std::string> given = {},
                       Milliseconds timeout = Milliseconds(3000)) {
  LoopbackServer server(serve);
  given.emplace("host", "127.0.0.1");
  given.emplace("port", std::to_string(server.port()));
  given.emplace("tls", "false");
  return Looker().look("kafka", given, {"password"}, timeout);
}

const std::map<std::string, std::string> kLogin = {{"user", "$ConnectionString"},
                                                   {"password", "Endpoint=s3cret"}};

TEST_CASE("kafka: a login, the cluster, and each of its brokers") {
  LoopbackServer broker([](int) {});
  std::vector<std::string> heard;
  std::map<std::string, std::string> given = kLogin;
  given.emplace("topic", "orders");
  const auto seen = look(script({{versions3()},
                                 {mechanisms(0, {"PLAIN", "OAUTHBEARER"})},
                                 {i16(0) + i16(-1) + i32(0) + number(0, 8)},
                                 {metadata(broker.port(), 0)}},
                                &heard),
                         given);
  CHECK(failure_of(seen) == "none");
  CHECK(seen.answered);
  CHECK(fact_of(seen, "versions") ==
        "Metadata 0-5, SaslHandshake 0-1, ApiVersions 0-3, SaslAuthenticate 0-1");
  CHECK(fact_of(seen, "offered") == "PLAIN, OAUTHBEARER");
  CHECK(fact_of(seen, "login-wanted") == "true");
  CHECK(fact_of(seen, "logged-in") == "true");
  CHECK(fact_of(seen, "cluster") == "cluster-1");
  const std::string place = "127.0.0.1:" + std::to_string(broker.port());
  CHECK(fact_of(seen, "controller") == place);
  CHECK(fact_of(seen, "brokers") == place + ", localhost:1");
  CHECK(fact_of(seen, "topic.error") == "NONE");
  CHECK(fact_of(seen, "topic.partitions") == "2");
  CHECK(fact_of(seen, "topic.leaderless") == "1");
  REQUIRE(seen.tries.size() == 2);
  CHECK(seen.tries[0].answered);
  CHECK(seen.tries[1].target == "localhost:1");
  CHECK(failure_of(seen.tries[1]) == "tcp-refused at connect");
  CHECK(fact_of(seen, "brokers.failed") == "1");
  CHECK(heard.at(0).substr(4, 4) == i16(18) + i16(3));
  CHECK(heard.at(2).find(std::string("\0$ConnectionString\0Endpoint=s3cret", 34)) != std::string::npos);
}

TEST_CASE("kafka: older brokers, and the login without a frame of its own") {
  std::vector<std::string> heard;
  const auto old = versions0(35, {api(18, 0, 1)});
  const auto list = versions0(0, {api(3, 0, 5), api(17, 0, 0), api(18, 0, 1)});
  const auto seen =
      look(script({{old}, {list}, {mechanisms(0, {"PLAIN"})}, {std::string(4, '\0'), true}, {metadata(1)}},
                  &heard),
           {{"user", "u"}, {"password", "p"}, {"brokers", "false"}});
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "logged-in") == "true");
  CHECK(heard.at(1).substr(4, 4) == i16(18) + i16(0));
  CHECK(heard.at(3) == framed(std::string("\0u\0p", 4)));
  CHECK(seen.tries.empty());
  const auto refused = look(
      [&](int fd) {
        for (const auto& body : {old, list, mechanisms(0, {"PLAIN"})}) {
          const std::string got = receive_text(fd);
          send_text(fd, framed(got.substr(8, 4) + body));
        }
        receive_text(fd);
      },
      kLogin);
  CHECK(failure_of(refused) == "answer-refused at login");
  CHECK(fact_of(refused, "logged-in") == "false");
}

TEST_CASE("kafka: a refused login") {
  const auto seen =
      look(script({{versions3()},
                   {mechanisms(0, {"PLAIN"})},
                   {i16(58) + text("Authentication failed: Invalid username or password") + i32(-1)}}),
           kLogin);
  CHECK(failure_of(seen) == "answer-refused at login");
  CHECK(fact_of(seen, "refused-with") == "SASL_AUTHENTICATION_FAILED");
  CHECK(fact_of(seen, "error.text").starts_with("Authentication failed"));
  CHECK(fact_of(seen, "logged-in") == "false");
  const auto silent = look(
      [](int fd) {
        for (const auto& body : {versions3(), mechanisms(0, {"PLAIN"})}) {
          const std::string got = receive_text(fd);
          send_text(fd, framed(got.substr(8, 4) + body));
        }
        receive_text(fd);
      },
      kLogin);
  CHECK(failure_of(silent) == "answer-refused at login");
  CHECK(fact_of(silent, "logged-in") == "false");
  const auto other = look(script({{versions3()}, {mechanisms(33, {"SCRAM-SHA-512"})}}), kLogin);
  CHECK(failure_of(other) == "answer-refused at mechanisms");
  CHECK(fact_of(other, "offered") == "SCRAM-SHA-512");
  CHECK(fact_of(other, "refused-with") == "UNSUPPORTED_SASL_MECHANISM");
  std::map<std::string, std::string> token = {{"mechanism", "OAUTHBEARER"}, {"password", "eyJ.tok"}};
  const auto told = look(script({{versions3()},
                                 {mechanisms(0, {"OAUTHBEARER"})},
                                 {i16(0) + i16(-1) + i32(26) + "{\"status\":\"invalid_token\"}"}}),
                         token);
  CHECK(failure_of(told) == "answer-refused at login");
  CHECK(fact_of(told, "error.text").find("invalid_token") != std::string::npos);
}

TEST_CASE("kafka: without a login, what is offered is learnt") {
  const auto offered = look(script({{versions3()}, {mechanisms(33, {"OAUTHBEARER"})}}));
  CHECK(failure_of(offered) == "none");
  CHECK(fact_of(offered, "offered") == "OAUTHBEARER");
  const auto open =
      look(script({{versions3()}, {mechanisms(34, {})}, {metadata(1, 3)}}), {{"topic", "orders"}});
  CHECK(fact_of(open, "login-wanted") == "false");
  CHECK(failure_of(open) == "answer-refused at metadata");
  CHECK(fact_of(open, "topic.error") == "UNKNOWN_TOPIC_OR_PARTITION");
  CHECK(fact_of(open, "refused-with") == "UNKNOWN_TOPIC_OR_PARTITION");
}

TEST_CASE("kafka: servers of other protocols, lengths that lie, silence") {
  const auto kind = [](const std::string& bytes) {
    return failure_of(look([&](int fd) {
      receive_text(fd);
      send_text(fd, bytes);
      shutdown(fd, SHUT_WR);
      while (!receive_text(fd).empty()) {
      }
    }));
  };
  CHECK(kind("HTTP/1.1 400 Bad Request\r\n\r\n") == "protocol-mismatch at versions");
  CHECK(kind(std::string("\x15\x03\x03\0\x02\x02\x46", 7)) == "protocol-mismatch at versions");
  CHECK(kind(framed(i32(99) + versions3())) == "protocol-mismatch at versions");
  CHECK(kind(framed(i32(1) + i16(0) + "\xff\xff\xff\xff\x0f")) == "answer-malformed at versions");
  CHECK(kind(framed(i32(1) + i16(0))) == "answer-malformed at versions");
  CHECK(kind(framed(i32(1) + versions3()) + framed(i32(2) + versions3())) ==
        "answer-malformed at mechanisms");
  CHECK(kind("") == "tcp-closed at versions");
  CHECK(failure_of(look(
            [](int fd) {
              while (!receive_text(fd).empty()) {
              }
            },
            {}, Milliseconds(300))) == "answer-timeout at versions");
  const auto huge = look([](int fd) {
    const std::string got = receive_text(fd);
    send_text(fd, framed(got.substr(8, 4) + versions3()));
    receive_text(fd);
    send_text(fd, std::string("\x7f\xff\xff\xff", 4));
    while (!receive_text(fd).empty()) {
    }
  });
  CHECK(failure_of(huge) == "answer-too-large at mechanisms");
}

TEST_CASE("kafka: bytes one at a time, and an end at every byte") {
  const std::string all =
      framed(i32(1) + versions3()) + framed(i32(2) + mechanisms(34, {})) + framed(i32(3) + metadata(9092));
  const auto drive = [&](std::size_t size) {
    Kafka talk({});
    Dialogue::Step step = talk.begin();
    for (std::size_t at = 0; at < size && !step.done && !step.failure; ++at)
      step = talk.take(all.substr(at, 1));
    if (!step.done && !step.failure) step = talk.closed(std::nullopt);
    fact::Observation seen;
    talk.fill(seen);
    seen.failure = step.failure;
    return seen;
  };
  CHECK(fact_of(drive(all.size()), "brokers") == "127.0.0.1:9092, localhost:1");
  CHECK_FALSE(drive(all.size()).failure.has_value());
  for (std::size_t size = 0; size < all.size(); ++size) {
    CAPTURE(size);
    CHECK(drive(size).failure->kind == fact::FailureKind::tcp_closed);
  }
}

TEST_CASE("kafka: idle until the broker ends it") {
  const auto seen = look(
      [](int fd) {
        for (const auto& body : {versions3(), mechanisms(34, {}), metadata(1)}) {
          const std::string got = receive_text(fd);
          send_text(fd, framed(got.substr(8, 4) + body));
        }
        std::this_thread::sleep_for(Milliseconds(300));
      },
      {{"hold", "3"}, {"brokers", "false"}});
  CHECK(failure_of(seen) == "tcp-closed at hold");
  CHECK(seen.facts.at("idle-cut-after").as_number() > 0.2);
  const auto held = look(script({{versions3()}, {mechanisms(34, {})}, {metadata(1)}}),
                         {{"hold", "0.2"}, {"brokers", "false"}});
  CHECK(failure_of(held) == "none");
  CHECK(held.facts.at("held").as_number() >= 0.2);
}

}  // namespace
}  // namespace aztriage
