#pragma once

#include "isolation/worked.h"

#include <random>

/// Problems with everything in them that a playbook can hold, and with some that it should not.
namespace aztriage::isolation::testing {

inline unsigned pick(std::mt19937& random) {
  return static_cast<unsigned>(random());
}

inline std::vector<Row> random_rows(std::mt19937& random, int causes) {
  static constexpr double kWords[] = {0,        kImpossible, kNever,   kRarely, kSometimes,
                                      kUsually, kAlways,     kCertain, 1};
  const auto word = [&] { return kWords[pick(random) % std::size(kWords)]; };
  std::vector<Row> rows(pick(random) % 6);
  const bool with_exact = pick(random) % 4 == 0;
  for (Row& r : rows) {
    r.written = pick(random) % 4 != 0;
    r.exact = with_exact && pick(random) % 2 == 0;
    r.otherwise = word();
    if (pick(random) % 8 == 0) r.unlisted = word();
    r.by_cause.resize(static_cast<std::size_t>(causes), -1.0);
    for (double& number : r.by_cause) {
      if (pick(random) % 3 == 0) number = word();
    }
  }
  return rows;
}

/// At most that many causes and steps, or exactly that many with `full`.
inline Problem random_problem(std::mt19937& random, unsigned causes, unsigned steps, bool full = false) {
  static constexpr double kWeights[] = {30, 10, 3, 1};
  std::vector<double> weights(full ? causes : pick(random) % (causes + 1));
  for (double& w : weights) w = kWeights[pick(random) % 4];
  Problem problem = problem_of(weights, static_cast<double>(pick(random) % 100) / 100);
  const unsigned count = full ? steps : pick(random) % (steps + 1);
  for (unsigned s = 0; s < count; ++s) {
    const auto kind = static_cast<Reliability>(pick(random) % 3);
    add_step(problem, kind, static_cast<double>(pick(random) % 120), random_rows(random, problem.unlisted()),
             pick(random) % 4 == 0 ? static_cast<int>(pick(random) % (s + 1)) : static_cast<int>(s));
    if (pick(random) % 6 == 0) problem.steps.back().looks_at = {0, static_cast<int>(s)};
    if (s == 0) problem.steps.back().looks_at = {0};
    problem.labels = std::max(problem.labels, static_cast<int>(s) + 1);
    if (pick(random) % 4 != 0) continue;
    Problem::Require require{static_cast<int>(pick(random) % count), {}, pick(random) % 2 == 0};
    for (unsigned o = pick(random) % 4; o > 0; --o) require.wanted.push_back(pick(random) % 2 == 0);
    problem.steps.back().requires_.push_back(require);
  }
  return problem;
}

inline Known random_answers(std::mt19937& random, const Problem& problem) {
  Known known;
  for (int s = 0; s < static_cast<int>(problem.steps.size()); ++s) {
    const int outcomes = problem.steps[static_cast<std::size_t>(s)].outcomes();
    if (pick(random) % 3 == 0) continue;
    Answer answer{s, static_cast<int>(pick(random) % static_cast<unsigned>(outcomes + 1)) - 1, {}};
    if (pick(random) % 4 == 0) answer.reliability = static_cast<Reliability>(pick(random) % 3);
    known.answers.push_back(answer);
  }
  std::shuffle(known.answers.begin(), known.answers.end(), random);
  const auto cause = [&] { return static_cast<int>(pick(random) % static_cast<unsigned>(problem.causes())); };
  if (pick(random) % 5 == 0) known.pins.push_back({cause(), pick(random) % 2 == 0});
  if (pick(random) % 5 == 0) known.pins.push_back({cause(), false});
  for (unsigned i = pick(random) % 3; i > 0; --i) known.trials.push_back({cause(), pick(random) % 2 == 0});
  return known;
}

}  // namespace aztriage::isolation::testing
