#include "isolation/change.h"

#include "isolation/belief.h"
#include "isolation/select.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace aztriage::isolation {
namespace {

constexpr double kLeastMove = 0.05;
constexpr double kLeastChance = 0.02;

}  // namespace

std::vector<Change> would_change(const Problem& problem, const Known& known, const std::vector<bool>& allowed,
                                 int cause, std::size_t most) {
  std::vector<Change> changes;
  if (cause < 0 || cause >= problem.causes()) return changes;
  const auto index = static_cast<std::size_t>(cause);
  const double now = believe(problem, known)[index];
  const auto move = [&](const Change& change) { return std::abs(change.probability - now); };
  for (std::size_t step = 0; step < problem.steps.size() && step < allowed.size(); ++step) {
    if (!allowed[step] || !problem.steps[step].informative) continue;
    Change best{static_cast<int>(step), -1, 0, now};
    for (const auto& preview : preview(problem, known, static_cast<int>(step))) {
      if (preview.chance < kLeastChance) continue;
      auto after = known;
      after.answers.push_back({static_cast<int>(step), preview.outcome, {}});
      const Change change{static_cast<int>(step), preview.outcome, preview.chance,
                          believe(problem, after)[index]};
      if (best.outcome < 0 || move(change) > move(best)) best = change;
    }
    if (best.outcome >= 0 && move(best) >= kLeastMove) changes.push_back(best);
  }
  std::ranges::stable_sort(changes, [&](const Change& a, const Change& b) { return move(a) > move(b); });
  if (changes.size() > most) changes.resize(most);
  return changes;
}

}  // namespace aztriage::isolation
