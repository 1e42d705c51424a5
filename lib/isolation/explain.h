#pragma once

#include <string>
#include <vector>

#include "isolation/verdict.h"

namespace aztriage::isolation {

/// Words for bits: strong (3.3 and more), moderate (1.6), slight (0.5), neutral, against.
std::string_view strength(double bits);
/// "75 %", "over 95 %", "ruled out" below 0.01, in steps of 5.
std::string percent(double probability);

struct Evidence {
  int step = 0;
  int outcome = 0;
  double bits = 0;
};
/// What speaks for a cause, largest first, then what speaks against it.
std::vector<Evidence> evidence_for(const Problem& problem, const Known& known, int cause);
/// The two answers that speak most against it.
std::vector<Evidence> why_not(const Problem& problem, const Known& known, int cause);

struct WhyStep {
  Choice choice;
  std::vector<Preview> previews;
  double doubt_removed = 0;  // share of the entropy, 0..1
  std::optional<Choice> runner_up;
  bool opens_another = false;  // asked because it unlocks `choice.step`
};
WhyStep why_step(const Problem& problem, const Known& known, const std::vector<bool>& allowed, const Choice& choice);

}  // namespace aztriage::isolation
