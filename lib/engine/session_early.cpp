#include "engine/plan.h"
#include "engine/session.h"

#include <algorithm>

namespace aztriage::engine {
namespace {

/// A look that waits on purpose, or that leaves something behind: what comes after it is meant to come after.
bool is_an_order_in_time(const playbook::Step& step) {
  return step.intrusive ||
         std::ranges::any_of(step.params, [](const auto& param) { return param.name == "hold"; });
}

}  // namespace

/// Only where everything it waits for is a look under way: nobody knows when a person answers.
bool Session::start_early(int index) {
  auto& each = slot(index);
  const auto& step = spec(index);
  if (!options_.start_early || restoring_ || stopped_ || each.observation ||
      step.kind != playbook::StepKind::probe || step.intrusive ||
      (step.from_client && options_.here != "client")) {
    return false;
  }
  for (const auto& require : step.requires_) {
    const auto& other = slot(require.step);
    if (is_an_order_in_time(spec(require.step))) return false;
    const bool wanted = other.result.outcome >= 0 &&
                        std::ranges::find(require.outcomes, other.result.outcome) != require.outcomes.end();
    if (other.phase != Phase::running && !(other.phase == Phase::settled && wanted)) return false;
  }
  const auto planned = plan_looks(
      playbook_, step, *environment_, [this](const std::string& id) { return is_settled(id); },
      options_.timeout);
  const auto* plan = std::get_if<StepPlan>(&planned);
  if (plan == nullptr ||
      std::ranges::any_of(plan->looks, [](const LookPlan& look) { return !look.params.secret.empty(); })) {
    return false;
  }
  each.early = true;
  return begin(index, *plan);
}

/// What runs early and turns out not to apply ends now, so that nobody waits for it.
bool Session::settle_early(int index) {
  auto& each = slot(index);
  if (!each.early) return false;
  std::string reason;
  switch (lock_of(index, reason)) {
    case Lock::waits:
      return false;
    case Lock::open:
      each.early = false;
      return false;
    case Lock::shut:
      break;
  }
  each.looking.reset();
  each.early = false;
  finish(index, StepState::skipped, std::move(reason));
  return true;
}

}  // namespace aztriage::engine
