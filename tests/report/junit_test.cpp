#include "base/text.h"
#include "report/golden.h"
#include "report/report.h"
#include "report/sample.h"
#include "support/source_folder.h"
#include "support/temp_dir.h"

#include <cstdlib>

#include <doctest/doctest.h>
#include <pugixml.hpp>

using namespace aztriage;
using namespace aztriage::report;
using namespace aztriage::report::testing;

namespace {

std::string junit_of(std::span<const engine::RunResult> runs) {
  return render(Format::junit, runs, {});
}

pugi::xml_document parsed(const std::string& text) {
  pugi::xml_document document;
  REQUIRE(document.load_buffer(text.data(), text.size(), pugi::parse_full));
  return document;
}

pugi::xml_node test_case(const pugi::xml_document& document, const char* name) {
  return document.child("testsuites").child("testsuite").find_child_by_attribute("testcase", "name", name);
}

bool have_xmllint() {
  return std::system("xmllint --version >/dev/null 2>&1") == 0;
}

/// Against our own description of the format; true when xmllint has nothing to say.
bool fits_schema(const std::string& text) {
  const test::TempDir folder;
  const std::string file = folder.write("report.xml", text);
  const std::string schema = test::source_folder() + "/tests/report/junit.xsd";
  return std::system(
             ("xmllint --noout --nonet --schema '" + schema + "' '" + file + "' >/dev/null 2>&1").c_str()) ==
         0;
}

engine::RunResult hostile() {
  engine::RunResult run = isolated();
  const std::string evil("]]><x a='\"&\x01\x1b[31m\xff\xed\xa0\x80\xef\xbf\xbf\xe2\x80\xae\n\t\0end", 32);
  run.playbook = evil;
  run.inputs[evil] = evil;
  run.warnings = {evil};
  for (auto& step : run.steps) step.say = step.reason = step.outcome_name = evil;
  run.cause->title = evil;
  run.cause->evidence[0].step = evil;
  run.workarounds[0].command = evil;
  run.fix = evil;
  return run;
}

}  // namespace

TEST_CASE("junit: the whole document of an isolated run") {
  const std::vector<engine::RunResult> runs{isolated()};
  check_golden("isolated.1.junit", junit_of(runs));
}

TEST_CASE("junit: a bad target is a failure, a look that could not be is an error") {
  const auto run = isolated();
  const auto document = parsed(junit_of({&run, 1}));
  CHECK(std::string(test_case(document, "edge").child("failure").attribute("type").value()) == "edge-error");
  CHECK(test_case(document, "origin-tls").child("failure"));
  CHECK_FALSE(test_case(document, "origin-dns").child("failure"));
  CHECK_FALSE(test_case(document, "vantage").first_child().next_sibling());
  CHECK(test_case(document, "slow-origin").child("error"));
  CHECK(std::string(test_case(document, "recent-change").child("skipped").attribute("message").value()) ==
        "not asked");
  const auto verdict = test_case(document, "verdict").child("failure");
  CHECK(std::string(verdict.attribute("message").value()).starts_with("name-check: "));
  CHECK(std::string(verdict.text().get()).find("az afd origin update") != std::string::npos);
  const auto suite = document.child("testsuites").child("testsuite");
  CHECK(suite.attribute("tests").as_int() == 8);
  CHECK(suite.attribute("failures").as_int() == 3);
  CHECK(suite.attribute("errors").as_int() == 1);
  CHECK(suite.attribute("skipped").as_int() == 2);
  CHECK(std::string(suite.attribute("timestamp").value()) == "2026-11-24T14:02:03.250Z");
  CHECK(std::string(suite.child("testcase").attribute("classname").value()) == "front-door.5xx-from-edge");
}

TEST_CASE("junit: what could not be told is an error of the verdict") {
  const auto run = inconclusive();
  const auto document = parsed(junit_of({&run, 1}));
  const auto verdict = test_case(document, "verdict").child("error");
  CHECK(std::string(verdict.attribute("type").value()) == "open");
  CHECK(std::string(verdict.attribute("message").value()) ==
        "inconclusive: several causes are still possible");
  CHECK(std::string(verdict.text().get()).find("next: access-rules") != std::string::npos);
  CHECK(std::string(test_case(document, "origin").child("skipped").attribute("message").value()) ==
        "the input 'origin_id' is missing");
}

TEST_CASE("junit: a healthy run has no failure and no error, only warnings") {
  const auto run = healthy();
  const auto document = parsed(junit_of({&run, 1}));
  const auto suite = document.child("testsuites").child("testsuite");
  CHECK(suite.attribute("failures").as_int() == 0);
  CHECK(suite.attribute("errors").as_int() == 0);
  CHECK(std::string(test_case(document, "origin-tls").child("system-out").text().get()) ==
        "warning: 9 days left");
  CHECK(test_case(document, "slow-origin").child("skipped"));
}

TEST_CASE("junit: a verified workaround passes, an interrupted run does not") {
  auto run = isolated();
  run.confirmed = true;
  CHECK_FALSE(test_case(parsed(junit_of({&run, 1})), "verdict").first_child());
  run = healthy();
  run.interrupted = true;
  CHECK(std::string(
            test_case(parsed(junit_of({&run, 1})), "verdict").child("error").attribute("message").value())
            .starts_with("interrupted"));
}

TEST_CASE("junit: several runs are several suites, and the sums are right") {
  const std::vector<engine::RunResult> runs{isolated(), healthy(), inconclusive()};
  const auto document = parsed(junit_of(runs));
  const auto suites = document.child("testsuites");
  int tests = 0;
  int failures = 0;
  int errors = 0;
  int skipped = 0;
  for (const auto suite : suites.children("testsuite")) {
    for (const auto test : suite.children("testcase")) {
      ++tests;
      failures += test.child("failure") ? 1 : 0;
      errors += test.child("error") ? 1 : 0;
      skipped += test.child("skipped") ? 1 : 0;
    }
  }
  CHECK(suites.attribute("tests").as_int() == tests);
  CHECK(suites.attribute("failures").as_int() == failures);
  CHECK(suites.attribute("errors").as_int() == errors);
  CHECK(suites.attribute("skipped").as_int() == skipped);
  CHECK(std::string(suites.attribute("time").value()) == "2.820");
}

TEST_CASE("junit: hostile text stays text") {
  const auto run = hostile();
  const std::string text = junit_of({&run, 1});
  CHECK(text::first_invalid_utf8(text) == std::string::npos);
  for (const unsigned char c : text) CHECK((c >= 0x20 || c == '\n'));
  CHECK(text.find("&#1;") == std::string::npos);
  CHECK(text.find("\xef\xbf\xbf") == std::string::npos);
  const auto document = parsed(text);
  CHECK(document.child("testsuites").child("testsuite").find_node([](const pugi::xml_node& node) {
    return std::string(node.name()) == "x";
  }) == pugi::xml_node());
}

TEST_CASE("junit: documents fit the schema" * doctest::skip(!have_xmllint())) {
  const std::vector<engine::RunResult> all{isolated(), healthy(), inconclusive(), hostile()};
  CHECK(fits_schema(junit_of(all)));
  CHECK(fits_schema(junit_of({})));
  CHECK_FALSE(fits_schema("<testsuites/>"));
  CHECK_FALSE(fits_schema("<testsuites"));
}
