#pragma once

#include <vector>

#include "isolation/problem.h"

namespace aztriage::isolation {

/// Probability of each cause, unlisted last; sums to 1. Computed from the whole list of answers every time, so
/// that undo is deleting one and order can't matter.
std::vector<double> believe(const Problem& problem, const Known& known);

/// Chance that each answer of `known` was noise, in their order (0 for those without an outcome). From 0.30 on
/// an answer is worth checking again.
std::vector<double> suspicion(const Problem& problem, const Known& known);

/// Bits that each answer gives for or against a cause: log2 of the odds with it over the odds without it.
std::vector<double> weight(const Problem& problem, const Known& known, int cause);

double entropy(const std::vector<double>& belief);  // bits

}  // namespace aztriage::isolation
