#include "probe/address_class.h"
#include "support/looking.h"
#include "support/name_server.h"

#include <doctest/doctest.h>

namespace aztriage {
namespace {

using test::Asked;
using test::Bytes;
using test::DnsMaker;
using test::fact_of;
using test::failure_of;
using test::Looker;
using test::NameServer;

Bytes text_record(const std::string& s) {
  Bytes data = {static_cast<std::uint8_t>(s.size())};
  data.insert(data.end(), s.begin(), s.end());
  return data;
}

Bytes issue_record(const std::string& value) {
  Bytes data = {0, 5, 'i', 's', 's', 'u', 'e'};
  data.insert(data.end(), value.begin(), value.end());
  return data;
}

Bytes zone(const Bytes& query, const Asked& asked, bool) {
  auto answer = DnsMaker::answer_to(query);
  const bool v4 = asked.type == 1;
  const std::string& n = asked.name;
  if (n == "vault.contoso.com") {
    answer.cname(n, "vault.privatelink.contoso.net").cname("vault.privatelink.contoso.net", "pe.contoso.net");
    return v4 ? answer.a("pe.contoso.net", "10.0.0.4").bytes() : answer.soa("contoso.net").bytes();
  }
  if (n == "shop.contoso.com") {
    return v4 ? answer.a(n, "20.1.2.3").a(n, "10.0.0.5").bytes() : answer.aaaa(n, "2603:1000::1").bytes();
  }
  if (n == "half.contoso.com")
    return v4 ? answer.a(n, "20.1.2.3").bytes() : DnsMaker::answer_to(query, 2).bytes();
  if (n == "slow.contoso.com") return v4 ? answer.a(n, "20.1.2.3").bytes() : Bytes{};
  if (n == "dangling.contoso.com")
    return DnsMaker::answer_to(query, 3).cname(n, "gone.contoso.net").soa("contoso.net").bytes();
  if (n == "broken.contoso.com") return DnsMaker::answer_to(query, 2).bytes();
  if (n == "refused.contoso.com") return DnsMaker::answer_to(query, 5).bytes();
  if (n == "empty.contoso.com") return answer.soa("contoso.com").bytes();
  if (n == "silent.contoso.com") return {};
  if (n == "txt.contoso.com" && asked.type == 16)
    return answer.record(n, 16, text_record("v=verify 123")).bytes();
  if (n == "contoso.com" && asked.type == 257)
    return answer.record(n, 257, issue_record("ca.contoso.com; x=y"))
        .record(n, 257, issue_record("other.example"))
        .bytes();
  if (n == "nobody.example" && asked.type == 257) return answer.record(n, 257, issue_record(";")).bytes();
  if (asked.type == 257) return answer.soa("contoso.com").bytes();
  return DnsMaker::answer_to(query, 3).soa("contoso.com").bytes();
}

struct World {
  NameServer server{zone};
  Looker looker{settings()};
  net::Settings settings() const {
    net::Settings s;
    s.dns_server = server.address();
    return s;
  }
  fact::Observation look(const std::string& name, const std::string& type = "address",
                         Milliseconds timeout = Milliseconds(5000)) {
    return looker.look("dns", {{"name", name}, {"type", type}}, {}, timeout);
  }
};

TEST_CASE("dns: the whole chain and a private address") {
  World world;
  const auto seen = world.look("vault.contoso.com");
  CHECK(failure_of(seen) == "none");
  CHECK(seen.answered);
  CHECK(fact_of(seen, "is-address") == "false");
  CHECK(fact_of(seen, "exists") == "true");
  CHECK(fact_of(seen, "rcode") == "noerror");
  CHECK(fact_of(seen, "class") == "private");
  CHECK(fact_of(seen, "addresses") == "10.0.0.4");
  CHECK(fact_of(seen, "chain") == "vault.privatelink.contoso.net, pe.contoso.net");
  CHECK(fact_of(seen, "alias") == "vault.privatelink.contoso.net");
  CHECK(fact_of(seen, "last") == "pe.contoso.net");
  CHECK(fact_of(seen, "ipv6") == "");
  CHECK(fact_of(seen, "ttl") == "300");
  CHECK(fact_of(seen, "server") == world.server.address());
  CHECK(fact_of(seen, "in-hosts-file") == "false");
  CHECK(seen.read.contains("answers"));
  CHECK(seen.summary == "10.0.0.4, private by way of pe.contoso.net");
}

TEST_CASE("dns: both families, public and private mixed") {
  World world;
  const auto seen = world.look("shop.contoso.com");
  CHECK(fact_of(seen, "addresses") == "20.1.2.3, 10.0.0.5, 2603:1000::1");
  CHECK(fact_of(seen, "ipv4") == "20.1.2.3, 10.0.0.5");
  CHECK(fact_of(seen, "class") == "mixed");
  CHECK(fact_of(seen, "alias") == "-");
  CHECK(fact_of(world.look("shop.contoso.com", "A"), "ipv6") == "-");
}

TEST_CASE("dns: a resolver that drops AAAA leaves IPv6 unknown, not empty") {
  World world;
  const auto seen = world.look("slow.contoso.com");
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "ipv4") == "20.1.2.3");
  CHECK(fact_of(seen, "ipv6") == "-");
  CHECK(fact_of(seen, "ipv4.rcode") == "noerror");
  CHECK(fact_of(seen, "ipv6.rcode") == "-");
  CHECK(fact_of(seen, "ipv6.failure") == "no answer while the other family had one");
  CHECK(seen.summary == "20.1.2.3, public, but IPv6: no answer");
  CHECK(seen.took < Milliseconds(4000));
}

TEST_CASE("dns: a resolver that fails for one family only says so") {
  World world;
  const auto seen = world.look("half.contoso.com");
  CHECK(failure_of(seen) == "none");
  CHECK(fact_of(seen, "rcode") == "noerror");
  CHECK(fact_of(seen, "ipv4.rcode") == "noerror");
  CHECK(fact_of(seen, "ipv6.rcode") == "servfail");
  CHECK(seen.summary == "20.1.2.3, public, but IPv6: servfail");
  const auto both = world.look("shop.contoso.com");
  CHECK(fact_of(both, "ipv6.rcode") == "noerror");
  CHECK(both.summary.find("but") == std::string::npos);
  const auto broken = world.look("broken.contoso.com");
  CHECK(broken.failure->code == "SERVFAIL");
  CHECK(fact_of(world.look("half.contoso.com", "A"), "ipv4.rcode") == "-");
}

TEST_CASE("dns: NXDOMAIN, no data, SERVFAIL, REFUSED and silence are told apart") {
  World world;
  const auto missing = world.look("none.contoso.com");
  CHECK(failure_of(missing) == "dns-nxdomain at resolve");
  CHECK(missing.answered);
  CHECK(fact_of(missing, "exists") == "false");
  CHECK(fact_of(missing, "denied-by") == "contoso.com");
  CHECK(fact_of(missing, "class") == "none");
  const auto dangling = world.look("dangling.contoso.com");
  CHECK(fact_of(dangling, "exists") == "false");
  CHECK(fact_of(dangling, "last") == "gone.contoso.net");
  const auto empty = world.look("empty.contoso.com");
  CHECK(failure_of(empty) == "dns-no-data at resolve");
  CHECK(fact_of(empty, "exists") == "true");
  const auto broken = world.look("broken.contoso.com");
  CHECK(failure_of(broken) == "dns-servfail at resolve");
  CHECK(fact_of(broken, "exists") == "-");
  CHECK(fact_of(broken, "rcode") == "servfail");
  CHECK(failure_of(world.look("refused.contoso.com")) == "dns-refused at resolve");
  const auto silent = world.look("silent.contoso.com", "address", Milliseconds(300));
  CHECK(failure_of(silent) == "dns-timeout at resolve");
  CHECK_FALSE(silent.answered);
  CHECK_FALSE(silent.read.contains("answers"));
}

TEST_CASE("dns: an address where a name was due asks nobody") {
  World world;
  const auto seen = world.look("20.1.2.3");
  CHECK(fact_of(seen, "is-address") == "true");
  CHECK(fact_of(seen, "class") == "public");
  CHECK(fact_of(seen, "server") == "-");
  CHECK(fact_of(world.look("fd00::4"), "class") == "private");
}

TEST_CASE("dns: text records, and who may issue, asked upwards") {
  World world;
  CHECK(fact_of(world.look("txt.contoso.com", "TXT"), "records") == "v=verify 123");
  const auto caa = world.look("a.shop.contoso.com", "CAA");
  CHECK(failure_of(caa) == "none");
  CHECK(fact_of(caa, "caa.issuers") == "ca.contoso.com, other.example");
  CHECK(fact_of(caa, "caa.at") == "contoso.com");
  const auto anybody = world.look("a.example", "CAA");
  CHECK(failure_of(anybody) == "none");
  CHECK(fact_of(anybody, "caa.issuers") == "");
  CHECK(fact_of(anybody, "caa.at") == "-");
  const auto nobody = world.look("nobody.example", "CAA");
  CHECK(fact_of(nobody, "caa.issuers") == "");
  CHECK(fact_of(nobody, "caa.at") == "nobody.example");
}

TEST_CASE("dns: a server of its own for one look") {
  World world;
  NameServer other([](const Bytes& query, const Asked& asked, bool) {
    return DnsMaker::answer_to(query).a(asked.name, "192.0.2.7").bytes();
  });
  const auto seen =
      world.looker.look("dns", {{"name", "shop.contoso.com"}, {"type", "A"}, {"server", other.address()}});
  CHECK(fact_of(seen, "addresses") == "192.0.2.7");
  CHECK(seen.target == "shop.contoso.com A at " + other.address());
  CHECK(failure_of(world.looker.look("dns", {{"name", "x.contoso.com"}, {"server", "dns.contoso.com"}})) ==
        "bad-target at resolve");
}

TEST_CASE("dns: classes of addresses") {
  for (const char* address : {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
                              "127.0.0.1", "169.254.169.254", "fd12::1", "fe80::1", "::1", "::ffff:10.0.0.1"})
    CHECK_MESSAGE(probe::is_private(address), address);
  for (const char* address :
       {"168.63.129.16", "172.32.0.1", "100.128.0.1", "20.1.2.3", "2603:1000::1", "11.0.0.1"})
    CHECK_MESSAGE(!probe::is_private(address), address);
  CHECK(probe::class_of({}) == "none");
}

}  // namespace
}  // namespace aztriage
