#include "isolation/belief.h"

#include "isolation/worked.h"

#include <cmath>

#include <doctest/doctest.h>

using namespace aztriage::isolation;
using namespace aztriage::isolation::testing;

namespace {

void check(const std::vector<double>& belief, const std::vector<double>& expected) {
  REQUIRE(belief.size() == expected.size());
  for (std::size_t c = 0; c < expected.size(); ++c) {
    CAPTURE(c);
    CHECK(std::abs(belief[c] - expected[c]) < 1e-5);
  }
}

/// One listed cause and steps that speak for it, all with the same label.
Problem repeated(int steps) {
  Problem problem = problem_of({10, 10});
  for (int i = 0; i < steps; ++i) {
    add_step(problem, Reliability::automatic, 2,
             {row(kRarely, {{0, kUsually}}), row(kUsually, {{0, kRarely}})}, 0);
  }
  return problem;
}

}  // namespace

TEST_CASE("belief: the worked example, answer by answer") {
  const Pods pods;
  CHECK(std::abs(entropy(pods.problem.prior) - 1.754371) < 1e-5);
  Known known{{{Pods::resolve, Pods::right_ip}}, {}, {}};
  check(believe(pods.problem, known), {0.061343, 0.615737, 0.184721, 0.138199});
  CHECK(std::abs(entropy(believe(pods.problem, known)) - 1.522473) < 1e-5);
  known.answers.push_back({Pods::which_pods, Pods::all_pods});
  check(believe(pods.problem, known), {0.059277, 0.780136, 0.035560, 0.125027});
  Known denied = known;
  denied.answers.push_back({Pods::check_nsg, Pods::deny});
  CHECK(std::abs(believe(pods.problem, denied)[Pods::nsg] - 0.971319) < 1e-5);
  Known allowed = known;
  allowed.answers.push_back({Pods::check_nsg, Pods::allow});
  check(believe(pods.problem, allowed), {0.254300, 0.121387, 0.152554, 0.471758});
  CHECK(std::abs(believe(pods.problem, {{{Pods::resolve, Pods::wrong_ip}}, {}, {}})[Pods::dns] - 0.928193) <
        1e-5);
}

TEST_CASE("belief: what each answer weighs for the cause") {
  const Pods pods;
  const Known known{
      {{Pods::check_nsg, Pods::deny}, {Pods::resolve, Pods::right_ip}, {Pods::which_pods, Pods::all_pods}},
      {},
      {}};
  check(weight(pods.problem, known, Pods::nsg), {3.254654, 0.971884, 0.750364});
}

TEST_CASE("belief: an answer that does not fit the rest is suspicious") {
  const Pods pods;
  const Known known{
      {{Pods::resolve, Pods::right_ip}, {Pods::which_pods, Pods::new_pods}, {Pods::check_nsg, Pods::deny}},
      {},
      {}};
  CHECK(std::abs(believe(pods.problem, known)[Pods::nsg] - 0.835049) < 1e-5);
  const std::vector<double> suspicious = suspicion(pods.problem, known);
  CHECK(std::abs(suspicious[1] - 0.365516) < 1e-5);
  CHECK(std::abs(suspicious[2] - 0.053687) < 1e-5);
  CHECK(suspicious[0] < kSuspicious);
}

TEST_CASE("belief: workarounds that were tried") {
  const Pods pods;
  Known known{{{Pods::resolve, Pods::right_ip}, {Pods::which_pods, Pods::all_pods}}, {}, {}};
  CHECK(std::abs(chance_of_gone(believe(pods.problem, known), Pods::nsg) - 0.724321) < 1e-5);
  known.trials = {{Pods::nsg, true}};
  CHECK(std::abs(believe(pods.problem, known)[Pods::nsg] - 0.990894) < 1e-5);
  known.trials = {{Pods::nsg, false}};
  const std::vector<double> still = believe(pods.problem, known);
  CHECK(std::abs(still[Pods::unlisted] - 0.439919) < 1e-5);
  CHECK(std::abs(still[Pods::nsg] - 0.226390) < 1e-5);
}

TEST_CASE("belief: of looks at the same thing one counts whole and the others a quarter") {
  const Problem problem = repeated(3);
  const Known all{{{0, 0}, {1, 0}, {2, 0}}, {}, {}};
  const double one = problem.steps[0].log_likelihood[0] - problem.steps[0].log_likelihood[1];
  const std::vector<double> belief = believe(problem, all);
  CHECK(std::log(belief[0] / belief[1]) == doctest::Approx(1.5 * one));
}

TEST_CASE("belief: the strongest of a group counts whole, wherever it stands") {
  Problem problem = problem_of({10, 10});
  add_step(problem, Reliability::automatic, 2, {row(kSometimes, {{0, kUsually}}), wordless()}, 0);
  add_step(problem, Reliability::automatic, 2, {row(kNever, {{0, kAlways}}), wordless()}, 0);
  const std::vector<double> belief = believe(problem, {{{0, 0}, {1, 0}}, {}, {}});
  const auto for_first = [&](std::size_t s) {
    return problem.steps[s].log_likelihood[0] - problem.steps[s].log_likelihood[1];
  };
  CHECK(std::log(belief[0] / belief[1]) == doctest::Approx(0.25 * for_first(0) + for_first(1)));
}

TEST_CASE("belief: a step that compares two looks does not make mates of them") {
  Problem problem = repeated(3);
  problem.labels = 2;
  problem.steps[1].looks_at = {1};
  problem.steps[2].looks_at = {0, 1};
  const double one = problem.steps[0].log_likelihood[0] - problem.steps[0].log_likelihood[1];
  const std::vector<double> belief = believe(problem, {{{0, 0}, {1, 0}, {2, 0}}, {}, {}});
  CHECK(std::log(belief[0] / belief[1]) == doctest::Approx(2.25 * one));
}

TEST_CASE("belief: an answer that came another way has that way's reliability") {
  const Pods pods;
  const std::vector<double> probed = believe(pods.problem, {{{Pods::resolve, Pods::wrong_ip}}, {}, {}});
  const std::vector<double> told =
      believe(pods.problem, {{{Pods::resolve, Pods::wrong_ip, Reliability::asked}}, {}, {}});
  const std::vector<double> pasted =
      believe(pods.problem, {{{Pods::resolve, Pods::wrong_ip, Reliability::manual}}, {}, {}});
  CHECK(probed[Pods::dns] > pasted[Pods::dns]);
  CHECK(pasted[Pods::dns] > told[Pods::dns]);
  const std::vector<double> same =
      believe(pods.problem, {{{Pods::resolve, Pods::wrong_ip, Reliability::automatic}}, {}, {}});
  CHECK(same == probed);
}

TEST_CASE("belief: no answer moves nothing") {
  const Pods pods;
  const Known known{{{Pods::resolve, -1}, {Pods::check_nsg, -1}, {99, 0}, {-1, 0}, {Pods::check_role, 7}},
                    {{17, true}},
                    {{9, true}}};
  CHECK(believe(pods.problem, known) == believe(pods.problem, {}));
  CHECK(suspicion(pods.problem, known) == std::vector<double>(5, 0.0));
  CHECK(weight(pods.problem, known, Pods::nsg) == std::vector<double>(5, 0.0));
}

TEST_CASE("belief: of two answers to one step the last counts") {
  const Pods pods;
  const Known twice{{{Pods::resolve, Pods::wrong_ip}, {Pods::resolve, Pods::right_ip}}, {}, {}};
  CHECK(believe(pods.problem, twice) == believe(pods.problem, {{{Pods::resolve, Pods::right_ip}}, {}, {}}));
}

TEST_CASE("belief: pins are followed but are no evidence") {
  const Pods pods;
  Known known{{{Pods::check_nsg, Pods::deny}}, {}, {}};
  const std::vector<double> before = weight(pods.problem, known, Pods::nsg);
  known.pins = {{Pods::nsg, false}};
  const std::vector<double> without = believe(pods.problem, known);
  CHECK(without[Pods::nsg] == 0);
  CHECK(without[0] + without[2] + without[3] == doctest::Approx(1));
  CHECK(weight(pods.problem, known, Pods::nsg) == before);
  known.pins = {{Pods::dns, true}};
  CHECK(believe(pods.problem, known)[Pods::dns] == 1);
  known.pins = {{Pods::dns, false}, {Pods::nsg, false}, {Pods::identity, false}, {Pods::unlisted, false}};
  const std::vector<double> contradictory = believe(pods.problem, known);
  known.pins.clear();
  CHECK(contradictory == believe(pods.problem, known));
}

TEST_CASE("belief: entropy of certainty and of ignorance") {
  CHECK(entropy({1, 0, 0}) == 0);
  CHECK(entropy({0.25, 0.25, 0.25, 0.25}) == doctest::Approx(2));
}
