#include "base/clock.h"
#include "base/duration.h"
#include "report/compose.h"
#include "report/phases.h"

#include <algorithm>
#include <cmath>

namespace aztriage::report {
namespace {

using engine::StepResult;
using engine::StepState;

constexpr std::size_t kMostMarks = 400;

double seconds(Milliseconds time) {
  return static_cast<double>(time.count()) / 1e3;
}

/// A round step for about four marks on an axis of that length.
double round_step(double length) {
  const double rough = std::max(length, 1e-3) / 4;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (rough <= factor * power) return factor * power;
  }
  return 10 * power;
}

double clamped(double value) {
  return std::isfinite(value) ? std::clamp(value, 0.0, 1.0) : 0.0;
}

}  // namespace

std::string utc_text(UtcTime time) {
  const std::string text = to_rfc3339(time);
  return text.substr(0, 10) + " " + text.substr(11, 8) + " UTC";
}

std::string utc_clock(UtcTime time) {
  return to_rfc3339(time).substr(11, 8) + " UTC";
}

std::string utc_precise(UtcTime time) {
  return to_rfc3339(time).substr(11, 12);
}

bool was_done(const StepResult& step) {
  return step.state == StepState::done || step.state == StepState::failed;
}

Span state_word(const engine::RunResult& run, const StepResult& step) {
  using Kind = Span::Kind;
  if (step.state == StepState::failed) return {"failed", Kind::badge, Tone::warn};
  if (step.fine == false && run.verdict == isolation::Verdict::healthy)
    return {"warning", Kind::badge, Tone::warn};
  if (step.symptom && step.fine != true && step.outcome >= 0) return {"SEEN", Kind::badge, Tone::bad};
  if (!step.fine) return {};
  return *step.fine ? Span{"fine", Kind::badge, Tone::good} : Span{"BAD", Kind::badge, Tone::bad};
}

std::string seen_text(const StepResult& step) {
  if (step.state == StepState::failed && !step.reason.empty()) return step.reason;
  if (!step.say.empty()) return step.say;
  if (!step.outcome_name.empty()) return step.outcome_name;
  if (step.observation && !step.observation->summary.empty()) return step.observation->summary;
  return step.reason.empty() ? "no answer" : step.reason;
}

Chart waterfall_of(const engine::RunResult& run) {
  Chart chart;
  std::vector<std::pair<const StepResult*, double>> looks;
  double last = 0;
  for (const auto& step : run.steps) {
    const bool own = step.answered_by == "probe" && step.kind != playbook::StepKind::of;
    if (!was_done(step) || !own || !step.observation || looks.size() >= kMostMarks) continue;
    // The wall clock may have been set meanwhile.
    const double begin = std::max(0.0, seconds(step.observation->at - run.started));
    looks.emplace_back(&step, begin);
    last = std::max(last, begin + std::max(seconds(step.took), total_seconds(*step.observation)));
  }
  if (looks.empty() || !(last > 0)) return chart;
  for (const auto& [step, begin] : looks) {
    const double took = std::max(seconds(step->took), total_seconds(*step->observation));
    Chart::Mark mark;
    mark.begin = clamped(begin / last);
    mark.length = clamped(took / last);
    mark.tone = state_word(run, *step).tone;
    std::string parts;
    for (const auto& phase : phases_of(*step->observation)) {
      mark.pieces.push_back({std::string(phase.name), clamped(phase.seconds / last)});
      parts += (parts.empty() ? ": " : ", ") + std::string(phase.name) + " " + seconds_text(phase.seconds);
    }
    mark.title = step->id + ", " + seconds_text(took) + parts;
    chart.lanes.push_back({step->id, seconds_text(took), {std::move(mark)}});
  }
  const double step = round_step(last);
  for (double at = 0; at <= last * 0.999; at += step)
    chart.axis.emplace_back(at / last, at == 0 ? "0" : seconds_text(at));
  chart.caption = std::to_string(looks.size()) + (looks.size() == 1 ? " look" : " looks") + " from " +
                  utc_text(run.started) + "; all had ended after " + seconds_text(last);
  return chart;
}

Chart timeline_chart(const std::vector<TimelineEntry>& timeline) {
  Chart chart;
  if (timeline.size() < 2) return chart;
  const UtcTime first = timeline.front().at;
  UtcTime last = first;
  for (const auto& entry : timeline) last = std::max(last, entry.at + entry.took);
  const double length = seconds(last - first);
  if (!(length > 0)) return chart;
  using Kind = TimelineEntry::Kind;
  const std::pair<Kind, const char*> lanes[] = {
      {Kind::look, "looks"}, {Kind::answer, "answers"},         {Kind::command, "commands"},
      {Kind::note, "notes"}, {Kind::workaround, "workarounds"}, {Kind::verdict, "verdicts"}};
  for (const auto& [kind, label] : lanes) {
    Chart::Lane lane;
    lane.label = label;
    for (const auto& entry : timeline) {
      if (entry.kind != kind || lane.marks.size() >= kMostMarks) continue;
      Chart::Mark mark;
      mark.title =
          utc_clock(entry.at) + (entry.who.empty() ? "" : " " + entry.who) + ": " + entry.text.substr(0, 200);
      mark.begin = clamped(seconds(entry.at - first) / length);
      mark.length = clamped(seconds(entry.took) / length);
      mark.tone = entry.bad ? Tone::bad : Tone::plain;
      lane.marks.push_back(std::move(mark));
    }
    lane.note = std::to_string(lane.marks.size());
    if (!lane.marks.empty()) chart.lanes.push_back(std::move(lane));
  }
  for (const double at : {0.0, 0.25, 0.5, 0.75}) {
    const UtcTime time = first + Milliseconds(static_cast<long long>(length * at * 1e3));
    chart.axis.emplace_back(at, length < 10 ? utc_precise(time) : to_rfc3339(time).substr(11, 8));
  }
  chart.caption = "What happened from " + utc_text(first) + " to " + utc_text(last);
  return chart;
}

void add_workaround(std::vector<Block>& blocks, const engine::WorkaroundResult& workaround) {
  Paragraph what;
  what.text.add(workaround.action, Span::Kind::strong);
  if (workaround.disruptive) what.text.add("interrupts the service", Span::Kind::badge, Tone::warn);
  blocks.emplace_back(std::move(what));
  if (!workaround.command.empty()) blocks.emplace_back(Code{"Azure CLI", workaround.command});
  if (!workaround.powershell.empty()) blocks.emplace_back(Code{"PowerShell", workaround.powershell});
  Fields fields;
  const std::pair<const char*, const std::string*> rows[] = {{"In the portal", &workaround.portal},
                                                             {"Takes", &workaround.takes},
                                                             {"Risk", &workaround.risk},
                                                             {"Undo", &workaround.undo}};
  for (const auto& [name, text] : rows) {
    if (!text->empty()) fields.rows.emplace_back(name, *text);
  }
  if (!fields.rows.empty()) blocks.emplace_back(std::move(fields));
}

}  // namespace aztriage::report
