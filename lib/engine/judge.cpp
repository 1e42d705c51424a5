#include "engine/judge.h"

#include <algorithm>

namespace aztriage::engine {
namespace {

bool says_nothing_of_target(fact::FailureKind kind) {
  using enum fact::FailureKind;
  switch (kind) {
    case local_denied:
    case proxy_unreachable:
    case proxy_auth:
    case proxy_denied:
    case network_unreachable:
    case deadline:
    case interrupted:
    case bad_target:
    case command_failed:
    case unreadable:
    case internal:
      return true;
    default:
      return false;
  }
}

}  // namespace

Judged judge(const playbook::Step& step, const Environment& environment, bool partly) {
  bool unsure = false;
  for (std::size_t i = 0; i < step.outcomes.size(); ++i) {
    const auto& outcome = step.outcomes[i];
    const auto truth = outcome.when ? outcome.when->evaluate(environment) : match::Truth::yes;
    if (truth == match::Truth::unknown) unsure = true;
    if (truth != match::Truth::yes) continue;
    if (unsure && outcome.fine == true) return {-1, "too little was seen to call it fine"};
    if (unsure && partly && !outcome.when) return {-1, "too little is in it to tell which of them it is"};
    return {static_cast<int>(i), ""};
  }
  return {-1, "what was seen fits none of the step's outcomes"};
}

std::optional<std::string> could_not_look(const fact::Observation& observation) {
  if (observation.answered || !observation.failure) return std::nullopt;
  if (!says_nothing_of_target(observation.failure->kind)) return std::nullopt;
  // One address without a route is no obstacle when another address was reached.
  const bool some_try_told = std::ranges::any_of(observation.tries, [](const fact::Observation& each) {
    return each.answered || !each.failure || !says_nothing_of_target(each.failure->kind);
  });
  if (some_try_told) return std::nullopt;
  std::string reason(fact::failure_meaning(observation.failure->kind));
  if (!observation.failure->text.empty()) reason = observation.failure->text;
  return reason;
}

}  // namespace aztriage::engine
