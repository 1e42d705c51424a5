#include "isolation/verdict.h"

#include "isolation/worked.h"

#include <doctest/doctest.h>

using namespace aztriage::isolation;
using namespace aztriage::isolation::testing;

namespace {

State judge_with(const Pods& pods, std::vector<Answer> answers) {
  return judge(pods.problem, {std::move(answers), {}, {}}, all_allowed(pods.problem));
}

/// A problem whose listed causes have these probabilities before any answer, and a step that is worth asking.
Problem standing_at(const std::vector<double>& prior) {
  Problem problem;
  problem.prior = prior;
  return problem;
}

State at_end(const std::vector<double>& prior) {
  return judge(standing_at(prior), {}, {});
}

}  // namespace

TEST_CASE("verdict: the worked example ends isolated") {
  const Pods pods;
  const State asking = judge_with(pods, {{Pods::resolve, Pods::right_ip}});
  CHECK_FALSE(asking.ended);
  CHECK(asking.verdict == Verdict::inconclusive);
  CHECK(asking.reason == Reason::probable);
  REQUIRE(asking.next);
  CHECK(asking.next->step == Pods::which_pods);

  const State end = judge_with(
      pods,
      {{Pods::resolve, Pods::right_ip}, {Pods::which_pods, Pods::all_pods}, {Pods::check_nsg, Pods::deny}});
  CHECK(end.ended);
  CHECK(end.verdict == Verdict::isolated);
  CHECK(end.reason == Reason::none);
  CHECK(end.cause == Pods::nsg);
  CHECK(end.probability == doctest::Approx(0.971319).epsilon(1e-5));

  const State at_once = judge_with(pods, {{Pods::resolve, Pods::wrong_ip}});
  CHECK(at_once.ended);
  CHECK(at_once.cause == Pods::dns);
}

TEST_CASE("verdict: the limits when no step is left") {
  CHECK(at_end({0.9001, 0.05, 0.0499}).verdict == Verdict::isolated);
  CHECK(at_end({0.8999, 0.05, 0.0501}).reason == Reason::probable);
  CHECK(at_end({0.60, 0.25, 0.15}).reason == Reason::probable);
  CHECK(at_end({0.60, 0.25, 0.15}).cause == 0);
  const State open = at_end({0.59, 0.26, 0.15});
  CHECK(open.reason == Reason::open);
  CHECK(open.cause == -1);
  CHECK(open.probability == 0.59);
  const State unlisted = at_end({0.30, 0.20, 0.50});
  CHECK(unlisted.ended);
  CHECK(unlisted.verdict == Verdict::unlisted);
  CHECK(unlisted.probability == 0.50);
  CHECK(at_end({0.30, 0.21, 0.49}).verdict == Verdict::inconclusive);
  CHECK(at_end({1.0}).verdict == Verdict::unlisted);
}

TEST_CASE("verdict: asking ends when the best step is not worth its seconds") {
  Problem problem = standing_at({0.5, 0.4, 0.1});
  add_step(problem, Reliability::manual, 3600,
           {row(kRarely, {{0, kUsually}}), row(kUsually, {{0, kRarely}})});
  const State state = judge(problem, {}, {true});
  CHECK(state.ended);
  CHECK(state.reason == Reason::open);
  REQUIRE(state.next);  // to go on all the same
  CHECK(state.next->score < kWorthAsking);
  problem.steps[0].cost = 20;
  CHECK_FALSE(judge(problem, {}, {true}).ended);
}

TEST_CASE("verdict: likely unlisted goes on while a step is worth it, up to 0.90") {
  Problem problem = standing_at({0.2, 0.1, 0.7});
  add_step(problem, Reliability::automatic, 2,
           {row(kRarely, {{0, kUsually}}), row(kUsually, {{0, kRarely}})});
  CHECK_FALSE(judge(problem, {}, {true}).ended);
  CHECK(judge(problem, {}, {true}).verdict == Verdict::unlisted);
  CHECK(judge(problem, {}, {false}).ended);
  problem.prior = {0.06, 0.03, 0.91};
  CHECK(judge(problem, {}, {true}).ended);
}

TEST_CASE("verdict: names as machine output has them") {
  CHECK(name_of(Symptom::seen) == "seen");
  CHECK(name_of(Symptom::not_seen) == "not-seen");
  CHECK(name_of(Symptom::not_tested) == "not-tested");
  CHECK(name_of(Verdict::isolated) == "isolated");
  CHECK(name_of(Verdict::healthy) == "healthy");
  CHECK(name_of(Verdict::inconclusive) == "inconclusive");
  CHECK(name_of(Verdict::unlisted) == "unlisted");
  CHECK(name_of(Reason::none).empty());
  CHECK(name_of(Reason::vantage) == "vantage");
  CHECK(name_of(Reason::not_tested) == "not-tested");
  CHECK(name_of(Reason::probable) == "probable");
  CHECK(name_of(Reason::open) == "open");
  CHECK(name_of(Reason::deadline) == "deadline");
}
