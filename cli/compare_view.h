#pragma once

#include "cli/console.h"
#include "cli/saved.h"
#include "fact/compare.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace aztriage::cli {

/// A difference, and in which of several looks it is.
struct FoundDifference {
  std::string label;  // the step or target; empty when there is only one
  fact::Difference what;
};

/// Two results beside each other.
struct Comparison {
  Saved a;
  Saved b;
  std::vector<FoundDifference> differences;  // the first layer first
  std::vector<FoundDifference> expected;
  std::vector<std::string> noise;   // names of facts
  std::vector<std::string> only_a;  // labels without a counterpart
  std::vector<std::string> only_b;
  std::size_t pairs = 0;
  bool same() const { return differences.empty() && only_a.empty() && only_b.empty(); }
};

/// Looks are paired by their labels, or as the only ones. `expected` as for `fact::compare`; when the targets
/// of a pair differ, what follows from that is expected, too.
Comparison compare_saved(Saved a, Saved b, const std::set<std::string>& expected);

std::string comparison_text(const Comparison& comparison, const Console& console);
std::string comparison_json(const Comparison& comparison);

}  // namespace aztriage::cli
