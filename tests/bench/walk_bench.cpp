// What a walk of each built-in playbook costs, when its own likelihoods are the world: seconds and questions
// of our order, beside the playbook's order, a random one, and one that looks ahead by playing walks to their
// end (within about a hundredth of the best there is, where that can be computed). Not a test: the playbooks
// change.
//
//     walk_bench [WALKS] [PART OF A PLAYBOOK'S NAME]

#include "engine/vocabulary.h"
#include "isolation/belief.h"
#include "isolation/verdict.h"
#include "playbook/catalog.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

using namespace aztriage;
using isolation::Choice;
using isolation::Known;
using isolation::Problem;

namespace {

// What an end costs beside its seconds: a wrong cause misleads for half an hour, no cause hands over for ten
// minutes.
constexpr double kWrong = 1800;
constexpr double kOpen = 600;
constexpr int kCandidates = 4;  // that the rollouts compare
constexpr int kRollouts = 60;

enum class Order { ours, authored, random, rollouts };

struct Walk {
  double seconds = 0;
  int asked = 0;
  bool right = false;
  bool wrong = false;
  double loss() const { return seconds + (wrong ? kWrong : 0) + (!right && !wrong ? kOpen : 0); }
};

/// What every step would answer, so that all orders meet the same.
struct World {
  int truth = 0;
  std::vector<int> outcomes;
};

class Walker {
 public:
  Walker(const Problem& problem, std::mt19937& random) : problem_(problem), random_(random) {}

  /// Probes answer while people still talk: their seconds are no one's.
  void look(Known& known, const World& world) const {
    for (bool more = true; more;) {
      more = false;
      for (const Choice& choice : isolation::rank_steps(problem_, known, left(known, true))) {
        if (choice.first != choice.step) continue;
        answer(known, choice.step, world);
        more = true;
      }
    }
  }

  Walk finish(Known known, const World& world, Order order) {
    Walk walk;
    for (;;) {
      const auto allowed = left(known, false);
      const isolation::State state = isolation::judge(problem_, known, allowed);
      if (state.ended) {
        const bool isolated = state.verdict == isolation::Verdict::isolated;
        walk.right =
            isolated ? state.cause == world.truth
                     : state.verdict == isolation::Verdict::unlisted && world.truth == problem_.unlisted();
        walk.wrong = isolated && !walk.right;
        return walk;
      }
      const int step = next(known, isolation::rank_steps(problem_, known, allowed), order);
      walk.seconds += problem_.steps[static_cast<std::size_t>(step)].cost;
      ++walk.asked;
      answer(known, step, world);
      look(known, world);
    }
  }

  World draw_world(const std::vector<double>& belief) {
    World world{draw(belief), {}};
    for (const Problem::Step& step : problem_.steps) {
      std::vector<double> weights;
      for (int o = 0; o < step.outcomes(); ++o)
        weights.push_back(step.likelihood[static_cast<std::size_t>(o * problem_.causes() + world.truth)]);
      const bool unknown = std::bernoulli_distribution(step.unknown)(random_);
      world.outcomes.push_back(unknown || weights.empty() ? -1 : draw(weights));
    }
    return world;
  }

 private:
  int draw(const std::vector<double>& weights) {
    return std::discrete_distribution<int>(weights.begin(), weights.end())(random_);
  }

  std::vector<bool> left(const Known& known, bool automatic) const {
    std::vector<bool> allowed(problem_.steps.size(), true);
    for (std::size_t s = 0; s < allowed.size(); ++s) {
      if (automatic) allowed[s] = problem_.steps[s].kind == isolation::Reliability::automatic;
    }
    for (const auto& each : known.answers) allowed[static_cast<std::size_t>(each.step)] = false;
    return allowed;
  }

  static void answer(Known& known, int step, const World& world) {
    known.answers.push_back({step, world.outcomes[static_cast<std::size_t>(step)], {}});
  }

  int next(const Known& known, const std::vector<Choice>& choices, Order order) {
    switch (order) {
      case Order::ours:
        return choices.front().first;
      case Order::authored:
        return std::ranges::min_element(choices, {}, &Choice::first)->first;
      case Order::random:
        return choices[std::uniform_int_distribution<std::size_t>(0, choices.size() - 1)(random_)].first;
      case Order::rollouts:
        break;
    }
    return best_of_rollouts(known, choices);
  }

  /// The same worlds for every candidate; ours stays unless another is better on them.
  int best_of_rollouts(const Known& known, const std::vector<Choice>& choices) {
    if (choices.size() == 1) return choices.front().first;
    const auto belief = isolation::believe(problem_, known);
    std::vector<World> worlds;
    for (int n = 0; n < kRollouts; ++n) worlds.push_back(draw_world(belief));
    int best = choices.front().first;
    double least = std::numeric_limits<double>::max();
    for (std::size_t i = 0; i < choices.size() && i < kCandidates; ++i) {
      const int step = choices[i].first;
      double loss = kRollouts * problem_.steps[static_cast<std::size_t>(step)].cost;
      for (const World& world : worlds) {
        Known played = known;
        answer(played, step, world);
        look(played, world);
        loss += finish(std::move(played), world, Order::ours).loss();
      }
      if (loss < least) {
        least = loss;
        best = step;
      }
    }
    return best;
  }

  const Problem& problem_;
  std::mt19937& random_;
};

struct Sum {
  double seconds = 0, asked = 0, loss = 0;
  int right = 0, wrong = 0;
  void add(const Walk& walk) {
    seconds += walk.seconds;
    asked += walk.asked;
    loss += walk.loss();
    right += walk.right ? 1 : 0;
    wrong += walk.wrong ? 1 : 0;
  }
};

void run(const std::string& name, const Problem& problem, int walks, Sum (&all)[4]) {
  std::mt19937 random(1);
  Walker walker(problem, random);
  Sum sums[4];
  for (int n = 0; n < walks; ++n) {
    const World world = walker.draw_world(problem.prior);
    Known known;
    walker.look(known, world);
    for (const Order order : {Order::ours, Order::authored, Order::random, Order::rollouts})
      sums[static_cast<int>(order)].add(walker.finish(known, world, order));
  }
  const auto share = [&](int count) { return 100.0 * count / walks; };
  std::printf("%-46s %6.0f %5.1f %6.1f %6.1f %9.2f %9.2f %9.2f\n", name.c_str(), sums[0].seconds / walks,
              sums[0].asked / walks, share(sums[0].right), share(sums[0].wrong), sums[0].loss / sums[3].loss,
              sums[0].loss / sums[1].loss, sums[0].loss / sums[2].loss);
  std::fflush(stdout);
  for (int i = 0; i < 4; ++i) {
    all[i].seconds += sums[i].seconds / walks;
    all[i].loss += sums[i].loss / walks;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int walks = argc > 1 ? std::max(1, std::atoi(argv[1])) : 100;
  const std::string part = argc > 2 ? argv[2] : "";
  const playbook::Vocabulary vocabulary = engine::vocabulary();
  const playbook::Catalog catalog(vocabulary, {}, engine::checks());
  const auto listings = catalog.list();
  if (!listings) return 1;
  std::printf("%-46s %6s %5s %6s %6s %9s %9s %9s\n", "playbook", "s", "asked", "right%", "wrong%",
              "/rollouts", "/authored", "/random");
  Sum all[4];
  for (const auto& listing : *listings) {
    if (listing.id.find(part) == std::string::npos) continue;
    const auto loaded = catalog.load(listing.id);
    if (!loaded || !loaded->playbook) return 1;
    run(listing.id, isolation::build(*loaded->playbook), walks, all);
  }
  std::printf("%-46s %37.2f %9.2f %9.2f   loss: seconds, %g for no cause, %g for a wrong one\n", "all",
              all[0].loss / all[3].loss, all[0].loss / all[1].loss, all[0].loss / all[2].loss, kOpen, kWrong);
  std::printf("%-46s %37.2f %9.2f %9.2f   seconds alone\n", "", all[0].seconds / all[3].seconds,
              all[0].seconds / all[1].seconds, all[0].seconds / all[2].seconds);
}
