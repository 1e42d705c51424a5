#include "engine/verify.h"

namespace aztriage::engine {
namespace {

/// Chance of an outcome if the cause is not this one, weighted by how common the others are.
double likelihood_otherwise(const isolation::Problem& problem, const isolation::Problem::Step& step,
                            int outcome, int cause) {
  double sum = 0;
  double weight = 0;
  for (int other = 0; other < problem.causes(); ++other) {
    if (other == cause) continue;
    const double prior = problem.prior[static_cast<std::size_t>(other)];
    sum += prior * step.likelihood[static_cast<std::size_t>(outcome * problem.causes() + other)];
    weight += prior;
  }
  return weight > 0 ? sum / weight : 1;
}

}  // namespace

std::vector<int> verify_steps(const playbook::Playbook& playbook, int cause) {
  const auto& named = playbook.causes[static_cast<std::size_t>(cause)].verify;
  if (!named.empty()) return named;
  std::vector<int> steps;
  for (std::size_t i = 0; i < playbook.steps.size(); ++i) {
    if (playbook.steps[i].symptom) steps.push_back(static_cast<int>(i));
  }
  return steps;
}

Verified verified(const Session& session, int cause) {
  bool told = false;
  for (const int index : verify_steps(session.playbook(), cause)) {
    const auto& result = session.step(index);
    if (result.outcome < 0) continue;
    told = true;
    if (session.playbook().steps[static_cast<std::size_t>(index)].symptom) {
      if (result.fine != true) return Verified::not_yet;
      continue;
    }
    const auto& step = session.problem().steps[static_cast<std::size_t>(index)];
    const double here =
        step.likelihood[static_cast<std::size_t>(result.outcome * session.problem().causes() + cause)];
    if (here >= likelihood_otherwise(session.problem(), step, result.outcome, cause))
      return Verified::not_yet;
  }
  return told ? Verified::helped : Verified::cannot_tell;
}

}  // namespace aztriage::engine
