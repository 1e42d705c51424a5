#include "cli/walk/wrap.h"

#include <doctest/doctest.h>

using aztriage::cli::wrap;
using aztriage::cli::wrap_keys;
using Lines = std::vector<std::string>;

TEST_CASE("wrap: a text is broken at spaces, and wide characters count twice") {
  CHECK(wrap("a  ", "one two three four five six", 26) == Lines{"a  one two three four five", "   six"});
  CHECK(wrap("", "漢字漢字漢字 漢字漢字漢字", 20) == Lines{"漢字漢字漢字", "漢字漢字漢字"});
  CHECK(wrap("  ", "", 80) == Lines{"  "});
}

TEST_CASE("wrap: keys are never torn from what they do, and no line begins or ends with the bar") {
  const std::string keys = "d don't know   |  s skip  n note   b back  q leave";
  CHECK(wrap_keys(keys, 80) == Lines{"  d don't know   |  s skip  n note   b back  q leave"});
  CHECK(wrap_keys(keys, 26) == Lines{"  d don't know   |  s skip", "  n note   b back  q leave"});
  for (std::size_t columns = 14; columns < 60; ++columns) {
    CAPTURE(columns);
    std::string all;
    for (const auto& line : wrap_keys(keys, columns)) {
      CAPTURE(line);
      CHECK(line.size() <= columns);
      CHECK(line.starts_with("  "));
      CHECK(line[2] != '|');
      CHECK(line.back() != '|');
      CHECK(line.back() != ' ');
      all += line + "\n";
    }
    for (const char* key : {"  d don't know", "  s skip", "  n note", "  b back", "  q leave"})
      CHECK(all.find(key) != std::string::npos);
  }
}
