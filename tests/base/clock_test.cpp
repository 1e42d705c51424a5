#include "base/clock.h"

#include <doctest/doctest.h>

using namespace aztriage;

TEST_CASE("clock: RFC 3339 in UTC with milliseconds") {
  const auto at = [](long long ms) { return to_rfc3339(UtcTime(Milliseconds(ms))); };
  CHECK(at(0) == "1970-01-01T00:00:00.000Z");
  CHECK(at(1795528923250) == "2026-11-24T14:02:03.250Z");
  CHECK(at(951782400000) == "2000-02-29T00:00:00.000Z");
  CHECK(at(-1) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("clock: the steady clock never goes back") {
  const Clock& clock = system_clock();
  const auto before = clock.steady();
  CHECK(clock.steady() >= before);
  CHECK(to_rfc3339(clock.utc()).size() == 24);
}
