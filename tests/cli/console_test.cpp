#include "cli/console.h"

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::cli;

TEST_CASE("console: colour by itself only on a terminal that has it, and without NO_COLOR") {
  struct Case {
    const char* no_color;
    const char* terminal;
    bool is_terminal;
    bool wanted;
  };
  const Case cases[] = {
      {nullptr, "xterm-256color", true, true},
      {nullptr, "xterm-256color", false, false},
      {nullptr, "dumb", true, false},
      {nullptr, "", true, false},
      {nullptr, nullptr, true, false},
      {"1", "xterm", true, false},
      {"0", "xterm", true, false},
      {"", "xterm", true, true},
  };
  for (const Case& one : cases) {
    CAPTURE(one.no_color);
    CAPTURE(one.terminal);
    CAPTURE(one.is_terminal);
    CHECK(wants_color("auto", one.no_color, one.terminal, one.is_terminal) == one.wanted);
    CHECK(wants_color("always", one.no_color, one.terminal, one.is_terminal));
    CHECK_FALSE(wants_color("never", one.no_color, one.terminal, one.is_terminal));
  }
}

TEST_CASE("console: the locale that counts decides whether bars are more than ASCII") {
  CHECK(wants_utf8(nullptr, nullptr, "C.UTF-8"));
  CHECK(wants_utf8(nullptr, nullptr, "de_DE.utf8"));
  CHECK(wants_utf8("", "en_US.UTF-8", "C"));
  CHECK_FALSE(wants_utf8("C", "en_US.UTF-8", "en_US.UTF-8"));
  CHECK_FALSE(wants_utf8(nullptr, nullptr, "de_DE@euro"));
  CHECK_FALSE(wants_utf8(nullptr, nullptr, "POSIX"));
  CHECK_FALSE(wants_utf8(nullptr, nullptr, nullptr));
}

TEST_CASE("console: paint only when asked for, and never in a machine format") {
  Console console;
  Options options;
  options.values["color"] = {"always"};
  REQUIRE(console.apply(options));
  CHECK(console.colored());
  CHECK(console.paint(Style::bad, "x") == "\x1b[1;31mx\x1b[0m");
  CHECK(console.paint(Style::plain, "x") == "x");
  options.values["output"] = {"json"};
  REQUIRE(console.apply(options));
  CHECK(console.paint(Style::bad, "x") == "x");
  CHECK(console.paint_error(Style::bad, "x") == "\x1b[1;31mx\x1b[0m");
  options.values["color"] = {"never"};
  REQUIRE(console.apply(options));
  CHECK(console.paint_error(Style::bad, "x") == "x");
}

TEST_CASE("console: times to the second in UTC") {
  const Console console;
  const UtcTime at{
      std::chrono::duration_cast<Milliseconds>(std::chrono::hours(14) + std::chrono::seconds(125))};
  CHECK(console.screen_time(at) == "14:02 UTC");
  CHECK(console.screen_second(at) == "14:02:05 UTC");
}
