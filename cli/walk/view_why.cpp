#include "base/duration.h"
#include "base/text.h"
#include "cli/walk/view.h"
#include "cli/walk/wrap.h"
#include "isolation/belief.h"
#include "isolation/change.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace aztriage::cli {
namespace {

constexpr std::size_t kMostChanges = 3;

}  // namespace

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
                       ": then " + name_of(preview.leader) + percent(preview.probability);
    if (preview.probability >= isolation::kIsolated) text += ", which settles it";
    add(text);
  }
  if (why.runner_up && why.runner_up->step >= 0) {
    add("next best: '" + steps[static_cast<std::size_t>(why.runner_up->first)].id + "'");
  }
  return lines;
}

std::string WalkView::said(const isolation::Evidence& evidence) const {
  const auto& step = session_.playbook().steps[static_cast<std::size_t>(evidence.step)];
  if (evidence.outcome < 0) return step.id;
  return step.id + " is " + step.outcomes[static_cast<std::size_t>(evidence.outcome)].name;
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
    const bool against = evidence.bits <= -0.5;
    add((against ? "against: " : "for: ") + said(evidence) + " (" +
        std::string(isolation::strength(std::abs(evidence.bits))) + ")");
  }
  for (const auto& change :
       isolation::would_change(session_.problem(), known, session_.open_steps(), cause, kMostChanges)) {
    const auto& step = session_.playbook().steps[static_cast<std::size_t>(change.step)];
    const bool up = change.probability > belief[static_cast<std::size_t>(cause)];
    add("would change it: " + step.id + " is " +
        step.outcomes[static_cast<std::size_t>(change.outcome)].name +
        (for_customer_ ? std::string(up ? ", then likelier" : ", then less likely")
                       : ", then" + percent(change.probability)));
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
  struct Row {
    std::string_view key;
    std::string_view text;
  };
  // Two to a line where there is room.
  static constexpr auto kRows = std::to_array<Row>({
      {"1-9, a name", "an answer"},
      {"d", "don't know"},
      {"s", "skip this step"},
      {"u", "undo"},
      {"w", "why this question"},
      {"w NAME", "why a cause, and its fix"},
      {"l", "all causes"},
      {"b, b NAME", "ask an answer, an input again"},
      {"n TEXT", "note with the time"},
      {"n", "the notes"},
      {"p", "paste an output"},
      {"p STEP", "the customer's of any step"},
      {"f NAME", "whose outputs follow"},
      {"f", "who has shown what"},
      {"h", "the customer's shell"},
      {"y", "run what is shown, allow it"},
      {"r", "probe again"},
      {"r STEP", "only that one"},
      {"t NAME", "show a workaround"},
      {"v, v NAME", "verify it; v yes, v no"},
      {"x NAME", "exclude a cause"},
      {"! NAME", "it is certain"},
      {"- NAME", "take that back"},
      {"x", "what is excluded or certain"},
      {"c", "continue anyway"},
      {"g, g NAME", "on in a cause's playbook, any"},
      {"e", "hand over"},
      {"q", "leave"},
      {"Enter", "what was asked last"},
      {"?", "this list"},
  });
  const auto cell = [](const Row& row, std::size_t keys, std::size_t width) {
    std::string text(row.key);
    text.append(keys - text.size(), ' ');
    text += row.text;
    text.append(text.size() < width ? width - text.size() : 0, ' ');
    return text;
  };
  Lines lines;
  for (std::size_t i = 0; i < kRows.size(); i += 2) {
    if (console_.width() >= 80) {
      lines.push_back("  " + cell(kRows[i], 13, 36) + cell(kRows[i + 1], 11, 0));
    } else {
      lines.push_back("  " + cell(kRows[i], 13, 0));
      lines.push_back("  " + cell(kRows[i + 1], 13, 0));
    }
  }
  return lines;
}

}  // namespace aztriage::cli
