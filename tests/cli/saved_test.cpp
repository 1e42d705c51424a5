#include "cli/saved.h"

#include "base/text.h"
#include "cli/compare_view.h"
#include "fact/json.h"
#include "report/schema.h"
#include "report/schema_check.h"

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::cli;
using Strings = std::vector<std::string>;

namespace {

fact::Observation look(double status) {
  fact::Observation o;
  o.probe = "http";
  o.target = "https://shop.contoso.com/";
  o.here = "client";
  o.answered = true;
  o.summary = "an answer";
  o.facts["status"] = fact::Value::number(status);
  o.read.insert("headers");
  return o;
}

std::string probe_document(double status) {
  std::string json = fact::to_json(look(status));
  return "{\"schema\":1," + json.substr(1);
}

std::string run_document(const std::string& verdict, double status, const std::string& answer) {
  return R"({"schema":1,"playbook":"front-door/5xx-from-edge","started":"2026-11-24T14:02:03.000Z","verdict":")" +
         verdict +
         R"(","symptom":"seen","cause":{"id":"name-check"},"steps":[{"id":"edge","outcome":"served",)" +
         R"("observation":)" + fact::to_json(look(status)) + R"(},{"id":"asked","outcome":")" + answer +
         R"(","observation":null},{"id":"skipped","outcome":null,"observation":null}]})";
}

Saved saved(const std::string& text) {
  auto result = parse_saved("a.json", text);
  REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error().what));
  return std::move(*result);
}

Strings found(const Comparison& comparison) {
  Strings out;
  for (const auto& one : comparison.differences)
    out.push_back(std::string(fact::layer_name(one.what.layer)) + " " + one.label + " " + one.what.name);
  return out;
}

void check_schema(const std::string& document) {
  for (const auto& mistake : report::testing::SchemaCheck(*report::schema_of("compare")).check(document))
    FAIL_CHECK(mistake);
}

}  // namespace

TEST_CASE("saved: secrets that another tool left in a result are masked") {
  auto seen = look(503);
  seen.target = "https://a.blob.core.windows.net/c?sig=Zx9bQ4k2Lk2pQw8rT4vYn6uHs3dF5gJ1";
  seen.summary = "refused password=Sesame-Open";
  seen.facts["headers.authorization"] = fact::Value::text("Bearer Zx9bQ4k2Lk2pQw8rT4vYn6uHs3dF5gJ1");
  const std::string json = fact::to_json(seen);
  const auto read = saved("{\"schema\":1," + json.substr(1));
  REQUIRE(read.looks.size() == 1);
  const std::string again = fact::to_json(*read.looks.front().seen);
  for (const char* secret : {"Zx9bQ4k2", "Sesame"}) {
    CAPTURE(secret);
    CHECK(again.find(secret) == std::string::npos);
    CHECK(read.looks.front().label.find(secret) == std::string::npos);
  }
  CHECK(again.find("sig=***") != std::string::npos);
  CHECK(read.what.find("Zx9b") == std::string::npos);
}

TEST_CASE("saved: a probe's document, a list of them, a watch and its lines") {
  const Saved one = saved(probe_document(200));
  CHECK(one.what == "http https://shop.contoso.com/");
  CHECK(one.said == "an answer");
  REQUIRE(one.looks.size() == 1);
  CHECK(one.looks[0].seen->facts.at("status").as_number() == 200);
  CHECK(one.looks[0].seen->facts.size() == 1);
  const std::string plain = fact::to_json(look(200));
  CHECK(saved(R"({"schema":1,"observations":[)" + plain + "," + plain + "]}").looks.size() == 2);
  const std::string watch = R"({"schema":1,"probe":"http","watched":[{"target":"x","last":)" + plain + "}]}";
  CHECK(saved(watch).looks.size() == 1);
  CHECK(saved(probe_document(503) + "\n" + watch + "\n").looks[0].label == "x");
}

TEST_CASE("saved: a run has its steps, answers of people included") {
  const Saved run = saved(run_document("isolated", 502, "yes"));
  CHECK(run.what == "front-door/5xx-from-edge");
  CHECK(run.said == "isolated name-check");
  REQUIRE(run.looks.size() == 2);
  CHECK(run.looks[0].label == "edge");
  CHECK_FALSE(run.looks[1].seen);
}

TEST_CASE("saved: what is no result is refused with its name") {
  for (const std::string& text :
       {std::string(""), std::string("{"), std::string("[]"), std::string("{}"), std::string("null"),
        std::string(R"({"schema":2,"probe":"tls"})"),
        std::string(R"({"schema":1,"error":{"what":"no host","hint":""}})"),
        std::string(R"({"schema":1,"steps":[]})"), std::string(R"({"probe":7,"at":1})"),
        std::string(100'000, '['), std::string(R"({"observations":[1]})"),
        std::string(R"({"runs":[1,null,"x"]})"), std::string(R"({"watched":[{"last":3}]})")}) {
    const auto result = parse_saved("a.json", text);
    CAPTURE(text.substr(0, 60));
    REQUIRE_FALSE(result);
    CHECK(text::contains(result.error().what, "a.json"));
    CHECK_FALSE(result.error().hint.empty());
  }
}

TEST_CASE("comparison: of two runs the first layer, then outcomes and verdict") {
  const auto same = compare_saved(saved(run_document("isolated", 502, "yes")),
                                  saved(run_document("isolated", 502, "yes")), {});
  CHECK(same.same());
  CHECK(same.pairs == 2);
  check_schema(comparison_json(same));
  const auto other = compare_saved(saved(run_document("isolated", 502, "yes")),
                                   saved(run_document("healthy", 200, "no")), {});
  CHECK(found(other) == Strings{"response edge status", "judgement asked outcome", "judgement  verdict"});
  check_schema(comparison_json(other));
}

TEST_CASE("comparison: a step that only one has is told") {
  const auto comparison =
      compare_saved(saved(run_document("isolated", 502, "yes")), saved(probe_document(502)), {});
  CHECK(comparison.only_a == Strings{"edge", "asked"});
  CHECK(comparison.only_b == Strings{"https://shop.contoso.com/"});
  CHECK_FALSE(comparison.same());
}

TEST_CASE("comparison: another target explains another address, not another status") {
  fact::Observation a = look(502);
  fact::Observation b = look(200);
  b.target = "https://shop.azurewebsites.net/";
  a.address = "203.0.113.7";
  b.address = "203.0.113.8";
  Saved left;
  Saved right;
  left.looks.push_back({"a", "", a});
  right.looks.push_back({"b", "", b});
  const auto comparison = compare_saved(left, right, {});
  CHECK(found(comparison) == Strings{"response  status"});
  CHECK(comparison.expected.size() == 2);
  const Console console;
  const std::string text = comparison_text(comparison, console);
  CHECK(text::contains(text, "DIFFERS first at response"));
  CHECK(text::contains(text, "the same up to here: resolve, connect, proxy, handshake, request"));
  CHECK(text::contains(text, "502 | 200"));
}
