#include "fact/json.h"

#include "report/golden.h"
#include "report/report.h"
#include "report/sample.h"
#include "report/schema.h"
#include "report/schema_check.h"

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::report;
using namespace aztriage::report::testing;
using Json = nlohmann::json;

namespace {

std::string json_of(const engine::RunResult& run) {
  return render(Format::json, {&run, 1}, {});
}

void check_schema(std::string_view name, const std::string& document) {
  const auto schema = schema_of(name);
  REQUIRE(schema);
  for (const std::string& mistake : SchemaCheck(*schema).check(document)) FAIL_CHECK(mistake);
}

}  // namespace

TEST_CASE("json: the whole document of an isolated run") {
  check_golden("isolated.1.json", without_version(json_of(isolated())));
}

TEST_CASE("json: keys in the order that is promised, null for what is not there") {
  const auto document = nlohmann::ordered_json::parse(json_of(healthy()));
  std::vector<std::string> keys;
  for (const auto& [key, value] : document.items()) keys.push_back(key);
  CHECK(keys.front() == "schema");
  for (const char* key :
       {"schema",     "tool",   "playbook", "playbook_digest", "inputs", "here",  "symptom",    "verdict",
        "confirmed",  "reason", "warnings", "cause",           "causes", "steps", "workaround", "fix",
        "escalation", "next",   "case",     "started",         "took_ms"}) {
    CAPTURE(key);
    CHECK(document.contains(key));
  }
  CHECK(document["cause"].is_null());
  CHECK(document["reason"].is_null());
  CHECK(document["escalation"].is_null());
  CHECK(document["next"].is_null());
  CHECK(document["fix"].is_null());
  CHECK(document["workaround"].empty());
  CHECK(document["verdict"] == "healthy");
  CHECK(document["symptom"] == "not-seen");
}

TEST_CASE("json: fields of cause, causes, steps and next") {
  const Json run = Json::parse(json_of(isolated()));
  CHECK(run["started"] == "2026-11-24T14:02:03.250Z");
  CHECK(run["took_ms"] == 940);
  CHECK(run["cause"]["ref"] == "front-door/5xx-from-edge#name-check");
  CHECK(run["cause"]["probability"] == 0.987654321);
  CHECK(run["causes"][0]["evidence"][0] ==
        Json({{"step", "origin-tls"}, {"outcome", "wrong-name"}, {"bits", 9.5}}));
  CHECK(run["causes"][1]["id"] == "unlisted");
  CHECK(run["steps"][1]["observation"]["status"] == 503);
  CHECK(run["steps"][1]["observation"]["headers"]["x-azure-ref"] == "20261124T140203Z-r17c9f");
  CHECK(run["steps"][4]["state"] == "not-run");
  CHECK(run["steps"][4]["kind"] == "question");
  CHECK(run["steps"][5]["kind"] == "command");
  CHECK(run["steps"][6]["state"] == "failed");
  CHECK(run["steps"][6]["observation"].is_null());
  CHECK(run["workaround"][0]["do"] == "Set the origin host name to a name on the certificate.");
  CHECK(run["escalation"]["attach"] == Json({"edge", "origin-tls"}));
  const Json open = Json::parse(json_of(inconclusive()));
  CHECK(open["reason"] == "open");
  CHECK(open["next"]["step"] == "access-rules");
  CHECK(open["steps"][3]["state"] == "skipped");
}

TEST_CASE("json: several runs stand in one document, no run too") {
  const std::vector<engine::RunResult> runs{isolated(), healthy()};
  const std::string text = render(Format::json, runs, {});
  const Json document = Json::parse(text);
  CHECK(document["schema"] == 1);
  REQUIRE(document["runs"].size() == 2);
  CHECK(document["runs"][1]["verdict"] == "healthy");
  check_schema("suite", text);
  check_schema("run", text);
  const std::string none = render(Format::json, {}, {});
  CHECK(Json::parse(none)["runs"].empty());
  check_schema("suite", none);
}

TEST_CASE("json: every end fits the schema") {
  engine::RunResult unlisted = inconclusive();
  unlisted.verdict = isolation::Verdict::unlisted;
  unlisted.reason = isolation::Reason::none;
  for (const auto& run : {isolated(), healthy(), inconclusive(), unlisted, engine::RunResult{}})
    check_schema("run", json_of(run));
  for (const auto reason : {isolation::Reason::vantage, isolation::Reason::not_tested,
                            isolation::Reason::probable, isolation::Reason::deadline}) {
    engine::RunResult run = inconclusive();
    run.reason = reason;
    check_schema("run", json_of(run));
  }
}

TEST_CASE("json: what is not UTF-8 or holds controls stays one valid document") {
  engine::RunResult run = isolated();
  run.steps[1].say = std::string("\xff\xfe\x00\x1b\"\\", 6);
  run.steps[1].observation->facts["body"] = fact::Value::text("\xc3\x28\x01");
  run.inputs["origin"] = "\xed\xa0\x80";
  run.cause->title = std::string(100000, '\x80');
  const std::string text = json_of(run);
  const Json document = Json::parse(text);
  CHECK(document["steps"][1]["say"].get<std::string>().find("\xEF\xBF\xBD") == 0);
  check_schema("run", text);
}

TEST_CASE("schema: the checker finds what does not fit") {
  SchemaCheck check(*schema_of("suite"));
  CHECK_FALSE(check.check(R"({"schema": 2, "runs": []})").empty());
  CHECK_FALSE(check.check(R"({"schema": 1})").empty());
  Json document = Json::parse(render(Format::json, std::vector{isolated(), healthy()}, {}));
  CHECK(check.check(document.dump()).empty());
  for (const char* path :
       {"/runs/0/verdict", "/runs/0/causes/0/probability", "/runs/1/steps/0/state", "/runs/0/started",
        "/runs/0/steps/1/observation/family", "/runs/0/took_ms", "/runs/0/inputs/origin"}) {
    CAPTURE(path);
    Json broken = document;
    broken[Json::json_pointer(path)] = "wrong";
    if (std::string(path).ends_with("origin")) broken[Json::json_pointer(path)] = 7;
    CHECK_FALSE(check.check(broken.dump()).empty());
    broken = document;
    broken[Json::json_pointer(path).parent_pointer()].erase(Json::json_pointer(path).back());
    if (!std::string(path).ends_with("origin")) CHECK_FALSE(check.check(broken.dump()).empty());
  }
}

TEST_CASE("schema: observations and errors") {
  Json look = Json::parse(fact::to_json(edge_observation({})));
  look["schema"] = 1;
  check_schema("probe", look.dump());
  check_schema("probe", Json({{"schema", 1}, {"observations", {look}}}).dump());
  look.erase("answered");
  CHECK_FALSE(SchemaCheck(*schema_of("probe")).check(look.dump()).empty());
  for (std::string_view name : schema_names()) {
    check_schema(name, R"({"schema": 1, "error": {"what": "unknown playbook 'x'", "hint": ""}})");
  }
  CHECK_FALSE(schema_of("nothing"));
}

TEST_CASE("registry: names lead to formats and back") {
  CHECK(format_names() == std::vector<std::string_view>{"text", "markdown", "html", "json", "junit"});
  for (std::string_view name : format_names()) {
    const auto format = format_from_name(name);
    REQUIRE(format);
    CHECK(name_of(*format) == name);
  }
  CHECK_FALSE(format_from_name("yaml"));
}
