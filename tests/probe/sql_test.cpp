// SQL Server. There is no free one to run here: what a server says follows MS-TDS by hand, TLS inside it is
// real.
#include "net/tls.h"
#include "probe/wire/bytes.h"
#include "probe/wire/tds.h"
#include "support/looking.h"
#include "support/loopback.h"
#include "support/pki.h"
#include "support/talk.h"
#include "support/temp_dir.h"

#include <atomic>

#include <doctest/doctest.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>

namespace aztriage {
namespace {

using probe::wire::ByteReader;
using probe::wire::ByteWriter;
using probe::wire::Order;
using probe::wire::SqlAsked;
using probe::wire::SqlTalk;
using probe::wire::tds_message;
using probe::wire::TdsFraming;
using test::fact_of;
using test::failure_of;
using test::Looker;
using test::LoopbackServer;
using Given = std::map<std::string, std::string>;
using Tls = SqlAsked::Tls;

constexpr std::uint8_t kTabular = 4;

std::string prelogin(int encryption, bool fed_auth = false) {
  ByteWriter out;
  const std::uint64_t end = 5 * 4 + 1;
  out.u8(0).u16(end).u16(6).u8(1).u16(end + 6).u16(1).u8(2).u16(end + 7).u16(1).u8(6).u16(end + 8).u16(1).u8(
      0xff);
  out.u8(12).u8(0).u16(2000).u16(8).u8(static_cast<std::uint64_t>(encryption)).u8(0).u8(fed_auth ? 1 : 0);
  return tds_message(kTabular, out.bytes());
}
std::string token(int kind, const std::string& body) {
  return ByteWriter(Order::little).u8(static_cast<std::uint64_t>(kind)).counted(body, 2).bytes();
}
std::string wide(const std::string& text, std::size_t width) {
  return ByteWriter(Order::little).number(text.size(), width).put(probe::wire::to_utf16(text)).bytes();
}
std::string error(int number, int state, const std::string& text) {
  ByteWriter out(Order::little);
  out.u32(static_cast<std::uint64_t>(number)).u8(static_cast<std::uint64_t>(state)).u8(14);
  return token(0xaa, out.put(wide(text, 2)).put(wide("contoso", 1)).put(wide("", 1)).u32(1).bytes());
}
const std::string kDone = ByteWriter(Order::little).u8(0xfd).put(std::string(12, '\0')).bytes();
const std::string kAcknowledged = token(0xad, ByteWriter()
                                                  .u8(1)
                                                  .u32(0x74000004)
                                                  .put(wide("Microsoft SQL Server", 1))
                                                  .put(std::string(4, '\0'))
                                                  .bytes());
std::string routed(const std::string& host, int port) {
  const std::string value =
      ByteWriter(Order::little).u8(0).u16(static_cast<std::uint64_t>(port)).put(wide(host, 2)).bytes();
  return token(0xe3, ByteWriter(Order::little).u8(20).counted(value, 2).u16(0).bytes());
}
std::string answer(const std::string& tokens) {
  return tds_message(kTabular, tokens + kDone);
}
const std::string k40615 =
    "Cannot open server 'contoso' requested by the login. Client with IP address '20.1.2.3' is not allowed "
    "to access the server.";

test::Talked talk(SqlAsked asked, const std::vector<std::string>& words, test::TalkWay way = {}) {
  asked.server = "contoso.database.windows.net";
  SqlTalk one(std::move(asked));
  return test::talk(one, words, way);
}

TEST_CASE("sql talk: prelogin alone") {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}}) {
    const auto seen = talk({}, {prelogin(1, true)}, {.piece = piece});
    CHECK(seen.end == "done");
    CHECK(seen.tls);
    CHECK(seen.seen.answered);
    CHECK(seen.fact("version") == "12.0.2000");
    CHECK(seen.fact("encryption") == "on");
    CHECK(seen.fact("tls-answer") == "yes");
    CHECK(seen.fact("fed-auth") == "true");
    CHECK(seen.fact("login") == "-");
    CHECK(seen.fact("instance-matches") == "-");
  }
  const auto none = talk({.instance = "OTHER"}, {prelogin(2)});
  CHECK_FALSE(none.tls);
  CHECK(none.fact("encryption") == "not-supported");
  CHECK(none.fact("tls-answer") == "no");
  CHECK(none.fact("instance-matches") == "true");
  const auto off = talk({.tls = Tls::off}, {prelogin(3)});
  CHECK_FALSE(off.tls);
  CHECK(off.fact("encryption") == "required");
  CHECK_FALSE(talk({.tls = Tls::strict}, {prelogin(1)}).tls);  // it is there already
}

TEST_CASE("sql talk: errors of a login") {
  const auto seen = talk({.user = "app", .database = "shop"}, {prelogin(1), answer(error(40615, 1, k40615))});
  CHECK(seen.end == "done");
  CHECK(seen.fact("login") == "refused");
  CHECK(seen.fact("error.code") == "40615");
  CHECK(seen.fact("error.state") == "1");
  CHECK(seen.fact("error.class") == "14");
  CHECK(seen.fact("error.address") == "20.1.2.3");
  CHECK(seen.fact("error.text") == k40615);
  CHECK(seen.seen.summary.starts_with("40615 (state 1) Cannot open server"));
  for (const int code : {18456, 40613, 40914, 47072, 47073, 4060, 40532})
    CHECK(talk({.user = "app"}, {prelogin(1), answer(error(code, 5, "text"))}).fact("error.code") ==
          std::to_string(code));
}

TEST_CASE("sql talk: a login that is taken, or sent on") {
  const std::string database =
      token(0xe3, ByteWriter().u8(1).put(wide("shop", 1)).put(wide("master", 1)).bytes());
  const std::string info = token(0xab, "whatever");
  const std::string features = std::string("\xae\x0a\x01\0\0\0\x01\xff", 8);
  const auto seen = talk({.user = "app", .password = "pw"},
                         {prelogin(1), answer(info + database + kAcknowledged + features)});
  CHECK(seen.fact("login") == "accepted");
  CHECK(seen.fact("program") == "Microsoft SQL Server");
  CHECK(seen.fact("database") == "shop");
  const auto sent =
      talk({.user = "app"},
           {prelogin(1), answer(kAcknowledged + routed("a1.tr5.worker.database.windows.net\\x", 11042))});
  CHECK(sent.fact("login") == "routed");
  CHECK(sent.fact("redirect.host") == "a1.tr5.worker.database.windows.net");
  CHECK(sent.fact("redirect.port") == "11042");
  CHECK(talk({.user = "app"}, {prelogin(1), answer(kAcknowledged + routed("not a host", 11042))})
            .fact("redirect.host") == "-");
}

TEST_CASE("sql talk: the login as MS-TDS lays it out") {
  const auto seen = talk({.tls = Tls::off, .user = "app", .database = "shop", .password = "aB1"},
                         {prelogin(2)}, {.close = false});
  const std::string_view login = std::string_view(seen.sent).substr(ByteReader(seen.sent.substr(2)).u16());
  CHECK(static_cast<unsigned char>(login[0]) == 0x10);
  CHECK(ByteReader(login.substr(2)).u16() == login.size());
  const std::string_view body = login.substr(8);
  CHECK(ByteReader(body, Order::little).u32() == body.size());
  const auto text_at = [&](std::size_t pair) {
    ByteReader reader(body.substr(36 + pair * 4), Order::little);
    const std::size_t offset = reader.u16();
    return std::string(body.substr(offset, static_cast<std::size_t>(reader.u16()) * 2));
  };
  CHECK(probe::wire::from_utf16(text_at(1)) == "app");
  CHECK(probe::wire::from_utf16(text_at(4)) == "contoso.database.windows.net");
  CHECK(probe::wire::from_utf16(text_at(8)) == "shop");
  // a, B and 1: halves changed places, xored with a5.
  CHECK(text_at(2) == std::string("\xb3\xa5\x81\xa5\xb6\xa5", 6));
}

TEST_CASE("sql talk: a password is kept from a server that is not trusted") {
  const auto kept = talk({.user = "app", .password = "aB1"},
                         {prelogin(1), answer(error(18456, 1, "Login failed"))}, {.trusted = false});
  CHECK(kept.sent.find(std::string("\xb3\xa5\x81\xa5\xb6\xa5", 6)) == std::string::npos);
  CHECK(kept.fact("withheld") == "true");
  CHECK(kept.fact("error.code") == "18456");
}

TEST_CASE("sql talk: servers that lie, break off or are none") {
  CHECK(talk({}, {"HTTP/1.1 400 Bad Request\r\n"}).end == "protocol-mismatch");
  CHECK(talk({}, {std::string("\x15\x03\x01\0\x02\x02\x46", 7)}).text.find("TLS") != std::string::npos);
  CHECK(talk({}, {std::string("\x04\x01\0\x07\0\0\0\0", 8)}).end ==
        "protocol-mismatch");  // shorter than its head
  CHECK(talk({}, {tds_message(kTabular, "")}).end == "protocol-mismatch");
  CHECK(talk({}, {tds_message(kTabular, std::string("\0\xff\xff\xff\xff\xff", 6))}).end ==
        "protocol-mismatch");
  CHECK(talk({}, {tds_message(kTabular, std::string("\0\0\0\0\0", 5))}).end == "protocol-mismatch");
  const auto unread = [](const std::string& tokens) {
    return talk({.user = "app"}, {prelogin(1), tds_message(kTabular, tokens)}).end;
  };
  CHECK(unread("?") == "answer-malformed");
  CHECK(unread(std::string("\xaa\xff\xff", 3)) == "answer-malformed");
  CHECK(unread(std::string("\xee\xff\xff\xff\xff", 5)) == "answer-malformed");
  CHECK(unread(std::string("\xae\x01", 2)) == "answer-malformed");
  std::string endless;
  for (int i = 0; i < 40; ++i) endless += std::string("\x04\0\x10\0\0\0\0\0", 8) + std::string(4088, 'x');
  CHECK(talk({.user = "app"}, {prelogin(1), endless}).end == "answer-malformed");
  const std::string whole = prelogin(1);
  for (std::size_t cut = 0; cut < whole.size(); ++cut)
    CHECK(talk({}, {whole.substr(0, cut)}).end == "tcp-closed");
}

TEST_CASE("tds framing: flights in packets, taken apart again in pieces of any size") {
  for (const std::size_t size : {1U, 4088U, 4089U, 20000U}) {
    const std::string flight(size, 'r');
    const std::string wire = TdsFraming().wrap(flight);
    CHECK(wire.size() == size + 8 * ((size + 4087) / 4088));
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, wire.size()}) {
      TdsFraming framing;
      std::string out;
      for (std::size_t at = 0; at < wire.size(); at += piece)
        CHECK(framing.unwrap(std::string_view(wire).substr(at, piece), out));
      CHECK(out == flight);
    }
  }
  std::string out;
  CHECK_FALSE(TdsFraming().unwrap("HTTP/1.1", out));
  CHECK_FALSE(TdsFraming().unwrap(std::string_view("\x12\x01\0\x07\0\0\0\0", 8), out));
}

/// A server whose TLS stands inside PRELOGIN packets until the handshake is done.
class FramedTls {
 public:
  FramedTls(int fd, SSL_CTX* context) : fd_(fd), ssl_(SSL_new(context)) {
    SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(ssl_);
  }
  ~FramedTls() { SSL_free(ssl_); }

  bool shake() {
    for (;;) {
      const int result = SSL_do_handshake(ssl_);
      if (const std::string records = drain(); !records.empty()) test::send_text(fd_, framing_.wrap(records));
      if (result == 1) return true;
      if (SSL_get_error(ssl_, result) != SSL_ERROR_WANT_READ) return false;
      const std::string bytes = test::receive_text(fd_);
      std::string records;
      if (bytes.empty() || !framing_.unwrap(bytes, records)) return false;
      BIO_write(SSL_get_rbio(ssl_), records.data(), static_cast<int>(records.size()));
    }
  }
  std::string read() {
    char buffer[8192];
    for (;;) {
      const int got = SSL_read(ssl_, buffer, sizeof buffer);
      if (got > 0) return {buffer, static_cast<std::size_t>(got)};
      const std::string bytes = test::receive_text(fd_);
      if (bytes.empty()) return {};
      BIO_write(SSL_get_rbio(ssl_), bytes.data(), static_cast<int>(bytes.size()));
    }
  }
  void write(const std::string& bytes) {
    SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
    test::send_text(fd_, drain());
  }

 private:
  std::string drain() {
    std::string out(65536, '\0');
    const int got = BIO_read(SSL_get_wbio(ssl_), out.data(), static_cast<int>(out.size()));
    out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return out;
  }
  int fd_;
  SSL* ssl_;
  TdsFraming framing_;
};

struct World {
  test::TempDir folder;
  test::Identity root = test::self_signed({.common_name = "Contoso Root", .authority = true});
  test::Identity leaf = test::issue(root, {.common_name = "sql.contoso.com", .dns = {"sql.contoso.com"}});
  std::string ca_file = folder.write("root.pem", root.certificate_pem());
};
World& world() {
  static World one;
  return one;
}

fact::Observation look(const std::function<void(int)>& serve, Given given = {},
                       const std::string& name = "sql.contoso.com") {
  const LoopbackServer server(serve);
  net::Settings settings;
  settings.ca_file = world().ca_file;
  settings.resolve = {name + ":" + std::to_string(server.port()) + ":127.0.0.1"};
  Looker looker(settings);
  given["host"] = name;
  given["port"] = std::to_string(server.port());
  return looker.look("sql", given, {}, Milliseconds(5000));
}

std::function<void(int)> serve_sql(const std::string& reply) {
  const auto context = test::tls_context(world().leaf);
  return [context, reply](int fd) {
    if (test::receive_text(fd).empty()) return;
    test::send_text(fd, prelogin(1));
    FramedTls tls(fd, context.get());
    if (!tls.shake() || tls.read().empty()) return;
    tls.write(reply);
    tls.read();
  };
}

TEST_CASE("sql probe: TLS inside TDS 7, with its certificate") {
  const auto seen = look(serve_sql(answer(error(40615, 1, k40615))), {{"user", "app"}});
  CHECK(seen.answered);
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "protocol") == "1.2");
  CHECK(fact_of(seen, "certificate.problems").empty());
  CHECK(fact_of(seen, "error.code") == "40615");
  const auto alone = look(serve_sql(""));
  CHECK(failure_of(alone) == "none");
  CHECK(fact_of(alone, "encryption") == "on");
  const auto other = look(serve_sql(answer(error(18456, 1, "Login failed"))),
                          {{"user", "app"}, {"password", "x"}}, "alias.contoso.com");
  CHECK(fact_of(other, "certificate.problems") == "name-mismatch");
  CHECK(fact_of(other, "withheld") == "true");
}

TEST_CASE("sql probe: where the redirect policy sends clients is tried") {
  const LoopbackServer node([](int fd) { test::receive_text(fd); });
  const auto good =
      look(serve_sql(answer(kAcknowledged + routed("127.0.0.1", node.port()))), {{"user", "app"}});
  CHECK(fact_of(good, "redirect.port") == std::to_string(node.port()));
  CHECK(fact_of(good, "redirect.reachable") == "true");
  REQUIRE(good.tries.size() == 1);
  CHECK(good.tries[0].answered);
  const auto cut = look(serve_sql(answer(kAcknowledged + routed("127.0.0.1", 1))), {{"user", "app"}});
  CHECK(fact_of(cut, "redirect.reachable") == "false");
  CHECK(failure_of(cut.tries.at(0)) == "tcp-refused at connect");
  CHECK(failure_of(cut) == "none");
}

TEST_CASE("sql probe: TDS 8 has TLS from the first byte") {
  const auto context = test::tls_context(world().leaf);
  std::atomic<bool> asked = false;
  const auto seen = look(
      [&](int fd) {
        SSL* ssl = SSL_new(context.get());
        SSL_set_fd(ssl, fd);
        char buffer[4096];
        if (SSL_accept(ssl) == 1 && SSL_read(ssl, buffer, sizeof buffer) > 0) {
          const std::string reply = prelogin(1);
          SSL_write(ssl, reply.data(), static_cast<int>(reply.size()));
          asked = buffer[0] == 0x12;
          SSL_read(ssl, buffer, sizeof buffer);
        }
        SSL_free(ssl);
      },
      {{"tls", "strict"}});
  CHECK(failure_of(seen) == "none");
  CHECK(asked);
  CHECK(fact_of(seen, "protocol") == "1.3");
  CHECK(fact_of(seen, "version") == "12.0.2000");
}

TEST_CASE("sql probe: the handshake is cut, silent or no TLS at all") {
  const auto after_prelogin = [](const std::function<void(int)>& then) {
    return look([then](int fd) {
      if (test::receive_text(fd).empty()) return;
      test::send_text(fd, prelogin(1));
      test::receive_text(fd);
      then(fd);
    });
  };
  const auto closed = after_prelogin([](int) {});
  CHECK(failure_of(closed) == "tls-closed at handshake");
  CHECK(closed.answered);
  CHECK(fact_of(closed, "encryption") == "on");
  const auto plain = after_prelogin([](int fd) {
    test::send_text(fd, "HTTP/1.1 400 Bad Request\r\n\r\n");
    test::receive_text(fd);
  });
  CHECK(failure_of(plain) == "tls-not-tls at handshake");
  const auto refused = after_prelogin([](int fd) {
    test::send_text(fd, answer(error(47072, 1, "TLS version")));
    test::receive_text(fd);
  });
  CHECK(failure_of(refused) == "tls-not-tls at handshake");
  CHECK(failure_of(look([](int fd) { test::receive_text(fd); })) == "tcp-closed at prelogin");
  CHECK(failure_of(look([](int) {}, {{"min", "1.3"}})) == "bad-target at resolve");
}

}  // namespace
}  // namespace aztriage
