#pragma once

#include "isolation/problem.h"
#include "isolation/select.h"

namespace aztriage::isolation {

/// About the highest probability that any combination of answers can lift a listed cause to: each step gives
/// the outcome that is best for it, or none; looks at the same thing count as ever; a step that `requires` an
/// outcome counts only beside that outcome. A cause that stays below kIsolated can never be isolated. The
/// search ends as soon as `enough` is reached. It improves one step at a time from several starts, so it can
/// be too low where answers pull in different directions, never too high.
double best_case(const Problem& problem, int cause, double enough = kIsolated);
double best_case(const playbook::Playbook& playbook, int cause);

}  // namespace aztriage::isolation
