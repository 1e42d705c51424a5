#include "base/process.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace aztriage;

TEST_CASE("process: the environment as pairs") {
  ::setenv("AZTRIAGE_TEST_PAIR", "a=b", 1);
  const auto pairs = process_environment();
  ::unsetenv("AZTRIAGE_TEST_PAIR");
  CHECK(std::ranges::count(pairs, "AZTRIAGE_TEST_PAIR=a=b") == 1);
}

TEST_CASE("process: private memory allows no core, also not of children") {
  // In a process of its own: there is no way back.
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    keep_memory_private();
    struct rlimit limit = {};
    const bool none = ::getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur <= 1 && limit.rlim_max <= 1;
    keep_memory_private();  // again does no harm
    ::_exit(none ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
