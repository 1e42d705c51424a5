#pragma once

#include "engine/result.h"

#include <set>
#include <string>
#include <vector>

namespace aztriage::engine {

/// What the recorded cases of one playbook show of it: every outcome should be reached by some case, and
/// every cause be isolated by one. Causes of the place we look from are not counted: they are told, not
/// isolated.
class Coverage {
 public:
  explicit Coverage(const playbook::Playbook& playbook);
  void add(const RunResult& result);

  struct Outcome {
    std::string step, outcome;
  };
  int cases() const { return cases_; }
  int healthy() const { return healthy_; }         // cases that came to the verdict that nothing is wrong
  int inconclusive() const { return undecided_; }  // cases without a verdict
  int outcomes() const { return static_cast<int>(outcomes_.size()); }
  int causes() const { return static_cast<int>(causes_.size()); }
  std::vector<Outcome> outcomes_missing() const;  // in the order of the file
  std::vector<std::string> causes_missing() const;

 private:
  std::vector<Outcome> outcomes_;
  std::vector<std::string> causes_;
  std::set<std::string> reached_;  // "step outcome"
  std::set<std::string> isolated_;
  int cases_ = 0, healthy_ = 0, undecided_ = 0;
};

}  // namespace aztriage::engine
