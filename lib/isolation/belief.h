#pragma once

#include "isolation/problem.h"

#include <vector>

namespace aztriage::isolation {

/// Probability of each cause, unlisted last; sums to 1. Computed from the whole list of answers every time,
/// so that undo is deleting one and order can't matter. Entries that name no step, outcome or cause are
/// ignored.
std::vector<double> believe(const Problem& problem, const Known& known);

/// Chance that each answer of `known` was noise, in their order (0 for those without an outcome). From
/// kSuspicious on an answer is worth checking again.
inline constexpr double kSuspicious = 0.30;
std::vector<double> suspicion(const Problem& problem, const Known& known);

/// Bits that each answer gives for or against a cause: log2 of the odds with it over the odds without it.
/// Pins are left out: they are no evidence.
std::vector<double> weight(const Problem& problem, const Known& known, int cause);

double entropy(const std::vector<double>& belief);  // bits

/// P(gone | cause) of a workaround.
inline constexpr double kGoneIfCured = 0.92;
inline constexpr double kGoneAnyway = 0.03;
/// Chance that the symptom is gone after the workaround of this cause.
double chance_of_gone(const std::vector<double>& belief, int cause);

}  // namespace aztriage::isolation
