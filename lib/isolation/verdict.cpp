#include "isolation/verdict.h"

#include "isolation/belief.h"

#include <algorithm>

namespace aztriage::isolation {

namespace {

constexpr double kRatherUnlisted = 0.5;

void set(State& state, Verdict verdict, Reason reason, int cause) {
  state.verdict = verdict;
  state.reason = reason;
  state.cause = cause;
}

}  // namespace

std::string_view name_of(Symptom s) {
  switch (s) {
    case Symptom::seen:
      return "seen";
    case Symptom::not_seen:
      return "not-seen";
    case Symptom::not_tested:
      return "not-tested";
  }
  return {};
}

std::string_view name_of(Verdict v) {
  switch (v) {
    case Verdict::isolated:
      return "isolated";
    case Verdict::healthy:
      return "healthy";
    case Verdict::inconclusive:
      return "inconclusive";
    case Verdict::unlisted:
      return "unlisted";
  }
  return {};
}

std::string_view name_of(Reason r) {
  switch (r) {
    case Reason::none:
      return "";
    case Reason::vantage:
      return "vantage";
    case Reason::not_tested:
      return "not-tested";
    case Reason::probable:
      return "probable";
    case Reason::open:
      return "open";
    case Reason::deadline:
      return "deadline";
  }
  return {};
}

State judge(const Problem& problem, const Known& known, const std::vector<bool>& allowed) {
  State state;
  const std::vector<double> belief = believe(problem, known);
  const std::vector<Choice> choices = rank_steps(problem, known, allowed);
  if (!choices.empty()) state.next = choices.front();
  const double unlisted = belief.empty() ? 1 : belief.back();
  int top = -1;
  double probability = 0;
  if (belief.size() > 1) {
    const auto best = std::max_element(belief.begin(), belief.end() - 1);
    top = static_cast<int>(best - belief.begin());
    probability = *best;
  }
  state.probability = probability;
  const bool worth = state.next && state.next->score >= kWorthAsking;
  if (top >= 0 && probability >= kIsolated) {
    set(state, Verdict::isolated, Reason::none, top);
    state.ended = true;
  } else if (unlisted >= kRatherUnlisted) {
    set(state, Verdict::unlisted, Reason::none, -1);
    state.probability = unlisted;
    state.ended = unlisted >= kIsolated || !worth;
  } else {
    state.ended = !worth;
    const bool probable = top >= 0 && probability >= kProbable;
    set(state, Verdict::inconclusive, probable ? Reason::probable : Reason::open, probable ? top : -1);
  }
  return state;
}

}  // namespace aztriage::isolation
