#include "engine/coverage.h"

namespace aztriage::engine {

Coverage::Coverage(const playbook::Playbook& playbook) {
  for (const auto& step : playbook.steps) {
    for (const auto& outcome : step.outcomes) outcomes_.push_back({step.id, outcome.name});
  }
  for (const auto& cause : playbook.causes) {
    if (!cause.vantage) causes_.push_back(cause.id);
  }
}

void Coverage::add(const RunResult& result) {
  ++cases_;
  if (result.verdict == isolation::Verdict::healthy) ++healthy_;
  if (result.verdict == isolation::Verdict::inconclusive) ++undecided_;
  if (result.verdict == isolation::Verdict::isolated && result.cause) isolated_.insert(result.cause->id);
  for (const auto& step : result.steps) {
    // What the tool could not look at has no outcome, whatever stands there.
    if (step.outcome >= 0) reached_.insert(step.id + " " + step.outcome_name);
  }
}

std::vector<Coverage::Outcome> Coverage::outcomes_missing() const {
  std::vector<Outcome> missing;
  for (const auto& one : outcomes_) {
    if (!reached_.contains(one.step + " " + one.outcome)) missing.push_back(one);
  }
  return missing;
}

std::vector<std::string> Coverage::causes_missing() const {
  std::vector<std::string> missing;
  for (const auto& cause : causes_) {
    if (!isolated_.contains(cause)) missing.push_back(cause);
  }
  return missing;
}

}  // namespace aztriage::engine
