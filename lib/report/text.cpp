#include "base/text.h"

#include "base/clock.h"
#include "base/duration.h"
#include "isolation/explain.h"
#include "report/page.h"
#include "report/registry.h"
#include "report/words.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace aztriage::report {
namespace {

using engine::RunResult;
using engine::StepResult;
using engine::StepState;
using isolation::Verdict;

constexpr int kNamedCauses = 3;
constexpr std::size_t kWidestId = 24;
constexpr std::size_t kWordColumn = 8;  // fine, SEEN, failed, warning, BAD

struct Headline {
  std::string_view word;
  Tone tone;
};

Headline headline_of(const RunResult& run) {
  switch (run.verdict) {
    case Verdict::isolated:
      return {"ISOLATED", Tone::bad};
    case Verdict::healthy:
      return {"HEALTHY", Tone::good};
    case Verdict::inconclusive:
      return {"INCONCLUSIVE", Tone::warn};
    case Verdict::unlisted:
      return {"UNLISTED", Tone::warn};
  }
  return {};
}

std::string inputs_of(const RunResult& run) {
  std::string all;
  for (const auto& [name, value] : run.inputs) all += (all.empty() ? "" : " ") + name + "=" + value;
  return all;
}

void add_header(Page& page, const RunResult& run, const Style& style) {
  const std::string time =
      style.time ? style.time(run.started) : to_rfc3339(run.started).substr(11, 5) + " UTC";
  page.line({}, {run.playbook + ":", Tone::strong}, run.title + (run.title.empty() ? "" : ",") + " " + time,
            0);
  if (run.origin != "built in" && !run.origin.empty()) page.line("  read from", run.origin);
  if (const std::string inputs = inputs_of(run); !inputs.empty()) page.line("  with", inputs);
}

void add_step(Page& page, const RunResult& run, const StepResult& step, std::size_t column) {
  Word word{{}, Tone::plain, kWordColumn};
  std::string_view text = step.say.empty() ? step.outcome_name : step.say;
  if (step.state == StepState::failed) {
    word = {"failed", Tone::warn, kWordColumn};
    text = step.reason;
  } else if (step.fine == false && run.verdict == Verdict::healthy) {
    word = {"warning", Tone::warn, kWordColumn};
  } else if (step.symptom && step.fine != true && step.outcome >= 0) {
    word = {"SEEN", Tone::bad, kWordColumn};
  } else if (step.fine) {
    word = *step.fine ? Word{"fine", Tone::good, kWordColumn} : Word{"BAD", Tone::bad, kWordColumn};
  }
  if (text.empty()) text = step.reason.empty() ? "no answer" : std::string_view(step.reason);
  page.line("  " + step.id, word, text, column);
}

/// Steps that somebody or something looked at, in their order; then the others, by the reason why not.
void add_steps(Page& page, const RunResult& run) {
  std::size_t column = Page::kColumn;
  for (const StepResult& step : run.steps)
    column = std::max(column, std::min(text::width(step.id), kWidestId) + 4);
  std::vector<std::pair<std::string, std::vector<std::string>>> others;
  for (const StepResult& step : run.steps) {
    // A second look at the same answer that found nothing of its own only repeats the first.
    if (step.kind == playbook::StepKind::of && step.state == StepState::done && step.outcome < 0) continue;
    if (step.state == StepState::done || step.state == StepState::failed) {
      add_step(page, run, step, column);
      continue;
    }
    std::string reason = step.reason.empty() ? std::string(state_name(step.state)) : step.reason;
    const auto same = [&](const auto& other) { return other.first == reason; };
    auto it = std::find_if(others.begin(), others.end(), same);
    if (it == others.end()) it = others.insert(others.end(), {std::move(reason), {}});
    it->second.push_back(step.id);
  }
  for (const auto& [reason, ids] : others) page.line("not looked at", text::join(ids, ", ") + ": " + reason);
}

void add_symptom(Page& page, const RunResult& run) {
  const auto looks = std::count_if(run.steps.begin(), run.steps.end(), [](const StepResult& step) {
    return step.state == StepState::done || step.state == StepState::failed;
  });
  std::string text = "not tested";
  if (run.symptom == isolation::Symptom::seen) text = "seen";
  if (run.symptom == isolation::Symptom::not_seen) text = "not seen";
  text +=
      "; " + std::to_string(looks) + (looks == 1 ? " look in " : " looks in ") + format_duration(run.took);
  page.line("symptom", text);
}

std::string named(const engine::CauseResult& cause) {
  const std::string name = cause.id == "unlisted" ? "nothing listed" : cause.id;
  return name + " " + isolation::percent(cause.probability);
}

/// What is still possible, at most three by name, and what is unlikely.
void add_shortlist(Page& page, const RunResult& run) {
  std::vector<std::string> possible;
  std::vector<std::string> unlikely;
  int more = 0;
  for (const engine::CauseResult& cause : run.causes) {
    const isolation::Standing standing = isolation::standing(cause.probability);
    if (standing == isolation::Standing::unlikely) {
      unlikely.push_back(cause.id == "unlisted" ? "nothing listed" : cause.id);
    } else if (standing == isolation::Standing::possible &&
               static_cast<int>(possible.size()) < kNamedCauses) {
      possible.push_back(named(cause));
    } else if (standing == isolation::Standing::possible) {
      ++more;
    }
  }
  if (more > 0) possible.push_back(std::to_string(more) + " more");
  if (!possible.empty()) page.line("possible", text::join(possible, ", "));
  if (!unlikely.empty()) page.line("unlikely", text::join(unlikely, ", "));
}

void add_evidence(Page& page, const engine::CauseResult& cause) {
  std::vector<std::string> speaks_for;
  std::vector<std::string> against;
  for (const engine::EvidenceResult& e : cause.evidence) {
    const std::string_view strength = isolation::strength(e.bits);
    if (speaks_against(e.bits)) {
      against.push_back(e.step + " " + e.outcome);
    } else if (strength != "neutral") {
      speaks_for.push_back(e.step + " " + e.outcome + " " + std::string(strength));
    }
  }
  if (!speaks_for.empty()) page.line("because", text::join(speaks_for, ", "));
  if (!against.empty()) page.line("against it", text::join(against, ", "));
}

void add_verdict(Page& page, const RunResult& run) {
  if (run.interrupted)
    page.line({}, {"INTERRUPTED", Tone::warn, Page::kColumn}, "what was seen until then stands here", 0);
  const Headline headline = headline_of(run);
  std::string text = run.reason_text;
  if (run.verdict == Verdict::isolated && run.cause) {
    text = run.cause->id + ": " + run.cause->title + ", " + isolation::percent(run.cause->probability);
  }
  page.line({}, {headline.word, headline.tone, Page::kColumn}, text, 0);
  if (run.confirmed) page.line({}, {"CONFIRMED", Tone::good, Page::kColumn}, "its workaround helped", 0);
  if (run.cause) {
    if (run.verdict != Verdict::isolated) page.line("probable", named(*run.cause) + ": " + run.cause->title);
    add_evidence(page, *run.cause);
    if (!run.explain.empty()) page.line("meaning", run.explain);
    if (!run.cause->see.empty()) page.line("goes on in", run.cause->see);
  }
  if (run.verdict == Verdict::inconclusive || run.verdict == Verdict::unlisted) add_shortlist(page, run);
  for (const std::string& warning : run.warnings) page.line("warning", warning);
}

void add_workaround(Page& page, const engine::WorkaroundResult& workaround) {
  page.line("do now", workaround.action + (workaround.disruptive ? " (disruptive)" : ""));
  if (!workaround.command.empty()) page.whole({}, workaround.command);
  if (!workaround.powershell.empty()) page.whole("  PowerShell", workaround.powershell);
  if (!workaround.portal.empty()) page.line("  portal", workaround.portal);
  if (!workaround.takes.empty()) page.line("  takes", workaround.takes);
  if (!workaround.risk.empty()) page.line("  risk", workaround.risk);
  if (!workaround.undo.empty()) page.line("  undo", workaround.undo);
}

void add_next(Page& page, const engine::NextResult& next) {
  page.line("next", next.step + (next.what.empty() ? "" : ": " + next.what));
  if (!next.command.empty()) page.whole("  run", next.command);
  if (!next.outcomes.empty()) page.line("  answers", text::join(next.outcomes, ", "));
  if (!next.how.empty()) page.line("  how", next.how);
}

void add_advice(Page& page, const RunResult& run) {
  for (const engine::WorkaroundResult& workaround : run.workarounds) add_workaround(page, workaround);
  if (!run.fix.empty()) page.line("fix", run.fix);
  for (const std::string& address : run.docs) page.whole("read", address);
  if (run.escalation) {
    page.line("escalate to", run.escalation->team);
    if (!run.escalation->say.empty()) page.line("  say", run.escalation->say);
    if (!run.escalation->attach.empty()) page.line("  attach", text::join(run.escalation->attach, ", "));
  }
  if (run.next) add_next(page, *run.next);
}

/// One line a run, when there are several: what to look at first.
void add_overview(Page& page, std::span<const RunResult> runs) {
  for (const RunResult& run : runs) {
    const Headline headline = headline_of(run);
    std::string text = run.playbook;
    if (const std::string inputs = inputs_of(run); !inputs.empty()) text += " " + inputs;
    if (run.cause) text += ": " + named(*run.cause);
    page.line({}, {headline.word, headline.tone, Page::kColumn}, text, 0);
  }
}

}  // namespace

std::string render_text(std::span<const RunResult> results, const Style& style) {
  Page page(style);
  for (const RunResult& run : results) {
    add_header(page, run, style);
    add_steps(page, run);
    add_symptom(page, run);
    add_verdict(page, run);
    add_advice(page, run);
    if (results.size() > 1) page.blank();
  }
  if (results.size() > 1) add_overview(page, results);
  return page.take();
}

}  // namespace aztriage::report
