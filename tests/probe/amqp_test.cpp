#include "probe/wire/amqp.h"

#include "probe/wire/websocket_frames.h"
#include "support/looking.h"
#include "support/loopback.h"
#include "support/pki.h"

#include <array>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <sys/socket.h>

namespace aztriage {
namespace {

using namespace probe::wire;
using test::fact_of;
using test::failure_of;
using test::Looker;
using test::LoopbackServer;
using test::receive_text;
using test::send_text;

const std::string kSasl("AMQP\x03\x01\x00\x00", 8);
const std::string kPlain("AMQP\x00\x01\x00\x00", 8);

std::string sasl(std::uint8_t code, const std::vector<std::string>& fields) {
  return amqp_frame(1, 0, amqp_described(code, fields));
}
std::string performative(std::uint8_t code, const std::vector<std::string>& fields = {}) {
  return amqp_frame(0, 0, amqp_described(code, fields));
}
/// An array of symbols, as servers list their mechanisms: 0xf0, size, count, constructor 0xb3, each with four
/// bytes of length.
std::string symbols(const std::vector<std::string>& names) {
  std::string items;
  const auto u32 = [](std::size_t value) {
    return std::string{static_cast<char>(value >> 24), static_cast<char>(value >> 16),
                       static_cast<char>(value >> 8), static_cast<char>(value)};
  };
  for (const auto& name : names) items += u32(name.size()) + name;
  return "\xf0" + u32(items.size() + 5) + u32(names.size()) + "\xb3" + items;
}
std::string offers() {
  return kSasl + sasl(0x40, {symbols({"PLAIN", "ANONYMOUS", "EXTERNAL"})});
}
std::string outcome(std::uint8_t code) {
  return sasl(0x44, {amqp_ubyte(code)});
}
std::string opened() {
  std::string properties = amqp_symbol("product") + amqp_text("Contoso Broker");
  properties = std::string("\xc1") + static_cast<char>(properties.size() + 1) + "\x02" + properties;
  return kPlain + performative(0x10, {amqp_text("broker-1"), amqp_null(), amqp_uint(65536), amqp_ushort(10),
                                      amqp_uint(120000), amqp_null(), amqp_null(), amqp_null(), amqp_null(),
                                      properties});
}
std::string error(const std::string& condition, const std::string& text) {
  return amqp_described(0x1d, {amqp_symbol(condition), amqp_text(text)});
}

/// Says one thing after another, each when something was heard; then waits for the client's end.
std::function<void(int)> script(std::vector<std::string> says, std::vector<std::string>* heard = nullptr) {
  return [says = std::move(says), heard](int fd) {
    for (const auto& one : says) {
      const std::string got = receive_text(fd);
      if (heard != nullptr) heard->push_back(got);
      send_text(fd, one);
    }
    while (true) {
      const std::string got = receive_text(fd);
      if (got.empty()) return;
      if (heard != nullptr) heard->push_back(got);
    }
  };
}

fact::Observation look(const std::function<void(int)>& serve, std::map<std::string, std::string> given = {},
                       Milliseconds timeout = Milliseconds(3000)) {
  LoopbackServer server(serve);
  given.emplace("host", "127.0.0.1");
  given.emplace("port", std::to_string(server.port()));
  given.emplace("tls", "false");
  return Looker().look("amqp", given, {"password"}, timeout);
}

TEST_CASE("amqp: anonymous, open and closed") {
  std::vector<std::string> heard;
  const auto seen = look(script({offers(), outcome(0), opened(), performative(0x18)}, &heard));
  CHECK(failure_of(seen) == "none");
  CHECK(seen.answered);
  CHECK(fact_of(seen, "versions") == "1.0 with SASL, 1.0");
  CHECK(fact_of(seen, "offered") == "PLAIN, ANONYMOUS, EXTERNAL");
  CHECK(fact_of(seen, "mechanism") == "ANONYMOUS");
  CHECK(fact_of(seen, "logged-in") == "true");
  CHECK(fact_of(seen, "container") == "broker-1");
  CHECK(fact_of(seen, "max-frame") == "65536");
  CHECK(fact_of(seen, "idle-timeout") == "120");
  CHECK(fact_of(seen, "properties.product") == "Contoso Broker");
  CHECK_FALSE(seen.facts.contains("refused-with"));
  CHECK(seen.read.contains("refused-with"));
  CHECK(heard.at(0) == kSasl);
  CHECK(heard.at(1).find("ANONYMOUS") != std::string::npos);
  CHECK(heard.at(2).starts_with(kPlain));
}

TEST_CASE("amqp: a login that is taken or refused") {
  std::vector<std::string> heard;
  const std::map<std::string, std::string> login = {{"user", "policy"}, {"password", "s3cret"}};
  const auto good = look(script({offers(), outcome(0), opened(), performative(0x18)}, &heard), login);
  CHECK(fact_of(good, "mechanism") == "PLAIN");
  CHECK(heard.at(1).find(std::string("\0policy\0s3cret", 14)) != std::string::npos);
  const auto bad = look(script({offers(), outcome(1)}), login);
  CHECK(failure_of(bad) == "answer-refused at login");
  CHECK(fact_of(bad, "refused-with") == "auth");
  CHECK(fact_of(bad, "logged-in") == "false");
  CHECK(bad.answered);
  const auto missing = look(script({offers()}), {{"mechanism", "EXTERNAL"}});
  CHECK(failure_of(missing) != "none");
  const auto few = look(script({kSasl + sasl(0x40, {amqp_symbol("MSSBCBS")})}), login);
  CHECK(failure_of(few) == "answer-refused at mechanisms");
  CHECK(fact_of(few, "offered") == "MSSBCBS");
  const auto learnt = look(script({kSasl + sasl(0x40, {amqp_symbol("MSSBCBS")})}));
  CHECK(failure_of(learnt) == "none");
  CHECK_FALSE(learnt.facts.contains("mechanism"));
}

TEST_CASE("amqp: refusals by their conditions") {
  const std::string no =
      error("amqp:unauthorized-access", "Ip has been prevented to connect to the endpoint");
  const auto open = look(script({offers(), outcome(0), opened() + performative(0x18, {no})}));
  CHECK(failure_of(open) == "answer-refused at open");
  CHECK(fact_of(open, "refused-with") == "amqp:unauthorized-access");
  CHECK(fact_of(open, "error.text").starts_with("Ip has been prevented"));
  CHECK(open.failure->code == "amqp:unauthorized-access");
  const auto early = look(script({offers(), outcome(0), kPlain + performative(0x18, {no})}));
  CHECK(failure_of(early) == "answer-refused at open");
  // A link that is refused: attached to nothing, detached with the reason.
  const std::string gone = error("amqp:not-found", "The messaging entity 'q' could not be found.");
  const std::string attach = performative(
      0x12, {amqp_text("x"), amqp_uint(0), amqp_bool(false), amqp_null(), amqp_null(), amqp_null()});
  const std::string detach = performative(0x16, {amqp_uint(0), amqp_bool(true), gone});
  std::vector<std::string> heard;
  const auto link =
      look(script({offers(), outcome(0), opened(), performative(0x11, {amqp_ushort(0)}) + attach + detach},
                  &heard),
           {{"entity", "orders"}});
  CHECK(failure_of(link) == "answer-refused at attach");
  CHECK(fact_of(link, "refused-with") == "amqp:not-found");
  CHECK(fact_of(link, "attached") == "false");
  CHECK(heard.at(3).find("orders") != std::string::npos);
  const auto mute = look(script({offers(), outcome(0), opened(), attach}), {{"entity", "orders"}});
  CHECK(failure_of(mute) == "answer-refused at attach");
  const std::string source = amqp_described(0x28, {amqp_text("orders")});
  const std::string good =
      performative(0x12, {amqp_text("x"), amqp_uint(0), amqp_bool(false), amqp_null(), amqp_null(), source});
  const auto attached =
      look(script({offers(), outcome(0), opened(), good, performative(0x18)}), {{"entity", "orders"}});
  CHECK(failure_of(attached) == "none");
  CHECK(fact_of(attached, "attached") == "true");
}

TEST_CASE("amqp: servers of other protocols and versions") {
  const auto old = look(script({std::string("AMQP\x00\x00\x09\x01", 8)}));
  CHECK(failure_of(old) == "protocol-mismatch at header");
  CHECK(fact_of(old, "versions") == "0-9-1");
  CHECK(old.answered);
  const auto bare = look(script({kPlain}));
  CHECK(failure_of(bare) == "answer-refused at header");
  const auto http = look(script({"HTTP/1.1 400 Bad Request\r\n\r\n"}));
  CHECK(failure_of(http) == "protocol-mismatch at header");
  CHECK_FALSE(http.answered);
  std::vector<std::string> heard;
  const auto without = look(script({opened(), performative(0x18)}, &heard), {{"sasl", "false"}});
  CHECK(failure_of(without) == "none");
  CHECK(fact_of(without, "container") == "broker-1");
  CHECK(heard.at(0).starts_with(kPlain));
  CHECK(heard.at(0).size() > kPlain.size());
}

TEST_CASE("amqp: frames that break the rules") {
  const auto kind = [](const std::string& bytes) { return failure_of(look(script({kSasl + bytes}))); };
  CHECK(kind(std::string("\0\0\0\x04\x02\x01\0\0", 8)) == "answer-malformed at mechanisms");
  CHECK(kind(std::string("\0\0\0\x10\x01\x01\0\0", 8)) == "answer-malformed at mechanisms");
  CHECK(kind(std::string("\x7f\xff\xff\xff\x02\x01\0\0", 8)) == "answer-too-large at mechanisms");
  CHECK(kind(std::string("\0\0\0\x08\x02\x01\0\0", 8)) == "answer-malformed at mechanisms");
  CHECK(kind(amqp_frame(0, 0, amqp_described(0x40, {}))) == "answer-malformed at mechanisms");
  CHECK(kind(amqp_frame(1, 0, "\x41")) == "answer-malformed at mechanisms");
  CHECK(kind(sasl(0x44, {})) == "answer-malformed at mechanisms");
  // Lengths that lie: a list of 2^31 values in 9 bytes, lists in lists without end.
  CHECK(kind(amqp_frame(1, 0, std::string("\x00\x53\x40\xd0\x00\x00\x00\x05\x7f\xff\xff\xff\x40", 13))) ==
        "answer-malformed at mechanisms");
  std::string deep = "\x45";
  for (int i = 0; i < 40; ++i)
    deep = std::string("\xc0") + static_cast<char>(deep.size() + 1) + "\x01" + deep;
  CHECK(kind(amqp_frame(1, 0, std::string("\x00\x53\x40", 3) + deep)) == "answer-malformed at mechanisms");
}

TEST_CASE("amqp: values of every kind") {
  const auto read = [](std::string bytes) {
    std::string_view view = bytes;
    auto value = read_amqp(view);
    CHECK((!value || view.empty()));
    return value;
  };
  CHECK(read(std::string("\x56\x01", 2))->number == 1);
  CHECK(read(std::string("\x54\xff", 2))->number == -1);
  CHECK(read(std::string("\x61\xff\xfe", 3))->number == -2);
  CHECK(read(std::string("\x80\0\0\0\0\0\0\1\0", 9))->number == 256);
  CHECK(read(std::string("\x82\x3f\xf0\0\0\0\0\0\0", 9))->number == 1);
  CHECK(read(std::string("\x98", 1) + std::string(16, 'u'))->kind == AmqpValue::Kind::other);
  CHECK(read(std::string("\xa1\x02hi", 4))->bytes == "hi");
  CHECK(read(std::string("\xe0\x06\x02\xa3\x01"
                         "a"
                         "\x01"
                         "b",
                         8))
            ->items.size() == 2);
  CHECK(read(std::string("\x45", 1))->items.empty());
  CHECK_FALSE(read(std::string("\xc1\x02\x01\x40", 4)).has_value());  // a map of one
  CHECK_FALSE(read(std::string("\xa1\x05hi", 4)).has_value());
  CHECK_FALSE(read(std::string("\x00\x00\x40\x40\x40", 5)).has_value());
  CHECK_FALSE(read("").has_value());
  // An array of many nothings costs no bytes, and is refused.
  CHECK_FALSE(read(std::string("\xf0\0\0\0\x05\0\1\0\0\x40", 10)).has_value());
}

TEST_CASE("amqp: bytes one at a time, and an end at every byte") {
  const std::string all = offers() + outcome(0) + opened();
  const auto drive = [&](std::size_t size, std::size_t piece) {
    Amqp talk({.container = "c", .host = "h"});
    Dialogue::Step step = talk.begin();
    for (std::size_t at = 0; at < size && !step.done && !step.failure; at += piece)
      step = talk.take(std::string_view(all).substr(at, std::min(piece, size - at)));
    if (!step.failure && !step.done) step = talk.closed(std::nullopt);
    fact::Observation seen;
    talk.fill(seen);
    seen.failure = step.failure;
    return seen;
  };
  const auto whole = drive(all.size(), all.size());
  const auto slow = drive(all.size(), 1);
  CHECK(fact_of(slow, "container") == "broker-1");
  CHECK(whole.facts.size() == slow.facts.size());
  for (std::size_t size = 0; size < all.size(); ++size) {
    CAPTURE(size);
    CHECK(drive(size, 1).failure->kind == fact::FailureKind::tcp_closed);
  }
}

TEST_CASE("amqp: idle until the server ends it") {
  const auto cut = look(
      [](int fd) {
        for (const auto& one : {offers(), outcome(0), opened()}) {
          receive_text(fd);
          send_text(fd, one);
        }
        std::this_thread::sleep_for(Milliseconds(300));
        send_text(fd, performative(0x18, {error("amqp:connection:forced",
                                                "inactive for more than 60000 milliseconds")}));
        while (!receive_text(fd).empty()) {
        }
      },
      {{"hold", "3"}});
  CHECK(failure_of(cut) == "tcp-closed at hold");
  CHECK(fact_of(cut, "refused-with") == "amqp:connection:forced");
  CHECK(cut.facts.at("held").as_number() > 0.2);
  CHECK(cut.facts.contains("idle-cut-after"));
  const auto held = look(script({offers(), outcome(0), opened(), performative(0x18)}), {{"hold", "0.2"}});
  CHECK(failure_of(held) == "none");
  CHECK(held.read.contains("idle-cut-after"));
  CHECK_FALSE(held.facts.contains("idle-cut-after"));
}

TEST_CASE("amqp: a password is for verified servers only") {
  const auto authority = test::self_signed({.common_name = "Contoso Root", .authority = true});
  const auto identity =
      test::issue(authority, {.common_name = "broker.contoso.com", .dns = {"broker.contoso.com"}});
  const auto context = test::tls_context(identity);
  std::string all;
  LoopbackServer server([&](int fd) {
    SSL* ssl = SSL_new(context.get());
    SSL_set_fd(ssl, fd);
    std::array<char, 4096> buffer;
    if (SSL_accept(ssl) == 1) {
      for (const auto& one : {offers(), outcome(0), opened(), performative(0x18)}) {
        const int n = SSL_read(ssl, buffer.data(), buffer.size());
        if (n <= 0) break;
        all.append(buffer.data(), static_cast<std::size_t>(n));
        SSL_write(ssl, one.data(), static_cast<int>(one.size()));
      }
      SSL_shutdown(ssl);
    }
    SSL_free(ssl);
    while (!receive_text(fd).empty()) {
    }
  });
  const auto seen = Looker().look("amqp",
                                  {{"host", "broker.contoso.com"},
                                   {"address", "127.0.0.1"},
                                   {"port", std::to_string(server.port())},
                                   {"user", "policy"},
                                   {"password", "s3cret"}},
                                  {"password"});
  CHECK(fact_of(seen, "withheld") == "true");
  CHECK(fact_of(seen, "mechanism") == "ANONYMOUS");
  CHECK(fact_of(seen, "container") == "broker-1");
  CHECK(fact_of(seen, "certificate.problems").find("chain-incomplete") != std::string::npos);
  CHECK(all.find("s3cret") == std::string::npos);
}

std::string server_frame(const std::string& payload) {
  REQUIRE(payload.size() < 65536);
  std::string head = "\x82";
  if (payload.size() < 126) return head + static_cast<char>(payload.size()) + payload;
  return head + "\x7e" + static_cast<char>(payload.size() >> 8) + static_cast<char>(payload.size() & 0xff) +
         payload;
}

TEST_CASE("amqp: over a WebSocket") {
  std::string request;
  const auto upgrade = [&](int fd) {
    request = receive_text(fd);
    const auto at = request.find("Sec-WebSocket-Key: ") + 19;
    const std::string key = request.substr(at, request.find("\r\n", at) - at);
    send_text(fd,
              "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Protocol: AMQPWSB10\r\nServer: Microsoft-HTTPAPI/2.0\r\nSec-WebSocket-Accept: " +
                  accept_of(key) + "\r\n\r\n");
  };
  const auto seen = look(
      [&](int fd) {
        upgrade(fd);
        script({server_frame(kSasl) + server_frame(offers().substr(8)), server_frame(outcome(0)),
                server_frame(opened()), server_frame(performative(0x18))})(fd);
      },
      {{"websocket", "true"}});
  CHECK(request.starts_with("GET /$servicebus/websocket HTTP/1.1\r\n"));
  CHECK(request.find("Sec-WebSocket-Protocol: AMQPWSB10\r\n") != std::string::npos);
  CHECK(request.find("\r\nHost: 127.0.0.1:") != std::string::npos);
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "accepted") == "true");
  CHECK(fact_of(seen, "status") == "101");
  CHECK(fact_of(seen, "headers.server") == "Microsoft-HTTPAPI/2.0");
  CHECK(fact_of(seen, "container") == "broker-1");
  const auto refused = look(
      [](int fd) {
        receive_text(fd);
        send_text(fd, "HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\nVia: 1.1 proxy\r\n\r\ndenied");
        while (!receive_text(fd).empty()) {
        }
      },
      {{"websocket", "true"}});
  CHECK(failure_of(refused) == "answer-refused at upgrade");
  CHECK_FALSE(refused.answered);
  CHECK(fact_of(refused, "status") == "403");
  CHECK(fact_of(refused, "body") == "denied");
  CHECK(fact_of(refused, "headers.via") == "1.1 proxy");
  const auto closed = look(
      [&](int fd) {
        upgrade(fd);
        script(
            {std::string("\x88\x0a\x03\xf0"
                         "not you!",
                         12)})(fd);
      },
      {{"websocket", "true"}});
  CHECK(failure_of(closed) == "tcp-closed at header");
  CHECK(closed.failure->text.find("1008 policy violation: not you!") != std::string::npos);
  CHECK(fact_of(closed, "closed-with") == "1008");
}

}  // namespace
}  // namespace aztriage
