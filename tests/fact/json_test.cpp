#include "fact/json.h"

#include "base/text.h"
#include "fact/merge.h"

#include <string>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::fact;

namespace {

constexpr FactSpec kRedirectFields[] = {{"url", {.kind = Kind::url}, ""},
                                        {"status", {.kind = Kind::number}, ""}};
constexpr FactSpec kDeclared[] = {
    {"status", {.kind = Kind::number}, ""},
    {"location", {.kind = Kind::url}, ""},
    {"headers.*", {.kind = Kind::text}, ""},
    {"exists", {.kind = Kind::boolean}, ""},
    {"chain", {.kind = Kind::list, .item = Kind::host}, ""},
    {"redirects", {.kind = Kind::list, .item = Kind::record, .fields = kRedirectFields}, ""},
    {"redirects.loop", {.kind = Kind::boolean}, ""},
    {"first", {.kind = Kind::record, .fields = kRedirectFields}, ""},
};

Observation sample() {
  Observation o;
  o.probe = "http";
  o.target = "https://shop.contoso.com/";
  o.here = "outside";
  o.at = UtcTime(Milliseconds(1795528983250));
  o.took = Milliseconds(412);
  o.answered = true;
  o.address = "203.0.113.7";
  o.family = 4;
  o.facts["status"] = Value::number(502);
  o.facts["time.total"] = Value::number(0.4125);
  o.facts["headers.server"] = Value::text("nginx");
  o.facts["location"] = Value::text("/login", Kind::url);
  o.facts["chain"] = Value::list_of(Kind::host, {"a.contoso.com", "b.contoso.com"});
  o.facts["redirects"] = Value::list(
      {Value::record({{"url", Value::text("https://a/", Kind::url)}, {"status", Value::number(302)}})});
  o.facts["redirects.loop"] = Value::boolean(false);
  o.read = {"headers", "body"};
  o.summary = "502 Bad Gateway";
  return o;
}

void check_same(const Observation& a, const Observation& b) {
  CHECK(a.probe == b.probe);
  CHECK(a.target == b.target);
  CHECK(a.here == b.here);
  CHECK(a.at == b.at);
  CHECK(a.took == b.took);
  CHECK(a.answered == b.answered);
  CHECK(a.address == b.address);
  CHECK(a.family == b.family);
  CHECK(a.proxy == b.proxy);
  CHECK(a.failure.has_value() == b.failure.has_value());
  CHECK(a.read == b.read);
  CHECK(a.summary == b.summary);
  CHECK(a.ok == b.ok);
  CHECK(Value::record(a.varied).same_as(Value::record(b.varied)));
  REQUIRE(a.facts.size() == b.facts.size());
  for (const auto& fact : a.facts) {
    CAPTURE(fact.first);
    const auto other = b.facts.find(fact.first);
    REQUIRE(other != b.facts.end());
    CHECK(fact.second.kind() == other->second.kind());
    CHECK(fact.second.same_as(other->second));
  }
  REQUIRE(a.tries.size() == b.tries.size());
  for (std::size_t i = 0; i < a.tries.size(); ++i) check_same(a.tries[i], b.tries[i]);
}

std::string error_of(std::string_view json) {
  const auto read = from_json(json, kDeclared);
  REQUIRE_FALSE(read);
  return read.error().what + " | " + read.error().hint;
}

}  // namespace

TEST_CASE("json: the head comes first, then facts by group") {
  CHECK(
      to_json(sample()) ==
      R"({"probe":"http","target":"https://shop.contoso.com/","here":"outside","at":"2026-11-24T14:03:03.250Z",)"
      R"("took_ms":412,"answered":true,"address":"203.0.113.7","family":4,"proxy":null,"failure":null,)"
      R"("chain":["a.contoso.com","b.contoso.com"],"headers":{"server":"nginx"},"location":"/login",)"
      R"("redirects":[{"status":302,"url":"https://a/"}],"redirects.loop":false,"status":502,)"
      R"("time":{"total":0.4125},"read":["body","headers"],"summary":"502 Bad Gateway","tries":[]})");
}

TEST_CASE("json: an observation comes back as it was") {
  Observation o = sample();
  o.failure = Failure{"body", FailureKind::http_closed, "closed \"early\"", "CURLE_PARTIAL_FILE"};
  const auto back = from_json(to_json(o), kDeclared);
  REQUIRE(back);
  check_same(o, *back);
  CHECK(back->failure->operation == "body");
  CHECK(back->failure->kind == FailureKind::http_closed);
  CHECK(back->failure->text == "closed \"early\"");
  CHECK(back->failure->code == "CURLE_PARTIAL_FILE");
  o.failure->code.clear();
  CHECK(text::contains(to_json(o), R"("code":null)"));
  CHECK(from_json(to_json(o), {})->failure->code.empty());
}

TEST_CASE("json: names that are keys of the observation itself, and records, come back, too") {
  Observation o;
  o.facts["target"] = Value::text("x");
  o.facts["facts"] = Value::text("y");
  o.facts["failure.extra"] = Value::text("z");
  o.facts["a"] = Value::text("1");
  o.facts["a.b"] = Value::text("2");
  o.facts["a.b.c"] = Value::text("3");
  o.facts["b.c.d"] = Value::text("4");
  o.facts["first"] = Value::record({{"status", Value::number(1)}});
  o.facts["a.record"] = Value::record({{"status", Value::number(2)}});
  o.facts[".odd"] = Value::text("5");
  o.facts["odd."] = Value::text("6");
  const auto back = from_json(to_json(o), kDeclared);
  REQUIRE(back);
  check_same(o, *back);
}

TEST_CASE("json: several tries come back with what was varied and which passed") {
  Observation a = sample(), b = sample();
  a.varied["server"] = Value::text("system");
  b.varied["server"] = Value::text("168.63.129.16");
  b.answered = false;
  const Observation merged = merge({a, b}, {}, "");
  const auto back = from_json(to_json(merged), kDeclared);
  REQUIRE(back);
  check_same(merged, *back);
  for (const FactSpec& spec : tries_facts()) {
    CAPTURE(spec.name);
    const Look before = look(merged, spec.name, ""), after = look(*back, spec.name, "");
    REQUIRE(after.value);
    CHECK(before.value->same_as(*after.value));
  }
}

TEST_CASE("json: malformed UTF-8 becomes U+FFFD") {
  Observation o;
  o.facts["body"] = Value::text("a\xff");
  o.facts["headers.x\xfe"] = Value::text("b");
  const std::string json = to_json(o);
  CHECK(text::first_invalid_utf8(json) == std::string_view::npos);
  CHECK(text::contains(json, "a\xef\xbf\xbd"));
}

TEST_CASE("json: declared facts take their types, others the type that JSON shows") {
  const auto o = from_json(
      R"({"probe":"http","status":"502","location":"https://a/","exists":"yes","headers":{"age":5},"chain":["A"],)"
      R"("facts":{"first":{"status":"7","other":true}},"free":{"n":1,"s":"x","l":[1,null],"none":null},"plain":true})",
      kDeclared);
  REQUIRE(o);
  CHECK(o->facts.at("status").as_number() == 502);
  CHECK(o->facts.at("location").kind() == Kind::url);
  CHECK(o->facts.at("exists").as_bool());
  CHECK(o->facts.at("headers.age").as_text() == "5");
  CHECK(o->facts.at("chain").as_list()[0].kind() == Kind::host);
  CHECK(o->facts.at("first").as_record().at("status").as_number() == 7);
  CHECK(o->facts.at("first").as_record().at("other").as_bool());
  CHECK(o->facts.at("free.n").as_number() == 1);
  CHECK(o->facts.at("free.s").as_text() == "x");
  CHECK(o->facts.at("free.l").as_list().size() == 1);
  CHECK(o->facts.find("free.none") == o->facts.end());
  CHECK(o->facts.at("plain").as_bool());
}

TEST_CASE("json: without a word, an observation is answered unless it failed") {
  CHECK(from_json("{}", {})->answered);
  CHECK_FALSE(from_json(R"({"failure":{"kind":"tcp-refused"}})", {})->answered);
  CHECK(from_json(R"({"answered":"true","failure":{"kind":"http-closed"}})", {})->answered);
  CHECK_FALSE(from_json(R"({"answered":false})", {})->answered);
}

TEST_CASE("json: what can't be read is said with the key") {
  CHECK(text::contains(error_of("[]"), "object"));
  CHECK(text::contains(error_of("{"), "well-formed"));
  CHECK(text::contains(error_of("{\"a\":\"\xff\"}"), "well-formed"));
  CHECK(text::contains(error_of(R"({"status":"abc"})"), "'status': 'abc' is not a number"));
  CHECK(text::contains(error_of(R"({"status":[1]})"), "expected number, found array"));
  CHECK(text::contains(error_of(R"({"chain":"a"})"), "expected list of host"));
  CHECK(text::contains(error_of(R"({"redirects":[5]})"), "expected record"));
  CHECK(text::contains(error_of(R"({"headers":{"x":{}}})"), "'headers': 'x': expected text"));
  CHECK(text::contains(error_of(R"({"at":"yesterday"})"), "2026-11-24T14:02:03Z"));
  CHECK(text::contains(error_of(R"({"at":"2026-02-30T00:00:00Z"})"), "'at'"));
  CHECK(text::contains(error_of(R"({"took_ms":-1})"), "'took_ms'"));
  CHECK(text::contains(error_of(R"({"took_ms":1e300})"), "'took_ms'"));
  CHECK(text::contains(error_of(R"({"family":5})"), "4 or 6"));
  CHECK(text::contains(error_of(R"({"failure":{"kind":"tcp-refsed"}})"), "did you mean 'tcp-refused'?"));
  CHECK(text::contains(error_of(R"({"failure":{"what":"x"}})"), "unknown key 'what'"));
  CHECK(text::contains(error_of(R"({"failure":"tcp-refused"})"), "'failure'"));
  CHECK(text::contains(error_of(R"({"read":"headers"})"), "'read'"));
  CHECK(text::contains(error_of(R"({"tries":{}})"), "'tries'"));
  CHECK(text::contains(error_of(R"({"tries":[5]})"), "'tries'"));
  CHECK(text::contains(error_of(R"({"probe":5})"), "'probe'"));
}

TEST_CASE("json: hostile sizes are refused before anything is built") {
  std::string deep;
  for (int i = 0; i < 17; ++i) deep += "[";
  CHECK(text::contains(error_of(deep), "16 levels"));
  CHECK(text::contains(error_of(std::string(200'000, '[')), "16 levels"));
  CHECK(text::contains(error_of(std::string(1024 * 1024 + 1, ' ')), "1 MiB"));
  CHECK(from_json(R"({"a":"[[[[[[[[[[[[[[[[[[\"[[["})", {}));
}
