#include "playbook/graph.h"
#include "small_world.h"

#include <random>

#include <doctest/doctest.h>

using namespace aztriage;

namespace {

/// Whatever the text is, there is a playbook or an error, never both, never neither.
void check_sane(const std::string& text) {
  static const small_world::SmallWorld world;
  const auto loaded = small_world::load(text, world);
  if (loaded.playbook.has_value() == loaded.diagnostics.has_errors()) {
    CAPTURE(text);
    FAIL("a playbook and errors, or neither");
  }
  for (const source::Diagnostic& d : loaded.diagnostics.items()) {
    if (d.span.begin.line > 0 && d.span.begin.column < 1) FAIL("no column");
    if (d.message.empty()) FAIL("no message");
  }
}

std::size_t below(std::mt19937& random, std::size_t limit) {
  return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
}

}  // namespace

TEST_CASE("property: every prefix of a playbook is judged") {
  const std::string whole = small_world::sample();
  for (std::size_t length = 0; length < whole.size(); length += 17) check_sane(whole.substr(0, length));
}

TEST_CASE("property: every mutation of a playbook is judged") {
  const std::string whole = small_world::sample();
  const std::string_view pieces[] = {"${",       "}",  ": ",        "- ",   "[",     "]",    "{",
                                     "\"",       "'",  "&a ",       "*a",   "\n",    "\t",   "!",
                                     "|",        "?",  "otherwise", "when", "given", "\xff", "${edge.status}",
                                     "of: edge", "0x", "1e999",     ","};
  std::mt19937 random(20261124);
  for (int round = 0; round < 400; ++round) {
    std::string text = whole;
    const std::size_t changes = 1 + below(random, 3);
    for (std::size_t i = 0; i < changes; ++i) {
      const std::size_t at = below(random, text.size());
      switch (below(random, 4)) {
        case 0:
          text.erase(at, 1 + below(random, 30));
          break;
        case 1:
          text.insert(at, pieces[below(random, std::size(pieces))]);
          break;
        case 2: {
          // A line moves somewhere else.
          const std::size_t start = text.rfind('\n', at) == std::string::npos ? 0 : text.rfind('\n', at) + 1;
          const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
          const std::string line = text.substr(start, end - start);
          text.erase(start, end - start);
          text.insert(below(random, text.size()), line);
          break;
        }
        default:
          text[at] = static_cast<char>(32 + below(random, 95));
      }
    }
    check_sane(text);
  }
}

TEST_CASE("property: large hostile playbooks end soon") {
  std::string steps = "format: 1\ntitle: t\ncauses: {a: {title: A}}\nsteps:\n";
  for (int i = 0; i < 3000; ++i)
    steps += "  s" + std::to_string(i) + ": {of: s" + std::to_string((i + 1) % 3000) + "}\n";
  check_sane(steps);
  std::string given =
      "format: 1\ntitle: t\ncauses: {a: {title: A}}\nsteps:\n  s:\n    question: q\n    answers:\n";
  for (int i = 0; i < 30; ++i) {
    given += "      - name: o" + std::to_string(i) + "\n        given:\n";
    for (int k = 0; k < 200; ++k) given += "          unknown-cause-" + std::to_string(k) + ": often\n";
  }
  check_sane(given);
  check_sane("format: 1\ntitle: '" + std::string(900'000, '$') + "'\n");
  std::string references = "format: 1\ntitle: t\ncauses: {a: {title: A}}\nsteps: {s: {question: '";
  for (int i = 0; i < 20'000; ++i) references += "${nothing-" + std::to_string(i) + "}";
  check_sane(references + "', answers: [{name: x}]}}\n");
}

TEST_CASE("graph: one way round for each knot, and none where there is none") {
  using playbook::find_cycles;
  CHECK(find_cycles({}).empty());
  CHECK(find_cycles({{1}, {2}, {}}).empty());
  CHECK(find_cycles({{1, 2}, {2}, {}}).empty());
  CHECK(find_cycles({{0}}) == std::vector<std::vector<int>>{{0}});
  CHECK(find_cycles({{1}, {2}, {0}}) == std::vector<std::vector<int>>{{0, 1, 2}});
  CHECK(find_cycles({{}, {2}, {3}, {1}}) == std::vector<std::vector<int>>{{1, 2, 3}});
  CHECK(find_cycles({{1}, {0}, {3}, {2}}).size() == 2);
  std::vector<std::vector<int>> chain(100'000);
  for (int i = 0; i + 1 < 100'000; ++i) chain[static_cast<std::size_t>(i)] = {i + 1};
  CHECK(find_cycles(chain).empty());
}
