#include "isolation/round.h"

#include "isolation/belief.h"
#include "isolation/change.h"
#include "isolation/worked.h"

#include <cmath>
#include <numeric>

#include <doctest/doctest.h>

using namespace aztriage::isolation;
using namespace aztriage::isolation::testing;

TEST_CASE("round: the prior of the fixed cause falls, the others share what it leaves") {
  const Pods pods;
  const auto before = pods.problem.prior;
  const Problem next = next_round(pods.problem, Pods::nsg);
  CHECK(std::accumulate(next.prior.begin(), next.prior.end(), 0.0) == doctest::Approx(1));
  const double rest = 1 - before[Pods::nsg] * (1 - kFixedAgain);
  CHECK(next.prior[Pods::nsg] == doctest::Approx(before[Pods::nsg] * 0.08 / rest));
  CHECK(next.prior[Pods::dns] == doctest::Approx(before[Pods::dns] / rest));
  CHECK(next_round(pods.problem, -1).prior == before);
  CHECK(next_round(pods.problem, pods.problem.unlisted()).prior == before);
}

TEST_CASE("round: only what lasts is kept, and no trial") {
  Known known;
  known.answers = {{Pods::resolve, Pods::right_ip}, {Pods::which_pods, Pods::all_pods}};
  known.pins = {{Pods::dns, false}, {Pods::nsg, true}};
  known.trials = {{Pods::nsg, true}};
  const Known after = kept(known, {false, true}, Pods::nsg);
  REQUIRE(after.answers.size() == 1);
  CHECK(after.answers[0].step == Pods::which_pods);
  REQUIRE(after.pins.size() == 1);
  CHECK(after.pins[0].cause == Pods::dns);
  CHECK(after.trials.empty());
}

TEST_CASE("change: the answer that moves a cause most comes first, and what is shut moves nothing") {
  const Pods pods;
  const Known known{{{Pods::resolve, Pods::right_ip}}, {}, {}};
  auto open = all_allowed(pods.problem);
  open[Pods::resolve] = false;
  const auto changes = would_change(pods.problem, known, open, Pods::nsg, 3);
  REQUIRE_FALSE(changes.empty());
  CHECK(changes[0].step == Pods::check_nsg);
  const double now = believe(pods.problem, known)[Pods::nsg];
  for (std::size_t i = 1; i < changes.size(); ++i) {
    CHECK(std::abs(changes[i - 1].probability - now) >= std::abs(changes[i].probability - now));
  }
  CHECK(would_change(pods.problem, known, {}, Pods::nsg, 3).empty());
  CHECK(would_change(pods.problem, known, all_allowed(pods.problem), 99, 3).empty());
}
