#pragma once

#include "base/file.h"
#include "support/source_folder.h"

#include <cstdlib>
#include <string>

#include <doctest/doctest.h>

namespace aztriage::report::testing {

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
  CHECK(text == *expected);
}

}  // namespace aztriage::report::testing
