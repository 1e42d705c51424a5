#include "engine/summary.h"

#include "base/text.h"
#include "engine/client_command.h"
#include "engine/commands.h"
#include "engine/plan.h"
#include "isolation/belief.h"

#include <algorithm>
#include <numeric>

namespace aztriage::engine {
namespace {

constexpr std::string_view kLearn = "https://learn.microsoft.com";

std::string cause_id(const Session& session, int cause) {
  const auto& causes = session.playbook().causes;
  return cause < static_cast<int>(causes.size()) ? causes[static_cast<std::size_t>(cause)].id : "unlisted";
}

std::string cause_title(const Session& session, int cause) {
  const auto& causes = session.playbook().causes;
  return cause < static_cast<int>(causes.size()) ? causes[static_cast<std::size_t>(cause)].title
                                                 : "something that this playbook does not list";
}

std::vector<CauseResult> causes_of(const Session& session, const isolation::Known& known) {
  const auto belief = isolation::believe(session.problem(), known);
  std::vector<int> order(belief.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](int a, int b) {
    return belief[static_cast<std::size_t>(a)] > belief[static_cast<std::size_t>(b)];
  });
  std::vector<CauseResult> result;
  for (const int cause : order) {
    CauseResult each;
    each.id = cause_id(session, cause);
    each.title = cause_title(session, cause);
    each.probability = belief[static_cast<std::size_t>(cause)];
    if (cause < static_cast<int>(session.playbook().causes.size())) {
      each.see = session.playbook().causes[static_cast<std::size_t>(cause)].see;
    }
    for (const auto& evidence : isolation::evidence_for(session.problem(), known, cause)) {
      if (evidence.outcome < 0) continue;
      const auto& step = session.playbook().steps[static_cast<std::size_t>(evidence.step)];
      each.evidence.push_back(
          {step.id, step.outcomes[static_cast<std::size_t>(evidence.outcome)].name, evidence.bits});
    }
    result.push_back(std::move(each));
  }
  return result;
}

/// How the answer of a step can be had by the next run.
std::string how_to(const playbook::Step& step, const std::string& reason) {
  if (step.kind == playbook::StepKind::question) return "--answer " + step.id + "=OUTCOME";
  if (step.kind == playbook::StepKind::command && !step.command.run.empty()) {
    const auto& program = step.command.run.front();
    const std::string allow = program.is_literal() && !program.pieces().empty()
                                  ? "--allow-commands " + program.pieces().front().literal + ", or "
                                  : "";
    return allow + "--answer " + step.id + "=@FILE with what it prints";
  }
  return reason;
}

/// The step that would decide most, of all that have no answer, whoever could do it.
std::optional<NextResult> next_of(const Session& session, const isolation::Known& known) {
  const int count = static_cast<int>(session.playbook().steps.size());
  std::vector<bool> allowed(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const auto& step = session.step(i);
    const bool locked = step.state == StepState::skipped && step.reason.starts_with("does not apply");
    allowed[static_cast<std::size_t>(i)] = step.outcome < 0 && step.state != StepState::done && !locked;
  }
  const auto ranked = isolation::rank_steps(session.problem(), known, allowed);
  if (ranked.empty() || ranked.front().score <= 0) return std::nullopt;
  const int index = ranked.front().first;
  const auto& step = session.playbook().steps[static_cast<std::size_t>(index)];
  NextResult next;
  next.step = step.id;
  next.how = how_to(step, session.step(index).reason);
  for (const auto& outcome : step.outcomes) next.outcomes.push_back(outcome.name);
  if (step.question) next.what = fill_for_people(*step.question, session.environment());
  if (step.kind == playbook::StepKind::command) {
    std::vector<std::string> argv;
    for (const auto& word : step.command.run) argv.push_back(fill_for_people(word, session.environment()));
    next.command = shell_line(argv);
    next.what = "what this prints";
  }
  if (next.what.empty()) next.what = "the " + step.probe + " look '" + step.id + "'";
  return next;
}

/// The step's result, with what it takes to do the same again.
StepResult described(const Session& session, int index) {
  StepResult result = session.step(index);
  const auto& step = session.playbook().steps[static_cast<std::size_t>(index)];
  const auto& environment = session.environment();
  if (step.question) result.ask = fill_for_people(*step.question, environment);
  // A parameter that holds a secret has to be put in by whoever runs it.
  const auto add = [&](std::string shell, const std::string& line) {
    if (!line.empty())
      result.commands.push_back({std::move(shell), decode::mask(line, session.secrets()).text});
  };
  add("aztriage", probe_command(step, environment));
  for (const auto& [shell, line] : client_commands(step, environment)) add(shell, line);
  return result;
}

std::string joined(const std::vector<Finding>& findings) {
  std::string text;
  for (const auto& finding : findings) text += (text.empty() ? "" : "; ") + finding.text;
  return text;
}

/// A finding about our own place stops every claim, unless the cause is about just that and we are where it
/// is.
bool finding_is_the_cause(const Session& session, int cause) {
  if (cause < 0 || cause >= static_cast<int>(session.playbook().causes.size())) return false;
  const auto& vantage = session.playbook().causes[static_cast<std::size_t>(cause)].vantage;
  const auto& observation = session.vantage().observation;
  return vantage && observation && observation->here == "client" &&
         std::ranges::any_of(session.findings(),
                             [&](const Finding& finding) { return finding.kind == *vantage; });
}

Conclusion inconclusive(isolation::Reason reason, std::string text, int cause = -1) {
  return {isolation::Verdict::inconclusive, reason, std::move(text), cause};
}

void add_cause(const Session& session, int index, RunResult& result) {
  const auto id = cause_id(session, index);
  auto it = std::ranges::find(result.causes, id, &CauseResult::id);
  if (it != result.causes.end()) result.cause = *it;
  const auto& cause = session.playbook().causes[static_cast<std::size_t>(index)];
  result.explain = cause.explain;
  result.fix = cause.fix;
  result.escalation = cause.escalate;
  for (const auto& workaround : cause.workarounds) result.workarounds.push_back(filled(workaround, session));
  for (const auto& path : cause.docs) result.docs.push_back(std::string(kLearn) + path);
}

/// Looks that are not fine although the symptom does not show: worth a word, no verdict.
std::vector<std::string> warnings_of(const Session& session) {
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < session.playbook().steps.size(); ++i) {
    const auto& step = session.step(static_cast<int>(i));
    if (session.playbook().steps[i].symptom || step.fine != false) continue;
    warnings.push_back(step.id + ": " + (step.say.empty() ? step.outcome_name : step.say));
  }
  return warnings;
}

}  // namespace

WorkaroundResult filled(const playbook::Workaround& workaround, const Session& session) {
  const auto& environment = session.environment();
  using Encode = match::Template::Encode;
  const auto fill = [&](const std::optional<match::Template>& text, Encode encode) {
    return text ? fill_for_people(*text, environment, encode) : std::string();
  };
  WorkaroundResult result;
  result.action = fill_for_people(workaround.action, environment);
  result.command = fill(workaround.command, Encode::shell);
  result.powershell = fill(workaround.powershell, Encode::powershell);
  result.portal = fill(workaround.portal, Encode::none);
  result.takes = workaround.takes_text;
  result.risk = workaround.risk;
  result.undo = workaround.undo;
  result.disruptive = workaround.disruptive;
  return result;
}

Conclusion conclude(const Session& session) {
  const auto state = session.state();
  const auto& findings = session.findings();
  if (!findings.empty() && !finding_is_the_cause(session, state.cause)) {
    return inconclusive(isolation::Reason::vantage, joined(findings));
  }
  const auto symptom = session.symptom();
  const bool isolated = state.verdict == isolation::Verdict::isolated;
  if (symptom == isolation::Symptom::not_seen) {
    return {isolation::Verdict::healthy, isolation::Reason::none, "the complaint does not show from here",
            -1};
  }
  if (isolated) return {state.verdict, isolation::Reason::none, "", state.cause};
  if (session.stopped()) {
    const bool by_hand = session.stopped() == fact::FailureKind::interrupted;
    return inconclusive(isolation::Reason::deadline,
                        by_hand ? "it was interrupted before all looks had ended"
                                : "the time was over before all looks had ended",
                        state.cause);
  }
  if (symptom == isolation::Symptom::not_tested) {
    return inconclusive(isolation::Reason::not_tested, "the complaint itself could not be looked for");
  }
  if (state.verdict == isolation::Verdict::unlisted) {
    return {state.verdict, isolation::Reason::none, "no listed cause explains these answers", -1};
  }
  if (state.reason == isolation::Reason::probable) {
    return inconclusive(isolation::Reason::probable,
                        "one cause is likely, but not certain enough to be named as the fault", state.cause);
  }
  return inconclusive(isolation::Reason::open, "several causes are still possible");
}

Event verdict_event(const Session& session) {
  const auto conclusion = conclude(session);
  const auto belief = isolation::believe(session.problem(), session.known());
  Event event{.kind = EventKind::verdict, .value = std::string(isolation::name_of(conclusion.verdict))};
  event.reason = isolation::name_of(conclusion.reason);
  event.text = conclusion.text;
  event.state = isolation::name_of(session.symptom());
  if (conclusion.cause >= 0 && conclusion.cause < static_cast<int>(belief.size())) {
    event.name = cause_id(session, conclusion.cause);
    event.probability = belief[static_cast<std::size_t>(conclusion.cause)];
  }
  event.flag = session.confirmed();
  return event;
}

RunResult summarise(const Session& session) {
  const auto known = session.known();
  const auto conclusion = conclude(session);
  RunResult result;
  const auto& playbook = session.playbook();
  result.playbook = playbook.id;
  result.title = playbook.title;
  result.digest = playbook.digest;
  result.reviewed = playbook.reviewed;
  result.origin = playbook.origin;
  result.symptom = session.symptom();
  result.verdict = conclusion.verdict;
  result.reason = conclusion.reason;
  result.reason_text = conclusion.text;
  result.causes = causes_of(session, known);
  result.steps.push_back(session.vantage());
  for (int i = 0; i < static_cast<int>(playbook.steps.size()); ++i) {
    const bool about_place = playbook.steps[static_cast<std::size_t>(i)].probe == kVantageStep;
    if (!about_place || session.step(i).outcome == 0) result.steps.push_back(described(session, i));
  }
  if (conclusion.cause >= 0 && conclusion.cause < static_cast<int>(playbook.causes.size())) {
    add_cause(session, conclusion.cause, result);
  }
  result.warnings = warnings_of(session);
  const bool undecided = conclusion.verdict == isolation::Verdict::inconclusive ||
                         conclusion.verdict == isolation::Verdict::unlisted;
  if (undecided && conclusion.reason != isolation::Reason::vantage) result.next = next_of(session, known);
  session.describe(result);
  return result;
}

}  // namespace aztriage::engine
