#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace aztriage::test {

/// What has to hold for every input; ends the process, so that the fuzzer keeps the input.
inline void must(bool holds, const char* what, std::string_view detail = {}) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n%s\n", what, std::string(detail).c_str());
  std::abort();
}

}  // namespace aztriage::test
