#pragma once

#include "isolation/verdict.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::isolation {

/// Words for bits: strong (3.3 and more, 10:1), moderate (1.6, 3:1), slight (0.5), neutral, against.
std::string_view strength(double bits);
/// "75 %", in steps of 5; "over 95 %", "under 5 %", and "ruled out" below 0.01.
std::string percent(double probability);

/// How a cause stands in a list. A cause that reads ruled out can come back.
enum class Standing { possible, unlikely, ruled_out };
Standing standing(double probability);

struct Evidence {
  int step = 0;
  int outcome = 0;
  double bits = 0;
};
/// What speaks for a cause, largest first (what is neutral comes last there), then what speaks against it,
/// largest first, too.
std::vector<Evidence> evidence_for(const Problem& problem, const Known& known, int cause);
/// The two answers that speak most against it.
std::vector<Evidence> why_not(const Problem& problem, const Known& known, int cause);

struct WhyStep {
  Choice choice;
  std::vector<Preview> previews;  // of the step that is done now, `choice.first`
  double doubt_removed = 0;       // share of the entropy that an answer of `choice.step` removes, 0..1
  std::optional<Choice> runner_up;
  bool opens_another = false;  // asked because it unlocks `choice.step`
};
WhyStep why_step(const Problem& problem, const Known& known, const std::vector<bool>& allowed,
                 const Choice& choice);

/// Share of the entropy that an answer of this choice's step removes, 0..1.
double doubt_removed(const Problem& problem, const Known& known, const Choice& choice);

}  // namespace aztriage::isolation
