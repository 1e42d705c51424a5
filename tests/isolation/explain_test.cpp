#include "isolation/explain.h"

#include "isolation/best_case.h"
#include "isolation/worked.h"

#include <doctest/doctest.h>

using namespace aztriage::isolation;
using namespace aztriage::isolation::testing;

TEST_CASE("explain: words for bits") {
  CHECK(strength(3.3) == "strong");
  CHECK(strength(3.29) == "moderate");
  CHECK(strength(1.6) == "moderate");
  CHECK(strength(1.59) == "slight");
  CHECK(strength(0.5) == "slight");
  CHECK(strength(0.49) == "neutral");
  CHECK(strength(-0.5) == "neutral");
  CHECK(strength(-0.51) == "against");
}

TEST_CASE("explain: percentages for people are in steps of five") {
  CHECK(percent(0.746) == "75 %");
  CHECK(percent(0.724) == "70 %");
  CHECK(percent(0.5) == "50 %");
  CHECK(percent(0.05) == "5 %");
  CHECK(percent(0.95) == "95 %");
  CHECK(percent(0.951) == "over 95 %");
  CHECK(percent(1) == "over 95 %");
  CHECK(percent(0.049) == "under 5 %");
  CHECK(percent(0.0099) == "ruled out");
  CHECK(percent(0) == "ruled out");
}

TEST_CASE("explain: how a cause stands") {
  CHECK(standing(0.05) == Standing::possible);
  CHECK(standing(0.049) == Standing::unlikely);
  CHECK(standing(0.01) == Standing::unlikely);
  CHECK(standing(0.009) == Standing::ruled_out);
}

TEST_CASE("explain: why this cause, and why not another") {
  const Pods pods;
  const Known known{{{Pods::check_nsg, Pods::deny},
                     {Pods::resolve, Pods::right_ip},
                     {Pods::check_role, -1},
                     {Pods::which_pods, Pods::new_pods}},
                    {},
                    {}};
  const std::vector<Evidence> nsg = evidence_for(pods.problem, known, Pods::nsg);
  REQUIRE(nsg.size() == 3);  // no answer is no evidence
  CHECK(nsg[0].step == Pods::check_nsg);
  CHECK(nsg[0].outcome == Pods::deny);
  CHECK(nsg[1].step == Pods::resolve);
  CHECK(nsg[2].step == Pods::which_pods);
  CHECK(strength(nsg[2].bits) == "against");

  const std::vector<Evidence> dns = why_not(pods.problem, known, Pods::dns);
  REQUIRE(dns.size() == 2);
  CHECK(dns[0].bits <= dns[1].bits);
  CHECK(dns[0].bits < 0);
  const std::vector<Evidence> identity = evidence_for(pods.problem, known, Pods::identity);
  CHECK(identity[0].step == Pods::which_pods);
  CHECK(identity.back().step == Pods::check_nsg);
}

TEST_CASE("explain: what speaks against a cause is listed by size after what is neutral") {
  Problem problem = problem_of({10, 10});
  for (double word : {kUsually, kNever, kSometimes, kAlways, kRarely}) {
    add_step(problem, Reliability::automatic, 2, {row(kSometimes, {{0, word}}), wordless()});
  }
  const std::vector<Evidence> all =
      evidence_for(problem, {{{4, 0}, {3, 0}, {2, 0}, {1, 0}, {0, 0}}, {}, {}}, 0);
  REQUIRE(all.size() == 5);
  CHECK(all[0].step == 3);
  CHECK(all[1].step == 0);
  CHECK(all[2].step == 2);
  CHECK(all[3].step == 1);
  CHECK(all[4].step == 4);
}

TEST_CASE("explain: why this step") {
  const Pods pods;
  const Known known{{{Pods::resolve, Pods::right_ip}}, {}, {}};
  const auto allowed = all_allowed(pods.problem);
  const Choice best = rank_steps(pods.problem, known, allowed).front();
  const WhyStep why = why_step(pods.problem, known, allowed, best);
  CHECK(why.choice.step == Pods::which_pods);
  CHECK(why.previews.size() == 2);
  CHECK(why.doubt_removed == doctest::Approx(0.256067 / 0.95 / 1.522473).epsilon(1e-4));
  REQUIRE(why.runner_up);
  CHECK(why.runner_up->step == Pods::check_nsg);
  CHECK_FALSE(why.opens_another);
}

TEST_CASE("explain: a step that is asked because it opens another") {
  Problem problem = problem_of({10, 10});
  add_step(problem, Reliability::asked, 20, {wordless(), wordless()});
  add_step(problem, Reliability::manual, 30, {row(kRarely, {{0, kUsually}}), wordless()});
  problem.steps[1].requires_ = {{0, {}, true}};
  const auto allowed = all_allowed(problem);
  const WhyStep why = why_step(problem, {}, allowed, rank_steps(problem, {}, allowed).front());
  CHECK(why.opens_another);
  CHECK(why.choice.first == 0);
  CHECK(why.choice.step == 1);
  CHECK(why.previews.size() == 2);
  CHECK_FALSE(why.runner_up);
}

TEST_CASE("best case: an exact outcome lifts a cause, one look in words never does") {
  Problem problem = problem_of({10, 10, 10, 10});
  add_step(problem, Reliability::automatic, 2, {exact(kImpossible, {{0, kCertain}}), wordless()});
  add_step(problem, Reliability::asked, 20, {row(kNever, {{1, kAlways}}), wordless()});
  CHECK(best_case(problem, 0, 1) > 0.99);
  CHECK(best_case(problem, 1) < kIsolated);
  CHECK(best_case(problem, 2) < kIsolated);
  CHECK(best_case(problem, -1) == 0);
  CHECK(best_case(problem, 9) == 0);
}

TEST_CASE("best case: looks at the same thing do not add up") {
  Problem apart = problem_of({10, 10, 10});
  Problem together = problem_of({10, 10, 10});
  for (int i = 0; i < 3; ++i) {
    const std::vector<Row> rows{row(kRarely, {{0, kSometimes}}), wordless()};
    add_step(apart, Reliability::automatic, 2, rows);
    add_step(together, Reliability::automatic, 2, rows, 0);
  }
  CHECK(best_case(apart, 0, 1) > kIsolated);
  CHECK(best_case(together, 0, 1) < kIsolated);
}

TEST_CASE("best case: a step that requires an outcome counts only beside it") {
  Problem problem = problem_of({10, 10});
  // The gate's outcome that opens the second step speaks against the cause more than that step can make good.
  add_step(problem, Reliability::automatic, 2, {row(kAlways, {{0, kNever}}), row(kNever, {{0, kAlways}})});
  add_step(problem, Reliability::automatic, 2, {row(kRarely, {{0, kSometimes}}), wordless()});
  const double free = best_case(problem, 0, 1);
  problem.steps[1].requires_ = {{0, {true, false}, true}};
  const double locked = best_case(problem, 0, 1);
  CHECK(locked < free);
  Problem alone = problem_of({10, 10});
  add_step(alone, Reliability::automatic, 2, {row(kAlways, {{0, kNever}}), row(kNever, {{0, kAlways}})});
  CHECK(locked == doctest::Approx(best_case(alone, 0, 1)));
  // Where the gate says little the way through it is worth it.
  problem.steps[0] = make_step(Reliability::automatic, 2, {row(0.5, {{0, 0.45}}), row(0.5, {{0, 0.55}})}, 2);
  problem.steps[0].looks_at = {0};
  CHECK(best_case(problem, 0, 1) > 0.7);
}
