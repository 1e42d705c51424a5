#include "fact/failure.h"

#include "fact/failure_advice.h"

#include <optional>

#include <doctest/doctest.h>

using namespace aztriage::fact;

TEST_CASE("failure: every kind has a name that leads back to it, and a sentence for people") {
  REQUIRE_FALSE(failure_names().empty());
  for (const std::string_view name : failure_names()) {
    CAPTURE(name);
    const auto kind = failure_from_name(name);
    REQUIRE(kind);
    CHECK(failure_name(*kind) == name);
    CHECK(failure_meaning(*kind).size() > 10);
    CHECK_FALSE(failure_meaning(*kind).ends_with('.'));
  }
  CHECK_FALSE(failure_from_name("tcp-refsed"));
}

TEST_CASE("failure: every kind has usual causes, and all but an interruption something to look at next") {
  for (const std::string_view name : failure_names()) {
    CAPTURE(name);
    const FailureKind kind = *failure_from_name(name);
    const FailureAdvice& advice = failure_advice(kind);
    CHECK_FALSE(advice.causes.empty());
    if (kind != FailureKind::interrupted) CHECK_FALSE(advice.next.empty());
    for (const auto& look : advice.next) CHECK_FALSE(look.what.empty());
  }
}

TEST_CASE("failure: codes of systems and resolvers stand for a kind") {
  CHECK(failure_of_code("ECONNRESET") == FailureKind::tcp_reset);
  CHECK(failure_of_code("wsaetimedout") == FailureKind::tcp_timeout);
  CHECK(failure_of_code("10061") == FailureKind::tcp_refused);
  CHECK(failure_of_code("NXDOMAIN") == FailureKind::dns_nxdomain);
  CHECK_FALSE(failure_of_code("ENOENT"));
  CHECK_FALSE(failure_of_code(""));
}
