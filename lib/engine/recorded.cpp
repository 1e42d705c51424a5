#include "engine/recorded.h"

#include "base/text.h"
#include "engine/recorded_source.h"
#include "engine/summary.h"

#include <algorithm>
#include <deque>

namespace aztriage::engine {
namespace {

void compare(const std::string& what, const Expected::Words& expected, std::string_view got,
             std::vector<std::string>& differences) {
  if (expected.empty() || std::ranges::find(expected, got) != expected.end()) return;
  differences.push_back(what + ": expected " + text::join(expected, " or ") + ", got " +
                        (got.empty() ? "nothing" : std::string(got)));
}

void compare_all(const Expected& expected, const RunResult& result, std::vector<std::string>& differences) {
  compare("verdict", expected.verdict, isolation::name_of(result.verdict), differences);
  compare("symptom", expected.symptom, isolation::name_of(result.symptom), differences);
  compare("reason", expected.reason, isolation::name_of(result.reason), differences);
  compare("cause", expected.cause, result.cause ? std::string_view(result.cause->id) : "", differences);
  for (const auto& [id, outcomes] : expected.steps) {
    std::string got = "no such step";
    for (const auto& step : result.steps) {
      if (step.id == id) got = step.outcome_name.empty() ? step.reason : step.outcome_name;
    }
    compare("step " + id, outcomes, got, differences);
  }
}

}  // namespace

CaseVerdict judge_recorded(const RecordedCase& recorded, const playbook::Playbook& playbook,
                           SessionData data) {
  CaseVerdict verdict;
  auto bound = bind(playbook, recorded.inputs, data.clouds, recorded.cloud);
  for (const auto& problem : bound.problems) verdict.differences.push_back(problem.error.what);
  for (const auto& name : bound.missing) verdict.differences.push_back("input '" + name + "' is missing");

  SessionOptions options;
  options.here = recorded.here;
  options.cloud = recorded.cloud;
  options.allow_intrusive = true;
  options.trust_overlay = true;  // nothing is sent
  RecordedSource source(recorded);
  Session session(playbook, std::move(bound.inputs), options, data, source, recorded_clock());
  for (const auto& [step, outcome] : recorded.answers) {
    if (auto given = session.give(step, outcome); !given) verdict.differences.push_back(given.error().what);
  }
  for (const auto& [step, text] : recorded.texts) {
    if (auto given = session.give_text(step, text); !given) verdict.differences.push_back(given.error().what);
  }
  for (const auto& [step, observations] : recorded.observations) {
    const int index = playbook.step_index(step);
    if (index < 0) continue;
    const auto kind = playbook.steps[static_cast<std::size_t>(index)].kind;
    if (kind == playbook::StepKind::question || kind == playbook::StepKind::command) {
      session.give_observation(index, observations.front());
    }
  }
  session.start();
  while (session.busy() && session.turn(Milliseconds(0))) {
  }
  verdict.result = summarise(session);
  compare_all(recorded.expected, verdict.result, verdict.differences);
  verdict.passed = verdict.differences.empty();
  return verdict;
}

}  // namespace aztriage::engine
