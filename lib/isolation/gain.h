#pragma once

#include "isolation/problem.h"

#include <vector>

namespace aztriage::isolation {

/// What doing one step now is expected to bring, given that it gets an answer.
struct Gain {
  double information = 0;  // I, bits
  double finish = 0;       // F: chance that its answer brings a cause to kIsolated
};
Gain gain_of(const Problem::Step& step, const std::vector<double>& belief);

/// P(outcome), by the belief of now.
std::vector<double> outcome_chances(const Problem::Step& step, const std::vector<double>& belief);

}  // namespace aztriage::isolation
