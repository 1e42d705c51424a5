#include "isolation/belief.h"
#include "isolation/best_case.h"
#include "isolation/explain.h"
#include "isolation/random_problem.h"
#include "isolation/worked.h"

#include <algorithm>
#include <cmath>
#include <random>

#include <doctest/doctest.h>

using namespace aztriage::isolation;
using namespace aztriage::isolation::testing;

namespace {

bool sound(const std::vector<double>& belief) {
  double sum = 0;
  for (double p : belief) {
    if (!(p >= 0 && p <= 1)) return false;
    sum += p;
  }
  return std::abs(sum - 1) < 1e-9;
}

bool sound(const Problem& problem, const Known& known) {
  const std::vector<bool> allowed = all_allowed(problem);
  if (!sound(believe(problem, known))) return false;
  for (double s : suspicion(problem, known)) {
    if (!(s >= 0 && s <= 1)) return false;
  }
  for (int c = 0; c < std::min(problem.causes(), 3); ++c) {
    for (double bits : weight(problem, known, c)) {
      if (!std::isfinite(bits)) return false;
    }
  }
  for (const Choice& choice : rank_steps(problem, known, allowed)) {
    if (!(choice.score >= 0 && std::isfinite(choice.score) && choice.information >= 0 && choice.finish >= 0))
      return false;
  }
  const State state = judge(problem, known, allowed);
  return state.probability >= 0 && state.probability <= 1;
}

}  // namespace

TEST_CASE("property: thousands of random problems stay sound") {
  std::mt19937 random(20261124);
  for (int round = 0; round < 3000; ++round) {
    CAPTURE(round);
    const Problem problem = random_problem(random, 12, 20);
    const Known known = random_answers(random, problem);
    REQUIRE(sound(problem, known));
  }
}

TEST_CASE("property: every column of every table sums to one and nothing is zero") {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    const Problem problem = random_problem(random, 8, 10);
    for (const Problem::Step& step : problem.steps) {
      for (const Reliability kind : {Reliability::automatic, Reliability::asked, Reliability::manual}) {
        const Noisy noisy = add_noise(step.table, kind);
        for (int c = 0; step.outcomes() > 0 && c < step.table.causes; ++c) {
          double sum = 0;
          for (int o = 0; o < step.outcomes(); ++o) {
            const auto i = static_cast<std::size_t>(o * step.table.causes + c);
            REQUIRE(noisy.likelihood[i] > 0);
            REQUIRE(noisy.noise[i] <= noisy.likelihood[i] * (1 + 1e-12));
            sum += noisy.likelihood[i];
          }
          REQUIRE(sum == doctest::Approx(1).epsilon(1e-12));
        }
      }
    }
  }
}

TEST_CASE("property: the order of answers, pins and trials does not matter, to the last bit") {
  std::mt19937 random(11);
  for (int round = 0; round < 1000; ++round) {
    const Problem problem = random_problem(random, 10, 15);
    Known known = random_answers(random, problem);
    const std::vector<double> belief = believe(problem, known);
    const State state = judge(problem, known, all_allowed(problem));
    std::shuffle(known.answers.begin(), known.answers.end(), random);
    std::shuffle(known.pins.begin(), known.pins.end(), random);
    std::shuffle(known.trials.begin(), known.trials.end(), random);
    REQUIRE(believe(problem, known) == belief);
    const State again = judge(problem, known, all_allowed(problem));
    REQUIRE(again.verdict == state.verdict);
    REQUIRE((again.next ? again.next->step : -1) == (state.next ? state.next->step : -1));
  }
}

TEST_CASE("property: undo restores, to the last bit") {
  std::mt19937 random(13);
  for (int round = 0; round < 1000; ++round) {
    const Problem problem = random_problem(random, 10, 15);
    Known known = random_answers(random, problem);
    if (known.answers.empty()) continue;
    const Answer last = known.answers.back();
    known.answers.pop_back();
    const std::vector<double> before = believe(problem, known);
    known.answers.push_back(last);
    believe(problem, known);
    known.answers.pop_back();
    REQUIRE(believe(problem, known) == before);
  }
}

TEST_CASE("property: belief before an answer is the mean of what its outcomes would leave") {
  std::mt19937 random(17);
  for (int round = 0; round < 500; ++round) {
    const Problem problem = random_problem(random, 6, 6);
    for (int s = 0; s < static_cast<int>(problem.steps.size()); ++s) {
      if (!problem.steps[static_cast<std::size_t>(s)].informative) continue;
      double chance = 0;
      std::vector<double> mean(problem.prior.size(), 0.0);
      for (const Preview& p : preview(problem, {}, s)) {
        chance += p.chance;
        const std::vector<double> after = believe(problem, {{{s, p.outcome}}, {}, {}});
        for (std::size_t c = 0; c < mean.size(); ++c) mean[c] += p.chance * after[c];
      }
      REQUIRE(chance == doctest::Approx(1));
      for (std::size_t c = 0; c < mean.size(); ++c)
        REQUIRE(mean[c] == doctest::Approx(problem.prior[c]).epsilon(1e-9));
    }
  }
}

TEST_CASE("property: a higher word for the cause never makes its outcome speak less for it") {
  const std::vector<double> words{kNever, kRarely, kSometimes, kUsually, kAlways};
  for (const Reliability kind : {Reliability::automatic, Reliability::asked, Reliability::manual}) {
    double last = 0;
    for (double word : words) {
      Problem problem = problem_of({10, 10, 3});
      add_step(problem, kind, 2, {row(kSometimes, {{0, word}}), wordless()});
      const double now = believe(problem, {{{0, 0}}, {}, {}})[0];
      CHECK(now > last);
      last = now;
    }
  }
}

TEST_CASE("property: the best case is no worse than any answers at random") {
  std::mt19937 random(19);
  for (int round = 0; round < 200; ++round) {
    Problem problem = random_problem(random, 5, 5);
    for (Problem::Step& step : problem.steps) step.requires_.clear();
    std::vector<double> best;
    for (int c = 0; c < problem.unlisted(); ++c) best.push_back(best_case(problem, c, 1));
    for (int tries = 0; tries < 50; ++tries) {
      Known known = random_answers(random, problem);
      known.pins.clear();
      known.trials.clear();
      for (Answer& answer : known.answers) answer.reliability.reset();
      const std::vector<double> belief = believe(problem, known);
      for (std::size_t c = 0; c < best.size(); ++c) REQUIRE(best[c] >= belief[c] - 1e-9);
    }
  }
}

TEST_CASE("property: degenerate and large problems") {
  std::mt19937 random(23);
  CHECK(sound(problem_of({}), {}));
  CHECK(sound(problem_of({}), {{{0, 0}}, {{0, true}}, {{0, true}}}));

  Problem nothing_listed = problem_of({});
  add_step(nothing_listed, Reliability::automatic, 2, {row(kAlways), wordless()});
  CHECK(sound(nothing_listed, {{{0, 0}}, {}, {}}));

  Problem one = problem_of({1});
  add_step(one, Reliability::automatic, 2,
           {exact(kImpossible, {{0, kCertain}}), exact(kCertain, {{0, kImpossible}})});
  CHECK(sound(one, {{{0, 0}}, {}, {}}));

  Problem impossible = problem_of({1, 1, 1});
  for (int i = 0; i < 100; ++i)
    add_step(impossible, Reliability::automatic, 2, {exact(kImpossible), exact(kImpossible), wordless()});
  Known hundred;
  for (int i = 0; i < 100; ++i) hundred.answers.push_back({i, i % 3});
  CHECK(sound(impossible, hundred));

  Problem certain = problem_of({1, 1});
  for (int i = 0; i < 100; ++i)
    add_step(certain, Reliability::automatic, 2, {exact(kImpossible, {{0, kCertain}}), wordless()});
  Known all_say_so;
  for (int i = 0; i < 100; ++i) all_say_so.answers.push_back({i, 0});
  CHECK(sound(certain, all_say_so));
  CHECK(judge(certain, all_say_so, {}).cause == 0);

  const Problem large = random_problem(random, 400, 400, true);
  REQUIRE(large.causes() == 401);
  CHECK(sound(large, random_answers(random, large)));
}
