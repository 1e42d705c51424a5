#include "engine/vantage.h"

#include <doctest/doctest.h>

using namespace aztriage;
using engine::HostSign;
using engine::PlaceSigns;

namespace {

HostSign host(std::string name, bool reference = true) {
  HostSign sign;
  sign.host = std::move(name);
  sign.reference = reference;
  sign.name = HostSign::Name::resolved;
  return sign;
}

HostSign inspected(std::string name, std::string issuer, bool reference = true) {
  auto sign = host(std::move(name), reference);
  sign.untrusted_issuer = std::move(issuer);
  return sign;
}

HostSign dated(std::string name, double offset) {
  auto sign = host(std::move(name));
  sign.clock_offset = offset;
  return sign;
}

HostSign named(std::string name, HostSign::Name what) {
  auto sign = host(std::move(name));
  sign.name = what;
  return sign;
}

std::vector<std::string> findings(const PlaceSigns& signs) {
  std::vector<std::string> names;
  for (const auto& finding : engine::find_broken(signs)) names.emplace_back(engine::name_of(finding.kind));
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("vantage: a sound place has no findings") {
  PlaceSigns signs;
  signs.servers = {"10.0.0.2", "10.0.0.3"};
  signs.silent = {"10.0.0.3"};
  signs.portal = false;
  signs.hosts = {dated("www.example.com", 0.4), dated("shop.contoso.com", -1.2)};
  CHECK(findings(signs).empty());
}

TEST_CASE("vantage: only when every name server is silent the resolver is broken") {
  PlaceSigns signs;
  signs.servers = {"10.0.0.2", "10.0.0.3"};
  signs.silent = signs.servers;
  CHECK(findings(signs) == Names{"resolver"});
}

TEST_CASE(
    "vantage: name servers that live but find no name at all are broken, those that deny names are not") {
  using enum HostSign::Name;
  PlaceSigns signs;
  signs.servers = {"10.0.0.2"};
  signs.hosts = {named("a.contoso.com", no_answer), named("b.contoso.com", no_answer)};
  CHECK(findings(signs).empty());  // one owner's zone may be broken
  signs.hosts.push_back(named("www.example.org", no_answer));
  CHECK(findings(signs) == Names{"resolver"});
  signs.hosts.push_back(named("intern.fabrikam.com", denied));
  CHECK(findings(signs).empty());
}

TEST_CASE("vantage: interception needs a reference and an unrelated host under one untrusted issuer") {
  PlaceSigns signs;
  signs.hosts = {inspected("shop.contoso.com", "CN=Contoso CA", false),
                 inspected("api.fabrikam.com", "CN=Contoso CA", false)};
  CHECK(findings(signs).empty());  // a company's own authority over its own names
  signs.hosts.push_back(inspected("www.example.com", "CN=Proxy CA"));
  CHECK(findings(signs).empty());  // one host alone is that host's fault
  signs.hosts.push_back(inspected("sub.example.com", "CN=Proxy CA"));
  CHECK(findings(signs).empty());  // the same owner
  signs.hosts.push_back(inspected("shop.contoso.com", "CN=Proxy CA", false));
  CHECK(findings(signs) == Names{"inspection"});
}

TEST_CASE("vantage: the clock is wrong when two unrelated hosts agree against it and none agrees with it") {
  PlaceSigns signs;
  signs.hosts = {dated("www.example.com", 400), dated("shop.contoso.com", 402)};
  CHECK(findings(signs) == Names{"clock"});
  CHECK(engine::find_broken(signs)[0].text.find("400 s behind") != std::string::npos);

  signs.hosts = {dated("www.example.com", 400), dated("cdn.example.com", 400)};
  CHECK(findings(signs).empty());
  signs.hosts = {dated("www.example.com", 400), dated("shop.contoso.com", 700)};
  CHECK(findings(signs).empty());
  signs.hosts = {dated("www.example.com", 400), dated("shop.contoso.com", 402), dated("www.fabrikam.com", 1)};
  CHECK(findings(signs).empty());
}

TEST_CASE("vantage: a portal is a finding, and being unable to ask is none") {
  PlaceSigns signs;
  CHECK(findings(signs).empty());
  signs.portal = true;
  CHECK(findings(signs) == Names{"portal"});
}

TEST_CASE("vantage: the observation carries what conditions ask for") {
  PlaceSigns signs;
  signs.servers = {"10.0.0.2"};
  signs.silent = {"10.0.0.2"};
  signs.hosts = {dated("www.example.com", 2), dated("shop.contoso.com", 3)};
  const auto found = engine::find_broken(signs);
  const auto observation = engine::vantage_observation(signs, found, "outside");
  CHECK(observation.here == "outside");
  CHECK(fact::look(observation, "finding", "findings").value->as_list().size() == 1);
  CHECK(fact::look(observation, "inspected-by", "findings").known);
  CHECK_FALSE(fact::look(observation, "inspected-by", "findings").value);
  CHECK_FALSE(fact::look(observation, "portal", "portal").known);
}

TEST_CASE("vantage: signs are read out of what probes saw") {
  fact::Observation seen;
  seen.address = "192.0.2.7";
  seen.facts["certificate.problems"] = fact::Value::list_of(fact::Kind::choice, {"untrusted-root"});
  seen.facts["certificate.issuer"] = fact::Value::text("CN=Proxy CA");
  seen.facts["clock-offset"] = fact::Value::number(500);
  auto sign = engine::sign_of(seen, "WWW.Example.com", true);
  CHECK(sign.host == "www.example.com");
  CHECK(sign.untrusted_issuer == "CN=Proxy CA");
  CHECK(sign.clock_offset == 500);
  CHECK(sign.name == HostSign::Name::resolved);

  // What a cache stored an hour ago has the date of an hour ago.
  seen.facts["headers.age"] = fact::Value::text("3600");
  CHECK_FALSE(engine::sign_of(seen, "www.example.com", true).clock_offset);

  seen.facts["certificate.problems"] = fact::Value::list_of(fact::Kind::choice, {"expired"});
  CHECK(engine::sign_of(seen, "www.example.com", true).untrusted_issuer.empty());

  seen.failure = fact::Failure{"resolve", fact::FailureKind::dns_timeout, ""};
  CHECK(engine::sign_of(seen, "www.example.com", true).name == HostSign::Name::no_answer);
  seen.failure->kind = fact::FailureKind::dns_nxdomain;
  CHECK(engine::sign_of(seen, "www.example.com", true).name == HostSign::Name::denied);
}

TEST_CASE("vantage: owners are told apart by the last two labels") {
  CHECK(engine::unrelated("a.contoso.com", "b.fabrikam.com"));
  CHECK_FALSE(engine::unrelated("a.contoso.com", "CONTOSO.com."));
}
