#include "base/text.h"
#include "cli/walk/view.h"
#include "cli/walk/wrap.h"
#include "isolation/belief.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace aztriage::cli {

/// Every cause with how it stands, and what speaks most against those that are out.
WalkView::Lines WalkView::all_causes() const {
  const auto known = session_.known();
  const auto belief = isolation::believe(session_.problem(), known);
  std::vector<int> order(belief.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater<>(),
                           [&](int cause) { return belief[static_cast<std::size_t>(cause)]; });
  Lines lines;
  for (const int cause : order) {
    const double p = belief[static_cast<std::size_t>(cause)];
    const auto standing = isolation::standing(p);
    std::string text = name_of(cause);
    if (standing == isolation::Standing::possible) {
      text += percent(p);
    } else {
      text += standing == isolation::Standing::unlikely ? ", unlikely" : ", ruled out";
      std::string by;
      for (const auto& evidence : isolation::why_not(session_.problem(), known, cause))
        by += (by.empty() ? ": " : ", ") + said(evidence);
      text += by;
    }
    for (auto& line : wrap("  ", text::printable(text, 1000), console_.width()))
      lines.push_back(std::move(line));
  }
  return lines;
}

WalkView::Lines WalkView::pins() const {
  Lines lines;
  for (const auto& pin : session_.known().pins)
    lines.push_back("  " + name_of(pin.cause) + (pin.certain ? ", held for certain" : ", excluded"));
  if (lines.empty()) lines.push_back("  no cause is excluded or held for certain");
  lines.emplace_back("  x NAME excludes, ! NAME holds for certain, - NAME takes that back");
  return lines;
}

WalkView::Lines WalkView::answered(const std::vector<int>& steps) const {
  Lines lines;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto& result = session_.step(steps[i]);
    const auto what = result.outcome >= 0 ? result.outcome_name : result.reason;
    const auto by = result.answered_by.empty() || result.outcome < 0 ? "" : " (" + result.answered_by + ")";
    lines.push_back("  " + std::to_string(i + 1) + "  " + result.id + "  " + text::printable(what) + by);
  }
  if (lines.empty()) lines.push_back("  nothing was answered yet");
  std::string inputs;
  for (const auto& input : session_.playbook().inputs) inputs += (inputs.empty() ? "" : ", ") + input.name;
  const auto how = "b NUMBER or b NAME asks that one again" + (inputs.empty() ? "" : "; inputs: " + inputs);
  for (auto& line : wrap("  ", how, console_.width())) lines.push_back(std::move(line));
  return lines;
}

WalkView::Lines WalkView::shells() const {
  Lines lines;
  const auto all = engine::customer_shells();
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::string text = std::string(all[i].name) + ", " + std::string(all[i].title);
    if (!all[i].enter.empty()) text += " (" + std::string(all[i].enter) + ")";
    if (shell_ == all[i].shell) text += "  chosen";
    for (auto& line : wrap("  " + std::to_string(i + 1) + "  ", text, console_.width()))
      lines.push_back(std::move(line));
  }
  lines.emplace_back("  h NUMBER or h NAME: where the customer can type");
  return lines;
}

WalkView::Lines WalkView::after_the_fix() const {
  Lines lines = {"", "Does the customer still see the fault?"};
  for (auto& line :
       keys("1 no, all is well   2 yes, so there is a second fault   |  n note  e hand over  q leave"))
    lines.push_back(std::move(line));
  return lines;
}

/// What pays before all is known: a workaround that can be undone, of a cause that is likely enough.
WalkView::Lines WalkView::worth_trying(const isolation::State& state) {
  const auto known = session_.known();
  const auto& causes = session_.playbook().causes;
  std::vector<double> cost;
  for (std::size_t i = 0; i < causes.size(); ++i) {
    const auto& workarounds = causes[i].workarounds;
    const bool tried =
        std::ranges::find(known.trials, static_cast<int>(i), &isolation::Trial::cause) != known.trials.end();
    const bool may = !tried && !workarounds.empty() && !workarounds.front().undo.empty() &&
                     !workarounds.front().disruptive && workarounds.front().takes;
    cost.push_back(may ? std::chrono::duration<double>(*workarounds.front().takes).count() : -1);
  }
  if (state.ended) return {};
  const auto offer = isolation::offer_early(session_.problem(), known, session_.open_steps(), cost);
  if (offer.cause == std::exchange(last_offer_, offer.cause) || offer.cause < 0) return {};
  return labelled("worth a try", "the workaround of " + name_of(offer.cause) + ": t " +
                                     causes[static_cast<std::size_t>(offer.cause)].id + " shows it");
}

/// What may be said on the call: what was found, what helps now, what comes next.
}  // namespace aztriage::cli
