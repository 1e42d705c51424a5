#include "base/duration.h"
#include "base/text.h"
#include "cli/walk/view.h"
#include "cli/walk/wrap.h"
#include "isolation/belief.h"

#include <algorithm>

namespace aztriage::cli {

WalkView::Lines WalkView::why_question(const isolation::Choice& choice) const {
  const auto why = isolation::why_step(session_.problem(), session_.known(), session_.open_steps(), choice);
  const auto& steps = session_.playbook().steps;
  const auto& step = steps[static_cast<std::size_t>(choice.first)];
  Lines lines;
  const auto add = [&](const std::string& text) {
    for (auto& line : wrap("  ", text, console_.width())) lines.push_back(std::move(line));
  };
  if (why.opens_another) {
    add("asked because it opens '" + steps[static_cast<std::size_t>(choice.step)].id + "'");
  }
  const auto& numbers = session_.problem().steps[static_cast<std::size_t>(choice.first)];
  add("takes about " + format_duration(Milliseconds(static_cast<std::int64_t>(numbers.cost * 1000))) +
      (for_customer_
           ? ""
           : " and removes about " + std::to_string(static_cast<int>(why.doubt_removed * 100 + 0.5)) +
                 " % of the doubt"));
  for (const auto& preview : why.previews) {
    const auto& outcome = step.outcomes[static_cast<std::size_t>(preview.outcome)];
    std::string text = (outcome.label.empty() ? outcome.name : outcome.label) + percent(preview.chance) +
                       ": then " + short_title(preview.leader) + percent(preview.probability);
    if (preview.probability >= isolation::kIsolated) text += ", which settles it";
    add(text);
  }
  if (why.runner_up && why.runner_up->step >= 0) {
    add("next best: '" + steps[static_cast<std::size_t>(why.runner_up->first)].id + "'");
  }
  return lines;
}

WalkView::Lines WalkView::why_cause(int cause) const {
  const auto known = session_.known();
  const auto belief = isolation::believe(session_.problem(), known);
  Lines lines;
  const auto add = [&](const std::string& text) {
    for (auto& line : wrap("  ", text::printable(text, 1000), console_.width()))
      lines.push_back(std::move(line));
  };
  add(title_of(cause) + (for_customer_ ? "" : "," + percent(belief[static_cast<std::size_t>(cause)])));
  for (const auto& evidence : isolation::evidence_for(session_.problem(), known, cause)) {
    if (evidence.outcome < 0 || isolation::strength(evidence.bits) == "neutral") continue;
    const auto& step = session_.playbook().steps[static_cast<std::size_t>(evidence.step)];
    const auto& outcome = step.outcomes[static_cast<std::size_t>(evidence.outcome)];
    const bool against = evidence.bits <= -0.5;
    add(std::string(against ? "against: " : "for: ") + step.id + " is " + outcome.name + " (" +
        std::string(isolation::strength(evidence.bits)) + ")");
  }
  const auto doubts = isolation::suspicion(session_.problem(), known);
  for (std::size_t i = 0; i < doubts.size(); ++i) {
    if (doubts[i] < 0.30) continue;
    add("does not fit the rest, worth checking again: " +
        session_.playbook().steps[static_cast<std::size_t>(known.answers[i].step)].id);
  }
  for (const auto& pin : known.pins) {
    if (pin.cause == cause) add(pin.certain ? "held for certain by hand" : "excluded by hand");
  }
  return lines;
}

WalkView::Lines WalkView::fix_and_escalation(int cause) const {
  const auto& spec = session_.playbook().causes[static_cast<std::size_t>(cause)];
  Lines lines;
  const auto add = [&](std::string_view label, std::string_view text) {
    if (text.empty()) return;
    for (auto& line : labelled(label, text)) lines.push_back(std::move(line));
  };
  add("fix", spec.fix);
  if (spec.escalate && !for_customer_) {
    std::string attach;
    for (const auto& step : spec.escalate->attach) attach += (attach.empty() ? "" : ", ") + step;
    add("escalate to", spec.escalate->team);
    add("  say", spec.escalate->say);
    add("  attach", attach);
  }
  for (const auto& path : spec.docs) add("read", "https://learn.microsoft.com" + path);
  return lines;
}

WalkView::Lines WalkView::help() const {
  return {
      "  1-9, a name   an answer              d  don't know        s  skip this step",
      "  w             why this question      w NAME  why a cause, its fix and escalation",
      "  p             paste an output        y  run the command here, or allow the step",
      "  v             verify the workaround  r  probe again       c  continue anyway",
      "  x CAUSE       exclude a cause        ! CAUSE  this cause is certain",
      "  n TEXT        note with the time     u  undo              e  hand over",
      "  q             leave                  ?  this list",
  };
}

}  // namespace aztriage::cli
