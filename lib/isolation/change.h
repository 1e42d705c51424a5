#pragma once

#include "isolation/problem.h"

#include <vector>

namespace aztriage::isolation {

/// An answer that would change how likely a cause is.
struct Change {
  int step = 0;
  int outcome = 0;
  double chance = 0;       // that this is the answer
  double probability = 0;  // of the cause after it
};

/// What would change the mind about a cause: of each step that may still be done the outcome that moves it
/// most, the largest move first. Answers that hardly ever come, and moves of less than 5 points, are left
/// out.
std::vector<Change> would_change(const Problem& problem, const Known& known, const std::vector<bool>& allowed,
                                 int cause, std::size_t most);

}  // namespace aztriage::isolation
