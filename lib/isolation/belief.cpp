#include "isolation/belief.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace aztriage::isolation {

namespace {

/// An answer that says something, with the logarithms of its row.
struct Finding {
  int step = 0;
  int outcome = 0;
  Reliability reliability{};
  const double* logs = nullptr;
  std::vector<double> own_logs;  // where the step's own table does not hold
  double spread = 0;             // largest minus smallest
  double counts = 1;             // 1, or a quarter
};

bool says_something(const Problem& problem, const Answer& answer) {
  if (answer.step < 0 || static_cast<std::size_t>(answer.step) >= problem.steps.size()) return false;
  const Problem::Step& step = problem.steps[static_cast<std::size_t>(answer.step)];
  return step.informative && answer.outcome >= 0 && answer.outcome < step.outcomes();
}

void fill_logs(const Problem& problem, Finding& finding) {
  const Problem::Step& step = problem.steps[static_cast<std::size_t>(finding.step)];
  const auto causes = static_cast<std::size_t>(problem.causes());
  const std::size_t first = static_cast<std::size_t>(finding.outcome) * causes;
  if (finding.reliability == step.kind) {
    finding.logs = step.log_likelihood.data() + first;
  } else {
    const Noisy noisy = add_noise(step.table, finding.reliability);
    for (std::size_t c = 0; c < causes; ++c)
      finding.own_logs.push_back(std::log(noisy.likelihood[first + c]));
    finding.logs = finding.own_logs.data();
  }
  const auto [least, most] = std::minmax_element(finding.logs, finding.logs + causes);
  finding.spread = *most - *least;
}

/// In file order, one a step, without the step to leave out.
std::vector<Finding> findings_of(const Problem& problem, const Known& known, int without) {
  std::vector<const Answer*> last(problem.steps.size(), nullptr);
  for (const Answer& answer : known.answers) {
    if (answer.step >= 0 && static_cast<std::size_t>(answer.step) < last.size()) {
      last[static_cast<std::size_t>(answer.step)] = &answer;
    }
  }
  std::vector<Finding> findings;
  for (const Answer* answer : last) {
    if (answer == nullptr || answer->step == without || !says_something(problem, *answer)) continue;
    Finding finding;
    finding.step = answer->step;
    finding.outcome = answer->outcome;
    finding.reliability =
        answer->reliability.value_or(problem.steps[static_cast<std::size_t>(answer->step)].kind);
    fill_logs(problem, finding);
    findings.push_back(std::move(finding));
  }
  return findings;
}

/// The strongest of those that look at the same thing counts whole. A step that looks at two things (it
/// compares them) is a mate of both without making the two mates of each other.
void discount(const Problem& problem, std::vector<Finding>& findings) {
  std::vector<std::size_t> order(findings.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return findings[a].spread > findings[b].spread; });
  std::vector<bool> taken(static_cast<std::size_t>(problem.labels), false);
  for (std::size_t i : order) {
    const auto& labels = problem.steps[static_cast<std::size_t>(findings[i].step)].looks_at;
    const bool mate = std::any_of(labels.begin(), labels.end(),
                                  [&](int label) { return taken[static_cast<std::size_t>(label)]; });
    findings[i].counts = mate ? 0.25 : 1;
    if (mate) continue;
    for (int label : labels) taken[static_cast<std::size_t>(label)] = true;
  }
}

void add_trials(const Known& known, std::vector<double>& logs) {
  // Sorted, so that the sum does not depend on the order they were tried in.
  std::vector<Trial> trials = known.trials;
  std::sort(trials.begin(), trials.end(), [](const Trial& a, const Trial& b) {
    return a.cause != b.cause ? a.cause < b.cause : a.gone < b.gone;
  });
  const auto listed = static_cast<int>(logs.size()) - 1;
  for (const Trial& trial : trials) {
    if (trial.cause < 0 || trial.cause >= listed) continue;
    for (int c = 0; c <= listed; ++c) {
      const double gone = c == trial.cause ? kGoneIfCured : kGoneAnyway;
      logs[static_cast<std::size_t>(c)] += std::log(trial.gone ? gone : 1 - gone);
    }
  }
}

/// Not normalised, and without pins.
std::vector<double> log_belief(const Problem& problem, const Known& known, int without = -1) {
  std::vector<double> logs;
  for (double p : problem.prior) logs.push_back(std::log(p));
  std::vector<Finding> findings = findings_of(problem, known, without);
  discount(problem, findings);
  for (const Finding& finding : findings) {
    for (std::size_t c = 0; c < logs.size(); ++c) logs[c] += finding.counts * finding.logs[c];
  }
  add_trials(known, logs);
  return logs;
}

std::vector<double> normalised(const std::vector<double>& logs) {
  const double most = *std::max_element(logs.begin(), logs.end());
  std::vector<double> belief;
  double sum = 0;
  for (double l : logs) {
    belief.push_back(std::exp(l - most));
    sum += belief.back();
  }
  for (double& p : belief) p /= sum;
  return belief;
}

/// Certain ones leave nothing for the others, excluded ones get nothing. Pins that leave no cause at all
/// contradict each other and are not followed.
void apply_pins(const Problem& problem, const Known& known, std::vector<double>& logs) {
  std::vector<bool> certain(logs.size(), false);
  std::vector<bool> excluded(logs.size(), false);
  bool any_certain = false;
  for (const Pin& pin : known.pins) {
    if (pin.cause < 0 || pin.cause >= problem.causes()) continue;
    (pin.certain ? certain : excluded)[static_cast<std::size_t>(pin.cause)] = true;
    any_certain = any_certain || pin.certain;
  }
  std::vector<double> pinned = logs;
  bool any_left = false;
  for (std::size_t c = 0; c < logs.size(); ++c) {
    const bool left = any_certain ? static_cast<bool>(certain[c]) : !excluded[c];
    if (!left) pinned[c] = -HUGE_VAL;
    any_left = any_left || (left && std::isfinite(pinned[c]));
  }
  if (any_left) logs = std::move(pinned);
}

/// log2 of p(c) / (1 - p(c)), from the logarithms, so that it stays finite however sure we are.
double log_odds(const std::vector<double>& logs, std::size_t cause) {
  double most = -HUGE_VAL;
  for (std::size_t c = 0; c < logs.size(); ++c) {
    if (c != cause) most = std::max(most, logs[c]);
  }
  double sum = 0;
  for (std::size_t c = 0; c < logs.size(); ++c) {
    if (c != cause) sum += std::exp(logs[c] - most);
  }
  return (logs[cause] - most - std::log(sum)) / std::log(2.0);
}

}  // namespace

std::vector<double> believe(const Problem& problem, const Known& known) {
  if (problem.prior.empty()) return {};
  std::vector<double> logs = log_belief(problem, known);
  if (!known.pins.empty()) apply_pins(problem, known, logs);
  return normalised(logs);
}

std::vector<double> suspicion(const Problem& problem, const Known& known) {
  const std::vector<double> belief = believe(problem, known);
  const std::size_t causes = belief.size();
  std::vector<double> result;
  for (const Answer& answer : known.answers) {
    double noise = 0;
    if (says_something(problem, answer)) {
      const Problem::Step& step = problem.steps[static_cast<std::size_t>(answer.step)];
      const Noisy noisy = add_noise(step.table, answer.reliability.value_or(step.kind));
      const std::size_t first = static_cast<std::size_t>(answer.outcome) * causes;
      for (std::size_t c = 0; c < causes; ++c) {
        noise += belief[c] * noisy.noise[first + c] / noisy.likelihood[first + c];
      }
    }
    result.push_back(std::min(noise, 1.0));  // rounding may leave a little more
  }
  return result;
}

std::vector<double> weight(const Problem& problem, const Known& known, int cause) {
  std::vector<double> bits(known.answers.size(), 0.0);
  if (cause < 0 || cause >= problem.causes() || problem.causes() < 2) return bits;
  const auto c = static_cast<std::size_t>(cause);
  const double with = log_odds(log_belief(problem, known), c);
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (!says_something(problem, known.answers[i])) continue;
    bits[i] = with - log_odds(log_belief(problem, known, known.answers[i].step), c);
  }
  return bits;
}

double entropy(const std::vector<double>& belief) {
  double bits = 0;
  for (double p : belief) {
    if (p > 0) bits -= p * std::log2(p);
  }
  return bits;
}

double chance_of_gone(const std::vector<double>& belief, int cause) {
  double chance = 0;
  for (std::size_t c = 0; c < belief.size(); ++c) {
    chance += belief[c] * (static_cast<int>(c) == cause ? kGoneIfCured : kGoneAnyway);
  }
  return chance;
}

}  // namespace aztriage::isolation
