#include "playbook/loading.h"

#include <algorithm>

namespace aztriage::playbook {
namespace {

using source::Code;
using source::Within;

constexpr double kMostElsewhere = 0.02;  // of an exact outcome, without the fault: the word 'never'
constexpr double kSlack = 1e-9;

void check_flat(Loading& loading, const Outcome& outcome) {
  const Given& given = *outcome.given;
  if (given.causes.empty() || (given.unlisted && *given.unlisted != given.otherwise)) return;
  const bool flat = std::all_of(given.causes.begin(), given.causes.end(),
                                [&](const auto& one) { return one.second == given.otherwise; });
  if (!flat) return;
  loading.diagnostics.warning(
      Code::P057, outcome.span,
      "'given' of " + quoted(outcome.name) + " gives the named causes what it gives all others",
      {"leave them out, or say what is different about them"});
}

void check_exact(Loading& loading, const Outcome& outcome) {
  if (!outcome.exact) return;
  const Given& given = *outcome.given;
  if (given.otherwise > kMostElsewhere + kSlack) {
    loading.diagnostics.warning(
        Code::P058, outcome.span,
        "the exact outcome " + quoted(outcome.name) + " is seen too often without its causes",
        {"'otherwise' is at most 'never', or the outcome is not exact"});
    return;
  }
  double most = 0;
  for (const auto& [cause, share] : given.causes) most = std::max(most, share);
  if (given.causes.empty() || !given.unlisted || *given.unlisted < most) return;
  loading.diagnostics.warning(
      Code::P058, outcome.span,
      "the exact outcome " + quoted(outcome.name) + " is seen as often for causes that nobody has listed",
      {"give 'unlisted' less than the causes that are named"});
}

}  // namespace

void check_balance(Loading& loading) {
  for (const Step& step : loading.playbook.steps) {
    const Within within(loading.diagnostics, "in step " + quoted(step.id));
    for (const Outcome& outcome : step.outcomes) {
      if (!outcome.given) continue;
      check_flat(loading, outcome);
      check_exact(loading, outcome);
    }
  }
}

}  // namespace aztriage::playbook
