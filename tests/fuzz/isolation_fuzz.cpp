// Bytes -> a problem and answers to it. Whatever they are, belief stays a probability, the order of answers
// does not matter, undo restores, and no score is anything but a finite number.

#include "fuzz/must.h"
#include "isolation/belief.h"
#include "isolation/best_case.h"
#include "isolation/explain.h"
#include "isolation/verdict.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

namespace {

using namespace aztriage::isolation;
using aztriage::test::must;

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : at_(data), end_(data + size) {}
  unsigned next() { return at_ == end_ ? 0U : *at_++; }
  unsigned below(unsigned limit) { return next() % limit; }
  /// A word's number, or now and then one that no author should write.
  double number() {
    static constexpr double kWords[] = {0.95, 0.78, 0.35, 0.08,  0.02, 0.999,    0.0002,
                                        0,    1,    -3,   1e300, NAN,  INFINITY, 1e-300};
    return kWords[below(std::size(kWords))];
  }

 private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

Problem problem_from(Bytes& bytes) {
  Problem problem;
  std::vector<double> weights(bytes.below(9));
  for (double& w : weights) w = 1 + bytes.below(30);
  problem.prior = priors(weights, bytes.number());
  const unsigned steps = bytes.below(9);
  problem.labels = static_cast<int>(steps) + 1;
  for (unsigned s = 0; s < steps; ++s) {
    std::vector<Row> rows(bytes.below(8));
    for (Row& row : rows) {
      const unsigned flags = bytes.next();
      row.written = (flags & 1) != 0;
      row.exact = (flags & 2) != 0;
      row.otherwise = bytes.number();
      if ((flags & 4) != 0) row.unlisted = bytes.number();
      for (unsigned c = (flags & 8) != 0 ? bytes.below(9) : 0; c > 0; --c)
        row.by_cause.push_back(bytes.number());
    }
    const auto kind = static_cast<Reliability>(bytes.below(3));
    problem.steps.push_back(make_step(kind, bytes.number() * 100, rows, problem.unlisted()));
    problem.steps.back().looks_at = {static_cast<int>(bytes.below(steps + 1))};
    if (bytes.below(3) == 0) {
      problem.steps.back().requires_.push_back(
          {static_cast<int>(bytes.below(steps)), {bytes.below(2) == 0, true}, bytes.below(2) == 0});
    }
  }
  return problem;
}

Known known_from(Bytes& bytes, const Problem& problem) {
  Known known;
  std::vector<bool> used(problem.steps.size(), false);
  for (unsigned i = bytes.below(12); i > 0; --i) {
    Answer answer{static_cast<int>(bytes.below(10)) - 1, static_cast<int>(bytes.below(9)) - 1, {}};
    if (bytes.below(4) == 0) answer.reliability = static_cast<Reliability>(bytes.below(3));
    if (answer.step >= 0 && static_cast<std::size_t>(answer.step) < used.size()) {
      if (used[static_cast<std::size_t>(answer.step)]) continue;
      used[static_cast<std::size_t>(answer.step)] = true;
    }
    known.answers.push_back(answer);
  }
  for (unsigned i = bytes.below(3); i > 0; --i)
    known.pins.push_back({static_cast<int>(bytes.below(11)) - 1, bytes.below(2) == 0});
  for (unsigned i = bytes.below(3); i > 0; --i)
    known.trials.push_back({static_cast<int>(bytes.below(11)) - 1, bytes.below(2) == 0});
  return known;
}

void check_beliefs(const Problem& problem, const Known& known) {
  const std::vector<double> belief = believe(problem, known);
  double sum = 0;
  for (double p : belief) {
    must(p >= 0 && p <= 1, "a belief is a probability");
    sum += p;
  }
  must(std::abs(sum - 1) < 1e-9, "beliefs sum to one");

  Known other = known;
  std::reverse(other.answers.begin(), other.answers.end());
  must(believe(problem, other) == belief, "the order of answers does not matter");
  if (!known.answers.empty()) {
    other = known;
    other.answers.pop_back();
    const std::vector<double> before = believe(problem, other);
    other.answers.push_back(known.answers.back());
    must(believe(problem, other) == belief, "an answer given again counts the same");
    other.answers.pop_back();
    must(believe(problem, other) == before, "undo restores");
  }
  for (double s : suspicion(problem, known)) must(s >= 0 && s <= 1, "suspicion is a probability");
}

void check_choices(const Problem& problem, const Known& known) {
  const std::vector<bool> allowed(problem.steps.size(), true);
  const std::vector<Choice> choices = rank_steps(problem, known, allowed);
  for (std::size_t i = 0; i < choices.size(); ++i) {
    must(std::isfinite(choices[i].score) && choices[i].score >= 0, "a score is finite and not negative");
    must(i == 0 || choices[i].score <= choices[i - 1].score * (1 + 1e-8), "the best comes first");
    double chance = 0;
    for (const Preview& p : preview(problem, known, choices[i].step)) chance += p.chance;
    must(std::abs(chance - 1) < 1e-9, "the chances of a step's outcomes sum to one");
    const double removed = why_step(problem, known, allowed, choices[i]).doubt_removed;
    must(removed >= 0 && removed <= 1, "a share of the doubt is a share");
  }
  const State state = judge(problem, known, allowed);
  must(state.probability >= 0 && state.probability <= 1, "a verdict has a probability");
  must(state.cause < problem.unlisted(), "only a listed cause is isolated");
  must(!state.ended || state.verdict != Verdict::isolated || state.probability >= kIsolated,
       "isolated is 0.90 and more");
  const std::vector<double> cost(problem.prior.size(), 60.0);
  must(std::isfinite(offer_early(problem, known, allowed, cost).seconds_left), "seconds are finite");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  const Problem problem = problem_from(bytes);
  const Known known = known_from(bytes, problem);
  check_beliefs(problem, known);
  check_choices(problem, known);
  for (int c = 0; c < problem.unlisted(); ++c) {
    for (const Evidence& e : evidence_for(problem, known, c)) must(std::isfinite(e.bits), "bits are finite");
    const double best = best_case(problem, c);
    must(best >= problem.prior[static_cast<std::size_t>(c)] - 1e-9 && best <= 1,
         "the best case is no worse than knowing nothing");
  }
  return 0;
}
