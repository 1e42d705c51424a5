#include "probe/wire/client_hello.h"
#include "support/looking.h"
#include "support/loopback.h"
#include "support/routers.h"

#include <doctest/doctest.h>

namespace aztriage {
namespace {

using test::fact_of;
using test::failure_of;
using test::Looker;
using test::Routers;

std::optional<fact::Observation> through(const Routers& routers,
                                         std::map<std::string, std::string> given = {}) {
  given.emplace("target", "10.0.3.2:443");
  auto seen = test::look_through(routers, "path", given);
  if (!seen) MESSAGE("no network namespaces here: skipped");
  return seen;
}

std::string addresses_of(const fact::Observation& seen) {
  std::string out;
  for (const auto& hop : seen.facts.at("hops").as_list())
    out += hop.as_record().at("address").as_text() + " ";
  return out;
}

TEST_CASE("path: the target itself, with and without somebody who listens") {
  test::LoopbackServer server([](int fd) {
    while (!test::receive_text(fd).empty()) test::send_text(fd, std::string(20000, 'a'));
  });
  Looker looker;
  const auto seen = looker.look("path", {{"target", "127.0.0.1:" + std::to_string(server.port())}});
  CHECK(failure_of(seen) == "none");
  CHECK(seen.answered);
  CHECK(fact_of(seen, "reached") == "true");
  CHECK(fact_of(seen, "refused") == "false");
  CHECK(fact_of(seen, "hops.count") == "1");
  CHECK(fact_of(seen, "hops.last-address") == "127.0.0.1");
  CHECK(fact_of(seen, "silent-above") == "-");
  CHECK(seen.read.contains("sizes"));
  const auto closed = looker.look("path", {{"host", "127.0.0.1"}, {"port", "1"}});
  CHECK(closed.answered);
  CHECK(fact_of(closed, "refused") == "true");
  CHECK(closed.summary.ends_with("nothing listens there"));
  const auto datagrams = looker.look("path", {{"target", "127.0.0.1:9"}, {"protocol", "udp"}});
  CHECK(datagrams.answered);
  CHECK(fact_of(datagrams, "mtu") == fact_of(datagrams, "mtu.local"));
}

TEST_CASE("path: what can't begin, and a name without an address") {
  Looker looker;
  CHECK(failure_of(looker.look("path", {})) == "bad-target at resolve");
  net::Settings settings;
  settings.dns_server = "127.0.0.1:1";
  const auto seen = Looker(settings).look("path", {{"host", "shop.contoso.com"}});
  CHECK(failure_of(seen) == "dns-timeout at resolve");
  CHECK(seen.target == "shop.contoso.com:443");
}

TEST_CASE("path: routers, and a link whose size is told") {
  const auto seen = through({.mtu = 1300});
  if (!seen) return;
  CHECK(seen->answered);
  CHECK(addresses_of(*seen) == "10.0.1.1 10.0.2.2 10.0.3.2 ");
  CHECK(fact_of(*seen, "hops.count") == "3");
  CHECK(fact_of(*seen, "mtu.local") == "1500");
  CHECK(fact_of(*seen, "mtu") == "1300");
  CHECK(fact_of(*seen, "mtu.told-by") == "10.0.1.1");
  CHECK(fact_of(*seen, "mss") == "1460");
  CHECK(fact_of(*seen, "silent-above") == "-");
}

TEST_CASE("path: a black hole for what is sent, by IPv6 and by datagrams") {
  const auto seen = through({.mtu = 1400, .quiet = true}, {{"target", "[fd00:3::2]:443"}});
  if (!seen) return;
  CHECK(seen->answered);
  CHECK(addresses_of(*seen) == "fd00:1::1 fd00:2::2 fd00:3::2 ");
  CHECK(fact_of(*seen, "silent-above") == "1400");
  CHECK(fact_of(*seen, "silent-direction") == "sent");
  CHECK(fact_of(*seen, "mtu") == "1400");
  CHECK(seen->summary.starts_with("packets above 1400 bytes vanish (sent), 3 hops"));
  const auto datagrams =
      through({.mtu = 1400, .quiet = true}, {{"target", "10.0.3.2:9"}, {"protocol", "udp"}});
  CHECK(fact_of(*datagrams, "silent-above") == "1400");
  CHECK(fact_of(*datagrams, "hops.count") == "3");
}

TEST_CASE("path: a black hole for what the target sends") {
  const auto seen = through({.most_received = 1300});
  if (!seen) return;
  CHECK(seen->answered);
  CHECK(fact_of(*seen, "silent-above") == "1300");
  CHECK(fact_of(*seen, "silent-direction") == "received");
}

TEST_CASE("path: where it goes no further, said or not") {
  const auto silent = through({.dropping = true});
  if (!silent) return;
  CHECK(failure_of(*silent) == "tcp-timeout at trace");
  CHECK_FALSE(silent->answered);
  CHECK(fact_of(*silent, "reached") == "false");
  CHECK(fact_of(*silent, "hops.last-address") == "10.0.2.2");
  CHECK(silent->failure->text == "silence behind 10.0.2.2 at hop 2");
  const auto denied = through({.denying = true});
  CHECK(failure_of(*denied) == "host-unreachable at trace");
  CHECK(fact_of(*denied, "denied-by") == "10.0.2.2");
  CHECK(fact_of(*denied, "denied") == "prohibited");
  CHECK(denied->failure->code == "EHOSTUNREACH");
}

TEST_CASE("client hello: of the size that is asked for, and a server takes it") {
  const std::string random(96, 'r');
  for (const std::size_t size : {300U, 524U, 1460U, 8860U})
    CHECK(probe::wire::client_hello("shop.contoso.com", size, random).size() == size);
  CHECK(probe::wire::client_hello("shop.contoso.com", 99999, random).size() == 16384 + 5);
  CHECK(probe::wire::client_hello("", 0, random).size() < 250);
  const auto context =
      test::tls_context(test::self_signed({.common_name = "shop.contoso.com", .dns = {"shop.contoso.com"}}));
  SSL* server = SSL_new(context.get());
  SSL_set_bio(server, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  const std::string hello = probe::wire::client_hello("shop.contoso.com", 1460, random);
  BIO_write(SSL_get_rbio(server), hello.data(), static_cast<int>(hello.size()));
  const int done = SSL_accept(server);
  CHECK(SSL_get_error(server, done) == SSL_ERROR_WANT_READ);
  CHECK(std::string(SSL_get_servername(server, TLSEXT_NAMETYPE_host_name)) == "shop.contoso.com");
  CHECK(BIO_ctrl_pending(SSL_get_wbio(server)) > 500);  // its hello, its certificate, its signature
  SSL_free(server);
}

}  // namespace
}  // namespace aztriage
