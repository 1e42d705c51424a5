#include "probe/wire/starttls.h"
#include "support/looking.h"
#include "support/loopback.h"
#include "support/pki.h"
#include "support/server.h"
#include "support/temp_dir.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <sys/stat.h>

namespace aztriage {
namespace {

using test::fact_of;
using test::failure_of;
using test::Identity;
using test::Looker;
using test::LoopbackServer;
using Given = std::map<std::string, std::string>;

struct World {
  test::TempDir folder;
  Identity root = test::self_signed({.common_name = "Contoso Root", .authority = true});
  Identity issuing = test::issue(root, {.common_name = "Contoso Issuing", .authority = true});
  Identity leaf = test::issue(issuing, {.common_name = "shop.contoso.com", .dns = {"shop.contoso.com"}});
  std::string ca_file = folder.write("root.pem", root.certificate_pem());
};

World& world() {
  static World one;
  return one;
}

net::Settings settings_for(int port, const std::string& addresses = "127.0.0.1") {
  net::Settings settings;
  settings.ca_file = world().ca_file;
  settings.resolve = {"shop.contoso.com:" + std::to_string(port) + ":" + addresses};
  return settings;
}

fact::Observation look(int port, Given given = {}, const std::string& addresses = "127.0.0.1",
                       Milliseconds timeout = Milliseconds(10000)) {
  Looker looker(settings_for(port, addresses));
  given.emplace("host", "shop.contoso.com");
  given["port"] = std::to_string(port);
  return looker.look("tls", given, {}, timeout);
}

fact::Observation look(const std::function<void(int)>& serve, Given given = {},
                       Milliseconds timeout = Milliseconds(10000)) {
  const LoopbackServer server(serve);
  return look(server.port(), std::move(given), "127.0.0.1", timeout);
}

TEST_CASE("tls probe: a good server") {
  const auto seen = look(test::serve_tls(test::tls_context(world().leaf, {world().issuing})));
  CHECK(seen.answered);
  CHECK(failure_of(seen) == "none");
  CHECK(seen.address == "127.0.0.1");
  CHECK(seen.family == 4);
  CHECK(fact_of(seen, "protocol") == "1.3");
  CHECK(fact_of(seen, "certificate.problems").empty());
  CHECK(fact_of(seen, "sent") == "2");
  CHECK(fact_of(seen, "accepted") == "-");
  CHECK(seen.summary == "shop.contoso.com, full chain, 364 days left");
  CHECK(seen.tries.empty());
  CHECK(seen.target.starts_with("shop.contoso.com:"));
}

TEST_CASE("tls probe: problems by name, first in the summary") {
  const auto alone = look(test::serve_tls(test::tls_context(world().leaf)));
  CHECK(alone.answered);
  CHECK(fact_of(alone, "certificate.problems") == "chain-incomplete");
  CHECK(alone.summary == "shop.contoso.com, chain incomplete, 364 days left");
  const Identity old =
      test::issue(world().root, {.common_name = "pay.contoso.com", .valid_from = -30, .valid_until = -3});
  const auto expired = look(test::serve_tls(test::tls_context(old)));
  CHECK(fact_of(expired, "certificate.problems") == "expired, name-mismatch");
  CHECK(expired.summary == "pay.contoso.com, expired 3 days ago, wrong name");
  CHECK(expired.facts.at("certificate.days-left").as_number() == doctest::Approx(-3).epsilon(0.01));
}

TEST_CASE("tls probe: the name that is asked for and checked") {
  const auto serve = test::serve_tls(test::tls_context(world().leaf, {world().issuing}));
  CHECK(fact_of(look(serve, {{"sni", "pay.contoso.com"}}), "certificate.problems") == "name-mismatch");
  CHECK(fact_of(look(serve, {{"sni", "none"}}), "certificate.problems").empty());
}

TEST_CASE("tls probe: a pinned authority replaces the system's and --ca-file") {
  test::TempDir folder;
  const Identity other = test::self_signed({.common_name = "Other", .authority = true});
  const auto serve = test::serve_tls(test::tls_context(world().leaf, {world().issuing, world().root}));
  CHECK(fact_of(look(serve), "certificate.problems").empty());
  const std::string pinned = folder.write("other.pem", other.certificate_pem());
  CHECK(fact_of(look(serve, {{"ca", pinned}}), "certificate.problems") == "untrusted-root");
  const auto missing = look(serve, {{"ca", folder.path().string()}});
  CHECK_FALSE(missing.answered);
  CHECK(failure_of(missing) == "bad-target at resolve");
}

TEST_CASE("tls probe: bounds that make no sense") {
  CHECK(failure_of(look(1, {{"min", "1.3"}, {"max", "1.2"}})) == "bad-target at resolve");
}

TEST_CASE("tls probe: each version alone") {
  const auto context = test::tls_context(world().leaf, {world().issuing});
  SSL_CTX_set_min_proto_version(context.get(), TLS1_1_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  const auto seen = look(test::serve_tls(context), {{"versions", "true"}});
  CHECK(fact_of(seen, "accepted") == "1.1, 1.2");
  CHECK(fact_of(seen, "protocol") == "1.2");
  SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
  const auto old = look(test::serve_tls(context), {{"versions", "true"}});
  CHECK_FALSE(old.answered);
  CHECK(failure_of(old) == "tls-version at handshake");
  CHECK(fact_of(old, "alert") == "protocol_version");
  CHECK(fact_of(old, "accepted") == "1.1");
}

TEST_CASE("tls probe: versions of a silent server are not known") {
  const auto seen = look(
      [](int fd) {
        while (!test::receive_text(fd).empty()) {
        }
      },
      {{"versions", "true"}}, Milliseconds(600));
  CHECK(failure_of(seen) == "tls-timeout at handshake");
  CHECK(fact_of(seen, "accepted") == "-");
  CHECK_FALSE(seen.read.contains("accepted"));
}

TEST_CASE("tls probe: failures are told apart and keep what was seen") {
  const auto plain = look([](int fd) {
    test::receive_text(fd);
    test::send_text(fd, "HTTP/1.1 400 Bad Request\r\n\r\n");
    test::receive_text(fd);
  });
  CHECK(failure_of(plain) == "tls-not-tls at handshake");
  CHECK(fact_of(plain, "preface") == "HTTP/1.1 400 Bad Request\r\n\r\n");
  CHECK(plain.address == "127.0.0.1");
  const auto closed = look([](int fd) { test::receive_text(fd); });
  CHECK(failure_of(closed) == "tls-closed at handshake");
  CHECK(fact_of(closed, "cut") == "closed");
  CHECK(failure_of(look(test::free_port())) == "tcp-refused at connect");
  const auto required = test::tls_context(world().leaf, {world().issuing});
  SSL_CTX_set_verify(required.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  const auto asked = look(test::serve_tls(required));
  CHECK(failure_of(asked) == "tls-client-certificate at handshake");
  CHECK(fact_of(asked, "client-certificate-asked") == "true");
  CHECK(fact_of(asked, "certificate.problems").empty());
}

TEST_CASE("tls probe: every address is tried, a dead one does not fail the host") {
  const LoopbackServer server(test::serve_tls(test::tls_context(world().leaf, {world().issuing})));
  const auto seen = look(server.port(), {}, "127.0.0.1,127.0.0.9");
  CHECK(seen.answered);
  CHECK(failure_of(seen) == "none");
  CHECK(seen.address == "127.0.0.1");
  REQUIRE(seen.tries.size() == 2);
  for (const auto& one : seen.tries) {
    CHECK(one.answered == (one.address == "127.0.0.1"));
    if (!one.answered) CHECK(failure_of(one) == "tcp-refused at connect");
  }
  CHECK(seen.summary.find("1 of 2 addresses did not answer") != std::string::npos);
}

TEST_CASE("tls probe: stopping tells what is known so far") {
  const LoopbackServer server([](int fd) {
    while (!test::receive_text(fd).empty()) {
    }
  });
  Looker looker(settings_for(server.port()));
  const auto* spec = probe::find_probe("tls");
  auto params =
      probe::check_params(*spec, {{"host", "shop.contoso.com"}, {"port", std::to_string(server.port())}});
  REQUIRE(params.has_value());
  bool called = false;
  const auto running =
      spec->start(*params, Milliseconds(10000), *looker.net, [&](fact::Observation) { called = true; });
  for (int i = 0; i < 5; ++i) looker.net->turn(Milliseconds(20));
  const auto seen = running->stop(fact::FailureKind::interrupted);
  CHECK(failure_of(seen) == "interrupted at handshake");
  CHECK(seen.address == "127.0.0.1");
  looker.net->turn(Milliseconds(0));
  CHECK_FALSE(called);
}

TEST_CASE("tls probe: facts are declared with their types") {
  const auto seen = look(test::serve_tls(test::tls_context(world().leaf)), {{"versions", "true"}});
  const auto* spec = probe::find_probe("tls");
  for (const auto& row : seen.facts) {
    const auto& name = row.first;
    const auto& value = row.second;
    CAPTURE(name);
    const auto declared = std::find_if(spec->facts.begin(), spec->facts.end(),
                                       [&](const fact::FactSpec& fact) { return fact.name == name; });
    REQUIRE(declared != spec->facts.end());
    CHECK(declared->type.kind == value.kind());
  }
}

/// nginx with a server of TLS 1.0 alone, one that rejects names it does not know, and one that wants a
/// certificate.
struct Nginx {
  test::TempDir folder;
  int old = test::free_port();
  int strict = test::free_port();
  int mutual = test::free_port();
  std::unique_ptr<test::Server> server;

  Nginx() {
    chmod(folder.path().c_str(), 0755);
    const std::string dir = folder.path().string();
    folder.write("a.pem", world().leaf.certificate_pem() + world().issuing.certificate_pem());
    folder.write("a.key", world().leaf.key_pem());
    folder.write("root.pem", world().root.certificate_pem());
    const std::string identity = "ssl_certificate " + dir + "/a.pem; ssl_certificate_key " + dir + "/a.key; ";
    const auto listen = [](int port) { return "listen 127.0.0.1:" + std::to_string(port) + " ssl"; };
    std::string conf = "daemon off; pid " + dir +
                       "/pid; error_log stderr; events { worker_connections 64; }\n"
                       "http { access_log off; client_body_temp_path " +
                       dir + "; proxy_temp_path " + dir + "; fastcgi_temp_path " + dir +
                       "; uwsgi_temp_path " + dir + "; scgi_temp_path " + dir + ";\n";
    conf +=
        "server { " + listen(old) + "; ssl_protocols TLSv1; ssl_ciphers ALL:@SECLEVEL=0; " + identity + "}\n";
    conf += "server { " + listen(strict) + " default_server; ssl_reject_handshake on; }\n";
    conf += "server { " + listen(strict) + "; server_name shop.contoso.com; " + identity + "}\n";
    conf += "server { " + listen(mutual) + "; ssl_verify_client on; ssl_client_certificate " + dir +
            "/root.pem; " + identity + "}\n";
    const std::string file = folder.write("nginx.conf", conf + "}\n");
    server = std::make_unique<test::Server>(
        std::vector<std::string>{test::find_program("nginx"), "-p", dir, "-c", file}, mutual, dir + "/log");
  }
};

TEST_CASE("tls probe: real servers") {
  if (test::find_program("nginx").empty()) {
    MESSAGE("nginx is not installed: this case is skipped");
    return;
  }
  const Nginx nginx;
  const auto modern = look(nginx.old);
  CHECK(failure_of(modern) == "tls-version at handshake");
  CHECK(fact_of(modern, "alert") == "protocol_version");
  const auto old = look(nginx.old, {{"min", "1.0"}});
  CHECK(fact_of(old, "protocol") == "1.0");
  CHECK(fact_of(old, "certificate.problems").empty());
  CHECK(fact_of(look(nginx.old, {{"versions", "true"}}), "accepted") == "1.0");
  CHECK(look(nginx.strict).answered);
  const auto unknown = look(nginx.strict, {{"sni", "pay.contoso.com"}});
  CHECK(failure_of(unknown) == "tls-alert at handshake");
  CHECK(fact_of(unknown, "alert") == "unrecognized_name");
  CHECK(fact_of(look(nginx.strict, {{"sni", "none"}}), "alert") == "unrecognized_name");
  const auto mutual = look(nginx.mutual);
  CHECK(mutual.answered);  // it says only by HTTP that it refuses
  CHECK(fact_of(mutual, "client-certificate-asked") == "true");
  CHECK(fact_of(mutual, "client-authorities") == "CN=Contoso Root, O=Contoso");
}

using probe::wire::StartTls;
using probe::wire::StartTlsProtocol;

struct Talk {
  StartTlsProtocol protocol;
  std::vector<std::string> server;  // what it says, one after another
  std::vector<std::string> client;  // what must be said, the first before anything is heard
  std::string end;                  // "ready", or a piece of the refusal
};

TEST_CASE("starttls: what is said and heard") {
  using P = StartTlsProtocol;
  const std::string postgres("\0\0\0\x08\x04\xd2\x16\x2f", 8);
  for (const Talk& talk : {
           Talk{P::smtp,
                {"220 a\r\n", "250-a\r\n250-SIZE 1\r\n250 STARTTLS\r\n", "220 go\r\n"},
                {"", "EHLO localhost\r\n", "STARTTLS\r\n", ""},
                "ready"},
           Talk{P::smtp,
                {"220-a\r\n220 b\r\n", "250 a\r\n"},
                {"", "EHLO localhost\r\n", ""},
                "does not offer"},
           Talk{P::smtp, {"554 no\r\n"}, {"", ""}, "554 no"},
           Talk{P::smtp,
                {"220 a\r\n", "250 STARTTLS\r\n", "220 go\r\nextra"},
                {"", "EHLO localhost\r\n", "STARTTLS\r\n", ""},
                "plain text"},
           Talk{P::smtp, {"22", "0 a\r", "\n"}, {"", "", "", "EHLO localhost\r\n"}, ""},
           Talk{P::imap,
                {"* OK hi\r\n", "* CAPABILITY X\r\na1 OK begin\r\n"},
                {"", "a1 STARTTLS\r\n", ""},
                "ready"},
           Talk{P::imap, {"* OK hi\r\n", "a1 BAD no\r\n"}, {"", "a1 STARTTLS\r\n", ""}, "a1 BAD no"},
           Talk{P::pop3, {"+OK hi\r\n", "+OK begin\r\n"}, {"", "STLS\r\n", ""}, "ready"},
           Talk{P::pop3, {"HTTP/1.1 400\r\n"}, {"", ""}, "HTTP/1.1 400"},
           Talk{P::ftp, {"220-a\r\n b\r\n220 c\r\n", "234 go\r\n"}, {"", "AUTH TLS\r\n", ""}, "ready"},
           Talk{P::ftp, {"220 a\r\n", "530 no\r\n"}, {"", "AUTH TLS\r\n", ""}, "530 no"},
           Talk{P::postgres, {"S"}, {postgres, ""}, "ready"},
           Talk{P::postgres, {"N"}, {postgres, ""}, "does not offer"},
           Talk{P::postgres, {"E"}, {postgres, ""}, "E"},
           Talk{P::postgres, {"Sx"}, {postgres, ""}, "plain text"},
       }) {
    CAPTURE(talk.server.front());
    StartTls starttls(talk.protocol);
    StartTls::Step step = starttls.begin();
    CHECK(step.send == talk.client[0]);
    for (std::size_t i = 0; i < talk.server.size(); ++i) {
      CHECK_FALSE(step.ready);
      CHECK_FALSE(step.refused.has_value());
      step = starttls.feed(talk.server[i]);
      CHECK(step.send == talk.client[i + 1]);
    }
    CHECK(step.ready == (talk.end == "ready"));
    CHECK(step.refused.has_value() == (talk.end != "ready" && !talk.end.empty()));
    if (step.refused) CHECK(step.refused->find(talk.end) != std::string::npos);
  }
}

TEST_CASE("starttls: MySQL's greeting") {
  const auto greeting = [](char capabilities) {
    std::string body = std::string("\x0a") + "8.0" + std::string(1, '\0') + std::string(4, 't') +
                       std::string(8, 'a') + std::string(1, '\0');
    body += std::string(1, '\0') + capabilities + std::string(20, '\0');
    return std::string(1, static_cast<char>(body.size())) + std::string(3, '\0') + body;
  };
  StartTls offered(StartTlsProtocol::mysql);
  CHECK(offered.begin().send.empty());
  const auto yes = offered.feed(greeting(8));
  CHECK(yes.ready);
  CHECK(yes.send.size() == 36);
  StartTls plain(StartTlsProtocol::mysql);
  CHECK(plain.feed(greeting(0)).refused.has_value());
  StartTls other(StartTlsProtocol::mysql);
  const auto strange = other.feed("HTTP/1.1 400 Bad Request\r\n\r\n");
  CHECK((strange.refused.has_value() || strange.send.empty()));
}

TEST_CASE("starttls: a server that talks without end is cut off") {
  StartTls starttls(StartTlsProtocol::imap);
  starttls.feed("* OK\r\n");
  StartTls::Step step;
  for (int i = 0; i < 100 && !step.refused; ++i) step = starttls.feed(std::string(1000, 'x') + "\r\n");
  CHECK(step.refused.has_value());
}

TEST_CASE("tls probe: STARTTLS on a connection") {
  const auto tls = test::serve_tls(test::tls_context(world().leaf, {world().issuing}));
  const auto good = look(
      [&](int fd) {
        test::send_text(fd, "+OK\r\n");
        test::receive_text(fd);
        test::send_text(fd, "+OK\r\n");
        tls(fd);
      },
      {{"starttls", "pop3"}});
  CHECK(good.answered);
  CHECK(fact_of(good, "certificate.problems").empty());
  const auto refused = look(
      [&](int fd) {
        test::send_text(fd, "+OK\r\n");
        test::receive_text(fd);
        test::send_text(fd, "-ERR\r\n");
        test::receive_text(fd);
      },
      {{"starttls", "pop3"}});
  CHECK(failure_of(refused) == "tls-not-tls at starttls");
  const auto gone = look([](int) {}, {{"starttls", "pop3"}});
  CHECK(failure_of(gone) == "tcp-closed at starttls");
}

}  // namespace
}  // namespace aztriage
