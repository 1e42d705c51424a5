#include "match/condition.h"

#include "match/world.h"

#include <string>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::test;
using match::Truth;

namespace {

struct Row {
  const char* condition;
  char truth;  // y, n, ?
};

char letter(Truth truth) {
  return truth == Truth::yes ? 'y' : truth == Truth::no ? 'n' : '?';
}

void check(const World& world, std::span<const Row> rows) {
  for (const Row& row : rows) {
    CAPTURE(std::string(row.condition));
    const auto compiled = compile(row.condition, world);
    REQUIRE(compiled.readable);
    for (const auto& item : compiled.diagnostics.items()) FAIL_CHECK(item.message);
    REQUIRE(compiled.condition);
    CHECK(letter(compiled.condition->evaluate(world)) == row.truth);
  }
}

}  // namespace

TEST_CASE("condition: values are compared by their type") {
  const Row rows[] = {
      {"{status: 502}", 'y'},
      {"{status: 502.0}", 'y'},
      {"{status: \"502\"}", 'y'},
      {"{status: 503}", 'n'},
      {"{status: [500, 502]}", 'y'},
      {"{status: [500, 503]}", 'n'},
      {"{answered: true}", 'y'},
      {"{answered: yes}", 'y'},
      {"{complete: on}", 'n'},
      {"{complete: false}", 'y'},
      {"{reason: Bad Gateway}", 'y'},
      {"{reason: bad gateway}", 'n'},
      {"{reason: [no, Bad Gateway]}", 'y'},
      {"{class: private}", 'y'},
      {"{class: Private}", 'y'},
      {"{class: [public, mixed]}", 'n'},
      {"{alias: a.privatelink.contoso.com}", 'y'},
      {"{alias: A.PRIVATELINK.CONTOSO.COM.}", 'y'},
      {"{alias: b.privatelink.contoso.com}", 'n'},
      {"{location: https://login.contoso.com:443/a?code=x}", 'y'},
      {"{location: https://login.contoso.com/A?code=x}", 'n'},
      {"{server-at: redis.contoso.com:6380}", 'y'},
      {"{server-at: redis.contoso.com:6379}", 'n'},
      {"{range: 10.0.3.4/16}", 'y'},
      {"{range: 10.0.0.0/17}", 'n'},
      {"{address: 10.1.2.4}", 'y'},
      {"{address: \"::ffff:10.1.2.4\"}", 'y'},
      {"{address: 10.1.2.5}", 'n'},
      {"{family: 4}", 'y'},
      {"{took: {between: [1, 2]}}", 'y'},
  };
  check(sample_world(), rows);
}

TEST_CASE("condition: numbers") {
  const Row rows[] = {
      {"{status: {above: 501}}", 'y'},
      {"{status: {above: 502}}", 'n'},
      {"{status: {below: 502}}", 'n'},
      {"{status: {below: 502.5}}", 'y'},
      {"{status: {between: [502, 599]}}", 'y'},
      {"{status: {between: [400, 502]}}", 'y'},
      {"{status: {between: [503, 599]}}", 'n'},
      {"{status: {above: 499, below: 600}}", 'y'},
      {"{status: {above: 499, below: 500}}", 'n'},
      {"{time.total: {below: 0.5}}", 'y'},
      {"{headers.content-length: 120}", 'y'},
      {"{headers.content-length: {above: 100}}", 'y'},
      {"{headers.content-length: {below: 100}}", 'n'},
      {"{headers.age: 12}", 'y'},
      {"{headers.age: 12.0}", 'n'},
  };
  check(sample_world(), rows);
}

TEST_CASE("condition: texts") {
  const Row rows[] = {
      {"{body: {contains: \"services aren't\"}}", 'y'},
      {"{body: {contains: Services}}", 'n'},
      {"{body: {contains: [nothing, right now]}}", 'y'},
      {"{body: {contains: [nothing, none]}}", 'n'},
      {"{body: {starts: Our}}", 'y'},
      {"{body: {starts: our}}", 'n'},
      {"{body: {ends: now}}", 'y'},
      {"{body: {ends: [no, now]}}", 'y'},
      {"{body: {starts: Our, ends: never}}", 'n'},
      {"{body: {matches: \"services.*now$\"}}", 'y'},
      {"{body: {matches: \"^services\"}}", 'n'},
      {"{body: {matches: \"(?i)OUR\"}}", 'y'},
      {"{alias: {contains: privatelink}}", 'y'},
      {"{alias: {contains: .PRIVATELINK.}}", 'y'},
      {"{alias: {ends: contoso.com}}", 'y'},
      {"{alias: {ends: Contoso.com.}}", 'y'},
      {"{alias: {starts: a.}}", 'y'},
      {"{alias: {matches: \"^a\\.privatelink\"}}", 'y'},
      {"{location: {contains: login}}", 'n'},
      {"{location: {starts: \"https://Login\"}}", 'y'},
      {"{class: {starts: priv}}", 'y'},
      {"{address: {starts: \"10.\"}}", 'y'},
      {"{headers.empty: {empty: true}}", 'y'},
      {"{headers.server: {empty: true}}", 'n'},
      {"{headers.server: {empty: false}}", 'y'},
      {"{headers.empty: \"\"}", 'y'},
  };
  check(sample_world(), rows);
}

TEST_CASE("condition: addresses and networks") {
  const Row rows[] = {
      {"{address: {in-network: 10.0.0.0/8}}", 'y'},
      {"{address: {in-network: [192.168.0.0/16, 10.1.2.4/32]}}", 'y'},
      {"{address: {in-network: 10.2.0.0/16}}", 'n'},
      {"{address: {in-network: \"fd00::/8\"}}", 'n'},
      {"{addresses: {some: {in-network: 10.0.0.0/8}}}", 'y'},
      {"{addresses: {every: {in-network: 10.0.0.0/8}}}", 'n'},
      {"{addresses: {every: {in-network: [10.0.0.0/8, 203.0.113.0/24]}}}", 'y'},
      {"{alias: {in-network: 10.0.0.0/8}}", 'n'},
      {"{address: {in-network: \"${client_ip}\"}}", 'y'},
  };
  check(sample_world(), rows);
}

TEST_CASE("condition: lists") {
  const Row rows[] = {
      {"{certificate.problems: {contains: expired}}", 'y'},
      {"{certificate.problems: {contains: self-signed}}", 'n'},
      {"{certificate.problems: {contains: [self-signed, expired]}}", 'y'},
      {"{certificate.problems: {empty: true}}", 'n'},
      {"{certificate.problems: {empty: false, count: 2}}", 'y'},
      {"{certificate.problems: {count: {above: 2}}}", 'n'},
      {"{certificate.problems: {count: [1, 2]}}", 'y'},
      {"{certificate.names: {contains: \"*.Contoso.com\"}}", 'y'},
      {"{certificate.names: {some: {starts: \"*.\"}}}", 'y'},
      {"{certificate.names: {every: {starts: \"*.\"}}}", 'n'},
      {"{chain: {some: {contains: privatelink}}}", 'y'},
      {"{chain: {some: {contains: privatelink, ends: .net}}}", 'n'},
      {"{chain: {some: edge.contoso.net}}", 'y'},
      {"{chain: {every: [a.privatelink.contoso.com, edge.contoso.net]}}", 'y'},
      {"{chain: {some: {not: {contains: contoso}}}}", 'n'},
      {"{chain: {some: {any: [{ends: .org}, {ends: .net}]}}}", 'y'},
      {"{chain: {not: {some: {contains: akamai}}}}", 'y'},
      {"{addresses: {contains: \"::ffff:203.0.113.9\"}}", 'y'},
      {"{redirects: {empty: true}}", 'y'},
      {"{redirects: {count: 0}}", 'y'},
      {"{redirects: {some: {status: 302}}}", 'n'},
      {"{redirects: {every: {status: 302}}}", 'n'},
  };
  check(sample_world(), rows);
}

TEST_CASE("condition: records") {
  const Row rows[] = {
      {"{cookies: {some: {name: ARRAffinity}}}", 'y'},
      {"{cookies: {some: {name: ARRAffinity, secure: false}}}", 'n'},
      {"{cookies: {some: {name: x, secure: false}}}", 'y'},
      {"{cookies: {every: {secure: true}}}", 'n'},
      {"{cookies: {some: {domain: {exists: false}}}}", 'y'},
      {"{cookies: {every: {domain: {exists: true}}}}", 'n'},
      {"{cookies: {some: {domain.parent: contoso.com}}}", 'y'},
      {"{cookies: {some: {not: {secure: true}}}}", 'y'},
      {"{cookies: {some: {any: [{name: y}, {name: x}], secure: false}}}", 'y'},
      {"{cookies: {count: 2, every: {name: {empty: false}}}}", 'y'},
      {"{last-redirect: {status: 302}}", 'y'},
      {"{last-redirect: {status: 302, url: {ends: /c}}}", 'n'},
      {"{last-redirect: {url.host: contoso.com}}", 'y'},
      {"{last-redirect: {exists: true}}", 'y'},
      {"{edge.last-redirect: {status: 302}}", '?'},
  };
  check(sample_world(), rows);
}

TEST_CASE("condition: parts of values") {
  const Row rows[] = {
      {"{location.host: LOGIN.contoso.com}", 'y'},
      {"{location.host.label: Login}", 'y'},
      {"{location.host.parent: contoso.com}", 'y'},
      {"{location.scheme: https}", 'y'},
      {"{location.port: 443}", 'y'},
      {"{location.port: {above: 443}}", 'n'},
      {"{location.path: /a}", 'y'},
      {"{location.query.code: x}", 'y'},
      {"{location.query.state: {exists: false}}", 'y'},
      {"{location.query.state: x}", 'n'},
      {"{server-at.port: 6380}", 'y'},
      {"{server-at.host: redis.contoso.com}", 'y'},
      {"{alias.label: a}", 'y'},
      {"{alias.label: b}", 'n'},
      {"{edge.location.path: /}", 'y'},
  };
  check(sample_world(), rows);
}

TEST_CASE("condition: comparison with inputs, other steps and the cloud") {
  const Row rows[] = {
      {"{alias: \"${origin}\"}", 'y'},
      {"{edge.alias: \"${origin}\"}", 'n'},
      {"{status: \"${port}\"}", 'y'},
      {"{status: {above: \"${edge.status}\"}}", 'y'},
      {"{status: {between: [\"${edge.status}\", \"${port}\"]}}", 'y'},
      {"{location.host: \"${edge.location.host}\"}", 'y'},
      {"{location.host: \"${alias}\"}", 'n'},
      {"{address: \"${edge.addresses}\"}", 'y'},
      {"{addresses: {every: \"${edge.addresses}\"}}", 'n'},
      {"{addresses: {contains: \"${client_ip}\"}}", 'y'},
      {"{reason: {starts: \"${edge.reason}\"}}", 'y'},
      {"{reason: \"${name} Gateway\"}", 'y'},
      {"{reason: [\"${name}\", Bad Gateway]}", 'y'},
      {"{chain: {some: {ends: \"${cloud.vault}\"}}}", 'n'},
      {"{edge.status: 200}", 'y'},
      {"{edge.status: {not: 200}}", 'n'},
      {"{status: \"${edge.time.total}\"}", '?'},
      {"{reason: \"${edge.title}\"}", '?'},
      {"{reason: [\"${edge.title}\", Bad Gateway]}", 'y'},
      {"{reason: [\"${edge.title}\", OK]}", '?'},
      {"{reason: \"${name}${edge.title}\"}", '?'},
      {"{body: {contains: \"${path}\"}}", '?'},
      {"{alias: \"${url.host}\"}", '?'},
      {"{address: {in-network: \"${edge.range}\"}}", '?'},
  };
  check(sample_world(), rows);
}

TEST_CASE("condition: missing facts are unknown, known-missing ones are not there") {
  const Row rows[] = {
      {"{title: x}", '?'},
      {"{title: {exists: true}}", '?'},
      {"{title: {exists: false}}", '?'},
      {"{title: {empty: true}}", '?'},
      {"{not: {title: x}}", '?'},
      {"{title: {not: x}}", '?'},
      {"{headers.x-azure-ref: {exists: false}}", 'y'},
      {"{headers.x-azure-ref: {exists: true}}", 'n'},
      {"{headers.x-azure-ref: x}", 'n'},
      {"{headers.x-azure-ref: {not: x}}", 'y'},
      {"{headers.x-azure-ref: {empty: true}}", 'y'},
      {"{headers.x-azure-ref: {empty: false}}", 'n'},
      {"{headers.x-azure-ref: {contains: x}}", 'n'},
      {"{headers.x-azure-ref: {matches: x}}", 'n'},
      {"{headers.server: {exists: true}}", 'y'},
      {"{proxy: {exists: false}}", 'y'},
      {"{failure.kind: {exists: false}}", 'y'},
      {"{failure.kind: tcp-refused}", 'n'},
      {"{edge.headers.server: {exists: false}}", 'y'},
      {"{edge.body: {exists: false}}", '?'},
      {"{edge.certificate.problems: {empty: true}}", '?'},
      {"{edge.chain: {some: x.com}}", '?'},
      {"{edge.chain: {count: 0}}", '?'},
      {"{tries.count: 2}", '?'},
      {"{headers.odd: \"1 2\"}", 'y'},
  };
  check(sample_world(), rows);
  World world = sample_world();
  world.steps["edge"].read = {"chain", "cookies", "certificate"};
  const Row read[] = {
      {"{edge.chain: {count: 0}}", 'y'},
      {"{edge.chain: {empty: true}}", 'y'},
      {"{edge.chain: {some: x.com}}", 'n'},
      {"{edge.chain: {every: x.com}}", 'n'},
      {"{edge.certificate.problems: {contains: expired}}", 'n'},
      {"{edge.chain: {count: {below: 1}}}", 'y'},
  };
  check(world, read);
}

TEST_CASE("condition: a value that is not of its declared type is unknown, but it is there") {
  World world = sample_world();
  world.steps[""].facts["headers.content-length"] = fact::Value::text("many");
  const Row rows[] = {
      {"{headers.content-length: {below: 5}}", '?'},
      {"{headers.content-length: 5}", '?'},
      {"{headers.content-length: {not: 5}}", '?'},
      {"{headers.content-length: {exists: true}}", 'y'},
  };
  check(world, rows);
}

TEST_CASE("condition: all, any and not of what is not known") {
  const Row rows[] = {
      {"{status: 502, title: x}", '?'},
      {"{status: 503, title: x}", 'n'},
      {"{title: x, status: 503}", 'n'},
      {"{any: [{status: 502}, {title: x}]}", 'y'},
      {"{any: [{title: x}, {status: 502}]}", 'y'},
      {"{any: [{status: 503}, {title: x}]}", '?'},
      {"{any: [{status: 503}, {status: 504}]}", 'n'},
      {"{all: [{status: 502}, {reason: Bad Gateway}]}", 'y'},
      {"{all: [{status: 502}, {title: x}]}", '?'},
      {"{all: [{status: 503}, {title: x}]}", 'n'},
      {"{not: {status: 503}}", 'y'},
      {"{not: {status: 502}}", 'n'},
      {"{not: {status: 502, title: x}}", '?'},
      {"{not: {status: 503, title: x}}", 'y'},
      {"{not: {any: [{status: 502}, {title: x}]}}", 'n'},
      {"{not: {not: {title: x}}}", '?'},
      {"{status: {any: [{below: 300}, {above: 499}]}}", 'y'},
      {"{status: {any: [200, 502]}}", 'y'},
      {"{status: {all: [{above: 1}, {below: 2}]}}", 'n'},
      {"{status: {not: {between: [200, 299]}}}", 'y'},
      {"{any: [{all: [{status: 502}, {not: {class: public}}]}, {title: x}]}", 'y'},
      {"{status: 502, any: [{class: none}, {class: private}], not: {reason: OK}}", 'y'},
  };
  check(sample_world(), rows);
}

TEST_CASE("condition: the tries of a step are records of all its facts, parameters and head") {
  World world = sample_world();
  const auto one = [](const char* server, const char* json) {
    auto o = World::observation(json);
    o.varied["server"] = fact::Value::text(server);
    return o;
  };
  const auto bad = [](const fact::Observation& o) { return !o.answered; };
  world.steps[""] =
      fact::merge({one("system", R"({"class":"private","alias":"a.contoso.com","read":["chain","headers"]})"),
                   one("168.63.129.16", R"({"failure":{"kind":"dns-timeout","operation":"resolve"}})")},
                  bad, "");
  const Row rows[] = {
      {"{tries: {some: {server: system, class: private}}}", 'y'},
      {"{tries: {some: {server: 168.63.129.16, failure.kind: dns-timeout}}}", 'y'},
      {"{tries: {every: {answered: true}}}", 'n'},
      {"{tries: {some: {ok: false, number: 2}}}", 'y'},
      {"{tries: {every: {class: private}}}", '?'},
      {"{tries: {every: {class: public}}}", 'n'},
      {"{tries: {some: {failure.kind: {exists: false}}}}", 'y'},
      {"{tries: {some: {headers.server: {exists: false}}}}", 'y'},
      {"{tries: {every: {headers.server: {exists: false}}}}", '?'},
      {"{tries: {some: {alias.parent: contoso.com}}}", 'y'},
      {"{tries.count: 2, tries.ok: 1, tries.failed: 1}", 'y'},
      {"{tries.first: {class: private}}", 'y'},
      {"{tries.last: {failure.kind: dns-timeout, ok: false}}", 'y'},
      {"{tries.last: {class: private}}", '?'},
      {"{tries.differ: {contains: answered}}", 'y'},
      {"{by.failing: {contains: 168.63.129.16}}", 'y'},
      {"{by.mixed: {empty: true}}", 'y'},
      {"{failure.kind: dns-timeout}", 'y'},
  };
  check(world, rows);
}

TEST_CASE("condition: what it needs and looks at, once each, in order") {
  const World world = sample_world();
  const auto names = [](const std::vector<match::Resolved>& resolved) {
    std::string out;
    for (const auto& name : resolved) out += (out.empty() ? "" : " ") + match::name_of(name);
    return out;
  };
  const auto compiled = compile(
      "{status: \"${edge.status}\", any: [{edge.location.host: \"${origin}\"}, {chain: {some: {ends: "
      "\"${cloud.vault}\"}}}], reason: \"${edge.status} ${name}\", not: {status: {above: \"${port}\"}}, "
      "cookies: {some: {domain: \"${origin}\"}}}",
      world);
  REQUIRE(compiled.condition);
  CHECK(names(compiled.condition->needs()) == "edge.status edge.location.host origin cloud.vault name port");
  CHECK(names(compiled.condition->facts()) == "status edge.status edge.location.host chain reason cookies");
}
