#include "isolation/problem.h"
#include "playbook/words.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace aztriage::isolation {

namespace {

using playbook::Playbook;
using playbook::StepKind;

constexpr std::string_view kVantage = "vantage";

/// The step whose observation this one looks at. Bounded, so that a circle that slipped through cannot hang.
int root_of(const Playbook& playbook, int step) {
  const int count = static_cast<int>(playbook.steps.size());
  for (int hops = 0; hops < count; ++hops) {
    const int of = playbook.steps[static_cast<std::size_t>(step)].of;
    if (of < 0 || of >= count) break;
    step = of;
  }
  return step;
}

Reliability reliability_of(const playbook::Step& root, const Setting& setting) {
  if (root.from_client && setting.outside) return Reliability::manual;
  switch (root.kind) {
    case StepKind::probe:
      return Reliability::automatic;
    case StepKind::command:
      return setting.commands_run_here ? Reliability::automatic : Reliability::manual;
    case StepKind::question:
      return root.look != playbook::LookAt::nowhere || root.reader ? Reliability::manual : Reliability::asked;
    case StepKind::of:
      break;  // of the vantage
  }
  return Reliability::automatic;
}

std::vector<Row> rows_of(const playbook::Step& step, std::size_t causes) {
  std::vector<Row> rows;
  for (const playbook::Outcome& outcome : step.outcomes) {
    Row row;
    if (outcome.given) {
      row.written = true;
      row.exact = outcome.exact;
      row.otherwise = outcome.given->otherwise;
      row.unlisted = outcome.given->unlisted;
      row.by_cause.assign(causes, -1.0);
      for (const auto& [cause, number] : outcome.given->causes) {
        if (cause >= 0 && static_cast<std::size_t>(cause) < causes) {
          row.by_cause[static_cast<std::size_t>(cause)] = number;
        }
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

/// Gives the things that steps look at their numbers: an observation has that of its step, named groups and
/// facts of the vantage come after.
class Labels {
 public:
  explicit Labels(const Playbook& playbook)
      : playbook_(playbook), count_(static_cast<int>(playbook.steps.size())) {
    for (int i = 0; i < count_; ++i) index_.emplace(playbook.steps[static_cast<std::size_t>(i)].id, i);
  }

  /// A parameter that is taken from another step does not make the two look at the same thing; a condition
  /// does, since the outcome then says something about that observation, too.
  std::vector<int> of_step(int step) {
    const playbook::Step& own = playbook_.steps[static_cast<std::size_t>(step)];
    std::vector<int> labels{root_of(playbook_, step)};
    for (int at = step, hops = 0; at >= 0 && at < count_ && hops <= count_; ++hops) {
      const playbook::Step& seen = playbook_.steps[static_cast<std::size_t>(at)];
      if (!seen.group.empty()) labels.push_back(named("group " + seen.group));
      at = seen.of;
    }
    for (const playbook::Outcome& outcome : own.outcomes) {
      if (outcome.when) add(*outcome.when, labels);
    }
    if (own.repeat.bad) add(*own.repeat.bad, labels);
    std::sort(labels.begin(), labels.end());
    labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
    return labels;
  }

  int count() const { return count_ + static_cast<int>(named_.size()); }

 private:
  void add(const match::Condition& condition, std::vector<int>& labels) {
    for (const match::Resolved& fact : condition.facts()) {
      if (fact.from != match::Resolved::From::fact || fact.step.empty()) continue;
      if (const auto it = index_.find(fact.step); it != index_.end()) {
        labels.push_back(root_of(playbook_, it->second));
      } else if (fact.step == kVantage) {
        labels.push_back(named("vantage " + fact.group));
      }
    }
  }

  int named(const std::string& name) {
    return count_ + named_.emplace(name, static_cast<int>(named_.size())).first->second;
  }

  const Playbook& playbook_;
  int count_;
  std::map<std::string_view, int> index_;
  std::map<std::string, int> named_;
};

std::vector<Problem::Require> requires_of(const Playbook& playbook, int step) {
  const playbook::Step& own = playbook.steps[static_cast<std::size_t>(step)];
  const int count = static_cast<int>(playbook.steps.size());
  std::vector<Problem::Require> all;
  for (const playbook::Require& require : own.requires_) {
    if (require.step < 0 || require.step >= count) continue;
    Problem::Require wanted{require.step, {}, true};
    if (!require.outcomes.empty()) {
      wanted.wanted.assign(playbook.steps[static_cast<std::size_t>(require.step)].outcomes.size(), false);
      for (int outcome : require.outcomes) {
        if (outcome >= 0 && static_cast<std::size_t>(outcome) < wanted.wanted.size()) {
          wanted.wanted[static_cast<std::size_t>(outcome)] = true;
        }
      }
    }
    all.push_back(std::move(wanted));
  }
  if (own.of >= 0 && own.of < count) all.push_back({own.of, {}, true});
  for (int other : own.waits_for) {
    const bool there = std::any_of(all.begin(), all.end(), [&](const auto& r) { return r.step == other; });
    if (other >= 0 && other < count && other != step && !there) all.push_back({other, {}, false});
  }
  return all;
}

}  // namespace

Problem build(const Playbook& playbook, const Setting& setting) {
  Problem problem;
  std::vector<double> weights;
  for (const playbook::Cause& cause : playbook.causes) weights.push_back(playbook::weight_of(cause.seen));
  problem.prior = priors(weights, playbook.unlisted);

  Labels labels(playbook);
  const int count = static_cast<int>(playbook.steps.size());
  for (int i = 0; i < count; ++i) {
    const playbook::Step& step = playbook.steps[static_cast<std::size_t>(i)];
    const Reliability kind =
        reliability_of(playbook.steps[static_cast<std::size_t>(root_of(playbook, i))], setting);
    // Another look at what was seen already costs nothing by itself; its chain has the cost of seeing it.
    const double usual = step.kind == StepKind::of ? 0 : default_cost_of(kind);
    problem.steps.push_back(make_step(kind, step.cost.value_or(usual), rows_of(step, weights.size()),
                                      static_cast<int>(weights.size())));
    problem.steps.back().requires_ = requires_of(playbook, i);
    problem.steps.back().looks_at = labels.of_step(i);
  }
  problem.labels = labels.count();
  return problem;
}

}  // namespace aztriage::isolation
