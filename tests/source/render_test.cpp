#include "source/render.h"

#include "base/text.h"

#include <doctest/doctest.h>

using namespace aztriage::source;
using aztriage::text::contains;
using aztriage::text::split;

namespace {

Diagnostic mistake(Span span) {
  return {Severity::error, Code::P012, "unknown probe 'reddis'", span, {}, {}};
}

}  // namespace

TEST_CASE("render: position, line, caret, context and hint") {
  const Source source("playbooks/redis/cannot-connect.yaml", "steps:\n  ping:\n    probe: reddis\n");
  Diagnostic d = mistake({{3, 12}, {3, 18}});
  d.context = {"in playbook 'redis/cannot-connect'", "in step 'ping'"};
  d.hints = {"did you mean 'redis'?"};
  CHECK(render(d, source) ==
        "playbooks/redis/cannot-connect.yaml:3:12: error[P012]: unknown probe 'reddis'\n"
        "    3 |     probe: reddis\n"
        "      |            ^~~~~~\n"
        "      = in step 'ping' of playbook 'redis/cannot-connect'\n"
        "      = hint: did you mean 'redis'?\n");
}

TEST_CASE("render: the file as a whole, and a warning") {
  Diagnostic d{Severity::warning, Code::P052, "no step looks for the symptom", {}, {}, {}};
  CHECK(render(d, Source("a.yaml", "x")) == "a.yaml: warning[P052]: no step looks for the symptom\n");
}

TEST_CASE("render: the caret stands under what people see") {
  const Source source("a.yaml", "k\u00e4\u65e5: \x1b[31m bad\ttab\n");
  // 'bad' starts at byte 15: one, two and three bytes, ": ", ESC "[31m", a space.
  CHECK(render(mistake({{1, 15}, {1, 18}}), source) ==
        "a.yaml:1:15: error[P012]: unknown probe 'reddis'\n"
        "    1 | k\u00e4\u65e5: \\x1b[31m bad tab\n"
        "      |                ^~~\n");
}

TEST_CASE("render: a long line is cut around the caret") {
  const std::string text = std::string(5000, 'a') + "HERE" + std::string(5000, 'b');
  const std::string out = render(mistake({{1, 5001}, {1, 5005}}), Source("a.yaml", text));
  CHECK(out.size() < 500);
  CHECK(contains(out, "\u2026aaaa"));
  CHECK(contains(out, "aHEREb"));
  CHECK(contains(out, "bbbb\u2026\n"));
  const auto lines = split(out, '\n');
  REQUIRE(lines.size() == 4);
  const std::size_t here = aztriage::text::width(lines[1].substr(0, lines[1].find("HERE")));
  CHECK(lines[2].find('^') == here);
  CHECK(lines[2].substr(lines[2].find('^')) == "^~~~");
}

TEST_CASE("render: a span over several lines, at the end of a line and out of the file") {
  const Source source("a.yaml", "one: [\ntwo]\n");
  CHECK(contains(render(mistake({{1, 6}, {2, 4}}), source), "      |      ^\n"));
  CHECK(contains(render(mistake({{1, 7}, {1, 7}}), source), "      |       ^\n"));
  CHECK(contains(render(mistake({{1, 900}, {1, 901}}), source), "      |       ^\n"));
  CHECK(render(mistake({{99, 1}, {99, 1}}), source) == "a.yaml:99:1: error[P012]: unknown probe 'reddis'\n");
  CHECK(contains(render(mistake({{2, 1}, {1, 1}}), source), "      | ^\n"));
}

TEST_CASE("render: nothing that people wrote reaches the terminal raw") {
  Diagnostic d = mistake({{1, 1}, {1, 2}});
  d.message = "unknown probe '\x1b]0;x\x07'";
  d.context = {"in step '\x9b'"};
  d.hints = {"\u202e"};
  const std::string out = render(d, Source("a\x1b.yaml", "\x1b\xff\u202e"));
  for (const char c : out) CHECK((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
  CHECK(aztriage::text::first_invalid_utf8(out) == std::string::npos);
  CHECK_FALSE(contains(out, "\u202e"));
}

TEST_CASE("render: many mistakes are cut with their number") {
  Diagnostics d;
  for (int i = 1; i <= 25; ++i) d.error(Code::P010, {{i, 1}, {i, 2}}, "unknown key");
  const std::string out = render(d, Source("a.yaml", std::string(30, '\n')), 20);
  CHECK(contains(out, "a.yaml:20:1:"));
  CHECK_FALSE(contains(out, "a.yaml:21:1:"));
  CHECK(out.ends_with("a.yaml: 5 more not shown\n"));
}
