#include "isolation/select.h"

#include "isolation/belief.h"
#include "isolation/gain.h"

#include <algorithm>
#include <cstddef>

namespace aztriage::isolation {

namespace {

constexpr double kWeightOfFinish = 0.5;
constexpr double kLeastSeconds =
    0.01;  // another look at a thing seen costs nothing, and must not divide by it
constexpr double kEqual = 1e-9;

class Ranking {
 public:
  Ranking(const Problem& problem, const Known& known, const std::vector<bool>& allowed)
      : problem_(problem),
        belief_(believe(problem, known)),
        allowed_(allowed),
        answers_(problem.steps.size(), nullptr),
        taken_(static_cast<std::size_t>(problem.labels), false) {
    for (const Answer& answer : known.answers) {
      if (answer.step >= 0 && at(answer.step) < answers_.size()) answers_[at(answer.step)] = &answer;
    }
    for (std::size_t s = 0; s < answers_.size(); ++s) {
      if (answers_[s] != nullptr && answers_[s]->outcome >= 0) take(static_cast<int>(s), taken_);
    }
  }

  std::vector<Choice> choices() const {
    std::vector<Choice> all;
    std::vector<int> chain;
    std::vector<int> entered;
    for (int s = 0; s < static_cast<int>(problem_.steps.size()); ++s) {
      if (!open(s) || !problem_.steps[at(s)].informative) continue;
      chain.clear();
      entered.clear();
      if (collect(s, chain, entered)) all.push_back(price(chain));
    }
    sort(all);
    return all;
  }

  const std::vector<double>& belief() const { return belief_; }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  bool open(int s) const { return at(s) < allowed_.size() && allowed_[at(s)] && answers_[at(s)] == nullptr; }

  void take(int s, std::vector<bool>& taken) const {
    const Problem::Step& step = problem_.steps[at(s)];
    if (!step.informative) return;
    for (int label : step.looks_at) taken[at(label)] = true;
  }

  /// What is still to be done before `s`, in order, then `s`. False when it can't be done any more.
  bool collect(int s, std::vector<int>& chain, std::vector<int>& entered) const {
    if (std::find(chain.begin(), chain.end(), s) != chain.end()) return true;
    if (!open(s) || std::find(entered.begin(), entered.end(), s) != entered.end()) return false;
    entered.push_back(s);
    for (const Problem::Require& require : problem_.steps[at(s)].requires_) {
      const Answer* answer = answers_[at(require.step)];
      if (answer == nullptr) {
        if (!collect(require.step, chain, entered)) return false;
      } else if (answer->outcome < 0) {
        if (require.closed_by_unknown) return false;
      } else if (!wants(require, answer->outcome)) {
        return false;
      }
    }
    chain.push_back(s);
    return true;
  }

  static bool wants(const Problem::Require& require, int outcome) {
    return require.wanted.empty() || (at(outcome) < require.wanted.size() && require.wanted[at(outcome)]);
  }

  /// Chance that step `s` lets the rest of the chain go on: it is answered, and as all of them want.
  double passes(int s, const std::vector<int>& chain) const {
    const Problem::Step& step = problem_.steps[at(s)];
    std::vector<const Problem::Require*> requires_;
    for (int later : chain) {
      for (const Problem::Require& require : problem_.steps[at(later)].requires_) {
        if (require.step == s && !require.wanted.empty()) requires_.push_back(&require);
      }
    }
    if (requires_.empty()) return 1 - step.unknown;
    const std::vector<double> chances = outcome_chances(step, belief_);
    double wanted = 0;
    for (int o = 0; o < step.outcomes(); ++o) {
      const bool by_all = std::all_of(requires_.begin(), requires_.end(),
                                      [&](const auto* require) { return wants(*require, o); });
      if (by_all) wanted += chances[at(o)];
    }
    return (1 - step.unknown) * wanted;
  }

  Choice price(const std::vector<int>& chain) const {
    Choice choice;
    choice.step = chain.back();
    choice.first = chain.front();
    double reached = 1;
    double value = 0;
    double bits = 0;
    std::vector<bool> taken = chain.size() > 1 ? taken_ : std::vector<bool>{};
    for (int s : chain) {
      const Problem::Step& step = problem_.steps[at(s)];
      const auto& mates = chain.size() > 1 ? taken : taken_;
      const bool mate =
          std::any_of(step.looks_at.begin(), step.looks_at.end(), [&](int l) { return mates[at(l)]; });
      const double share = (1 - step.unknown) * (mate ? 0.25 : 1);
      const Gain gain = gain_of(step, belief_);
      choice.information = share * gain.information;
      choice.finish = share * gain.finish;
      value += reached * (choice.information + kWeightOfFinish * choice.finish);
      bits += reached * choice.information;
      choice.cost += reached * step.cost;
      if (chain.size() == 1) break;
      take(s, taken);
      reached *= passes(s, chain);
    }
    const double seconds = std::max(choice.cost, kLeastSeconds);
    choice.score = value / seconds;
    choice.pace = bits / seconds;
    return choice;
  }

  /// "Equal within" is no order by itself: first by score, then each run that is equal to its best.
  static void sort(std::vector<Choice>& all) {
    std::stable_sort(all.begin(), all.end(),
                     [](const Choice& a, const Choice& b) { return a.score > b.score; });
    for (auto from = all.begin(); from != all.end();) {
      const double least = from->score * (1 - kEqual);
      auto to = std::find_if(from, all.end(), [&](const Choice& c) { return c.score < least; });
      std::sort(from, to, [](const Choice& a, const Choice& b) {
        return a.cost != b.cost ? a.cost < b.cost : a.step < b.step;
      });
      from = to;
    }
  }

  const Problem& problem_;
  std::vector<double> belief_;
  const std::vector<bool>& allowed_;
  std::vector<const Answer*> answers_;
  std::vector<bool> taken_;  // labels of what was answered
};

}  // namespace

std::vector<Choice> rank_steps(const Problem& problem, const Known& known, const std::vector<bool>& allowed) {
  return Ranking(problem, known, allowed).choices();
}

std::vector<Preview> preview(const Problem& problem, const Known& known, int step) {
  std::vector<Preview> previews;
  if (step < 0 || static_cast<std::size_t>(step) >= problem.steps.size()) return previews;
  // As if it were still open: after an undo, or when somebody asks why it was asked.
  Known then = known;
  std::erase_if(then.answers, [&](const Answer& answer) { return answer.step == step; });
  const std::vector<double> chances =
      outcome_chances(problem.steps[static_cast<std::size_t>(step)], believe(problem, then));
  then.answers.push_back({step, -1});
  for (std::size_t o = 0; o < chances.size(); ++o) {
    then.answers.back().outcome = static_cast<int>(o);
    const std::vector<double> after = believe(problem, then);
    const auto leader = std::max_element(after.begin(), after.end());
    previews.push_back({static_cast<int>(o), chances[o], static_cast<int>(leader - after.begin()), *leader,
                        *leader >= kIsolated});
  }
  return previews;
}

Offer offer_early(const Problem& problem, const Known& known, const std::vector<bool>& allowed,
                  const std::vector<double>& cost) {
  constexpr double kDoubtLeft = 0.3;     // bits that are left when a cause counts as isolated
  constexpr double kLeastChance = 0.35;  // of the cause
  constexpr double kLeastPace = 1e-9;    // no step left: isolating would take for ever
  const Ranking ranking(problem, known, allowed);
  const std::vector<double>& belief = ranking.belief();
  double pace = kLeastPace;
  for (const Choice& choice : ranking.choices()) pace = std::max(pace, choice.pace);

  Offer offer;
  const double doubt = std::max(0.0, entropy(belief) - kDoubtLeft);
  offer.seconds_left = doubt / pace;
  if (doubt <= 0) return offer;
  double best = 0;
  const auto listed = static_cast<std::size_t>(std::max(problem.unlisted(), 0));
  for (std::size_t c = 0; c < std::min(listed, cost.size()); ++c) {
    if (!(cost[c] >= 0) || belief[c] < kLeastChance || belief[c] >= kIsolated) continue;
    const double success = kGoneIfCured * belief[c];
    const double odds = success / (1 - success);
    const double worth = odds * offer.seconds_left / std::max(cost[c], 1.0);
    if (odds * offer.seconds_left >= cost[c] && worth > best) {
      best = worth;
      offer.cause = static_cast<int>(c);
    }
  }
  return offer;
}

}  // namespace aztriage::isolation
