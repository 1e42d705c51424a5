#include "probe/wire/websocket.h"

#include "support/looking.h"
#include "support/loopback.h"
#include "support/pki.h"
#include "support/server.h"
#include "support/temp_dir.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <sys/socket.h>

namespace aztriage {
namespace {

using probe::wire::Http1Response;
using probe::wire::Opcode;
using test::fact_of;
using test::failure_of;
using test::Looker;
using test::LoopbackServer;
using test::receive_text;
using test::send_text;

std::string read_request(int fd) {
  std::string all;
  while (all.find("\r\n\r\n") == std::string::npos) {
    const std::string piece = receive_text(fd);
    if (piece.empty()) return all;
    all += piece;
  }
  return all;
}

std::string header_in(const std::string& request, const std::string& name) {
  const auto at = request.find(name + ": ");
  if (at == std::string::npos) return {};
  const auto from = at + name.size() + 2;
  return request.substr(from, request.find("\r\n", from) - from);
}

std::string accepting(const std::string& request, const std::string& more = {}) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         probe::wire::accept_of(header_in(request, "Sec-WebSocket-Key")) + "\r\n" + more + "\r\n";
}

std::string frame(unsigned first, const std::string& payload) {
  return {std::string{static_cast<char>(first), static_cast<char>(payload.size())} + payload};
}

/// A client's frame of at most 125 bytes.
struct Heard {
  int opcode = -1;
  std::string payload;
};
Heard hear_frame(int fd) {
  std::string bytes;
  while (bytes.size() < 6 || bytes.size() < 6 + (static_cast<unsigned char>(bytes[1]) & 0x7fU)) {
    const std::string piece = receive_text(fd);
    if (piece.empty()) return {};
    bytes += piece;
  }
  Heard heard{bytes[0] & 0x0f, bytes.substr(6, static_cast<unsigned char>(bytes[1]) & 0x7fU)};
  for (std::size_t i = 0; i < heard.payload.size(); ++i)
    heard.payload[i] = static_cast<char>(heard.payload[i] ^ bytes[2 + i % 4]);
  return heard;
}

/// Accepts, answers the ping, then does what is asked, then waits for the client.
std::function<void(int)> after_ping(std::function<void(int)> then, const std::string& more = {}) {
  return [then = std::move(then), more](int fd) {
    send_text(fd, accepting(read_request(fd), more));
    const Heard ping = hear_frame(fd);
    if (ping.opcode == 9) send_text(fd, frame(0x8a, ping.payload));
    then(fd);
  };
}

void hear_all(int fd) {
  while (!receive_text(fd).empty()) {
  }
}

fact::Observation look(std::function<void(int)> serve, std::map<std::string, std::string> given = {},
                       const std::set<std::string>& secret = {}, Milliseconds timeout = Milliseconds(5000)) {
  LoopbackServer server(std::move(serve));
  given.emplace("url", "ws://127.0.0.1:" + std::to_string(server.port()) + "/chat?room=1");
  return Looker().look("websocket", given, secret, timeout);
}

TEST_CASE("websocket: the key of RFC 6455 1.3") {
  CHECK(probe::wire::accept_of("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("websocket: accepted, pinged and closed") {
  std::string request;
  Heard close;
  const auto seen = look(
      [&](int fd) {
        request = read_request(fd);
        send_text(fd,
                  accepting(request, "Sec-WebSocket-Protocol: b\r\nServer: x\r\n") + frame(0x81, "hello"));
        send_text(fd, frame(0x89, "p") + frame(0x02, "a") + frame(0x80, "b"));
        const Heard ping = hear_frame(fd);
        send_text(fd, frame(0x8a, ping.payload));
        hear_all(fd);
      },
      {{"protocols", "a,b"}, {"headers.Origin", "https://shop.contoso.com"}});
  CHECK(request.starts_with("GET /chat?room=1 HTTP/1.1\r\nHost: 127.0.0.1:"));
  CHECK(header_in(request, "Sec-WebSocket-Protocol") == "a, b");
  CHECK(header_in(request, "Origin") == "https://shop.contoso.com");
  CHECK(failure_of(seen) == "none");
  CHECK(seen.answered);
  CHECK(fact_of(seen, "accepted") == "true");
  CHECK(fact_of(seen, "status") == "101");
  CHECK(fact_of(seen, "subprotocol") == "b");
  CHECK(fact_of(seen, "headers.server") == "x");
  CHECK(fact_of(seen, "messages") == "2");
  CHECK(fact_of(seen, "message") == "hello");
  CHECK(fact_of(seen, "pings") == "1");
  CHECK(seen.facts.contains("ping.rtt"));
  CHECK(seen.facts.contains("time.upgrade"));
  CHECK_FALSE(seen.facts.contains("closed-with"));
  CHECK(seen.summary.starts_with("accepted after "));
}

TEST_CASE("websocket: refusals keep the whole answer") {
  const auto refused = [](const std::string& answer) {
    return look([answer](int fd) {
      read_request(fd);
      send_text(fd, answer);
      shutdown(fd, SHUT_WR);
      hear_all(fd);
    });
  };
  for (const int status : {400, 401, 403, 404, 426, 502, 503}) {
    CAPTURE(status);
    const auto seen =
        refused("HTTP/1.1 " + std::to_string(status) +
                " No\r\nContent-Length: 27\r\nx-azure-ref: 1\r\n\r\n<title>Sorry</title> more..");
    CHECK(failure_of(seen) == "answer-refused at upgrade");
    CHECK(seen.failure->code == std::to_string(status));
    CHECK(seen.answered);
    CHECK(fact_of(seen, "accepted") == "false");
    CHECK(fact_of(seen, "status") == std::to_string(status));
    CHECK(fact_of(seen, "title") == "Sorry");
    CHECK(fact_of(seen, "headers.x-azure-ref") == "1");
    CHECK(seen.read.contains("body"));
    CHECK(seen.read.contains("headers"));
  }
  const auto chunked = refused(
      "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
  CHECK(fact_of(chunked, "body") == "abcde");
  CHECK(fact_of(refused("HTTP/1.0 403 Forbidden\r\n\r\nuntil the end"), "body") == "until the end");
  const auto ignored = refused("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  CHECK(failure_of(ignored) == "answer-refused at upgrade");
  CHECK(ignored.failure->text.find("ignored") != std::string::npos);
  const auto interim =
      refused("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  CHECK(fact_of(interim, "status") == "403");
}

TEST_CASE("websocket: a refusal whose body does not end is told all the same") {
  const auto seen = look([](int fd) {
    read_request(fd);
    send_text(fd, "HTTP/1.1 503 Busy\r\nContent-Length: 50\r\n\r\nbusy");
    hear_all(fd);
  });
  CHECK(failure_of(seen) == "answer-refused at upgrade");
  CHECK(fact_of(seen, "body") == "busy");
  CHECK_FALSE(seen.read.contains("body"));
}

TEST_CASE("websocket: a 101 that is none") {
  const auto fault = [](const std::function<std::string(const std::string&)>& answer) {
    const auto seen = look([answer](int fd) {
      send_text(fd, answer(read_request(fd)));
      hear_all(fd);
    });
    CHECK(failure_of(seen) == "answer-malformed at upgrade");
    CHECK(fact_of(seen, "accepted") == "false");
    return seen.failure->text;
  };
  const auto has = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  };
  CHECK(has(fault([](const auto&) { return "HTTP/1.1 101 X\r\n\r\n"; }), "Upgrade"));
  CHECK(has(fault([](const auto&) { return "HTTP/1.1 101 X\r\nUpgrade: websocket\r\n\r\n"; }), "Connection"));
  CHECK(has(fault([](const auto&) {
              return "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                     "Sec-WebSocket-Accept: AAAA\r\n\r\n";
            }),
            "does not fit"));
  CHECK(has(fault([](const auto& request) { return accepting(request, "Sec-WebSocket-Protocol: z\r\n"); }),
            "not offered"));
  CHECK(has(fault([](const auto& request) {
              return accepting(request, "Sec-WebSocket-Extensions: permessage-deflate\r\n");
            }),
            "extension"));
}

TEST_CASE("websocket: frames that break the rules") {
  const std::vector<std::pair<std::string, const char*>> cases = {
      {std::string("\x81\x81\x01\x02\x03\x04\x05", 7), "masks"},
      {std::string("\xc1\x01x", 3), "reserved bits"},
      {std::string("\x83\x01x", 3), "opcode"},
      {std::string("\x09\x01x", 3), "fragments"},
      {std::string("\x89\x7e\x01\x01", 4), "125"},
      {std::string("\x80\x01x", 3), "no message"},
      {std::string("\x01\x01x\x81\x01y", 6), "another"},
      {std::string("\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 10), "longer than can be"},
      {std::string("\x88\x01\x03", 3), "close"},
      {std::string("\x88\x02\x03\xed", 4), "close"},  // 1005 is never sent
  };
  for (const auto& one : cases) {
    const std::string& bytes = one.first;
    const std::string text = one.second;
    CAPTURE(text);
    const auto seen = look([&](int fd) {
      send_text(fd, accepting(read_request(fd)) + bytes);
      hear_all(fd);
    });
    CHECK(failure_of(seen).starts_with("answer-malformed at "));
    CHECK(seen.failure->text.find(text) != std::string::npos);
    CHECK(fact_of(seen, "accepted") == "true");
  }
}

TEST_CASE("websocket: a long message is skipped, not kept") {
  const auto seen = look([](int fd) {
    send_text(fd, accepting(read_request(fd)));
    const Heard ping = hear_frame(fd);
    send_text(fd, std::string("\x81\x7f\0\0\0\0\0\x10\0\0", 10) + std::string(1 << 20, 'x'));
    send_text(fd, frame(0x8a, ping.payload));
    hear_all(fd);
  });
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "messages") == "1");
  CHECK(fact_of(seen, "message").size() == 4096);
}

TEST_CASE("websocket: what ends an idle connection") {
  const auto pause = [](int fd) {
    std::this_thread::sleep_for(Milliseconds(300));
    return fd;
  };
  const auto cut = [&](std::function<void(int)> how) {
    return look(after_ping([&, how](int fd) { how(pause(fd)); }), {{"hold", "3"}});
  };
  const auto away = cut([](int fd) {
    send_text(fd, frame(0x88, std::string("\x03\xe9", 2) + "idle timeout"));
    hear_all(fd);
  });
  CHECK(failure_of(away) == "tcp-closed at hold");
  CHECK(fact_of(away, "closed-with") == "1001");
  CHECK(fact_of(away, "closed-reason") == "idle timeout");
  CHECK(fact_of(away, "ended-by") == "close-frame");
  CHECK(away.facts.at("idle-cut-after").as_number() > 0.2);
  CHECK(away.facts.at("idle-cut-after").as_number() < 2.5);
  const auto closed = cut([](int) {});
  CHECK(failure_of(closed) == "tcp-closed at hold");
  CHECK(fact_of(closed, "ended-by") == "closed");
  CHECK(closed.facts.contains("idle-cut-after"));
  const auto broken = cut([](int fd) { test::reset(fd); });
  CHECK(failure_of(broken) == "tcp-reset at hold");
  CHECK(fact_of(broken, "ended-by") == "reset");
}

TEST_CASE("websocket: idle as long as asked for, then pinged again") {
  const auto alive = look(after_ping([](int fd) {
                            const Heard ping = hear_frame(fd);
                            send_text(fd, frame(0x8a, ping.payload));
                            hear_all(fd);
                          }),
                          {{"hold", "0.3"}});
  CHECK(failure_of(alive) == "none");
  CHECK(fact_of(alive, "alive") == "true");
  CHECK(alive.facts.at("held").as_number() >= 0.3);
  CHECK(alive.read.contains("idle-cut-after"));
  CHECK_FALSE(alive.facts.contains("idle-cut-after"));
  const auto dead = look(after_ping(hear_all), {{"hold", "0.3"}}, {}, Milliseconds(10000));
  CHECK(failure_of(dead) == "answer-timeout at hold");
  CHECK(fact_of(dead, "alive") == "false");
}

TEST_CASE("websocket: closed at once with a reason") {
  const auto seen = look([](int fd) {
    send_text(fd, accepting(read_request(fd)) + frame(0x88, std::string("\x03\xf0", 2) + "not\xffyou"));
    hear_all(fd);
  });
  CHECK(failure_of(seen) == "answer-refused at ping");
  CHECK(fact_of(seen, "closed-with") == "1008");
  CHECK(fact_of(seen, "closed-reason") == "not\xef\xbf\xbdyou");
}

TEST_CASE("websocket: other protocols, silence, and an end at every byte") {
  CHECK(failure_of(look([](int fd) {
          read_request(fd);
          send_text(fd, "SSH-2.0-OpenSSH_9.2\r\n");
          hear_all(fd);
        })) == "protocol-mismatch at upgrade");
  CHECK(failure_of(look(hear_all, {}, {}, Milliseconds(300))) == "answer-timeout at upgrade");
  CHECK(failure_of(look([](int fd) {
          read_request(fd);
          send_text(fd, "HTTP/1.1 200 OK\r\nBroken header\r\n\r\n");
          hear_all(fd);
        })) == "http-malformed at upgrade");
  CHECK(failure_of(look([](int fd) {
          read_request(fd);
          send_text(fd, "HTTP/1.1 101 OK\r\nX: " + std::string(100000, 'x'));
          hear_all(fd);
        })) == "http-malformed at upgrade");
  const std::string answer = accepting("Sec-WebSocket-Key: k\r\n");
  for (std::size_t size = 0; size < answer.size(); size += 7) {
    CAPTURE(size);
    const auto seen = look([&](int fd) {
      const std::string request = read_request(fd);
      send_text(fd, accepting(request).substr(0, size));
      shutdown(fd, SHUT_WR);
      hear_all(fd);
    });
    CHECK(failure_of(seen) == "tcp-closed at upgrade");
    CHECK_FALSE(seen.facts.contains("accepted"));
  }
}

TEST_CASE("websocket: parsers take bytes one at a time") {
  const std::string answer =
      "HTTP/1.1 403 Forbidden\r\nA: 1\r\n folded\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\nX: "
      "y\r\n\r\n";
  Http1Response response;
  for (std::size_t i = 0; i < answer.size(); ++i) {
    CHECK(response.state() != Http1Response::State::whole);
    response.take(answer.substr(i, 1));
  }
  CHECK(response.state() == Http1Response::State::whole);
  CHECK(response.complete());
  CHECK(response.body() == "abcd");
  CHECK(response.header("a") == "1 folded");
  probe::wire::WebSocketFrames frames(8);
  const std::string bytes = frame(0x01, "ab") + frame(0x89, "p") + frame(0x80, "0123456789");
  std::string got;
  for (const char c : bytes) {
    frames.feed({&c, 1});
    while (const auto one = frames.next())
      got += std::to_string(static_cast<int>(one->opcode)) + one->payload + (one->last ? "." : "-");
  }
  CHECK(got ==
        "1ab-9p.001234567"
        "89.");
}

TEST_CASE("websocket: parameters that can't be") {
  const auto failure = [](std::map<std::string, std::string> given) {
    given.emplace("url", "ws://127.0.0.1:1/");
    return failure_of(Looker().look("websocket", given));
  };
  CHECK(failure({{"url", "ftp://127.0.0.1/"}}) == "bad-target at upgrade");
  CHECK(failure({{"headers.Upgrade", "h2c"}}) == "bad-target at upgrade");
  CHECK(failure({{"headers.X", "a\r\nb"}}) == "bad-target at upgrade");
  CHECK(failure({{"protocols", "a b"}}) == "bad-target at upgrade");
  CHECK(failure({}) == "tcp-refused at connect");
}

TEST_CASE("websocket: secrets stay from who is not verified") {
  const auto authority = test::self_signed({.common_name = "Contoso Root", .authority = true});
  const auto good = test::issue(authority, {.common_name = "shop.contoso.com", .dns = {"shop.contoso.com"}});
  const auto expired = test::issue(
      authority,
      {.common_name = "shop.contoso.com", .dns = {"shop.contoso.com"}, .valid_from = -9, .valid_until = -2});
  test::TempDir folder;
  const std::string ca = folder.write("root.pem", authority.certificate_pem());
  const auto ask = [&](const test::Identity& identity) {
    std::string request;
    const auto context = test::tls_context(identity);
    LoopbackServer server([&](int fd) {
      SSL* ssl = SSL_new(context.get());
      SSL_set_fd(ssl, fd);
      std::array<char, 8192> buffer;
      if (SSL_accept(ssl) == 1) {
        const int n = SSL_read(ssl, buffer.data(), buffer.size());
        if (n > 0) request.assign(buffer.data(), static_cast<std::size_t>(n));
        const std::string answer = "HTTP/1.1 403 No\r\nContent-Length: 12\r\n\r\nhidden-value";
        SSL_write(ssl, answer.data(), static_cast<int>(answer.size()));
        SSL_shutdown(ssl);
      }
      SSL_free(ssl);
      hear_all(fd);
    });
    const auto seen = Looker().look("websocket",
                                    {{"url", "wss://shop.contoso.com:" + std::to_string(server.port()) +
                                                 "/x?sig=s3cr3tS1gnatureOfContoso2026abcdefghijklmnop"},
                                     {"address", "127.0.0.1"},
                                     {"ca", ca},
                                     {"headers.X-Key", "hidden-value"}},
                                    {"headers.X-Key"});
    return std::pair(seen, request);
  };
  const auto [trusted, told] = ask(good);
  CHECK(told.find("X-Key: hidden-value") != std::string::npos);
  CHECK(told.find("sig=s3cr3tS1gnatureOfContoso2026abcdefghijklmnop") != std::string::npos);
  CHECK(fact_of(trusted, "certificate.problems").empty());
  CHECK_FALSE(trusted.facts.contains("withheld"));
  CHECK(fact_of(trusted, "body").find("hidden") == std::string::npos);
  const auto [distrusted, kept] = ask(expired);
  CHECK(kept.find("hidden-value") == std::string::npos);
  CHECK(kept.find("s3cr3tS1gnatureOfContoso2026abcdefghijklmnop") == std::string::npos);
  CHECK(fact_of(distrusted, "withheld") == "true");
  CHECK(fact_of(distrusted, "certificate.problems") == "expired");
  CHECK(fact_of(distrusted, "status") == "403");
  CHECK(distrusted.target.find("s3cr3tS1gnatureOfContoso2026abcdefghijklmnop") == std::string::npos);
}

constexpr std::string_view kRealServer = R"(
import asyncio, http, sys, websockets
async def talk(socket, path):
    if path == "/bye":
        await socket.close(1008, "not you")
        return
    await socket.send("welcome")
    try:
        await asyncio.wait_for(socket.recv(), 1)
    except asyncio.TimeoutError:
        await socket.close(1001, "idle")
async def check(path, headers):
    if path == "/secret":
        return http.HTTPStatus(403), {"X-Test": "1"}, b"<title>Keep out</title>"
async def main():
    async with websockets.serve(talk, "127.0.0.1", int(sys.argv[1]), subprotocols=["chat"], process_request=check):
        await asyncio.Future()
asyncio.run(main())
)";

TEST_CASE("websocket: python3-websockets") {
  const std::string python = "/usr/bin/python3";
  if (system("/usr/bin/python3 -c 'import websockets' 2>/dev/null") != 0) {
    MESSAGE("python3-websockets is not installed: this case is skipped");
    return;
  }
  test::TempDir folder;
  const std::string script = folder.write("server.py", std::string(kRealServer));
  const int port = test::free_port();
  test::Server server({python, script, std::to_string(port)}, port, folder.path().string() + "/log");
  const auto ask = [&](const std::string& path, std::map<std::string, std::string> given = {}) {
    given.emplace("url", "http://127.0.0.1:" + std::to_string(port) + path);
    return Looker().look("websocket", given);
  };
  const auto open = ask("/", {{"protocols", "x,chat"}});
  CHECK(failure_of(open) == "none");
  CHECK(fact_of(open, "subprotocol") == "chat");
  CHECK(fact_of(open, "message") == "welcome");
  CHECK(open.facts.contains("ping.rtt"));
  const auto idle = ask("/", {{"hold", "5"}});
  CHECK(fact_of(idle, "closed-with") == "1001");
  CHECK(fact_of(idle, "closed-reason") == "idle");
  CHECK(idle.facts.at("idle-cut-after").as_number() > 0.5);
  const auto refused = ask("/secret");
  CHECK(fact_of(refused, "status") == "403");
  CHECK(fact_of(refused, "title") == "Keep out");
  CHECK(fact_of(ask("/bye"), "closed-with") == "1008");
}

}  // namespace
}  // namespace aztriage
