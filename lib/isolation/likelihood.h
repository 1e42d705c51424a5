#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "isolation/problem.h"

namespace aztriage::isolation {

/// The words of `given`: always 0.95, usually 0.78, sometimes 0.35, rarely 0.08, never 0.02; on exact outcomes
/// also certain 0.999 and impossible 0.0002. Weights of `seen`: very-common 30, common 10, occasional 3, rare 1.
/// The words themselves are read in playbook/words.h; the numbers are used here.

/// One outcome's row as the author wrote it.
struct Row {
  bool written = false;
  bool exact = false;
  double otherwise = 0;
  std::optional<double> unlisted;
  std::vector<double> by_cause;  // by listed cause; negative: not written, so `otherwise`
};

/// P~[outcome * (causes + 1) + cause] of one step, noise included, unlisted last.
std::vector<double> likelihoods(const std::vector<Row>& rows, int listed_causes, double noise,
                                std::vector<double>* noise_share = nullptr);

}  // namespace aztriage::isolation
