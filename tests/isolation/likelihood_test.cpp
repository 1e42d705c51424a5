#include "isolation/likelihood.h"

#include "isolation/belief.h"
#include "isolation/worked.h"

#include <limits>

#include <doctest/doctest.h>

using namespace aztriage::isolation;
using namespace aztriage::isolation::testing;

namespace {

doctest::Approx about(double v) {
  return doctest::Approx(v).epsilon(0).scale(0).epsilon(1e-5 / std::max(v, 1e-3));
}

void check_row(const std::vector<double>& table, int outcome, const std::vector<double>& expected) {
  for (std::size_t c = 0; c < expected.size(); ++c) {
    CAPTURE(outcome);
    CAPTURE(c);
    CHECK(std::abs(table[static_cast<std::size_t>(outcome) * expected.size() + c] - expected[c]) < 1e-5);
  }
}

void check_belief(const Problem& problem, int outcome, const std::vector<double>& expected) {
  check_row(believe(problem, {{{0, outcome}}, {}, {}}), 0, expected);
}

}  // namespace

TEST_CASE("likelihood: words become the rows of the worked example") {
  const Pods pods;
  check_row(pods.problem.prior, 0, {0.391304, 0.391304, 0.117391, 0.1});
  check_row(pods.problem.steps[Pods::resolve].likelihood, Pods::wrong_ip,
            {0.902907, 0.025412, 0.025412, 0.144059});
  check_row(pods.problem.steps[Pods::check_nsg].likelihood, Pods::deny, {0.035, 0.965, 0.035, 0.151250});
  check_row(pods.problem.steps[Pods::which_pods].likelihood, Pods::new_pods,
            {0.328761, 0.119903, 0.866279, 0.371571});
}

TEST_CASE("likelihood: a step whose outcomes are all exact") {
  Problem problem = problem_of({10, 10, 3});  // expired, timeout, acl
  add_step(problem, Reliability::automatic, 2,
           {exact(kImpossible, {{0, kCertain}}), exact(kCertain, {{0, kImpossible}})});
  check_row(problem.steps[0].likelihood, 0, {0.999700, 0.000300, 0.000300, 0.005297});
  check_belief(problem, 0, {0.998259, 0.000300, 0.000090, 0.001352});
  check_belief(problem, 1, {0.000193, 0.643261, 0.192978, 0.163567});
}

TEST_CASE("likelihood: one exact outcome beside others") {
  Problem problem = problem_of({10, 10, 3});
  add_step(problem, Reliability::automatic, 2,
           {exact(kImpossible, {{0, kCertain}}), row(kRarely, {{1, kUsually}}), wordless()});
  const std::vector<double>& table = problem.steps[0].likelihood;
  check_row(table, 0, {0.998867, 0.000267, 0.000267, 0.003597});
  check_row(table, 1, {0.000095, 0.776993, 0.084178, 0.187473});
  check_row(table, 2, {0.001038, 0.222741, 0.915556, 0.808930});
  const std::vector<double> expired = believe(problem, {{{0, 0}}, {}, {}});
  CHECK(std::abs(expired[0] - 0.998734) < 1e-5);
  CHECK(std::abs(expired[3] - 0.000919) < 1e-5);
  const std::vector<double> silent = believe(problem, {{{0, 1}}, {}, {}});
  CHECK(std::abs(silent[1] - 0.913839) < 1e-5);
  CHECK(std::abs(silent[3] - 0.056348) < 1e-5);
  CHECK(std::abs(silent[2] - 0.029701) < 1e-5);
  check_belief(problem, 2, {0.001472, 0.315867, 0.389503, 0.293158});
}

TEST_CASE("likelihood: outcomes without words share what is left, at least 0.02") {
  // Two without words share 1 - 0.78; for the other cause the words take more than there is.
  const Table shared = tabulate({row(kUsually), wordless(), wordless()}, 1);
  check_row(shared.clean, 1, {0.11, 0.75 * 0.11 + 0.25 / 3});
  const Table full = tabulate({row(kAlways), row(kUsually), wordless()}, 1);
  const double sum = kAlways + kUsually + 0.02;
  CHECK(full.clean[0] == about(kAlways / sum));
  CHECK(full.clean[4] == about(0.02 / sum));
}

TEST_CASE("likelihood: an unlisted row that the author writes is taken as it is") {
  Row first = row(0.2);
  first.unlisted = 0.6;
  const Table table = tabulate({first, row(0.8)}, 1);
  CHECK(table.clean[0] == about(0.2));
  CHECK(table.clean[1] == about(0.6 / 1.4));
  CHECK(table.clean[3] == about(0.8 / 1.4));
}

TEST_CASE("likelihood: exact numbers that pass 0.999 together are scaled down") {
  const Table table = tabulate({exact(0.9), exact(0.6), row(0.5), row(0.25)}, 1);
  CHECK(table.clean[0] + table.clean[2] == about(0.999));
  CHECK(table.clean[0] / table.clean[2] == about(1.5));
  CHECK(table.clean[4] / table.clean[6] == about(2.0));
  CHECK(table.clean[4] + table.clean[6] == doctest::Approx(0.001));
}

TEST_CASE("likelihood: an exact outcome without words is an outcome like any other") {
  Row none;
  none.exact = true;
  const Table table = tabulate({row(0.3), none}, 1);
  CHECK_FALSE(table.exact[1]);
  CHECK(table.clean[2] == about(0.7));
}

TEST_CASE("likelihood: numbers that are none leave a usable table") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Table table = tabulate({row(nan, {{0, -0.0}}), row(0), row(5, {{0, 0.0}})}, 2);
  CHECK(table.clean[0] == about(1.0 / 3));
  CHECK(table.clean[7] == about(1.0));  // 5 is taken as 1, and the others are zero
  for (double p : add_noise(table, Reliability::automatic).likelihood) CHECK(p > 0);
}

TEST_CASE("likelihood: an exact outcome that a person only names is no better than an answer") {
  const Table table = tabulate({exact(kImpossible, {{0, kCertain}}), exact(kCertain, {{0, kImpossible}})}, 1);
  const Noisy read = add_noise(table, Reliability::manual);
  const Noisy told = add_noise(table, Reliability::asked);
  CHECK(read.likelihood[0] == about(0.9997));
  CHECK(told.likelihood[0] == about(0.9 * kCertain / (kCertain + kImpossible) + 0.05));
  CHECK(told.noise[0] == about(0.05));
}

TEST_CASE("likelihood: how often answers are wrong or missing, by kind") {
  CHECK(noise_of(Reliability::automatic) == 0.01);
  CHECK(noise_of(Reliability::asked) == 0.10);
  CHECK(noise_of(Reliability::manual) == 0.03);
  CHECK(unknown_of(Reliability::automatic) == 0.03);
  CHECK(unknown_of(Reliability::asked) == 0.05);
  CHECK(unknown_of(Reliability::manual) == 0.04);
  CHECK(default_cost_of(Reliability::automatic) == 2);
  CHECK(default_cost_of(Reliability::asked) == 20);
  CHECK(default_cost_of(Reliability::manual) == 90);
}

TEST_CASE("problem: what an answer moves at most, always against never") {
  for (const auto& [kind, ratio] :
       {std::pair{Reliability::automatic, 38.0}, {Reliability::manual, 27.0}, {Reliability::asked, 13.0}}) {
    const Problem::Step step =
        make_step(kind, 1, {row(kNever, {{0, kAlways}}), row(kAlways, {{0, kNever}})}, 2);
    CHECK(step.likelihood[0] / step.likelihood[1] == doctest::Approx(ratio).epsilon(0.05));
  }
}

TEST_CASE("problem: steps that can say nothing") {
  CHECK_FALSE(make_step(Reliability::automatic, 2, {}, 2).informative);
  CHECK_FALSE(make_step(Reliability::automatic, 2, {row(kAlways)}, 2).informative);
  CHECK_FALSE(make_step(Reliability::automatic, 2, {wordless(), wordless()}, 2).informative);
  CHECK(make_step(Reliability::automatic, 2, {row(kAlways), wordless()}, 2).informative);
}

TEST_CASE("problem: priors of degenerate playbooks") {
  CHECK(priors({}, 0.1) == std::vector<double>{1.0});
  CHECK(priors({1}, 0).back() == 0.001);
  CHECK(priors({1}, 2).back() == 0.99);
  CHECK(priors({1}, std::numeric_limits<double>::quiet_NaN()).back() == 0.10);
}
