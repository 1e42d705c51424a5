#include "base/text.h"

#include "report/golden.h"
#include "report/report.h"
#include "report/sample.h"

#include <algorithm>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::report;
using namespace aztriage::report::testing;

namespace {

std::string text_of(const engine::RunResult& run, const Style& style = {}) {
  return render(Format::text, {&run, 1}, style);
}

bool has(const std::string& text, std::string_view piece) {
  return text.find(piece) != std::string::npos;
}

std::string without_escapes(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      i = text.find('m', i);
      continue;
    }
    plain += text[i];
  }
  return plain;
}

}  // namespace

TEST_CASE("text: layout of an isolated, a healthy and an open run") {
  check_golden("isolated.1.text", text_of(isolated()));
  check_golden("healthy.0.text", text_of(healthy()));
  check_golden("open.3.text", text_of(inconclusive()));
}

TEST_CASE("text: several runs end with an overview") {
  const std::vector<engine::RunResult> runs{isolated(), healthy(), inconclusive()};
  const std::string text = render(Format::text, runs, {});
  const auto overview = text.substr(text.rfind("\n\n") + 2);
  CHECK(has(overview, "ISOLATED       front-door/5xx-from-edge"));
  CHECK(has(overview, "name-check over 95 %"));
  CHECK(has(overview, "HEALTHY        front-door/5xx-from-edge"));
  CHECK(has(overview, "INCONCLUSIVE   front-door/5xx-from-edge endpoint=shop.contoso.com"));
  CHECK(render(Format::text, {}, {}).empty());
}

TEST_CASE("text: no line is wider than the screen, but commands and addresses stay whole") {
  Style narrow;
  narrow.width = 60;
  const std::string text = text_of(isolated(), narrow);
  CHECK(has(text, isolated().workarounds[0].command));
  for (std::string_view line : text::split(text, '\n')) {
    const bool whole =
        line.find("az afd") != std::string_view::npos || line.find("https://") != std::string_view::npos;
    CAPTURE(line);
    CHECK((whole || text::width(line) <= 60));
  }
  Style unbroken;
  unbroken.width = 0;
  CHECK(has(text_of(isolated(), unbroken), isolated().cause->title + ", over 95 %\n"));
}

TEST_CASE("text: colour adds nothing but colour") {
  Style color;
  color.color = true;
  for (const auto& run : {isolated(), healthy(), inconclusive()}) {
    const std::string colored = text_of(run, color);
    CHECK(has(colored, "\x1b["));
    CHECK(without_escapes(colored) == text_of(run));
  }
}

TEST_CASE("text: nothing that a server or file says reaches the terminal as a control") {
  const std::string evil =
      "\x1b]0;owned\x07\r\n\x9b"
      "31m\xe2\x80\xae\t\x7f";
  engine::RunResult run = isolated();
  run.title += evil;
  run.origin = evil;
  run.inputs["endpoint"] = evil;
  run.steps[0].say = evil;
  run.steps[1].id += evil;
  run.steps.back().reason = evil;
  run.cause->title += evil;
  run.cause->evidence[0].outcome = evil;
  run.cause->see = evil;
  run.explain = evil;
  run.warnings = {evil};
  run.workarounds[0] = {evil, evil, evil, evil, evil, evil, evil, true};
  run.fix = evil;
  run.docs = {evil};
  run.escalation = playbook::Escalation{evil, {evil}, evil};
  run.next = engine::NextResult{evil, evil, evil, evil, {evil}};
  run.verdict = isolation::Verdict::inconclusive;
  run.reason_text = evil;
  run.causes[0].id = evil;
  for (const unsigned char c : text_of(run)) CHECK((c == '\n' || (c >= 0x20 && c != 0x7f)));
  CHECK_FALSE(has(text_of(run), "\xe2\x80\xae"));
  CHECK_FALSE(has(text_of(run), "\xc2\x9b"));
  CHECK(text::first_invalid_utf8(text_of(run)) == std::string::npos);
}

TEST_CASE("text: evidence in words, what is neutral left out") {
  const std::string text = text_of(isolated());
  CHECK(has(text, "origin-tls wrong-name strong, edge edge-error moderate"));
  CHECK(has(text, "against it     slow-origin slow"));
  CHECK_FALSE(has(text, "origin-dns public"));
}

TEST_CASE("text: the shortlist names three and counts the others") {
  const std::string text = text_of(inconclusive());
  CHECK(has(text, "possible       origin-acl 50 %, probe-path 20 %, nothing listed 15 %, 2 more\n"));
  CHECK(has(text, "unlikely       name-check\n"));
  CHECK_FALSE(has(text, "dns 0"));
}

TEST_CASE("text: an end that was cut off, a confirmed one, and a probable one say so") {
  engine::RunResult run = isolated();
  run.confirmed = true;
  CHECK(has(text_of(run), "CONFIRMED"));
  run.confirmed = false;
  run.interrupted = true;
  run.verdict = isolation::Verdict::inconclusive;
  run.cause->probability = 0.7;
  const std::string text = text_of(run);
  CHECK(has(text, "INTERRUPTED"));
  CHECK_FALSE(has(text, "ISOLATED"));
  CHECK(has(text, "probable       name-check 70 %"));
}

TEST_CASE("text: time is UTC unless the screen has its own") {
  CHECK(has(text_of(healthy()), "14:02 UTC"));
  Style style;
  style.width = 0;
  style.time = [](UtcTime) { return std::string("14:02 UTC, 15:02 here"); };
  CHECK(has(text_of(healthy(), style), "15:02 here"));
}

TEST_CASE("text: a result without anything in it") {
  const std::string text = text_of(engine::RunResult{});
  CHECK(has(text, "ISOLATED"));  // the first verdict of the list
  CHECK(has(text, "0 looks"));
}
