#include "isolation/best_case.h"

#include "isolation/belief.h"

#include <algorithm>
#include <cstddef>

namespace aztriage::isolation {

namespace {

constexpr double kBudget = 2e6;  // entries of tables to look at, so that no playbook keeps a linter waiting

/// A choice of one outcome a step (-1: no answer), improved a step at a time.
class Search {
 public:
  Search(const Problem& problem, int cause, double enough)
      : problem_(problem),
        cause_(static_cast<std::size_t>(cause)),
        enough_(enough),
        outcomes_(problem.steps.size()) {}

  double run() {
    for (const bool keep_open : {false, true}) {
      restrict(keep_open);
      climb_from(problem_.prior);
    }
    restrict(false);
    climb_from({});
    // What tells the cause best from one other cause is another place to start from.
    for (std::size_t rival = 0; rival < problem_.prior.size(); ++rival) {
      if (rival == cause_) continue;
      std::vector<double> two(problem_.prior.size(), 0.0);
      two[cause_] = 0.5;
      two[rival] = 0.5;
      climb_from(two);
    }
    return best_;
  }

 private:
  /// With `keep_open` a step that others require gives an outcome that all of them want, if there is one.
  void restrict(bool keep_open) {
    allowed_.clear();
    for (const Problem::Step& step : problem_.steps) {
      allowed_.emplace_back(static_cast<std::size_t>(step.outcomes()), true);
    }
    if (!keep_open) return;
    for (const Problem::Step& step : problem_.steps) {
      for (const Problem::Require& require : step.requires_) {
        if (require.wanted.empty()) continue;
        auto& mask = allowed_[static_cast<std::size_t>(require.step)];
        std::vector<bool> both(mask.size());
        for (std::size_t o = 0; o < mask.size(); ++o)
          both[o] = mask[o] && o < require.wanted.size() && require.wanted[o];
        if (std::find(both.begin(), both.end(), true) != both.end()) mask = both;
      }
    }
  }

  bool done() const { return best_ >= enough_ || work_ >= kBudget; }

  /// Starts from the outcomes that lift the cause most in this belief, each step taken to count whole, or
  /// from no answers at all; groups and locks are seen to when the whole is weighed.
  void climb_from(std::vector<double> belief) {
    if (done()) return;
    outcomes_.assign(outcomes_.size(), -1);
    for (std::size_t s = 0; !belief.empty() && s < outcomes_.size(); ++s) belief = choose(s, belief);
    double here = weigh();
    best_ = std::max(best_, here);
    for (double before = -1; here > before && !done();) {
      before = here;
      for (std::size_t s = 0; s < outcomes_.size() && !done(); ++s) here = improve(s, here);
    }
  }

  std::vector<double> choose(std::size_t s, const std::vector<double>& belief) {
    const Problem::Step& step = problem_.steps[s];
    const std::size_t causes = belief.size();
    double best = -1;
    for (std::size_t o = 0; o < allowed_[s].size(); ++o) {
      if (!allowed_[s][o]) continue;
      const double* row = step.likelihood.data() + o * causes;
      double sum = 0;
      for (std::size_t c = 0; c < causes; ++c) sum += belief[c] * row[c];
      const double lifted = sum > 0 ? belief[cause_] * row[cause_] / sum : 0;
      if (lifted > best) {
        best = lifted;
        outcomes_[s] = static_cast<int>(o);
      }
    }
    if (outcomes_[s] < 0 || !step.informative) return belief;
    std::vector<double> after = belief;
    double sum = 0;
    for (std::size_t c = 0; c < causes; ++c) {
      after[c] *= step.likelihood[static_cast<std::size_t>(outcomes_[s]) * causes + c];
      sum += after[c];
    }
    if (!(sum > 0)) return belief;
    for (double& p : after) p /= sum;
    return after;
  }

  enum class Lock : char { unseen, entered, open, shut };

  /// Also what it requires must be open in turn; a circle never is.
  bool unlocked(std::size_t s, std::vector<Lock>& locks) const {
    if (locks[s] != Lock::unseen) return locks[s] == Lock::open;
    locks[s] = Lock::entered;
    const auto& all = problem_.steps[s].requires_;
    const bool open = std::all_of(all.begin(), all.end(), [&](const Problem::Require& require) {
      if (require.wanted.empty()) return true;
      const auto other = static_cast<std::size_t>(require.step);
      const int outcome = outcomes_[other];
      return outcome >= 0 && static_cast<std::size_t>(outcome) < require.wanted.size() &&
             require.wanted[static_cast<std::size_t>(outcome)] && unlocked(other, locks);
    });
    locks[s] = open ? Lock::open : Lock::shut;
    return open;
  }

  double weigh() {
    work_ += static_cast<double>(outcomes_.size() + 1) * problem_.causes();
    Known known;
    std::vector<Lock> locks(outcomes_.size(), Lock::unseen);
    for (std::size_t s = 0; s < outcomes_.size(); ++s) {
      if (unlocked(s, locks)) known.answers.push_back({static_cast<int>(s), outcomes_[s]});
    }
    return believe(problem_, known)[cause_];
  }

  double improve(std::size_t s, double here) {
    const int before = outcomes_[s];
    int keep = before;
    for (int o = -1; o < problem_.steps[s].outcomes(); ++o) {
      if (o == before || (o >= 0 && !allowed_[s][static_cast<std::size_t>(o)])) continue;
      outcomes_[s] = o;
      if (const double now = weigh(); now > here) {
        here = now;
        keep = o;
      }
    }
    outcomes_[s] = keep;
    best_ = std::max(best_, here);
    return here;
  }

  const Problem& problem_;
  std::size_t cause_;
  double enough_;
  std::vector<int> outcomes_;
  std::vector<std::vector<bool>> allowed_;
  double best_ = 0;
  double work_ = 0;
};

}  // namespace

double best_case(const Problem& problem, int cause, double enough) {
  if (cause < 0 || cause >= problem.causes()) return 0;
  return Search(problem, cause, enough).run();
}

double best_case(const playbook::Playbook& playbook, int cause) {
  // As if every command can be run here, where its answers are most reliable.
  return best_case(build(playbook, {true, false}), cause);
}

}  // namespace aztriage::isolation
