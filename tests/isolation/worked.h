#pragma once

#include "isolation/problem.h"

#include <algorithm>
#include <map>
#include <vector>

/// Builders for problems in tests: causes by index, words by their numbers.
namespace aztriage::isolation::testing {

inline constexpr double kAlways = 0.95, kUsually = 0.78, kSometimes = 0.35, kRarely = 0.08, kNever = 0.02;
inline constexpr double kCertain = 0.999, kImpossible = 0.0002;

inline Row row(double otherwise, const std::map<int, double>& causes = {}) {
  Row r;
  r.written = true;
  r.otherwise = otherwise;
  for (const auto& [cause, number] : causes) {
    if (r.by_cause.size() <= static_cast<std::size_t>(cause))
      r.by_cause.resize(static_cast<std::size_t>(cause) + 1, -1.0);
    r.by_cause[static_cast<std::size_t>(cause)] = number;
  }
  return r;
}

inline Row exact(double otherwise, const std::map<int, double>& causes = {}) {
  Row r = row(otherwise, causes);
  r.exact = true;
  return r;
}

inline Row wordless() {
  return {};
}

inline Problem problem_of(const std::vector<double>& weights, double unlisted = 0.10) {
  Problem problem;
  problem.prior = priors(weights, unlisted);
  return problem;
}

/// Each step looks at something of its own unless `label` says otherwise.
inline int add_step(Problem& problem, Reliability kind, double cost, const std::vector<Row>& rows,
                    int label = -1) {
  problem.steps.push_back(make_step(kind, cost, rows, problem.unlisted()));
  const int own = label >= 0 ? label : problem.labels;
  problem.labels = std::max(problem.labels, own + 1);
  problem.steps.back().looks_at = {own};
  return static_cast<int>(problem.steps.size()) - 1;
}

inline std::vector<bool> all_allowed(const Problem& problem) {
  return std::vector<bool>(problem.steps.size(), true);
}

/// Causes dns, nsg, identity, unlisted; steps resolve, ask-which-pods, check-nsg, check-role.
struct Pods {
  enum Cause { dns, nsg, identity, unlisted };
  enum Step { resolve, which_pods, check_nsg, check_role };
  enum {
    wrong_ip = 0,
    right_ip = 1,
    new_pods = 0,
    all_pods = 1,
    deny = 0,
    allow = 1,
    missing = 0,
    present = 1
  };
  Problem problem = problem_of({10, 10, 3});
  Pods() {
    add_step(problem, Reliability::automatic, 2,
             {row(kNever, {{dns, kUsually}}), row(kAlways, {{dns, kRarely}})});
    add_step(problem, Reliability::asked, 20,
             {row(kSometimes, {{identity, kUsually}, {nsg, kRarely}}),
              row(kUsually, {{identity, kRarely}, {nsg, kAlways}})});
    add_step(problem, Reliability::manual, 90,
             {row(kNever, {{nsg, kAlways}}), row(kAlways, {{nsg, kNever}})});
    add_step(problem, Reliability::manual, 60,
             {row(kNever, {{identity, kAlways}}), row(kAlways, {{identity, kNever}})});
  }
};

}  // namespace aztriage::isolation::testing
