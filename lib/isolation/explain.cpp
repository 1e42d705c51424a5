#include "isolation/explain.h"

#include "isolation/belief.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace aztriage::isolation {

namespace {

constexpr double kSlight = 0.5;

std::vector<Evidence> all_evidence(const Problem& problem, const Known& known, int cause) {
  const std::vector<double> bits = weight(problem, known, cause);
  std::vector<Evidence> all;
  for (std::size_t i = 0; i < bits.size(); ++i) {
    const Answer& answer = known.answers[i];
    const bool known_step = answer.step >= 0 && static_cast<std::size_t>(answer.step) < problem.steps.size();
    if (!known_step || answer.outcome < 0 ||
        !problem.steps[static_cast<std::size_t>(answer.step)].informative)
      continue;
    all.push_back({answer.step, answer.outcome, bits[i]});
  }
  std::sort(all.begin(), all.end(), [](const Evidence& a, const Evidence& b) { return a.step < b.step; });
  return all;
}

bool against(const Evidence& e) {
  return e.bits < -kSlight;
}

}  // namespace

std::string_view strength(double bits) {
  if (bits >= 3.3) return "strong";
  if (bits >= 1.6) return "moderate";
  if (bits >= kSlight) return "slight";
  return bits >= -kSlight ? "neutral" : "against";
}

std::string percent(double probability) {
  if (!(probability >= 0.01)) return "ruled out";
  if (probability < 0.05) return "under 5 %";
  if (probability > 0.95) return "over 95 %";
  return std::to_string(5 * std::lround(probability * 20)) + " %";
}

Standing standing(double probability) {
  if (!(probability >= 0.01)) return Standing::ruled_out;
  return probability < 0.05 ? Standing::unlikely : Standing::possible;
}

std::vector<Evidence> evidence_for(const Problem& problem, const Known& known, int cause) {
  std::vector<Evidence> all = all_evidence(problem, known, cause);
  std::stable_sort(all.begin(), all.end(), [](const Evidence& a, const Evidence& b) {
    if (against(a) != against(b)) return against(b);
    return against(a) ? a.bits < b.bits : a.bits > b.bits;
  });
  return all;
}

std::vector<Evidence> why_not(const Problem& problem, const Known& known, int cause) {
  std::vector<Evidence> all = all_evidence(problem, known, cause);
  std::erase_if(all, [](const Evidence& e) { return e.bits >= 0; });
  std::stable_sort(all.begin(), all.end(),
                   [](const Evidence& a, const Evidence& b) { return a.bits < b.bits; });
  if (all.size() > 2) all.resize(2);
  return all;
}

double doubt_removed(const Problem& problem, const Known& known, const Choice& choice) {
  if (choice.step < 0 || static_cast<std::size_t>(choice.step) >= problem.steps.size()) return 0;
  const double doubt = entropy(believe(problem, known));
  if (!(doubt > 0)) return 0;
  const double answered = 1 - problem.steps[static_cast<std::size_t>(choice.step)].unknown;
  return std::clamp(choice.information / answered / doubt, 0.0, 1.0);
}

WhyStep why_step(const Problem& problem, const Known& known, const std::vector<bool>& allowed,
                 const Choice& choice) {
  WhyStep why;
  why.choice = choice;
  why.previews = preview(problem, known, choice.first);
  why.doubt_removed = doubt_removed(problem, known, choice);
  why.opens_another = choice.first != choice.step;
  for (const Choice& other : rank_steps(problem, known, allowed)) {
    if (other.step == choice.step || other.first == choice.first) continue;
    why.runner_up = other;
    break;
  }
  return why;
}

}  // namespace aztriage::isolation
