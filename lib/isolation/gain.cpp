#include "isolation/gain.h"

#include "isolation/select.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace aztriage::isolation {

namespace {

constexpr std::size_t kBlock = 4;

/// Sums and maxima of p(c) * P~(o|c) over the causes for N outcomes side by side: each is summed in file
/// order, and the processor has N independent chains of additions to work on.
template <std::size_t N>
void accumulate(const double* belief, const double* rows, std::size_t causes, double* sums, double* tops) {
  double sum[N] = {};
  double top[N] = {};
  for (std::size_t c = 0; c < causes; ++c) {
    for (std::size_t o = 0; o < N; ++o) {
      const double joint = belief[c] * rows[o * causes + c];
      sum[o] += joint;
      top[o] = top[o] < joint ? joint : top[o];
    }
  }
  std::copy(sum, sum + N, sums);
  std::copy(top, top + N, tops);
}

void accumulate(const double* belief, const double* rows, std::size_t causes, std::size_t outcomes,
                double* sums, double* tops) {
  switch (outcomes) {
    case 1:
      return accumulate<1>(belief, rows, causes, sums, tops);
    case 2:
      return accumulate<2>(belief, rows, causes, sums, tops);
    case 3:
      return accumulate<3>(belief, rows, causes, sums, tops);
    default:
      return accumulate<kBlock>(belief, rows, causes, sums, tops);
  }
}

}  // namespace

Gain gain_of(const Problem::Step& step, const std::vector<double>& belief) {
  Gain gain;
  if (!step.informative) return gain;
  const std::size_t causes = belief.size();
  const auto outcomes = static_cast<std::size_t>(step.outcomes());
  double bits = 0;
  for (std::size_t from = 0; from < outcomes; from += kBlock) {
    const std::size_t here = std::min(kBlock, outcomes - from);
    double sums[kBlock];
    double tops[kBlock];
    accumulate(belief.data(), step.likelihood.data() + from * causes, causes, here, sums, tops);
    for (std::size_t o = 0; o < here; ++o) {
      if (sums[o] > 0) bits -= sums[o] * std::log2(sums[o]);
      if (tops[o] >= kIsolated * sums[o]) gain.finish += sums[o];
    }
  }
  double noise = 0;
  for (std::size_t c = 0; c < causes; ++c) noise += belief[c] * step.entropy[c];
  gain.information = std::max(bits - noise, 0.0);
  return gain;
}

std::vector<double> outcome_chances(const Problem::Step& step, const std::vector<double>& belief) {
  const auto outcomes = static_cast<std::size_t>(step.outcomes());
  if (!step.informative) {
    return std::vector<double>(outcomes, outcomes > 0 ? 1 / static_cast<double>(outcomes) : 0.0);
  }
  std::vector<double> chances(outcomes, 0.0);
  for (std::size_t o = 0; o < outcomes; ++o) {
    for (std::size_t c = 0; c < belief.size(); ++c) {
      chances[o] += belief[c] * step.likelihood[o * belief.size() + c];
    }
  }
  return chances;
}

}  // namespace aztriage::isolation
