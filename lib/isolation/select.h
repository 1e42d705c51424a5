#pragma once

#include <vector>

#include "isolation/problem.h"

namespace aztriage::isolation {

inline constexpr double kIsolated = 0.90;
inline constexpr double kProbable = 0.60;
inline constexpr double kWorthAsking = 1.0 / 400.0;  // bits per second below which asking ends

/// One step that could be done next. For a locked step `first` is the first open step of its chain.
struct Choice {
  int step = -1;
  int first = -1;
  double score = 0;        // bits per second
  double information = 0;  // (1 - q) * I, bits, of the step itself
  double finish = 0;       // (1 - q) * F
};

/// Open steps, best first; ties by cost, then file order. `allowed[s]` says which steps may be done at all (in a
/// run without consent: no questions, no commands).
std::vector<Choice> rank_steps(const Problem& problem, const Known& known, const std::vector<bool>& allowed);

struct Preview {
  int outcome = 0;
  double chance = 0;
  int leader = 0;         // cause that leads after it
  double probability = 0;  // of the leader
};
/// What each outcome of a step would bring.
std::vector<Preview> preview(const Problem& problem, const Known& known, int step);

/// When to offer a workaround before a cause is isolated: the cause's index, or -1.
struct Offer {
  int cause = -1;
  double seconds_left = 0;
};
/// `cost[c]` is the seconds of the workaround of listed cause c, negative where it has none that may be offered
/// early (no undo, or disruptive).
Offer offer_early(const Problem& problem, const Known& known, const std::vector<bool>& allowed,
                  const std::vector<double>& cost);

}  // namespace aztriage::isolation
