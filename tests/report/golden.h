#pragma once

#include "base/file.h"
#include "support/source_folder.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include <doctest/doctest.h>

namespace aztriage::report::testing {

/// The first line in which two texts differ, and both sides of it.
inline std::string first_difference(const std::string& seen, const std::string& expected) {
  const auto [one, other] = std::ranges::mismatch(seen, expected);
  if (one == seen.end() && other == expected.end()) return {};
  const auto at = static_cast<std::size_t>(one - seen.begin());
  const auto begin = at == 0 ? 0 : seen.rfind('\n', at - 1) + 1;  // npos + 1 is the first line
  const auto line_of = [&](const std::string& text) {
    return begin < text.size() ? text.substr(begin, text.find('\n', begin) - begin) : std::string("(end)");
  };
  const auto line = 1 + std::count(seen.begin(), one, '\n');
  return "line " + std::to_string(line) + "\n  seen:     " + line_of(seen) +
         "\n  expected: " + line_of(expected);
}

/// JSON without the version of the tool that made it, so that a release changes no golden file.
inline std::string without_version(std::string text) {
  constexpr std::string_view kTool = "\"tool\": \"aztriage ";
  for (auto at = text.find(kTool); at != std::string::npos; at = text.find(kTool, at + kTool.size())) {
    const auto from = at + kTool.size();
    text.replace(from, text.find('"', from) - from, "VERSION");
  }
  return text;
}

/// Compares with tests/report/golden/NAME, or writes it when AZTRIAGE_UPDATE_GOLDEN is set. A name carries
/// the exit code of such a run: CASE.EXIT.FORMAT.
inline void check_golden(const std::string& name, const std::string& text) {
  const std::string path = test::source_folder() + "/tests/report/golden/" + name;
  if (std::getenv("AZTRIAGE_UPDATE_GOLDEN") != nullptr) {
    REQUIRE(write_file(path, text));
    return;
  }
  const auto expected = read_file(path, 1 << 20);
  REQUIRE(expected);
  INFO(name, ": ", first_difference(text, *expected));
  CHECK_MESSAGE(text == *expected, "AZTRIAGE_UPDATE_GOLDEN=1 writes it anew");
}

}  // namespace aztriage::report::testing
