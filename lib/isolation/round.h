#pragma once

#include "isolation/problem.h"

#include <vector>

namespace aztriage::isolation {

/// A cause whose fix was verified may be there again, but hardly is: its prior counts this much.
inline constexpr double kFixedAgain = 0.08;

/// The numbers of the next round, when the symptom goes on after the verified fix of `fixed`: two faults were
/// there at once. The prior of the fixed cause falls; all priors still sum to 1. A cause that is not listed
/// changes nothing.
Problem next_round(Problem problem, int fixed);

/// What is still known in the next round, since the fix has changed the world: answers of steps that are
/// `lasting`, and pins, but not the one that held the fixed cause for certain. No trial.
Known kept(const Known& known, const std::vector<bool>& lasting, int fixed);

}  // namespace aztriage::isolation
