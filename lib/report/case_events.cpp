#include "report/case_events.h"

#include "base/text.h"

#include <algorithm>
#include <map>
#include <optional>

namespace aztriage::report {
namespace {

using engine::Event;
using engine::EventKind;
using Kind = TimelineEntry::Kind;

std::string outcome_text(const Event& event) {
  if (event.state == "failed") return "failed: " + event.reason;
  if (!event.text.empty()) return event.text;
  return event.value.empty() ? event.reason : event.value;
}

TimelineEntry of_outcome(const Event& event) {
  TimelineEntry entry{event.at, Kind::look, event.name, outcome_text(event), event.took, event.flag == false};
  if (event.by == "command") entry.kind = Kind::command;
  if (event.by == "paste" || event.by == "given") entry.kind = Kind::answer;
  // It was recorded when the look ended.
  if (entry.kind != Kind::answer) entry.at -= event.took;
  return entry;
}

TimelineEntry of_verdict(const Event& event) {
  std::string text = event.value;
  if (!event.name.empty()) text += ": " + event.name;
  if (!event.text.empty()) text += ", " + event.text;
  if (event.flag == true) text += ", confirmed";
  return {event.at, Kind::verdict, "aztriage", std::move(text), {}, event.value == "isolated"};
}

/// Nothing for what only the machine needs to go on.
std::optional<TimelineEntry> entry_of(const Event& event) {
  const auto person = [&](Kind kind, std::string text) {
    return TimelineEntry{event.at,        kind, event.name.empty() ? "engineer" : event.name,
                         std::move(text), {},   false};
  };
  switch (event.kind) {
    case EventKind::outcome:
      // A person's answer stands there already.
      if (event.by == "person" || (event.value.empty() && event.text.empty() && event.state != "failed"))
        return std::nullopt;
      return of_outcome(event);
    case EventKind::answer:
      return person(Kind::answer, event.value.empty() ? "don't know" : event.value);
    case EventKind::paste:
      if (!event.observation && !event.reason.empty())
        return person(Kind::answer, "an output was pasted that could not be read");
      return person(Kind::answer, event.flag == true
                                      ? "the customer's output was pasted; it counts before ours"
                                      : "an output was pasted");
    case EventKind::skip:
      return person(Kind::answer, "skipped");
    case EventKind::consent:
      return person(Kind::command, "was allowed to run");
    case EventKind::input:
      return person(Kind::answer, event.value);
    case EventKind::undo:
      return person(Kind::answer, "took the last answer back");
    case EventKind::again:
      return TimelineEntry{event.at, Kind::other, "engineer",
                           "looked again: " + text::join(event.steps, ", ")};
    case EventKind::pin:
      return person(Kind::answer, event.flag == true ? "held for certain" : "excluded by hand");
    case EventKind::unpin:
      return person(Kind::answer, "left to the evidence again");
    case EventKind::ask_again:
      return person(Kind::answer, "took this answer back");
    case EventKind::round:
      return person(Kind::verdict, "fixed, and the symptom goes on: round 2");
    case EventKind::attempt:
      return person(Kind::workaround, "its workaround is being tried");
    case EventKind::trial:
      return person(Kind::workaround,
                    event.flag == true ? "its workaround helped" : "its workaround did not help");
    case EventKind::confirmed:
      return person(Kind::workaround, event.flag == true ? "confirmed" : "not confirmed any more");
    case EventKind::note:
      return TimelineEntry{event.at, Kind::note, "engineer", event.text};
    case EventKind::hand_over:
      return TimelineEntry{event.at, Kind::other, "engineer", "handed over, for " + event.value};
    case EventKind::verdict:
      return of_verdict(event);
    case EventKind::stop:
      return TimelineEntry{event.at, Kind::other, "aztriage", "stopped: " + event.value};
    case EventKind::resume:
      return TimelineEntry{event.at, Kind::other, "engineer", "went on"};
    case EventKind::end:
      return TimelineEntry{event.at, Kind::other, "aztriage", "ended: " + event.value};
    case EventKind::vantage:
    case EventKind::observation:
    case EventKind::ask:
    case EventKind::shell:
    case EventKind::more:
      return std::nullopt;
  }
  return std::nullopt;
}

/// The beginning and the end of a long one: nobody reads more, and a browser draws it at once.
void bound(std::vector<TimelineEntry>& timeline) {
  constexpr std::size_t kMost = 2000;
  if (timeline.size() <= kMost) return;
  const auto first = timeline.begin() + kMost / 2;
  const auto last = timeline.end() - kMost / 2;
  const auto left_out = std::to_string(last - first);
  *first = {first->at, Kind::other, "aztriage", left_out + " entries are left out here; the case has them"};
  timeline.erase(first + 1, last);
}

}  // namespace

void take_events(CaseReport& report, std::span<const Event> events) {
  report.timeline.clear();
  report.notes.clear();
  for (const auto& run : report.rounds)
    report.timeline.push_back({run.started, Kind::other, "aztriage", "began with " + run.playbook});
  std::map<std::string, std::string> answered;
  for (const auto& event : events) {
    if (event.kind == EventKind::note) report.notes.push_back({event.at, event.text});
    if (event.kind == EventKind::answer) answered[event.name] = event.value;
    // What was given beforehand became an outcome with the same words.
    const auto given =
        event.kind == EventKind::outcome && event.by == "given" ? answered.find(event.name) : answered.end();
    if (given != answered.end() && given->second == event.value) continue;
    if (auto entry = entry_of(event)) report.timeline.push_back(std::move(*entry));
  }
  std::ranges::stable_sort(report.timeline, {}, &TimelineEntry::at);
  bound(report.timeline);
}

}  // namespace aztriage::report
