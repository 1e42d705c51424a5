#include "net/tls.h"

#include "net/loop.h"
#include "net/tls_failure.h"
#include "support/loopback.h"
#include "support/pki.h"
#include "support/temp_dir.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <openssl/ocsp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace aztriage::net {
namespace {

using fact::FailureKind;
using test::Identity;
using test::LoopbackServer;

struct World {
  Identity root = test::self_signed({.common_name = "Contoso Root", .authority = true});
  Identity leaf = test::issue(root, {.common_name = "shop.contoso.com", .dns = {"shop.contoso.com"}});
  test::TempDir folder;
  std::shared_ptr<const Trust> trust = *Trust::only(folder.write("root.pem", root.certificate_pem()));
};

World& world() {
  static World one;
  return one;
}

TlsOptions options() {
  TlsOptions options;
  options.trust = world().trust;
  options.server_name = "shop.contoso.com";
  options.check_name = "shop.contoso.com";
  return options;
}

/// A client's side: loop, socket and stream.
struct Client {
  std::unique_ptr<Loop> loop = *Loop::make({});
  int fd;
  std::unique_ptr<TlsStream> stream;
  std::optional<Handshake> seen;

  Client(int port, TlsOptions with, Milliseconds timeout = Milliseconds(5000)) : fd(test::connect_to(port)) {
    stream = TlsStream::start(*loop, fd, std::move(with), timeout, [this](const Handshake& h) { seen = h; });
    CHECK_FALSE(seen.has_value());
  }
  ~Client() {
    stream.reset();
    close(fd);
  }
  Handshake wait() {
    const auto end = Steady::now() + std::chrono::seconds(10);
    while (!seen && Steady::now() < end) loop->turn(Milliseconds(1000));
    REQUIRE(seen.has_value());
    return *seen;
  }
};

Handshake shake(int port, TlsOptions with = options(), Milliseconds timeout = Milliseconds(5000)) {
  return Client(port, std::move(with), timeout).wait();
}

Handshake shake(const std::function<void(int)>& serve, TlsOptions with = options(),
                Milliseconds timeout = Milliseconds(5000)) {
  const LoopbackServer server(serve);
  return shake(server.port(), std::move(with), timeout);
}

FailureKind failure_of(const Handshake& handshake) {
  REQUIRE(handshake.failure.has_value());
  CHECK(handshake.failure->operation == "handshake");
  CHECK_FALSE(handshake.failure->text.empty());
  return handshake.failure->kind;
}

TEST_CASE("tls: a handshake tells what was agreed on") {
  const auto context = test::tls_context(world().leaf);
  SSL_CTX_set_alpn_select_cb(
      context.get(),
      [](SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in, unsigned, void*) {
        *out = in + 1;
        *size = *in;
        return SSL_TLSEXT_ERR_OK;
      },
      nullptr);
  TlsOptions with = options();
  with.alpn = {"h2", "http/1.1"};
  const Handshake handshake = shake(test::serve_tls(context), with);
  CHECK(handshake.complete);
  CHECK_FALSE(handshake.failure.has_value());
  CHECK(handshake.protocol == "1.3");
  CHECK(handshake.cipher.starts_with("TLS_"));
  CHECK(handshake.alpn == "h2");
  CHECK(handshake.alert.empty());
  CHECK_FALSE(handshake.client_certificate_asked);
  CHECK(handshake.seconds > 0);
  REQUIRE(handshake.certificate.has_value());
  CHECK(handshake.certificate->problems.empty());
}

TEST_CASE("tls: a bad certificate does not end the handshake") {
  const Identity bad =
      test::self_signed({.common_name = "pay.contoso.com", .valid_from = -9, .valid_until = -1});
  const Handshake handshake = shake(test::serve_tls(test::tls_context(bad)));
  CHECK(handshake.complete);
  CHECK_FALSE(handshake.failure.has_value());
  REQUIRE(handshake.certificate.has_value());
  CHECK(handshake.certificate->problems.size() == 3);
}

TEST_CASE("tls: versions") {
  struct Row {
    int server;  // the one version it speaks
    std::optional<TlsVersion> min, max;
    std::string protocol;  // agreed on; empty: none
  };
  const std::vector<Row> rows = {
      {TLS1_2_VERSION, {}, {}, "1.2"},
      {TLS1_VERSION, {}, {}, ""},
      {TLS1_1_VERSION, {}, {}, ""},
      {TLS1_VERSION, TlsVersion::tls1_0, {}, "1.0"},
      {TLS1_1_VERSION, TlsVersion::tls1_0, {}, "1.1"},
      {TLS1_VERSION, {}, TlsVersion::tls1_1, "1.0"},
      {TLS1_3_VERSION, {}, TlsVersion::tls1_2, ""},
      {TLS1_2_VERSION, TlsVersion::tls1_3, {}, ""},
      {TLS1_3_VERSION, TlsVersion::tls1_0, {}, "1.3"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.server);
    CAPTURE(row.protocol);
    const auto context = test::tls_context(world().leaf);
    SSL_CTX_set_min_proto_version(context.get(), row.server);
    SSL_CTX_set_max_proto_version(context.get(), row.server);
    TlsOptions with = options();
    with.min = row.min;
    with.max = row.max;
    const Handshake handshake = shake(test::serve_tls(context), with);
    CHECK(handshake.complete == !row.protocol.empty());
    CHECK(handshake.protocol == row.protocol);
    if (row.protocol.empty()) {
      CHECK(failure_of(handshake) == FailureKind::tls_version);
      CHECK(handshake.alert == "protocol_version");
    } else {
      CHECK(handshake.certificate.has_value());
    }
  }
}

TEST_CASE("tls: a server that goes down to an old version of its own accord") {
  // A hand-made ServerHello of TLS 1.0 (RFC 2246 7.4.1.3), as from servers that send no alert.
  std::string hello = "\x02" + std::string(1, '\0') + std::string("\x00\x26\x03\x01", 4) +
                      std::string(32, 'r') + std::string("\x00\x00\x2f\x00", 4);
  const std::string record = std::string("\x16\x03\x01\x00", 4) + static_cast<char>(hello.size()) + hello;
  const Handshake handshake = shake([&](int fd) {
    test::receive_text(fd);
    test::send_text(fd, record);
    test::receive_text(fd);
  });
  CHECK(failure_of(handshake) == FailureKind::tls_version);
  CHECK(handshake.alert.empty());
}

TEST_CASE("tls: no cipher in common") {
  const auto context = test::tls_context(world().leaf);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context.get(), "AES128-SHA");  // needs an RSA key, which the server does not have
  const Handshake handshake = shake(test::serve_tls(context));
  CHECK(failure_of(handshake) == FailureKind::tls_cipher);
  CHECK(handshake.alert == "handshake_failure");
}

TEST_CASE("tls: the server name") {
  std::string asked;
  const auto context = test::tls_context(world().leaf);
  SSL_CTX_set_tlsext_servername_arg(context.get(), &asked);
  SSL_CTX_set_tlsext_servername_callback(
      context.get(), +[](SSL* ssl, int* alert, void* arg) {
        const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        *static_cast<std::string*>(arg) = name != nullptr ? name : "-";
        *alert = SSL_AD_UNRECOGNIZED_NAME;
        return name != nullptr ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
      });
  TlsOptions with = options();
  with.server_name = "shop.contoso.com.";
  CHECK(shake(test::serve_tls(context), with).complete);
  CHECK(asked == "shop.contoso.com");
  for (const std::string none : {"", "127.0.0.1", "::1"}) {
    CAPTURE(none);
    with.server_name = none;
    const Handshake handshake = shake(test::serve_tls(context), with);
    CHECK(asked == "-");
    CHECK(failure_of(handshake) == FailureKind::tls_alert);
    CHECK(handshake.alert == "unrecognized_name");
    CHECK_FALSE(handshake.certificate.has_value());
  }
}

struct ClientCertificateRow {
  int version;
  int mode;
  bool complete, refused;
};

TEST_CASE("tls: client certificates") {
  constexpr int kRequired = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  for (const ClientCertificateRow& row :
       {ClientCertificateRow{TLS1_2_VERSION, kRequired, false, true},
        ClientCertificateRow{TLS1_3_VERSION, kRequired, true, true},
        ClientCertificateRow{TLS1_2_VERSION, SSL_VERIFY_PEER, true, false},
        ClientCertificateRow{TLS1_3_VERSION, SSL_VERIFY_PEER, true, false}}) {
    CAPTURE(row.version);
    CAPTURE(row.mode);
    const auto context = test::tls_context(world().leaf);
    SSL_CTX_set_max_proto_version(context.get(), row.version);
    SSL_CTX_set_verify(context.get(), row.mode, nullptr);
    SSL_CTX_add_client_CA(context.get(), world().root.certificate());
    TlsOptions with = options();
    with.await_refusal = Milliseconds(300);
    const Handshake handshake = shake(test::serve_tls(context), with);
    CHECK(handshake.client_certificate_asked);
    CHECK(handshake.client_authorities == std::vector<std::string>{"CN=Contoso Root, O=Contoso"});
    CHECK(handshake.complete == row.complete);
    CHECK(handshake.failure.has_value() == row.refused);
    if (row.refused) CHECK(failure_of(handshake) == FailureKind::tls_client_certificate);
    CHECK(handshake.certificate.has_value());
  }
}

TEST_CASE("tls: stapled OCSP answers") {
  for (const auto& row :
       {std::pair{V_OCSP_CERTSTATUS_GOOD, "good"}, std::pair{V_OCSP_CERTSTATUS_REVOKED, "revoked"}}) {
    const auto& status = row.first;
    const auto& expected = row.second;
    CAPTURE(expected);
    std::string der = test::ocsp_answer(world().leaf, world().root, status);
    const auto context = test::tls_context(world().leaf);
    SSL_CTX_set_tlsext_status_arg(context.get(), &der);
    SSL_CTX_set_tlsext_status_cb(
        context.get(), +[](SSL* ssl, void* arg) {
          const auto& answer = *static_cast<std::string*>(arg);
          auto* copy = static_cast<unsigned char*>(OPENSSL_memdup(answer.data(), answer.size()));
          SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(answer.size()));
          return SSL_TLSEXT_ERR_OK;
        });
    const Handshake handshake = shake(test::serve_tls(context));
    CHECK(handshake.stapled);
    CHECK(handshake.ocsp == expected);
    REQUIRE(handshake.certificate.has_value());
    CHECK(handshake.certificate->has(CertificateProblem::revoked) == (status == V_OCSP_CERTSTATUS_REVOKED));
  }
  CHECK_FALSE(shake(test::serve_tls(test::tls_context(world().leaf))).stapled);
}

TEST_CASE("tls: servers that do not speak TLS") {
  struct Row {
    std::string says;
    bool first;  // before the client says anything
    std::string named;
  };
  for (const Row& row :
       {Row{"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", false, "HTTP"},
        Row{"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", true, "SSH"},
        Row{"220 mail.contoso.com ESMTP\r\n", true, "SMTP or FTP"},
        Row{"-ERR unknown command\r\n", false, "Redis"}, Row{"\x1b[31mhello\r\n", true, "plain text"}}) {
    CAPTURE(row.says);
    const Handshake handshake = shake([&](int fd) {
      if (!row.first) test::receive_text(fd);
      test::send_text(fd, row.says);
      test::receive_text(fd);
    });
    CHECK(failure_of(handshake) == FailureKind::tls_not_tls);
    CHECK(handshake.preface == row.says);
    CHECK(handshake.failure->text.find(row.named) != std::string::npos);
    CHECK(handshake.failure->text.find('\x1b') == std::string::npos);
    CHECK(handshake.alert.empty());
    CHECK(handshake.cut.empty());
  }
}

TEST_CASE("tls: a short greeting followed by silence is not TLS either") {
  const auto serve = [](int fd) {
    test::send_text(fd, "+OK");
    while (!test::receive_text(fd).empty()) {
    }
  };
  const Handshake handshake = shake(serve, options(), Milliseconds(200));
  CHECK(failure_of(handshake) == FailureKind::tls_not_tls);
  CHECK(handshake.preface == "+OK");
}

TEST_CASE("tls: closed, reset and silent are told apart") {
  const Handshake closed = shake([](int fd) { test::receive_text(fd); });
  CHECK(failure_of(closed) == FailureKind::tls_closed);
  CHECK(closed.cut == "closed");
  const Handshake reset = shake([](int fd) {
    test::receive_text(fd);
    test::reset(fd);
  });
  CHECK(failure_of(reset) == FailureKind::tls_closed);
  CHECK(reset.cut == "reset");
  const auto silent = [](int fd) {
    while (!test::receive_text(fd).empty()) {
    }
  };
  const auto begun = Steady::now();
  const Handshake late = shake(silent, options(), Milliseconds(200));
  CHECK(failure_of(late) == FailureKind::tls_timeout);
  CHECK(late.cut.empty());
  CHECK(Steady::now() - begun < std::chrono::seconds(2));
}

TEST_CASE("tls: nonsense after a TLS header is a broken exchange") {
  const Handshake handshake = shake([](int fd) {
    test::receive_text(fd);
    test::send_text(fd, std::string("\x16\x03\x03\x00\x04zzzz", 9));
    test::receive_text(fd);
  });
  CHECK(failure_of(handshake) == FailureKind::tls_protocol);
}

TEST_CASE("tls: requests to begin again do not hold up the loop") {
  // Records of TLS 1.2 with one HelloRequest each, more than the sockets of both sides hold.
  std::string flood;
  for (int i = 0; i < 200'000; ++i) flood += std::string("\x16\x03\x03\x00\x04\x00\x00\x00\x00", 9);
  const Handshake handshake = shake([&flood](int fd) {
    std::array<char, 4096> hello{};
    (void)::read(fd, hello.data(), hello.size());
    while (::send(fd, flood.data(), flood.size(), MSG_NOSIGNAL) > 0) {
    }
  });
  CHECK(failure_of(handshake) == FailureKind::tls_protocol);
  CHECK(handshake.failure->text.find("without end") != std::string::npos);
}

TEST_CASE("tls: the certificates stay when the handshake fails after them") {
  // The relay lets the server's first flight through and then cuts the line.
  const LoopbackServer behind(test::serve_tls([] {
    auto context = test::tls_context(world().leaf);
    SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
    return context;
  }()));
  const Handshake handshake = shake([&](int fd) {
    const LoopbackServer& server = behind;
    const int onward = test::connect_to(server.port());
    fcntl(onward, F_SETFL, 0);
    test::send_text(onward, test::receive_text(fd));
    test::send_text(fd, test::receive_text(onward));
    test::receive_text(fd);
    test::reset(fd);
    close(onward);
  });
  CHECK_FALSE(handshake.complete);
  CHECK(handshake.protocol == "1.2");
  REQUIRE(handshake.certificate.has_value());
  CHECK(handshake.certificate->leaf.subject == "CN=shop.contoso.com, O=Contoso");
  CHECK(failure_of(handshake) == FailureKind::tls_closed);
}

TEST_CASE("tls: stopping tells what is known and calls nobody") {
  const LoopbackServer server([](int fd) {
    while (!test::receive_text(fd).empty()) {
    }
  });
  Client client(server.port(), options());
  client.loop->turn(Milliseconds(10));
  const Handshake handshake = client.stream->stop(FailureKind::interrupted);
  CHECK(failure_of(handshake) == FailureKind::interrupted);
  CHECK_FALSE(client.loop->turn(Milliseconds(0)));
  CHECK_FALSE(client.seen.has_value());
}

TEST_CASE("tls: destroying a stream leaves nothing behind on the loop") {
  const LoopbackServer server(test::serve_tls(test::tls_context(world().leaf)));
  Client client(server.port(), options());
  client.stream.reset();
  CHECK_FALSE(client.loop->turn(Milliseconds(0)));
}

TEST_CASE("tls: bytes go both ways after the handshake") {
  const LoopbackServer server(test::serve_tls(test::tls_context(world().leaf)));
  Client client(server.port(), options());
  REQUIRE(client.wait().complete);
  const std::string text(200'000, 'x');
  std::size_t sent = 0;
  std::string back;
  const auto end = Steady::now() + std::chrono::seconds(10);
  while (back.size() < text.size() && Steady::now() < end) {
    if (sent < text.size()) {
      const auto moved = client.stream->write(std::string_view(text).substr(sent));
      REQUIRE_FALSE(moved.failure.has_value());
      sent += moved.bytes;
    }
    char buffer[8192];
    const auto moved = client.stream->read(buffer, sizeof buffer);
    REQUIRE_FALSE(moved.failure.has_value());
    back.append(buffer, moved.bytes);
    if (!moved.again) continue;
    bool ready = false;
    client.stream->when_ready([&] { ready = true; });
    while (!ready && Steady::now() < end) client.loop->turn(Milliseconds(100));
  }
  CHECK(back == text);
}

TEST_CASE("tls: the end of a stream is told apart from a cut") {
  const auto serve = [](bool proper) {
    return [proper](int fd) {
      SSL* ssl = SSL_new(test::tls_context(world().leaf).get());
      SSL_set_fd(ssl, fd);
      if (SSL_accept(ssl) == 1 && proper) SSL_shutdown(ssl);
      SSL_free(ssl);
    };
  };
  for (const bool proper : {true, false}) {
    CAPTURE(proper);
    const LoopbackServer server(serve(proper));
    Client client(server.port(), options());
    REQUIRE(client.wait().complete);
    char byte = 0;
    TlsStream::Moved moved;
    const auto end = Steady::now() + std::chrono::seconds(5);
    do {
      moved = client.stream->read(&byte, 1);
      if (moved.again) usleep(1000);
    } while (moved.again && Steady::now() < end);
    CHECK(moved.closed == proper);
    CHECK(moved.failure.has_value() == !proper);
  }
}

TEST_CASE("tls: facts are declared with their types") {
  const Handshake handshake = shake(test::serve_tls(test::tls_context(world().leaf)));
  fact::Observation observation;
  fill_facts(handshake, observation);
  const auto all = decode::fact_list(kHandshakeFacts, kServerCertificateFacts);
  for (const auto& row : observation.facts) {
    const auto& name = row.first;
    const auto& value = row.second;
    CAPTURE(name);
    const auto declared =
        std::find_if(all.begin(), all.end(), [&](const fact::FactSpec& spec) { return spec.name == name; });
    REQUIRE(declared != all.end());
    CHECK(declared->type.kind == value.kind());
  }
  CHECK(observation.facts.at("protocol").as_text() == "1.3");
  CHECK(observation.facts.at("ocsp.status").as_text() == "none");
  // There was no alert, and that is known.
  CHECK(fact::look(observation, "alert", "handshake").known);
}

TEST_CASE("tls: alerts have the names of RFC 8446") {
  CHECK(alert_name(70) == "protocol_version");
  CHECK(alert_name(112) == "unrecognized_name");
  CHECK(alert_name(200) == "alert 200");
  CHECK(failure_of_alert(70, false) == FailureKind::tls_version);
  CHECK(failure_of_alert(71, false) == FailureKind::tls_cipher);
  CHECK(failure_of_alert(40, false) == FailureKind::tls_cipher);
  CHECK(failure_of_alert(40, true) == FailureKind::tls_client_certificate);
  CHECK(failure_of_alert(116, false) == FailureKind::tls_client_certificate);
  CHECK(failure_of_alert(200, false) == FailureKind::tls_alert);
}

}  // namespace
}  // namespace aztriage::net
