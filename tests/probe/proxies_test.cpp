// The probes through real proxies. One that is not installed is named and skipped.
#include "support/looking.h"
#include "support/name_server.h"
#include "support/pki.h"
#include "support/server.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>
#include <netdb.h>
#include <sys/stat.h>

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

std::string local(int port) {
  return "127.0.0.1:" + std::to_string(port);
}

/// nginx as shop.contoso.com, squid in front of it that wants user and password, and haproxy in front of
/// squid for those who come by TLS.
struct World {
  test::TempDir folder;
  std::string dir = folder.path().string();
  int plain = test::free_port(), secure = test::free_port(), squid_port = test::free_port(),
      tls_port = test::free_port();
  test::Identity root = test::self_signed({.common_name = "Contoso Root", .authority = true});
  std::unique_ptr<test::Server> nginx, squid, haproxy;

  explicit World(bool with_proxies) {
    chmod(dir.c_str(), 0777);
    const auto leaf = test::issue(
        root, {.common_name = "shop.contoso.com", .dns = {"shop.contoso.com"}, .addresses = {"127.0.0.1"}});
    folder.write("root.pem", root.certificate_pem());
    folder.write("leaf.pem", leaf.certificate_pem() + root.certificate_pem());
    folder.write("leaf.key", leaf.key_pem());
    folder.write("both.pem", leaf.certificate_pem() + leaf.key_pem());
    folder.write("index.html", std::string(200000, 'x'));
    start_nginx();
    if (!with_proxies) return;
    start_squid();
    start_haproxy();
  }

  void start_nginx() {
    std::string conf = "daemon off; pid " + dir +
                       "/n.pid; error_log stderr; events { worker_connections 64; } http { access_log off;";
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
      conf += std::string(kind) + "_temp_path " + dir + ";";
    conf += "root " + dir + "; server { listen " + local(plain) + "; } server { listen " + local(secure) +
            " ssl; ssl_certificate " + dir + "/leaf.pem; ssl_certificate_key " + dir + "/leaf.key; } }\n";
    nginx = std::make_unique<test::Server>(std::vector<std::string>{test::find_program("nginx"), "-p", dir,
                                                                    "-c", folder.write("nginx.conf", conf)},
                                           plain, dir + "/n.log");
  }

  void start_squid() {
    folder.write("users", "user:$apr1$abcdefgh$ckT15POyCRlen.h6XtGAZ1\n");  // hunter2
    const std::string conf = folder.write(
        "squid.conf",
        "http_port " + local(squid_port) + "\npid_filename " + dir + "/s.pid\naccess_log none\ncache_log " +
            dir + "/cache.log\ncache deny all\ncache_mem 8 MB\ncoredump_dir " + dir +
            "\nshutdown_lifetime 0 seconds\nnetdb_filename none\nvisible_hostname proxy.contoso.com\n" +
            "auth_param basic program /usr/lib/squid/basic_ncsa_auth " + dir +
            "/users\nacl known proxy_auth REQUIRED\nacl bad dstdomain denied.contoso.com\n" +
            "http_access deny bad\nhttp_access allow known\nhttp_access deny all\n");
    squid = std::make_unique<test::Server>(
        std::vector<std::string>{test::find_program("squid"), "-N", "-f", conf}, squid_port, dir + "/s.log");
  }

  void start_haproxy() {
    const std::string conf =
        folder.write("haproxy.cfg",
                     "defaults\n mode tcp\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n"
                     "frontend f\n bind " +
                         local(tls_port) + " ssl crt " + dir +
                         "/both.pem\n default_backend b\nbackend b\n server s " + local(squid_port) + "\n");
    haproxy = std::make_unique<test::Server>(
        std::vector<std::string>{test::find_program("haproxy"), "-db", "-f", conf}, tls_port, dir + "/h.log");
  }

  net::Settings settings(const std::string& proxy) const {
    net::Settings s;
    s.ca_file = folder.path() / "root.pem";
    s.proxy = proxy;
    for (const int port : {plain, secure})
      s.connect_to.push_back("shop.contoso.com:" + std::to_string(port) + ":" + local(port));
    return s;
  }
  std::string url(bool tls) const {
    return std::string(tls ? "https" : "http") +
           "://shop.contoso.com:" + std::to_string(tls ? secure : plain) + "/";
  }
};

/// A bare root has no hosts file, and some have ::1 first.
bool system_knows_localhost() {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo("localhost", nullptr, &hints, &found) != 0) return false;
  const bool first = found->ai_family == AF_INET;
  freeaddrinfo(found);
  return first;
}

bool proxies_installed() {
  return installed("nginx") && installed("squid") && installed("haproxy");
}

TEST_CASE("proxies: every probe goes through a proxy that is reached over TLS") {
  if (!proxies_installed()) return;
  const World world(true);
  Looker looker(world.settings("https://user:hunter2@" + local(world.tls_port)));
  const std::string target = "shop.contoso.com:" + std::to_string(world.secure);
  const auto tls = looker.look("tls", {{"host", "shop.contoso.com"}, {"port", std::to_string(world.secure)}});
  CHECK(failure_of(tls) == "none");
  CHECK(fact_of(tls, "certificate.problems") == "");
  CHECK(tls.facts.contains("protocol"));
  CHECK(tls.proxy == local(world.tls_port));
  CHECK(fact_of(tls, "proxy.status") == "200");
  CHECK(looker.look("tcp", {{"target", target}}).answered);
  const auto secure = looker.look("http", {{"url", world.url(true)}});
  CHECK(failure_of(secure) == "none");
  CHECK(fact_of(secure, "size") == "200000");
  CHECK(fact_of(secure, "certificate.problems") == "");
  const auto plain = looker.look("http", {{"url", world.url(false)}});
  CHECK(failure_of(plain) == "none");
  CHECK(fact_of(plain, "status") == "200");
}

TEST_CASE("proxies: TLS to the proxy is judged, since it is told the login") {
  if (!proxies_installed()) return;
  const World world(true);
  auto settings = world.settings("https://user:hunter2@" + local(world.tls_port));
  settings.ca_file.clear();
  Looker looker(settings);
  for (const auto& seen :
       {looker.look("tcp", {{"target", "shop.contoso.com:443"}}),
        looker.look("http", {{"url", world.url(true)}}), looker.look("http", {{"url", world.url(false)}})}) {
    CHECK(failure_of(seen) == "proxy-failed at proxy");
    CHECK(seen.failure->text.find("its certificate can't be trusted") != std::string::npos);
  }
  const auto plain = Looker(world.settings("https://" + local(world.plain)))
                         .look("tcp", {{"target", "shop.contoso.com:443"}});
  CHECK(failure_of(plain) == "proxy-failed at proxy");
  CHECK(plain.failure->text.find("instead of TLS") != std::string::npos);
}

TEST_CASE("proxies: a login wanted, refused, a target refused and one that is not reached are told apart") {
  if (!proxies_installed()) return;
  const World world(true);
  for (const std::string scheme : {"http", "https"}) {
    CAPTURE(scheme);
    const std::string at = local(scheme == "http" ? world.squid_port : world.tls_port);
    const auto look = [&](const std::string& login, const std::string& target) {
      return Looker(world.settings(scheme + "://" + login + at)).look("tcp", {{"target", target}});
    };
    const auto wanted = look("", "shop.contoso.com:443");
    CHECK(failure_of(wanted) == "proxy-auth at proxy");
    CHECK(wanted.failure->text == "proxy " + at + " wants a login (407), by Basic");
    CHECK(wanted.failure->code == "HTTP 407");
    CHECK(fact_of(wanted, "proxy.status") == "407");
    const auto wrong = look("user:wrong@", "shop.contoso.com:443");
    CHECK(failure_of(wrong) == "proxy-auth at proxy");
    CHECK(wrong.failure->text == "proxy " + at + " does not take the login that was given (407), by Basic");
    const auto denied = look("user:hunter2@", "denied.contoso.com:443");
    CHECK(failure_of(denied) == "proxy-denied at proxy");
    CHECK(fact_of(denied, "proxy.status") == "403");
    const auto dead = look("user:hunter2@", "127.0.0.1:1");
    CHECK(failure_of(dead) == "proxy-failed at proxy");
    CHECK(fact_of(dead, "proxy.status") == "503");
    CHECK(dead.failure->code == "HTTP 503");
  }
  const auto plain =
      Looker(world.settings("http://" + local(world.squid_port))).look("http", {{"url", world.url(false)}});
  CHECK(failure_of(plain) == "proxy-auth at proxy");
  CHECK(fact_of(plain, "proxy.status") == "407");
}

TEST_CASE("proxies: SOCKS, with names that the proxy or that we look up") {
  if (!installed("nginx") || !installed("microsocks")) return;
  const World world(false);
  const int port = test::free_port();
  const test::Server socks({test::find_program("microsocks"), "-i", "127.0.0.1", "-p", std::to_string(port)},
                           port, world.dir + "/m.log");
  test::NameServer names([](const test::Bytes& query, const test::Asked& asked, bool) {
    auto answer = test::DnsMaker::answer_to(query);
    if (asked.type == 1 && asked.name == "shop.contoso.com") answer.a(asked.name, "127.0.0.1");
    return answer.bytes();
  });
  auto settings = world.settings("socks5://" + local(port));
  settings.connect_to.clear();
  settings.dns_server = names.address();
  Looker ours(settings);
  CHECK(failure_of(ours.look(
            "tls", {{"host", "shop.contoso.com"}, {"port", std::to_string(world.secure)}})) == "none");
  const auto page = ours.look("http", {{"url", world.url(true)}});
  CHECK(failure_of(page) == "none");
  CHECK(fact_of(page, "certificate.problems") == "");
  CHECK(page.proxy == local(port));
  CHECK(failure_of(ours.look("http", {{"url", world.url(false)}})) == "none");
  CHECK(failure_of(ours.look("tcp", {{"target", "other.contoso.com:443"}})) == "dns-no-data at resolve");
  settings.proxy = "socks5h://" + local(port);
  Looker theirs(settings);
  if (system_knows_localhost()) {  // and so does the proxy; our name server does not
    CHECK(theirs.look("tcp", {{"target", "localhost:" + std::to_string(world.secure)}}).answered);
  } else {
    MESSAGE(
        "this system does not take localhost for 127.0.0.1: a name that only the proxy knows is left out");
  }
  const auto refused = theirs.look("tcp", {{"target", "127.0.0.1:1"}});
  CHECK(failure_of(refused) == "proxy-failed at proxy");
  CHECK(refused.failure->code == "CURLE_PROXY");
}

}  // namespace
}  // namespace aztriage
