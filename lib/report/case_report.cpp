#include "report/case_report.h"

#include "report/compose.h"
#include "report/registry.h"

#include <algorithm>

namespace aztriage::report {
namespace {

TimelineEntry::Kind kind_of(const engine::StepResult& step) {
  if (step.answered_by == "person" || step.answered_by == "paste" || step.answered_by == "given")
    return TimelineEntry::Kind::answer;
  return step.answered_by == "command" ? TimelineEntry::Kind::command : TimelineEntry::Kind::look;
}

std::string verdict_text(const engine::RunResult& run) {
  std::string text(isolation::name_of(run.verdict));
  if (run.verdict == isolation::Verdict::isolated && run.cause) text += ": " + run.cause->title;
  return text;
}

}  // namespace

std::string_view name_of(TimelineEntry::Kind kind) {
  switch (kind) {
    case TimelineEntry::Kind::look:
      return "look";
    case TimelineEntry::Kind::answer:
      return "answer";
    case TimelineEntry::Kind::command:
      return "command";
    case TimelineEntry::Kind::note:
      return "note";
    case TimelineEntry::Kind::workaround:
      return "workaround";
    case TimelineEntry::Kind::verdict:
      return "verdict";
    case TimelineEntry::Kind::other:
      return "other";
  }
  return {};
}

std::vector<TimelineEntry> timeline_of(const std::vector<engine::RunResult>& rounds) {
  std::vector<TimelineEntry> timeline;
  for (const auto& run : rounds) {
    timeline.push_back({run.started, TimelineEntry::Kind::other, "aztriage", "started " + run.playbook});
    for (const auto& step : run.steps) {
      if (!was_done(step) || !step.observation || step.kind == playbook::StepKind::of) continue;
      const auto word = state_word(run, step);
      // What is put together of other looks has no time of its own.
      const bool dated = step.observation->at.time_since_epoch().count() > 0;
      timeline.push_back({dated ? step.observation->at : run.started, kind_of(step), step.id, seen_text(step),
                          step.took, word.tone == Tone::bad});
    }
    timeline.push_back({run.started + run.took, TimelineEntry::Kind::verdict, "aztriage", verdict_text(run)});
  }
  std::ranges::stable_sort(timeline, {}, &TimelineEntry::at);
  return timeline;
}

CaseReport report_of(std::vector<engine::RunResult> rounds) {
  CaseReport report;
  report.tool = "aztriage " AZTRIAGE_VERSION;
  report.rounds = std::move(rounds);
  report.timeline = timeline_of(report.rounds);
  report.ids = support_ids(report.rounds);
  return report;
}

std::string render(Format format, const CaseReport& report, Audience audience, const Style& style) {
  const auto document = [&] {
    return audience == Audience::customer ? for_customer(report) : for_engineering(report);
  };
  switch (format) {
    case Format::text:
      return to_text(document(), style);
    case Format::markdown:
      return to_markdown(document());
    case Format::html:
      return to_html(document());
    case Format::json:
      return case_json(report, audience);
    case Format::junit:
      return render_junit(report.rounds, style);
  }
  return {};
}

std::string render_markdown(std::span<const engine::RunResult> results, const Style&) {
  return to_markdown(for_engineering(report_of({results.begin(), results.end()})));
}

std::string render_html(std::span<const engine::RunResult> results, const Style&) {
  return to_html(for_engineering(report_of({results.begin(), results.end()})));
}

}  // namespace aztriage::report
