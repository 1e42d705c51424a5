#include "isolation/problem.h"

#include <algorithm>
#include <cmath>

namespace aztriage::isolation {

std::vector<double> priors(const std::vector<double>& weights, double unlisted) {
  double sum = 0;
  for (double w : weights) sum += w;
  if (weights.empty() || !(sum > 0))
    return std::vector<double>(weights.size() + 1, 1.0 / (static_cast<double>(weights.size()) + 1));
  const double rest_of_all = std::clamp(std::isfinite(unlisted) ? unlisted : 0.10, 0.001, 0.99);
  std::vector<double> prior;
  for (double w : weights) prior.push_back(w / sum * (1 - rest_of_all));
  prior.push_back(rest_of_all);
  return prior;
}

Problem::Step make_step(Reliability kind, double cost, const std::vector<Row>& rows, int listed_causes) {
  Problem::Step step;
  step.kind = kind;
  step.cost = cost > 0 && std::isfinite(cost) ? cost : 0;
  step.unknown = unknown_of(kind);
  step.table = tabulate(rows, listed_causes);
  step.informative =
      rows.size() > 1 && std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.written; });
  step.likelihood = add_noise(step.table, kind).likelihood;
  step.log_likelihood.reserve(step.likelihood.size());
  step.entropy.assign(static_cast<std::size_t>(step.table.causes), 0.0);
  for (std::size_t i = 0; i < step.likelihood.size(); ++i) {
    const double p = step.likelihood[i];
    step.log_likelihood.push_back(std::log(p));
    step.entropy[i % step.entropy.size()] -= p * std::log2(p);
  }
  return step;
}

}  // namespace aztriage::isolation
