#include "base/text.h"
#include "report/compose.h"

#include <algorithm>

namespace aztriage::report {
namespace {

using engine::RunResult;
using isolation::Verdict;

constexpr std::size_t kMostIds = 10;

/// What was found, without figures and names of the tool's own.
Callout found(const RunResult& run) {
  Callout callout;
  const bool cause = run.cause.has_value();
  switch (run.verdict) {
    case Verdict::isolated:
      callout = {run.confirmed ? "Found and confirmed" : "The cause is found", Tone::good, {}};
      break;
    case Verdict::healthy:
      callout = {"The problem did not show when we looked", Tone::warn, {}};
      break;
    case Verdict::inconclusive:
      callout = {cause ? "A probable cause" : "Not found yet", Tone::warn, {}};
      break;
    case Verdict::unlisted:
      callout = {"An unusual cause", Tone::warn, {}};
      break;
  }
  if (cause) {
    Line title;
    title.add(run.cause->title + ".", Span::Kind::strong);
    callout.lines.push_back(std::move(title));
    if (!run.explain.empty()) callout.lines.emplace_back(run.explain);
    if (run.verdict != Verdict::isolated)
      callout.lines.emplace_back("This is likely, but not yet certain: see what comes next below.");
  } else if (run.verdict == Verdict::healthy) {
    callout.lines.emplace_back(
        "Everything that we looked at answered as it should. If you still see the problem, please tell us "
        "the "
        "exact time (with your time zone) and where you see it.");
  } else if (run.reason == isolation::Reason::vantage) {
    callout.lines.emplace_back(
        "The network that we looked from has a problem of its own, so that nothing could be told about the "
        "service itself.");
    if (!run.reason_text.empty()) callout.lines.emplace_back("What is wrong there: " + run.reason_text + ".");
  } else if (run.verdict == Verdict::unlisted) {
    callout.lines.emplace_back("None of the usual causes explains what we saw. We look further into it.");
  } else {
    callout.lines.emplace_back("Several causes are still possible. We need to look at one more thing.");
  }
  if (!run.fixed.empty())
    callout.lines.emplace_back("What was found before that is cured; this is another cause beside it.");
  if (run.confirmed)
    callout.lines.emplace_back("After the step below, the problem was gone when we looked again.");
  return callout;
}

Section now_section(const RunResult& run, bool stand_ins) {
  Section section{"now", run.confirmed ? "What helped" : "What helps now", {}};
  const bool commands = std::ranges::any_of(
      run.workarounds, [](const auto& each) { return !each.command.empty() || !each.powershell.empty(); });
  if (stand_ins && commands && !run.confirmed)
    section.blocks.emplace_back(Paragraph{
        "Before you run a command, put your own names in place of stand-ins such as host-1 or resource-1."});
  if (run.workarounds.size() > 1)
    section.blocks.emplace_back(
        Paragraph{"One of these is enough; they are in the order in which to try them."});
  for (const auto& workaround : run.workarounds) add_workaround(section.blocks, workaround);
  return section;
}

Section next_section(const RunResult& run, bool records) {
  Section section{"next", "What comes next", {}};
  Items items;
  if (run.cause && !run.workarounds.empty() && !run.confirmed)
    items.items.emplace_back(
        "Once you have done the step above, tell us: we look again and see whether it helped.");
  if (run.next) {
    if (run.next->command.empty()) {
      // What is no question names a step of the playbook.
      items.items.emplace_back(run.next->what.ends_with('?') ? "Please tell us: " + run.next->what
                                                             : "We look at one more thing ourselves.");
    } else {
      items.items.emplace_back(
          "Please run this command, which only reads, and send us what it prints. Passwords and keys in it "
          "are "
          "removed when we read it in.");
    }
  }
  if (!run.cause && run.reason == isolation::Reason::vantage)
    items.items.emplace_back("We look again from a network that works, and tell you what we find.");
  if (!run.fix.empty()) items.items.emplace_back("To cure it for good: " + run.fix);
  if (run.escalation)
    items.items.emplace_back(std::string("We can take this to the engineers of the service") +
                             (records ? ", together with the records named below" : "") +
                             ". You need not do anything for that.");
  if (items.items.empty()) items.items.emplace_back("We get back to you when we know more.");
  section.blocks.emplace_back(std::move(items));
  if (run.next && !run.next->command.empty()) section.blocks.emplace_back(Code{"To run", run.next->command});
  return section;
}

std::string result_word(const RunResult& run, const engine::StepResult& step) {
  const auto word = state_word(run, step);
  const bool spoilt = !run.cause && run.reason == isolation::Reason::vantage;
  if (spoilt && (word.text == "SEEN" || word.text == "BAD")) return "tells nothing: our own network";
  if (word.text == "SEEN") return "the problem shows";
  if (word.text == "BAD") return "not as it should be";
  if (word.text == "failed") return "could not be looked at";
  return word.text == "warning" ? "worth a look" : word.text;
}

Section seen_section(const CaseReport& report) {
  Section section{"seen", "What we looked at", {}};
  Table table{"", {"Time (UTC)", "What we saw", "Result"}, {}};
  for (const auto& run : report.rounds) {
    for (const auto& step : run.steps) {
      const bool answers = step.outcome >= 0 || step.state == engine::StepState::failed;
      if (!was_done(step) || !answers || step.id == "vantage") continue;
      // Another reading of what stands there already.
      if (step.kind == playbook::StepKind::of) continue;
      const auto state = state_word(run, step);
      Line result;
      if (const auto word = result_word(run, step); !word.empty())
        result.add(word, Span::Kind::badge, state.tone);
      Line what;
      if (!step.ask.empty()) what.add(step.ask);
      if (step.observation && !step.observation->target.empty())
        what.add(step.observation->target + ":", Span::Kind::strong);
      what.add(seen_text(step));
      const bool timed = step.observation && step.observation->at.time_since_epoch().count() > 0;
      table.rows.push_back(
          {timed ? utc_text(step.observation->at).substr(11, 8) : "", std::move(what), std::move(result)});
    }
  }
  if (!table.rows.empty()) section.blocks.emplace_back(std::move(table));
  return section;
}

Section records_section(const CaseReport& report) {
  Section section{"records", "Records of the service", {}};
  section.blocks.emplace_back(
      Paragraph{"With these the engineers of the service find the failed requests in their own logs."});
  Table table{"", {"Name", "Value", "Time (UTC)"}, {}};
  for (const auto& id : report.ids) {
    if (table.rows.size() >= kMostIds) break;
    Line value;
    value.add(id.value, Span::Kind::code);
    table.rows.push_back({id.name, std::move(value), utc_text(id.at)});
  }
  section.blocks.emplace_back(std::move(table));
  return section;
}

}  // namespace

Document for_customer(const CaseReport& report) {
  Document document;
  document.kind = "Summary of our investigation";
  const bool nothing = report.rounds.empty();
  document.title = nothing ? "Nothing was looked at yet" : report.rounds.back().title;
  if (!report.ticket.empty()) document.head.emplace_back("Ticket", report.ticket);
  if (!report.case_id.empty()) document.head.emplace_back("Case", report.case_id);
  if (!report.timeline.empty()) document.head.emplace_back("Looked at", utc_text(report.timeline.front().at));
  if (!nothing) {
    // Of several rounds the last one says how it stands; those before it are told as what was done.
    Section result{"found", "What was found", {}};
    for (const auto& run : report.rounds) result.blocks.emplace_back(found(run));
    document.sections.push_back(std::move(result));
    const auto& last = report.rounds.back();
    if (!last.workarounds.empty()) document.sections.push_back(now_section(last, report.pseudonyms));
    document.sections.push_back(next_section(last, !report.ids.empty()));
    if (auto seen = seen_section(report); !seen.blocks.empty()) document.sections.push_back(std::move(seen));
    if (!report.ids.empty()) document.sections.push_back(records_section(report));
    if (!last.docs.empty()) {
      Section docs{"docs", "To read", {}};
      Items items;
      for (const auto& address : last.docs) {
        Line link;
        link.add(address, Span::Kind::link);
        items.items.push_back(std::move(link));
      }
      docs.blocks.emplace_back(std::move(items));
      document.sections.push_back(std::move(docs));
    }
  }
  document.footer =
      "All times are UTC. Nothing was changed on your side by this investigation; passwords and keys "
      "are not kept.";
  if (report.pseudonyms)
    document.footer +=
        " Names and addresses such as host-1 stand for yours, so that this page can be passed on; the same "
        "name "
        "always means the same thing, and we can tell you which.";
  return document;
}

}  // namespace aztriage::report
