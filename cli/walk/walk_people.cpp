#include "base/text.h"
#include "cli/walk/walk.h"

#include <algorithm>

namespace aztriage::cli {
namespace {

constexpr std::size_t kLongestName = 40;

}  // namespace

/// `f NAME`: whose outputs are pasted from now on; `f` tells who has shown what.
bool Walk::key_from(const std::string& rest) {
  if (!rest.empty()) {
    who_ = text::printable(session_.masked(rest), kLongestName);
    say("  what is pasted from now on is from " + who_ + "; what others pasted stays beside it");
    return false;
  }
  for (const auto& [step, sights] : sights_) {
    for (const auto& sight : sights) say("  " + session_.step(step).id + "  " + sight.who + ": " + sight.saw);
  }
  if (sights_.empty()) say("  nobody has pasted anything yet");
  say("  f NAME: whose outputs come next" + (who_.empty() ? "" : "; now it is " + who_));
  return false;
}

/// Several people may sit at several places: the last output counts, the others' are told beside it.
void Walk::keep_sight(int step) {
  const auto& result = session_.step(step);
  const Sighting now{who_.empty() ? "customer" : who_,
                     text::printable(result.say.empty() ? result.outcome_name : result.say, 1000),
                     result.outcome};
  auto& sights = sights_[step];
  std::erase_if(sights, [&](const Sighting& each) { return each.who == now.who; });
  for (const auto& each : sights) {
    say("  " + each.who + ": " + each.saw +
        (each.outcome == now.outcome ? "" : "  (differs, so it depends on the place)"));
  }
  sights.push_back(now);
  if (!who_.empty()) {
    session_.record({.kind = engine::EventKind::note,
                     .text = "the output of " + result.id + " is from " + now.who + ": " + now.saw});
  }
}

}  // namespace aztriage::cli
