#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"
#include "isolation/explain.h"
#include "report/compose.h"
#include "report/phases.h"
#include "report/words.h"

#include <algorithm>

namespace aztriage::report {
namespace {

using engine::CauseResult;
using engine::RunResult;
using engine::StepResult;
using isolation::Verdict;

constexpr std::size_t kLongestFact = 4000;
constexpr std::size_t kMostFacts = 300;

std::string name_of_cause(const CauseResult& cause) {
  return cause.id == "unlisted" ? "nothing listed" : cause.id;
}

Callout verdict_of(const RunResult& run) {
  Callout callout;
  switch (run.verdict) {
    case Verdict::isolated:
      callout = {"Isolated", Tone::bad, {}};
      break;
    case Verdict::healthy:
      callout = {"Healthy", Tone::good, {}};
      break;
    case Verdict::inconclusive:
      callout = {"Inconclusive", Tone::warn, {}};
      break;
    case Verdict::unlisted:
      callout = {"Nothing listed fits", Tone::warn, {}};
      break;
  }
  if (run.cause) {
    Line cause;
    cause.add(run.cause->title, Span::Kind::strong);
    callout.lines.push_back(std::move(cause));
    Line belief;
    belief.add(run.cause->id, Span::Kind::code).add(isolation::percent(run.cause->probability));
    if (run.verdict != Verdict::isolated) belief.add("probable, not certain");
    if (run.confirmed) belief.add("confirmed: its workaround helped", Span::Kind::badge, Tone::good);
    callout.lines.push_back(std::move(belief));
  }
  if (!run.reason_text.empty()) callout.lines.emplace_back(run.reason_text);
  if (!run.explain.empty()) callout.lines.emplace_back(run.explain);
  if (run.interrupted) callout.lines.emplace_back("Interrupted: what was seen until then stands here.");
  return callout;
}

std::string symptom_of(const RunResult& run) {
  if (run.symptom == isolation::Symptom::seen) return "The complaint was seen from here.";
  if (run.symptom == isolation::Symptom::not_seen) return "The complaint did not show from here.";
  return "The complaint could not be looked for.";
}

std::string place_of(const RunResult& run) {
  return run.here == "client" ? "where the failing client sits" : "outside the customer's network";
}

void add_summary(std::vector<Block>& blocks, const RunResult& run) {
  blocks.emplace_back(verdict_of(run));
  Fields fields;
  fields.rows.emplace_back("Complaint", symptom_of(run));
  if (!run.fixed.empty())
    fields.rows.emplace_back("Fixed before", text::join(run.fixed, ", ") + ", each verified");
  Line playbook;
  playbook.add(run.playbook, Span::Kind::code);
  if (!run.reviewed.empty()) playbook.add("reviewed " + run.reviewed);
  if (!run.digest.empty()) playbook.add("sha256 " + run.digest.substr(0, 16));
  if (!run.origin.empty()) playbook.add("(" + run.origin + ")");
  fields.rows.emplace_back("Playbook", std::move(playbook));
  fields.rows.emplace_back("Looked from", place_of(run));
  fields.rows.emplace_back("Time", utc_text(run.started) + ", " + format_duration(run.took));
  for (const auto& [name, value] : run.inputs) {
    Line line;
    line.add(value, Span::Kind::code);
    fields.rows.emplace_back(name, std::move(line));
  }
  if (run.escalation) {
    fields.rows.emplace_back("For the team", run.escalation->team);
    if (!run.escalation->say.empty()) fields.rows.emplace_back("They ask for", run.escalation->say);
    if (!run.escalation->attach.empty())
      fields.rows.emplace_back("Attached below", text::join(run.escalation->attach, ", "));
  }
  blocks.emplace_back(std::move(fields));
  if (run.warnings.empty()) return;
  Items items;
  for (const auto& warning : run.warnings) items.items.emplace_back("Warning: " + warning);
  blocks.emplace_back(std::move(items));
}

/// Steps with what they saw; those that nobody looked at by their reason.
void add_seen(std::vector<Block>& blocks, const RunResult& run) {
  Table table{"", {"Step", "Result", "What was seen", "By", "UTC", "Took"}, {}};
  std::vector<std::pair<std::string, std::string>> others;
  for (const auto& step : run.steps) {
    if (step.kind == playbook::StepKind::of && step.state == engine::StepState::done && step.outcome < 0)
      continue;
    if (!was_done(step)) {
      const std::string reason = step.reason.empty() ? std::string(state_name(step.state)) : step.reason;
      const auto same = std::ranges::find(others, reason, &std::pair<std::string, std::string>::first);
      if (same == others.end()) {
        others.emplace_back(reason, step.id);
      } else {
        same->second += ", " + step.id;
      }
      continue;
    }
    const auto& seen = step.observation;
    Line id;
    id.add(step.id, Span::Kind::code);
    Line word;
    if (const auto state = state_word(run, step); !state.text.empty()) word.spans.push_back(state);
    Line what;
    if (!step.ask.empty()) what.add(step.ask).add("->");
    what.add(seen_text(step));
    if (seen && !seen->target.empty()) what.add(seen->target, Span::Kind::code);
    const bool timed = step.took.count() > 0 && step.answered_by == "probe";
    const bool dated = seen && seen->at.time_since_epoch().count() > 0;
    table.rows.push_back({std::move(id), std::move(word), std::move(what), step.answered_by,
                          dated ? utc_precise(seen->at) : "",
                          timed ? seconds_text(static_cast<double>(step.took.count()) / 1e3) : ""});
  }
  if (!table.rows.empty()) blocks.emplace_back(std::move(table));
  Items items;
  for (const auto& [reason, ids] : others)
    items.items.emplace_back("Not looked at: " + ids + " (" + reason + ")");
  if (!items.items.empty()) blocks.emplace_back(std::move(items));
}

const StepResult* find_step(const RunResult& run, std::string_view id) {
  const auto it = std::ranges::find(run.steps, id, &StepResult::id);
  return it == run.steps.end() ? nullptr : &*it;
}

/// The evidence for or against, the strongest first, each with what its step saw.
Line evidence_of(const RunResult& run, const CauseResult& cause, bool against) {
  Line line;
  for (const auto& each : cause.evidence) {
    const auto strength = isolation::strength(each.bits);
    if (speaks_against(each.bits) != against || strength == "neutral") continue;
    if (!line.empty()) line.spans.back().text += ";";
    line.add(each.step, Span::Kind::code);
    const StepResult* step = find_step(run, each.step);
    std::string text = each.outcome;
    if (step && !step->say.empty() && step->outcome_name == each.outcome) text += " (" + step->say + ")";
    if (!against) text += ", " + std::string(strength);
    line.add(std::move(text));
  }
  return line;
}

void add_causes(std::vector<Block>& blocks, const RunResult& run) {
  Table left{"", {"Still possible", "Belief", "What speaks for it", "What speaks against it"}, {}};
  Table out{"", {"Ruled out or unlikely", "Belief", "By"}, {}};
  for (const auto& cause : run.causes) {
    Line name;
    name.add(name_of_cause(cause), Span::Kind::code).add(cause.title);
    if (isolation::standing(cause.probability) == isolation::Standing::possible) {
      left.rows.push_back({std::move(name), isolation::percent(cause.probability),
                           evidence_of(run, cause, false), evidence_of(run, cause, true)});
    } else {
      out.rows.push_back(
          {std::move(name), isolation::percent(cause.probability), evidence_of(run, cause, true)});
    }
  }
  if (!left.rows.empty()) blocks.emplace_back(std::move(left));
  if (!out.rows.empty()) blocks.emplace_back(std::move(out));
}

void add_advice(std::vector<Block>& blocks, const RunResult& run) {
  for (const auto& workaround : run.workarounds) add_workaround(blocks, workaround);
  Fields fields;
  if (!run.workarounds.empty())
    fields.rows.emplace_back("Verified",
                             run.confirmed ? "yes: the complaint was gone afterwards" : "not yet");
  if (!run.fix.empty()) fields.rows.emplace_back("Durable fix", run.fix);
  for (const auto& address : run.docs) {
    Line link;
    link.add(address, Span::Kind::link);
    fields.rows.emplace_back("Read", std::move(link));
  }
  if (run.cause && !run.cause->see.empty()) fields.rows.emplace_back("Goes on in", run.cause->see);
  if (run.next) {
    fields.rows.emplace_back("Next step", run.next->step + ": " + run.next->what);
    if (!run.next->outcomes.empty())
      fields.rows.emplace_back("Answers", text::join(run.next->outcomes, ", "));
    if (!run.next->how.empty()) fields.rows.emplace_back("How", run.next->how);
  }
  if (!fields.rows.empty()) blocks.emplace_back(std::move(fields));
  if (run.next && !run.next->command.empty()) blocks.emplace_back(Code{"Next", run.next->command});
}

void add_commands(std::vector<Block>& blocks, const RunResult& run) {
  for (const auto& step : run.steps) {
    if (!was_done(step) || step.kind == playbook::StepKind::of || step.commands.empty()) continue;
    blocks.emplace_back(Heading{step.id});
    for (const auto& command : step.commands) blocks.emplace_back(Code{command.shell, command.line});
  }
}

std::string short_fact(const fact::Value& value) {
  std::string text = fact::to_text(value);
  if (text.size() <= kLongestFact) return text;
  const std::size_t more = text.size() - kLongestFact;
  text = text::to_utf8(text.substr(0, kLongestFact));
  return text + "\xe2\x80\xa6 (" + std::to_string(more) + " more bytes)";
}

/// All values of a header that has but one.
bool repeats_header(const fact::Observation& seen, std::string_view name, const fact::Value& value) {
  constexpr std::string_view kAll = "header-values.";
  if (!name.starts_with(kAll)) return false;
  const auto first = seen.facts.find("headers." + std::string(name.substr(kAll.size())));
  return first != seen.facts.end() && fact::to_text(first->second) == fact::to_text(value);
}

void add_observation(std::vector<Block>& blocks, const StepResult& step) {
  const auto& seen = *step.observation;
  Fields fields;
  const auto put = [&](std::string name, const std::string& value) {
    Line line;
    line.add(value, Span::Kind::code);
    if (!value.empty()) fields.rows.emplace_back(std::move(name), std::move(line));
  };
  if (seen.at.time_since_epoch().count() > 0) put("at", to_rfc3339(seen.at));
  put("target", seen.target);
  put("address", seen.address);
  put("proxy", seen.proxy);
  if (seen.failure) {
    put("failure", std::string(fact::failure_name(seen.failure->kind)) + ": " + seen.failure->text);
  }
  for (const auto& [name, value] : seen.facts) {
    if (fields.rows.size() >= kMostFacts) break;
    if (!repeats_header(seen, name, value)) put(name, short_fact(value));
  }
  blocks.emplace_back(Heading{step.id});
  blocks.emplace_back(std::move(fields));
}

/// What the team wants to see first, then all other looks.
void add_observations(std::vector<Block>& blocks, const RunResult& run) {
  const auto attached = [&](const StepResult& step) {
    return run.escalation &&
           std::ranges::find(run.escalation->attach, step.id) != run.escalation->attach.end();
  };
  for (const bool first : {true, false}) {
    for (const auto& step : run.steps) {
      const bool own = was_done(step) && step.observation && step.kind != playbook::StepKind::of;
      if (own && attached(step) == first) add_observation(blocks, step);
    }
  }
}

Section ids_section(const CaseReport& report) {
  Section section{"ids", "Request and correlation ids", {}};
  Table table{"", {"Name", "Value", "UTC", "Step", "Target"}, {}};
  for (const auto& id : report.ids) {
    Line value;
    value.add(id.value, Span::Kind::code);
    Line step;
    step.add(id.step, Span::Kind::code);
    Line target;
    target.add(id.target, Span::Kind::code);
    const std::string time = to_rfc3339(id.at);
    table.rows.push_back({id.name, std::move(value), time.substr(0, 10) + " " + time.substr(11, 12),
                          std::move(step), std::move(target)});
  }
  if (table.rows.empty()) {
    section.blocks.emplace_back(Paragraph{"No service named its requests in what was seen."});
  } else {
    section.blocks.emplace_back(std::move(table));
  }
  return section;
}

Section timeline_section(const CaseReport& report) {
  Section section{"timeline", "Timeline", {}};
  if (auto chart = timeline_chart(report.timeline); !chart.lanes.empty())
    section.blocks.emplace_back(std::move(chart));
  Table table{"", {"UTC", "Kind", "Who or what", "What"}, {}};
  for (const auto& entry : report.timeline) {
    Line what(entry.text);
    const std::string time = to_rfc3339(entry.at);
    table.rows.push_back({time.substr(0, 10) + " " + time.substr(11, 12), std::string(name_of(entry.kind)),
                          entry.who, std::move(what)});
  }
  section.blocks.emplace_back(std::move(table));
  return section;
}

Section notes_section(const CaseReport& report) {
  Section section{"notes", "Notes", {}};
  Table table{"", {"UTC", "Note"}, {}};
  for (const auto& note : report.notes) table.rows.push_back({utc_text(note.at), note.text});
  section.blocks.emplace_back(std::move(table));
  return section;
}

using Add = void (*)(std::vector<Block>&, const RunResult&);
/// One part of every round; of several rounds each gets a heading of its own.
void add_part(Document& document, const CaseReport& report, const char* id, const char* title, Add add) {
  Section section{id, title, {}};
  for (std::size_t i = 0; i < report.rounds.size(); ++i) {
    std::vector<Block> blocks;
    add(blocks, report.rounds[i]);
    if (blocks.empty()) continue;
    if (report.rounds.size() > 1)
      section.blocks.emplace_back(
          Heading{"Round " + std::to_string(i + 1) + ": " + report.rounds[i].playbook});
    for (auto& block : blocks) section.blocks.push_back(std::move(block));
  }
  if (!section.blocks.empty()) document.sections.push_back(std::move(section));
}

void add_waterfall(std::vector<Block>& blocks, const RunResult& run) {
  if (auto chart = waterfall_of(run); !chart.lanes.empty()) blocks.emplace_back(std::move(chart));
}

}  // namespace

Document for_engineering(const CaseReport& report) {
  Document document;
  document.kind = "Diagnostic report for engineering";
  document.title = report.rounds.empty() || report.rounds.back().title.empty() ? "Nothing was looked at yet"
                                                                               : report.rounds.back().title;
  if (!report.case_id.empty()) document.head.emplace_back("Case", report.case_id);
  if (!report.ticket.empty()) document.head.emplace_back("Ticket", report.ticket);
  if (!report.timeline.empty()) {
    document.head.emplace_back("From", utc_text(report.timeline.front().at));
    document.head.emplace_back("To", utc_text(report.timeline.back().at));
  }
  document.head.emplace_back("Made by", report.tool);
  add_part(document, report, "summary", "Summary", add_summary);
  document.sections.push_back(ids_section(report));
  add_part(document, report, "seen", "What was seen", add_seen);
  add_part(document, report, "causes", "Causes", add_causes);
  add_part(document, report, "advice", "Workaround, fix and next step", add_advice);
  if (!report.notes.empty()) document.sections.push_back(notes_section(report));
  if (!report.timeline.empty()) document.sections.push_back(timeline_section(report));
  add_part(document, report, "times", "Where the time went", add_waterfall);
  add_part(document, report, "reproduce", "How to reproduce each look", add_commands);
  add_part(document, report, "observations", "Observations in full", add_observations);
  document.footer = "All times are UTC. Secrets were masked as *** where they entered.";
  if (report.pseudonyms)
    document.footer +=
        " Names, addresses and ids of the customer are replaced by stand-ins; the same stand-in is always "
        "the "
        "same thing.";
  return document;
}

}  // namespace aztriage::report
