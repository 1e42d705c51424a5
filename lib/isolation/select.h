#pragma once

#include "isolation/problem.h"

#include <vector>

namespace aztriage::isolation {

inline constexpr double kIsolated = 0.90;
inline constexpr double kProbable = 0.60;
inline constexpr double kWorthAsking = 1.0 / 400.0;  // bits per second below which asking ends

/// One step that could be done next. For a locked step `first` is the first open step of its chain, and
/// score, pace and cost are the chain's.
struct Choice {
  int step = -1;
  int first = -1;
  double score = 0;        // bits per second; half a bit for the chance that it settles the case
  double pace = 0;         // bits of information per second
  double cost = 0;         // expected seconds
  double information = 0;  // (1 - q) * I, bits, of the step itself; a quarter of it when a mate was answered
  double finish = 0;       // (1 - q) * F, likewise
};

/// Open steps that say something, best first; scores within 1e-9 of each other are equal, then the lower
/// cost, then file order. `allowed[s]` says which steps may be done at all (in a run without consent: no
/// questions, no commands); what is running now belongs to those that may not.
std::vector<Choice> rank_steps(const Problem& problem, const Known& known, const std::vector<bool>& allowed);

struct Preview {
  int outcome = 0;
  double chance = 0;
  int leader = 0;          // cause that leads after it
  double probability = 0;  // of the leader
  bool settles = false;    // the leader is then isolated
};
/// What each outcome of a step would bring.
std::vector<Preview> preview(const Problem& problem, const Known& known, int step);

/// When to offer a workaround before a cause is isolated: the cause's index, or -1.
struct Offer {
  int cause = -1;
  double seconds_left = 0;  // that isolating first is expected to take
};
/// `cost[c]` is the seconds of the workaround of listed cause c, negative where it has none that may be
/// offered early (no undo, disruptive, tried already).
Offer offer_early(const Problem& problem, const Known& known, const std::vector<bool>& allowed,
                  const std::vector<double>& cost);

}  // namespace aztriage::isolation
