// The probes against real servers. One that is not installed is named and skipped.
#include "support/looking.h"
#include "support/pki.h"
#include "support/server.h"
#include "support/temp_dir.h"

#include <cmath>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace aztriage {
namespace {

using test::fact_of;
using test::failure_of;
using test::Looker;

bool installed(const std::string& program) {
  if (!test::find_program(program).empty()) return true;
  MESSAGE(program << " is not installed: this case is skipped");
  return false;
}

struct Nginx {
  test::TempDir folder;
  int plain = test::free_port();
  int secure = test::free_port();
  int expired = test::free_port();
  test::Identity root = test::self_signed({.common_name = "Contoso Root", .authority = true});
  std::unique_ptr<test::Server> server;

  Nginx() {
    chmod(folder.path().c_str(), 0755);
    write_identity("good",
                   test::issue(root, {.common_name = "shop.contoso.com", .dns = {"shop.contoso.com"}}));
    write_identity("old", test::issue(root, {.common_name = "shop.contoso.com",
                                             .dns = {"shop.contoso.com"},
                                             .valid_from = -90,
                                             .valid_until = -5}));
    folder.write("root.pem", root.certificate_pem());
    folder.write("large.html", "<html><title>Large</title>" + std::string(40000, 'x'));
    const std::string dir = folder.path().string();
    const std::string listen = "listen 127.0.0.1:";
    std::string conf = "daemon off; pid " + dir +
                       "/pid; error_log stderr; worker_processes 1;\n"
                       "events { worker_connections 256; }\n"
                       "http { access_log off; client_body_temp_path " +
                       dir + "; proxy_temp_path " + dir + "; fastcgi_temp_path " + dir +
                       "; uwsgi_temp_path " + dir + "; scgi_temp_path " + dir +
                       ";\n"
                       "gzip on; gzip_types *; gzip_min_length 100; types { text/html html; }\n"
                       "root " +
                       dir + "; ssl_session_cache off; ssl_session_tickets off;\n";
    conf += "server { " + listen + std::to_string(plain) +
            "; location = /403 { return 403; }\n"
            "location = /loop { return 302 /loop; } location = /up { return 301 https://shop.contoso.com:" +
            std::to_string(secure) + "/large.html; } }\n";
    for (const auto& [port, name] : {std::pair(secure, "good"), std::pair(expired, "old")})
      conf += "server { " + listen + std::to_string(port) + " ssl http2; ssl_certificate " + dir + "/" +
              name + ".pem; ssl_certificate_key " + dir + "/" + name + ".key; }\n";
    const std::string file = folder.write("nginx.conf", conf + "}\n");
    server = std::make_unique<test::Server>(
        std::vector<std::string>{test::find_program("nginx"), "-p", dir, "-c", file}, plain, dir + "/log");
  }
  void write_identity(const std::string& name, const test::Identity& identity) const {
    folder.write(name + ".pem", identity.certificate_pem() + root.certificate_pem());
    folder.write(name + ".key", identity.key_pem());
  }
  net::Settings settings() const {
    net::Settings s;
    s.ca_file = folder.path() / "root.pem";
    for (const int port : {plain, secure, expired})
      s.resolve.push_back("shop.contoso.com:" + std::to_string(port) + ":127.0.0.1");
    return s;
  }
  std::string url(bool tls, int port, const std::string& path) const {
    return std::string(tls ? "https" : "http") + "://shop.contoso.com:" + std::to_string(port) + path;
  }
};

TEST_CASE("servers: nginx, plain and by TLS, HTTP/1.1 and 2 with equal facts") {
  if (!installed("nginx")) return;
  const Nginx nginx;
  Looker looker(nginx.settings());
  const auto denied = looker.look("http", {{"url", nginx.url(false, nginx.plain, "/403")}});
  CHECK(fact_of(denied, "status") == "403");
  CHECK(fact_of(denied, "reason") == "Forbidden");
  CHECK(fact_of(denied, "title") == "403 Forbidden");
  CHECK(std::abs(denied.facts.at("clock-offset").as_number()) < 2);

  const std::string large = nginx.url(true, nginx.secure, "/large.html");
  const auto two = looker.look("http", {{"url", large}});
  const auto one = looker.look("http", {{"url", large}, {"version", "1.1"}});
  CHECK(failure_of(two) == "none");
  CHECK(fact_of(two, "version") == "2");
  CHECK(fact_of(one, "version") == "1.1");
  for (const char* fact : {"status", "title", "size", "digest", "headers.content-type", "etag", "complete",
                           "certificate.problems", "certificate.names", "protocol", "sent"})
    CHECK_MESSAGE(fact_of(one, fact) == fact_of(two, fact), fact);
  CHECK(fact_of(one, "certificate.problems") == "");

  const auto zipped = looker.look("http", {{"url", large}, {"compressed", "true"}});
  CHECK(fact_of(zipped, "encoding") == "gzip");
  CHECK(zipped.facts.at("size").as_number() < 2000);
  CHECK(fact_of(zipped, "decoded-size") == fact_of(one, "size"));
  CHECK(fact_of(zipped, "digest") == fact_of(one, "digest"));

  const auto up = looker.look("http", {{"url", nginx.url(false, nginx.plain, "/up")}, {"follow", "true"}});
  CHECK(fact_of(up, "status") == "200");
  CHECK(fact_of(up, "final-url") == large);
  const auto loop =
      looker.look("http", {{"url", nginx.url(false, nginx.plain, "/loop")}, {"follow", "true"}});
  CHECK(fact_of(loop, "redirects.loop") == "true");

  const std::string old = nginx.url(true, nginx.expired, "/large.html");
  const auto expired = looker.look("http", {{"url", old}});
  CHECK(fact_of(expired, "status") == "200");
  CHECK(fact_of(expired, "certificate.problems") == "expired");
  CHECK(failure_of(looker.look("http", {{"url", old}, {"verify", "true"}})) ==
        "tls-certificate at handshake");
}

TEST_CASE("servers: sixty looks at once") {
  if (!installed("nginx")) return;
  const Nginx nginx;
  Looker looker(nginx.settings());
  const auto* spec = probe::find_probe("http");
  const auto params = probe::check_params(*spec, {{"url", nginx.url(true, nginx.secure, "/large.html")}});
  REQUIRE(params);
  int good = 0;
  int done = 0;
  std::vector<std::unique_ptr<probe::Running>> running;
  for (int i = 0; i < 60; ++i)
    running.push_back(
        spec->start(*params, Milliseconds(15000), *looker.net, [&](const fact::Observation& seen) {
          ++done;
          good += fact_of(seen, "status") == "200" && fact_of(seen, "complete") == "true" ? 1 : 0;
        }));
  CHECK(test::turn_until(*looker.net, [&] { return done == 60; }));
  CHECK(good == 60);
}

TEST_CASE("servers: bind, with a private link's chain, a dangling alias and a zone that is broken") {
  if (!installed("named")) return;
  const test::TempDir folder;
  const std::string dir = folder.path().string();
  const int port = test::free_port();
  const std::string head = "$TTL 300\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n";
  folder.write("contoso.zone",
               head +
                   "vault CNAME vault.privatelink.contoso.net.\ndangling CNAME gone.contoso.net.\n"
                   "shop A 20.1.2.3\nshop AAAA 2603:1000::1\n@ CAA 0 issue \"ca.example\"\n"
                   "loop CNAME loop2\nloop2 CNAME loop\n");
  folder.write("net.zone", head + "vault.privatelink A 10.0.0.4\n");
  folder.write("broken.zone", "this is no zone\n");
  const std::string conf = folder.write(
      "named.conf",
      "options { directory \"" + dir + "\"; pid-file none; listen-on port " + std::to_string(port) +
          " { 127.0.0.1; }; listen-on-v6 { none; }; recursion yes; forwarders {}; dnssec-validation no; "
          "session-keyfile none; };\ncontrols {};\n"
          "zone \"contoso.com\" { type master; file \"contoso.zone\"; };\n"
          "zone \"contoso.net\" { type master; file \"net.zone\"; };\n"
          "zone \"broken.com\" { type master; file \"broken.zone\"; };\n");
  const test::Server named({test::find_program("named"), "-g", "-c", conf}, port, dir + "/log");
  net::Settings settings;
  settings.dns_server = "127.0.0.1:" + std::to_string(port);
  Looker looker(settings);
  const auto look = [&](const std::string& name, const std::string& type = "address") {
    return looker.look("dns", {{"name", name}, {"type", type}});
  };
  // It listens before its zones are there, and remembers a failure of that moment for a second.
  const std::string both = "20.1.2.3, 2603:1000::1";
  for (int i = 0; i < 100 && fact_of(look("shop.contoso.com"), "addresses") != both; ++i) usleep(100000);
  const auto vault = look("vault.contoso.com");
  CHECK(fact_of(vault, "chain") == "vault.privatelink.contoso.net");
  CHECK(fact_of(vault, "class") == "private");
  CHECK(fact_of(look("shop.contoso.com"), "addresses") == both);
  const auto dangling = look("dangling.contoso.com");
  CHECK(failure_of(dangling) == "dns-nxdomain at resolve");
  CHECK(fact_of(dangling, "last") == "gone.contoso.net");
  CHECK(fact_of(dangling, "denied-by") == "contoso.net");
  CHECK(failure_of(look("x.broken.com")) == "dns-servfail at resolve");
  CHECK(fact_of(look("a.shop.contoso.com", "CAA"), "caa.at") == "contoso.com");
  CHECK(failure_of(look("loop.contoso.com")) == "dns-loop at resolve");
  CHECK(look("shop.contoso.com", "SOA").facts.at("denied-by").as_text() == "contoso.com");
}

TEST_CASE("servers: squid forbids, wants a login, and lets through") {
  if (!installed("squid") || !installed("nginx")) return;
  const Nginx nginx;
  const test::TempDir folder;
  chmod(folder.path().c_str(), 0777);
  const std::string dir = folder.path().string();
  const int port = test::free_port();
  const std::string conf = folder.write(
      "squid.conf", "http_port 127.0.0.1:" + std::to_string(port) + "\npid_filename " + dir + "/pid\n" +
                        "access_log none\ncache_log " + dir + "/cache.log\ncache deny all\ncache_mem 8 MB\n" +
                        "coredump_dir " + dir + "\nshutdown_lifetime 0 seconds\nnetdb_filename none\n" +
                        "acl bad dstdomain denied.contoso.com\nacl dead port 1\nhttp_access deny bad\n" +
                        "http_access allow all\nvisible_hostname proxy.contoso.com\n");
  const test::Server squid({test::find_program("squid"), "-N", "-f", conf}, port, dir + "/log");
  net::Settings settings = nginx.settings();
  settings.resolve.clear();
  settings.proxy = "http://127.0.0.1:" + std::to_string(port);
  settings.connect_to = {"shop.contoso.com:" + std::to_string(nginx.secure) +
                         ":127.0.0.1:" + std::to_string(nginx.secure)};
  Looker looker(settings);
  const auto through = looker.look("http", {{"url", nginx.url(true, nginx.secure, "/large.html")}});
  CHECK(failure_of(through) == "none");
  CHECK(fact_of(through, "status") == "200");
  CHECK(fact_of(through, "certificate.problems") == "");
  CHECK(through.proxy == "127.0.0.1:" + std::to_string(port));
  CHECK(failure_of(looker.look("http", {{"url", "https://denied.contoso.com/"}})) == "proxy-denied at proxy");
  CHECK(failure_of(looker.look("tcp", {{"host", "denied.contoso.com"}, {"port", "443"}})) ==
        "proxy-denied at proxy");
  const auto tunnelled = looker.look("tcp", {{"host", "127.0.0.1"}, {"port", std::to_string(nginx.secure)}});
  CHECK(tunnelled.answered);
  CHECK(tunnelled.summary.ends_with("by proxy 127.0.0.1:" + std::to_string(port)));
  const auto dead = looker.look("tcp", {{"host", "127.0.0.1"}, {"port", "1"}});
  CHECK(failure_of(dead) == "proxy-failed at proxy");
}

}  // namespace
}  // namespace aztriage
