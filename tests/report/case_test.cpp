#include "base/text.h"
#include "report/case_report.h"
#include "report/case_sample.h"
#include "report/golden.h"
#include "report/schema.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace aztriage;
using namespace aztriage::report;
using namespace aztriage::report::testing;

namespace {

constexpr Format kDocuments[] = {Format::text, Format::markdown, Format::html};
constexpr Audience kAudiences[] = {Audience::engineering, Audience::customer};

std::string of(Format format, const CaseReport& report, Audience audience = Audience::engineering) {
  return render(format, report, audience, {});
}

bool has(const std::string& text, std::string_view piece) {
  return text.find(piece) != std::string::npos;
}

const SupportId* find_id(const CaseReport& report, std::string_view name) {
  const auto it = std::ranges::find(report.ids, name, &SupportId::name);
  return it == report.ids.end() ? nullptr : &*it;
}

}  // namespace

TEST_CASE("case: layout of every document, for both audiences") {
  const auto report = whole_case();
  check_golden("case.engineering.text", of(Format::text, report));
  check_golden("case.engineering.markdown", of(Format::markdown, report));
  check_golden("case.engineering.html", of(Format::html, report));
  check_golden("case.customer.text", of(Format::text, report, Audience::customer));
  check_golden("case.customer.markdown", of(Format::markdown, report, Audience::customer));
  check_golden("case.customer.html", of(Format::html, report, Audience::customer));
  check_golden("case.engineering.json", without_version(of(Format::json, report)));
  check_golden("case.customer.json", without_version(of(Format::json, report, Audience::customer)));
}

TEST_CASE("case: ids that services gave to requests are found in headers, facts and texts, each once") {
  const auto report = whole_case();
  REQUIRE(find_id(report, "x-azure-ref"));
  CHECK(find_id(report, "x-azure-ref")->value == "20261124T140203Z-r17c9f");
  CHECK(find_id(report, "x-azure-ref")->step == "edge");
  CHECK(find_id(report, "x-azure-ref")->at == moment(0));
  REQUIRE(find_id(report, "x-ms-request-id"));
  REQUIRE(find_id(report, "trace id"));
  CHECK(find_id(report, "trace id")->value == "6d0a1f2b-98aa-4e7e-9d55-0c4f6a3f1c00");
  REQUIRE(find_id(report, "correlation id"));
  CHECK(report.ids.size() == 4);
  auto rounds = report.rounds;
  rounds.push_back(rounds.front());
  CHECK(support_ids(rounds).size() == 4);
}

TEST_CASE("case: words about ids are no ids") {
  auto run = full_round();
  auto& facts = run.steps[1].observation->facts;
  facts.clear();
  facts["body"] = fact::Value::text("request id: missing. The correlation ID is unknown; trace id");
  facts["headers.x-ms-request-id"] = fact::Value::text("<script>alert(1)</script>");
  CHECK(support_ids({run}).empty());
}

TEST_CASE("case: engineering gets ids, evidence, commands and notes in every format") {
  const auto report = whole_case();
  for (const Format format : {Format::text, Format::html, Format::json}) {
    const std::string text = of(format, report);
    CAPTURE(text);
    for (const char* piece :
         {"20261124T140203Z-r17c9f", "5f3c1c2e-701e-0040-2f7a-3e1b2c000000", "4f2k", "2611240040001234",
          "aztriage probe http https://shop.contoso.com/", "aztriage probe tls shop.azurewebsites.net:443",
          "origin-down", "Customer changed the certificate", "Front Door", "az afd origin update"})
      CHECK(has(text, piece));
  }
}

TEST_CASE("case: customers get no figures, teams, notes or names of the tool's own") {
  const auto report = whole_case();
  for (const Format format : {Format::text, Format::markdown, Format::html, Format::json}) {
    std::string text = of(format, report, Audience::customer);
    if (format == Format::html) text = text.substr(text.find("<body>"));
    CAPTURE(text);
    CHECK_FALSE(has(text, "%"));
    for (const char* piece : {"yesterday at 18:00", "name-check", "origin-tls", "origin-down", "playbook",
                              "escalat", "aztriage probe", "sha256"})
      CHECK_FALSE(has(text, piece));
    CHECK(has(text, "Set the origin host name to a name on the certificate"));
    CHECK(has(text, "Set the previous host name again"));
    CHECK(has(text, "The origin must also accept that Host header"));
    CHECK(has(text, "20261124T140203Z"));
  }
}

TEST_CASE("case: what a customer reads fits how it ended") {
  auto report = whole_case();
  const auto text = [&] { return of(Format::text, report, Audience::customer); };
  CHECK(has(text(), "The cause is found"));
  report.rounds[0].confirmed = true;
  CHECK(has(text(), "Found and confirmed"));
  CHECK(has(text(), "What helped"));
  report.rounds[0] = healthy();
  CHECK(has(text(), "did not show"));
  report.rounds[0] = inconclusive();
  CHECK(has(text(), "Not found yet"));
  CHECK(has(text(), "az webapp config access-restriction show"));
  report.rounds[0].verdict = isolation::Verdict::unlisted;
  CHECK(has(text(), "An unusual cause"));
  report.rounds.clear();
  report.timeline.clear();
  CHECK(has(text(), "Nothing was looked at yet"));
}

TEST_CASE("case: several rounds are told apart") {
  auto report = whole_case();
  report.rounds.push_back(inconclusive());
  const std::string text = of(Format::text, report);
  CHECK(has(text, "Round 1: front-door/5xx-from-edge"));
  CHECK(has(text, "Round 2: front-door/5xx-from-edge"));
}

TEST_CASE("case: the JSON of both audiences is one document, with runs as run writes them") {
  const auto report = whole_case();
  const auto engineering = nlohmann::json::parse(of(Format::json, report));
  CHECK(engineering["for"] == "engineering");
  CHECK(engineering["runs"].size() == 1);
  CHECK(engineering["runs"][0]["case"] == "4f2k");
  CHECK(engineering["runs"][0]["verdict"] == "isolated");
  CHECK(engineering["ids"].size() == 4);
  CHECK(engineering["notes"].size() == 1);
  CHECK(engineering["timeline"].size() == report.timeline.size());
  const auto customer = nlohmann::json::parse(of(Format::json, report, Audience::customer));
  CHECK(customer["for"] == "customer");
  CHECK_FALSE(customer.contains("runs"));
  CHECK(customer["sections"].size() >= 4);
}

TEST_CASE("case: every text that may name the customer can be changed") {
  auto report = whole_case();
  change_texts(report, [](std::string_view) { return std::string("X"); });
  for (const Format format : kDocuments) {
    for (const Audience audience : kAudiences) {
      std::string text = of(format, report, audience);
      for (const char* piece : {"contoso", "azurewebsites", "203.0.113.7", "20.105", "00000000-0000"}) {
        CAPTURE(piece);
        CHECK_FALSE(has(text, piece));
      }
    }
  }
  const std::string json = of(Format::json, report);
  for (const char* piece : {"contoso", "azurewebsites", "203.0.113.7", "20.105", "00000000-0000"})
    CHECK_FALSE(has(json, piece));
}

TEST_CASE("case: the results of a run alone make the same report") {
  const std::vector<engine::RunResult> runs{full_round()};
  const std::string html = render(Format::html, runs, {});
  CHECK(html.starts_with("<!doctype html>"));
  CHECK(has(html, "20261124T140203Z-r17c9f"));
  CHECK(has(render(Format::markdown, runs, {}), "# Front Door answers 502, 503 or 504"));
}

TEST_CASE(
    "case: the customer hears of a broken network of ours, and takes nothing seen from it for the fault") {
  auto run = full_round();
  run.cause.reset();
  run.verdict = isolation::Verdict::inconclusive;
  run.reason = isolation::Reason::vantage;
  run.reason_text = "no name server of this machine answers";
  const auto text = of(Format::text, report_of({run}), Audience::customer);
  CHECK(has(text, "What is wrong there: no name server of this machine answers."));
  CHECK(has(text, "We look again from a network that works"));
  CHECK(has(text, "tells nothing: our own network"));
  CHECK_FALSE(has(text, "the problem shows"));
}

TEST_CASE("case: the customer is asked the open question, and never told the name of a step") {
  auto run = full_round();
  run.cause.reset();
  run.verdict = isolation::Verdict::inconclusive;
  run.reason = isolation::Reason::open;
  run.next = engine::NextResult{};
  run.next->step = "origin-log";
  run.next->what = "What does the origin's log say?";
  CHECK(has(of(Format::text, report_of({run}), Audience::customer),
            "Please tell us: What does the origin's log say?"));
  run.next->what = "the http look 'origin-again'";
  const auto text = of(Format::text, report_of({run}), Audience::customer);
  CHECK(has(text, "We look at one more thing ourselves."));
  CHECK_FALSE(has(text, "origin-again"));
}

TEST_CASE("case: the customer sees each look once, without other readings of it") {
  auto run = full_round();
  engine::StepResult reading = run.steps.front();
  reading.id = "edge-error";
  reading.kind = playbook::StepKind::of;
  reading.say = "0x80072ee7, a reading";
  run.steps.push_back(reading);
  CHECK(has(of(Format::text, report_of({run})), "a reading"));
  CHECK_FALSE(has(of(Format::text, report_of({run}), Audience::customer), "a reading"));
}
