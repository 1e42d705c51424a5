#include "support/looking.h"
#include "support/loopback.h"
#include "support/pki.h"
#include "support/temp_dir.h"

#include <atomic>
#include <mutex>
#include <vector>

#include <doctest/doctest.h>

namespace aztriage {
namespace {

using test::fact_of;
using test::failure_of;
using test::Identity;
using test::Looker;
using test::LoopbackServer;

struct Pki {
  Identity root = test::self_signed({.common_name = "Contoso Root", .authority = true});
  Identity good = test::issue(root, {.common_name = "shop.contoso.com", .dns = {"shop.contoso.com"}});
  Identity expired = test::issue(
      root,
      {.common_name = "shop.contoso.com", .dns = {"shop.contoso.com"}, .valid_from = -90, .valid_until = -1});
  test::TempDir folder;
  std::string root_file = folder.write("root.pem", root.certificate_pem());
};
Pki& pki() {
  static Pki one;
  return one;
}

/// HTTPS: answers 200 to one request a connection, and keeps what was asked.
class SecureServer {
 public:
  explicit SecureServer(const Identity& leaf)
      : context_(test::tls_context(leaf)), server_([this](int fd) { serve(fd); }) {}
  int port() const { return server_.port(); }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve(int fd) {
    SSL* ssl = SSL_new(context_.get());
    SSL_set_fd(ssl, fd);
    char buffer[8192];
    if (SSL_accept(ssl) == 1) {
      const int count = SSL_read(ssl, buffer, sizeof buffer);
      if (count > 0) {
        const std::lock_guard lock(mutex_);
        requests_.emplace_back(buffer, static_cast<std::size_t>(count));
        const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        const std::string body = name != nullptr ? name : "no name";
        const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
                                   "\r\nConnection: close\r\n\r\n" + body;
        SSL_write(ssl, answer.data(), static_cast<int>(answer.size()));
        SSL_shutdown(ssl);
      }
    }
    SSL_free(ssl);
  }
  std::shared_ptr<SSL_CTX> context_;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  LoopbackServer server_;
};

net::Settings settings_for(int port) {
  net::Settings settings;
  settings.ca_file = pki().root_file;
  settings.connect_to = {"::127.0.0.1:" + std::to_string(port)};
  return settings;
}

bool has(const std::string& text, const std::string& piece) {
  return text.find(piece) != std::string::npos;
}

TEST_CASE("https: a good certificate, with all that it says") {
  SecureServer server(pki().good);
  const auto seen = Looker(settings_for(server.port())).look("http", {{"url", "https://shop.contoso.com/"}});
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "status") == "200");
  CHECK(fact_of(seen, "body") == "shop.contoso.com");
  CHECK(fact_of(seen, "protocol") == "1.3");
  CHECK(fact_of(seen, "certificate.problems") == "");
  CHECK(fact_of(seen, "certificate.names") == "shop.contoso.com");
  CHECK(seen.facts.at("time.tls").as_number() > 0);
}

TEST_CASE("https: goes on after a bad certificate and names its problems, unless it shall verify") {
  SecureServer server(pki().expired);
  Looker looker(settings_for(server.port()));
  const auto seen = looker.look("http", {{"url", "https://other.contoso.com/"}});
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "status") == "200");
  CHECK(has(fact_of(seen, "certificate.problems"), "expired"));
  CHECK(has(fact_of(seen, "certificate.problems"), "name-mismatch"));
  CHECK(server.requests().size() == 1);
  const auto strict = looker.look("http", {{"url", "https://shop.contoso.com/"}, {"verify", "true"}});
  CHECK(failure_of(strict) == "tls-certificate at handshake");
  CHECK_FALSE(strict.answered);
  CHECK(fact_of(strict, "certificate.problems") == "expired");
  CHECK(server.requests().size() == 1);
}

TEST_CASE("https: secrets go to a verified host only") {
  SecureServer good(pki().good);
  const std::map<std::string, std::string> given = {
      {"url", "https://shop.contoso.com/x?sig=s3cr3tS1gnatureOfContoso2026abcdefghijklmnop&se=1"},
      {"method", "POST"},
      {"body", "password"},
      {"headers.X-Key", "hidden-value"},
      {"headers.Authorization", "Bearer abcdefgh"},
      {"headers.X-Plain", "shown"}};
  const auto sent = Looker(settings_for(good.port())).look("http", given, {"headers.X-Key", "body"});
  CHECK(fact_of(sent, "status") == "200");
  CHECK(fact_of(sent, "withheld") == "-");
  REQUIRE(good.requests().size() == 1);
  CHECK(has(good.requests()[0], "POST /x?sig=s3cr3tS1gnatureOfContoso2026abcdefghijklmnop&se=1 "));
  for (const char* piece : {"hidden-value", "Bearer abcdefgh", "shown"})
    CHECK(has(good.requests()[0], piece));

  SecureServer bad(pki().expired);
  const auto kept = Looker(settings_for(bad.port())).look("http", given, {"headers.X-Key", "body"});
  CHECK(fact_of(kept, "status") == "200");
  CHECK(fact_of(kept, "withheld") == "true");
  CHECK(has(kept.summary, "secrets withheld"));
  REQUIRE(bad.requests().size() == 1);
  for (const char* piece :
       {"hidden-value", "Bearer", "s3cr3tS1gnatureOfContoso2026abcdefghijklmnop", "password"})
    CHECK_FALSE(has(bad.requests()[0], piece));
  CHECK(has(bad.requests()[0], "X-Plain: shown"));
  CHECK(has(bad.requests()[0], "POST /x?sig=withheld&se=1 "));
  for (const auto& [name, value] : kept.facts)
    CHECK_FALSE(has(fact::to_text(value), "s3cr3tS1gnatureOfContoso2026abcdefghijklmnop"));
  CHECK_FALSE(has(kept.target, "s3cr3tS1gnatureOfContoso2026abcdefghijklmnop"));
}

TEST_CASE("https: a redirect to another host takes no secret along") {
  SecureServer second(pki().good);
  LoopbackServer first([&](int fd) {
    test::receive_text(fd);
    test::send_text(fd, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: https://shop.contoso.com:" +
                            std::to_string(second.port()) + "/\r\n\r\n");
  });
  net::Settings settings;
  settings.ca_file = pki().root_file;
  settings.resolve = {"shop.contoso.com:" + std::to_string(second.port()) + ":127.0.0.1"};
  const auto seen =
      Looker(settings).look("http", {{"url", "http://127.0.0.1:" + std::to_string(first.port()) + "/"},
                                     {"follow", "true"},
                                     {"headers.Authorization", "Bearer abcdefgh"}});
  CHECK(fact_of(seen, "status") == "200");
  REQUIRE(second.requests().size() == 1);
  CHECK_FALSE(has(second.requests()[0], "abcdefgh"));
}

TEST_CASE("https: Host and the name in the handshake are apart") {
  SecureServer server(pki().good);
  const auto seen = Looker(settings_for(server.port()))
                        .look("http", {{"url", "https://edge.contoso.com/"}, {"sni", "shop.contoso.com"}});
  CHECK(fact_of(seen, "body") == "shop.contoso.com");
  CHECK(fact_of(seen, "certificate.problems") == "");
  CHECK(fact_of(seen, "sent-host") == "edge.contoso.com");
  REQUIRE(server.requests().size() == 1);
  CHECK(has(server.requests()[0], "Host: edge.contoso.com\r\n"));
}

TEST_CASE("https: what ends a handshake has its name") {
  const auto failure = [](std::function<void(int)> serve) {
    LoopbackServer server(std::move(serve));
    return failure_of(
        Looker(settings_for(server.port())).look("http", {{"url", "https://shop.contoso.com/"}}));
  };
  CHECK(failure([](int fd) {
          test::receive_text(fd);
          test::send_text(fd, "HTTP/1.1 400 Bad Request\r\n\r\n");
        }) == "tls-not-tls at handshake");
  CHECK(failure([](int fd) { test::receive_text(fd); }) == "tls-closed at handshake");
  CHECK(failure([](int fd) {
          test::receive_text(fd);
          test::reset(fd);
        }) == "tls-closed at handshake");
  CHECK(failure([](int fd) {
          test::receive_text(fd);
          test::send_text(fd, std::string("\x15\x03\x03\x00\x02\x02\x46", 7));  // alert: protocol version
        }) == "tls-version at handshake");
}

}  // namespace
}  // namespace aztriage
