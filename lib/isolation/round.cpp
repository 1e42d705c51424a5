#include "isolation/round.h"

#include <cstddef>
#include <numeric>

namespace aztriage::isolation {

Problem next_round(Problem problem, int fixed) {
  if (fixed < 0 || fixed >= problem.unlisted()) return problem;
  problem.prior[static_cast<std::size_t>(fixed)] *= kFixedAgain;
  const double sum = std::accumulate(problem.prior.begin(), problem.prior.end(), 0.0);
  for (double& p : problem.prior) p /= sum;
  return problem;
}

Known kept(const Known& known, const std::vector<bool>& lasting, int fixed) {
  Known result;
  for (const Answer& answer : known.answers) {
    const auto step = static_cast<std::size_t>(answer.step);
    if (answer.step >= 0 && step < lasting.size() && lasting[step]) result.answers.push_back(answer);
  }
  for (const Pin& pin : known.pins) {
    if (!pin.certain || pin.cause != fixed) result.pins.push_back(pin);
  }
  return result;
}

}  // namespace aztriage::isolation
