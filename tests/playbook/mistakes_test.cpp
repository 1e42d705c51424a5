#include "base/text.h"
#include "small_world.h"
#include "source/render.h"
#include "support/source_folder.h"

#include <algorithm>
#include <cstdio>

#include <doctest/doctest.h>

using namespace aztriage;
using source::Code;

namespace {

std::vector<source::Diagnostic> errors_of(const source::Diagnostics& all) {
  std::vector<source::Diagnostic> some;
  for (const source::Diagnostic& d : all.items()) {
    if (d.severity == source::Severity::error) some.push_back(d);
  }
  return some;
}

std::string codes_of(const std::vector<source::Diagnostic>& all) {
  std::vector<std::string> codes;
  for (const source::Diagnostic& d : all) codes.emplace_back(source::code_name(d.code));
  return text::join(codes, " ");
}

/// One file with one mistake, out of data/mistakes.txt: `== what it is about`, lines that all its files begin
/// with, then for each `-- CODE LINE:COLUMN piece of the message | piece of a hint` and the lines that
/// follow.
struct Case {
  std::string about, code, message, hint, text;
  source::Position at;
};

std::vector<Case> read_cases() {
  const std::string all =
      read_file(test::source_folder() + "/tests/playbook/data/mistakes.txt", 1 << 20).value();
  std::vector<Case> cases;
  std::string about;
  std::string prefix;
  bool in_case = false;
  for (const std::string_view line : text::split(all, '\n')) {
    if (line.starts_with("== ")) {
      about = line.substr(3);
      prefix.clear();
      in_case = false;
    } else if (line.starts_with("-- ")) {
      Case c{about, std::string(line.substr(3, 4)), {}, {}, prefix, {}};
      int used = 0;
      const std::string rest(line.substr(8));
      REQUIRE(std::sscanf(rest.c_str(), "%d:%d%n", &c.at.line, &c.at.column, &used) == 2);
      const std::string words(text::trim(std::string_view(rest).substr(static_cast<std::size_t>(used))));
      const std::size_t bar = words.find(" | ");
      c.message = words.substr(0, bar);
      c.hint = bar == std::string::npos ? "" : words.substr(bar + 3);
      cases.push_back(std::move(c));
      in_case = true;
    } else {
      (in_case ? cases.back().text : prefix) += std::string(line) + "\n";
    }
  }
  return cases;
}

// Lines 1 to 8; what follows goes on inside a step, from line 9.
const std::string kStep =
    "format: 1\ntitle: t\nreviewed: 2026-01-01\n"
    "causes: {acl: {title: A}, down: {title: B}}\n"
    "inputs: {endpoint: {}, port: {}, key: {}, method: {}, note: {}}\n"
    "steps:\n"
    "  other: {probe: dns, with: {name: '${endpoint}'}}\n"
    "  ping:\n";

}  // namespace

TEST_CASE("mistakes: each is found alone, at its place, with what to do about it") {
  const std::vector<Case> cases = read_cases();
  REQUIRE(cases.size() > 130);
  for (const Case& c : cases) {
    const auto loaded = small_world::load(c.text);
    INFO(c.about << "\n" << c.text);
    INFO(source::render(loaded.diagnostics, source::Source("p.yaml", c.text)));
    CHECK_FALSE(loaded.playbook);
    const auto errors = errors_of(loaded.diagnostics);
    CHECK(codes_of(errors) == c.code);
    if (errors.empty()) continue;
    CHECK(errors[0].span.begin.line == c.at.line);
    CHECK(errors[0].span.begin.column == c.at.column);
    CHECK_MESSAGE(text::contains(errors[0].message, c.message), errors[0].message << " has no " << c.message);
    const std::string hints = text::join(errors[0].hints, "; ");
    CHECK_MESSAGE(text::contains(hints, c.hint), hints << " has no " << c.hint);
  }
}

TEST_CASE("mistakes: of the file as a whole") {
  struct Row {
    const char* text;
    Code code;
    source::Position at;
    const char* message;
  };
  const Row rows[] = {
      {"", Code::P006, {0, 0}, "nothing in it"},
      {"# a comment\n", Code::P006, {0, 0}, "nothing in it"},
      {"- a\n- b\n", Code::P013, {1, 1}, "a playbook is a map, not a list"},
      {"just words", Code::P013, {1, 1}, "not a single value"},
      {"a: b: c\n", Code::P003, {1, 5}, "':' where no value can stand"},
      {"a: \x80\n", Code::P002, {1, 4}, "not UTF-8"},
      {"format: 1\n---\nformat: 1\n", Code::P005, {2, 1}, "second document"},
  };
  for (const Row& row : rows) {
    const auto loaded = small_world::load(row.text);
    CHECK_FALSE(loaded.playbook);
    REQUIRE_FALSE(loaded.diagnostics.items().empty());
    const source::Diagnostic& d = loaded.diagnostics.items()[0];
    CHECK(source::code_name(d.code) == source::code_name(row.code));
    CHECK(d.span.begin == row.at);
    CHECK_MESSAGE(text::contains(d.message, row.message), d.message);
  }
}

TEST_CASE("mistakes: a look at a look says where to look") {
  const auto loaded = small_world::load(kStep +
                                        "    probe: dns\n    with: {name: '${endpoint}'}\n"
                                        "  second: {of: ping, outcomes: [{name: x}]}\n"
                                        "  third: {of: second, outcomes: [{name: x}]}\n");
  const auto errors = errors_of(loaded.diagnostics);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].code == Code::P046);
  CHECK(errors[0].span.begin == source::Position{12, 15});
  CHECK(errors[0].hints[0] == "write 'of: ping'");
}

TEST_CASE("mistakes: all of them at once, in order, each with what encloses it") {
  const auto loaded = small_world::load(
      "format: 1\ntitle: t\nreviewed: 2026-01-01\n"
      "inputs:\n  endpiont: {}\n"
      "causes:\n  acl: {titl: A}\n"
      "steps:\n"
      "  ping:\n    probe: reddis\n    outcomes:\n      - {name: up, given: {alc: often}}\n"
      "  pong:\n    probe: tls\n    with: {hst: a.example}\n");
  const auto errors = errors_of(loaded.diagnostics);
  CHECK(codes_of(errors) == "P034 P015 P010 P012 P042 P031 P014 P036 P035");
  for (const source::Diagnostic& d : errors) {
    REQUIRE_FALSE(d.context.empty());
    CHECK(d.context[0] == "in playbook 'front-door/p'");
    if (d.code == Code::P031) {
      CHECK(d.context ==
            std::vector<std::string>{"in playbook 'front-door/p'", "in step 'ping'", "in outcome 'up'"});
    }
  }
}

TEST_CASE("mistakes: inputs whose defaults go round, and of a wrong type besides") {
  const auto loaded = small_world::load(
      "format: 1\ntitle: t\nreviewed: 2026-01-01\ncauses: {a: {title: A}}\n"
      "steps: {s: {question: q, answers: [{name: x}]}}\n"
      "inputs: {note: {default: '${origin}'}, origin: {default: '${note}'}}\n");
  const auto errors = errors_of(loaded.diagnostics);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].message == "inputs take their default from each other: note -> origin -> note");
}

TEST_CASE("mistakes: warnings do not stop a playbook") {
  const auto loaded = small_world::load(
      kStep +
      "    probe: http\n    with: {url: 'https://${endpoint}:${port}/', headers: {X: '${key}'}}\n"
      "    symptom: true\n    outcomes: [{name: bad, when: {status: {above: 499}}}]\n");
  REQUIRE(loaded.playbook);
  // 'method' and 'note' are never used; the symptom step is never fine and has no last outcome.
  CHECK(codes_of(loaded.diagnostics.items()) == "P054 P054 P056 P047");
  const auto quiet = small_world::load(
      "format: 1\ntitle: t\nreviewed: 2026-01-01\ncauses: {a: {title: A}}\n"
      "steps: {s: {question: q, answers: [{name: x}]}}\n");
  REQUIRE(quiet.playbook);
  CHECK(codes_of(quiet.diagnostics.items()) == "P052");
}

TEST_CASE("mistakes: likelihoods that can't be meant are warned of") {
  const auto warned = [](const std::string& outcomes) {
    const auto loaded = small_world::load(
        "format: 1\ntitle: t\nreviewed: 2026-01-01\ncauses: {acl: {title: A}, down: {title: B}}\n"
        "inputs: {endpoint: {}}\nsteps:\n  page:\n    probe: http\n    with: {url: 'https://${endpoint}/'}\n"
        "    symptom: true\n    outcomes:\n      - {name: good, fine: true, when: {status: 200}}\n" +
        outcomes);
    REQUIRE(loaded.playbook);
    return codes_of(loaded.diagnostics.items());
  };
  // Causes that are named for nothing.
  CHECK(warned("      - {name: a, when: {status: 404}, given: {acl: usually, otherwise: usually}}\n"
               "      - {name: other}\n") == "P057");
  CHECK(warned("      - {name: a, when: {status: 404}, given: {acl: usually, unlisted: never, otherwise: "
               "usually}}\n"
               "      - {name: b, when: {status: 405}, given: {otherwise: usually}}\n"
               "      - {name: other}\n") == "");
  // Exact outcomes that others show, too.
  CHECK(
      warned("      - {name: a, exact: true, when: {status: 404}, given: {acl: always, otherwise: rarely}}\n"
             "      - {name: other}\n") == "P058");
  CHECK(warned("      - {name: a, exact: true, when: {status: 404}, given: {acl: usually, unlisted: always, "
               "otherwise: "
               "never}}\n      - {name: other}\n") == "P058");
  CHECK(warned("      - {name: a, exact: true, when: {status: 404}, given: {acl: always, unlisted: 0.1, "
               "otherwise: "
               "never}}\n      - {name: other}\n") == "");
}
