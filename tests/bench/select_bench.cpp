// How long choosing the next step takes, beside the figures that the model was designed with. Not a test:
// times depend on the machine.

#include "isolation/select.h"
#include "isolation/worked.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>

using namespace aztriage::isolation;
using namespace aztriage::isolation::testing;

namespace {

/// Every number written, so that nothing is cheaper than it looks.
Problem full_problem(int causes, int steps, int outcomes) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> number(0.02, 0.95);
  Problem problem = problem_of(std::vector<double>(static_cast<std::size_t>(causes - 1), 10.0));
  for (int s = 0; s < steps; ++s) {
    std::vector<Row> rows(static_cast<std::size_t>(outcomes));
    for (Row& r : rows) {
      r.written = true;
      r.otherwise = number(random);
      for (int c = 0; c < causes - 1; ++c) r.by_cause.push_back(number(random));
    }
    add_step(problem, Reliability::asked, 20, rows);
  }
  return problem;
}

double microseconds(const Problem& problem) {
  const std::vector<bool> allowed = all_allowed(problem);
  std::vector<double> times;
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
  do {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 10; ++i) {
      if (rank_steps(problem, {}, allowed).empty()) return -1;
    }
    times.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() / 10);
  } while (std::chrono::steady_clock::now() < end);
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

}  // namespace

int main() {
  struct Size {
    int causes, steps, outcomes;
    double reference;
  };
  std::printf("causes x steps x outcomes   median us   reference us   ratio\n");
  for (const Size& size : {Size{12, 15, 3, 1.5}, Size{100, 200, 3, 72}, Size{400, 400, 3, 819}}) {
    const double us = microseconds(full_problem(size.causes, size.steps, size.outcomes));
    std::printf("%6d x %5d x %8d %11.1f %14.1f %7.2f\n", size.causes, size.steps, size.outcomes, us,
                size.reference, us / size.reference);
  }
}
