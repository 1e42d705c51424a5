#include "isolation/select.h"

#include "isolation/belief.h"
#include "isolation/gain.h"
#include "isolation/worked.h"

#include <cmath>

#include <doctest/doctest.h>

using namespace aztriage::isolation;
using namespace aztriage::isolation::testing;

namespace {

bool near(double a, double b) {
  return std::abs(a - b) < 1e-5;
}

std::vector<Row> splitting() {
  return {row(kRarely, {{0, kUsually}}), row(kUsually, {{0, kRarely}})};
}

Problem::Require needs(int step, std::vector<bool> wanted = {}) {
  return {step, std::move(wanted), true};
}

}  // namespace

TEST_CASE("select: scores of the worked example") {
  const Pods pods;
  Known known{{{Pods::resolve, Pods::right_ip}}, {}, {}};
  const auto allowed = all_allowed(pods.problem);
  std::vector<Choice> choices = rank_steps(pods.problem, known, allowed);
  REQUIRE(choices.size() == 3);
  CHECK(choices[0].step == Pods::which_pods);
  CHECK(near(choices[0].information, 0.256067));
  CHECK(choices[0].finish == 0);
  CHECK(std::abs(choices[0].score - 0.01280334) < 1e-7);
  CHECK(choices[1].step == Pods::check_nsg);
  CHECK(near(choices[1].information, 0.654765));
  CHECK(near(choices[1].finish, 0.598753));
  CHECK(std::abs(choices[1].score - 0.01060157) < 1e-7);
  CHECK(choices[2].step == Pods::check_role);
  CHECK(near(choices[2].information, 0.472329));
  CHECK(choices[2].finish == 0);
  CHECK(std::abs(choices[2].score - 0.00787215) < 1e-7);

  known.answers.push_back({Pods::which_pods, Pods::all_pods});
  choices = rank_steps(pods.problem, known, allowed);
  REQUIRE(choices.size() == 2);
  CHECK(choices[0].step == Pods::check_nsg);
  CHECK(std::abs(choices[0].score - 0.00947697) < 1e-7);
  CHECK(std::abs(choices[1].score - 0.00229030) < 1e-7);

  known.answers.push_back({Pods::check_nsg, Pods::allow});
  choices = rank_steps(pods.problem, known, allowed);
  REQUIRE(choices.size() == 1);
  CHECK(choices[0].step == Pods::check_role);
  CHECK(std::abs(choices[0].score - 0.00601925) < 1e-7);
}

TEST_CASE("select: what each outcome would bring") {
  const Pods pods;
  Known known{{{Pods::resolve, Pods::right_ip}}, {}, {}};
  std::vector<Preview> previews = preview(pods.problem, known, Pods::which_pods);
  REQUIRE(previews.size() == 2);
  CHECK(near(previews[Pods::new_pods].chance, 0.305367));
  CHECK(near(previews[Pods::all_pods].chance, 0.694633));
  CHECK(previews[Pods::all_pods].leader == Pods::nsg);
  CHECK(near(previews[Pods::all_pods].probability, 0.780136));
  CHECK_FALSE(previews[Pods::all_pods].settles);

  known.answers.push_back({Pods::which_pods, Pods::all_pods});
  previews = preview(pods.problem, known, Pods::check_nsg);
  CHECK(previews[Pods::deny].settles);
  CHECK(near(previews[Pods::deny].probability, 0.971319));
  CHECK(previews[Pods::allow].leader == Pods::unlisted);

  // The same after it was answered.
  known.answers.push_back({Pods::check_nsg, Pods::allow});
  CHECK(preview(pods.problem, known, Pods::check_nsg)[Pods::deny].probability ==
        previews[Pods::deny].probability);
  CHECK(preview(pods.problem, known, 12).empty());
}

TEST_CASE("select: only open steps that are allowed and say something") {
  Pods pods;
  add_step(pods.problem, Reliability::asked, 20, {wordless(), wordless()});
  std::vector<bool> allowed = all_allowed(pods.problem);
  allowed[Pods::check_role] = false;
  const Known known{{{Pods::resolve, Pods::right_ip}, {Pods::which_pods, -1}}, {}, {}};
  const std::vector<Choice> choices = rank_steps(pods.problem, known, allowed);
  REQUIRE(choices.size() == 1);
  CHECK(choices[0].step == Pods::check_nsg);
  CHECK(rank_steps(pods.problem, known, {}).empty());
}

TEST_CASE("select: a mate that was answered leaves a quarter of the value") {
  Problem problem = problem_of({10, 10});
  add_step(problem, Reliability::automatic, 2, splitting(), 0);
  add_step(problem, Reliability::automatic, 2, splitting(), 0);
  add_step(problem, Reliability::automatic, 2, splitting(), 1);
  const std::vector<Choice> choices = rank_steps(problem, {{{0, 0}}, {}, {}}, all_allowed(problem));
  REQUIRE(choices.size() == 2);
  CHECK(choices[0].step == 2);
  CHECK(choices[1].score == doctest::Approx(choices[0].score / 4));
  // A mate without an answer takes nothing.
  const std::vector<Choice> fresh = rank_steps(problem, {{{0, -1}}, {}, {}}, all_allowed(problem));
  CHECK(fresh[0].score == doctest::Approx(fresh[1].score));
}

TEST_CASE("select: a locked step is priced with its chain") {
  Problem problem = problem_of({10, 10});
  const int input = add_step(problem, Reliability::asked, 20, {wordless(), wordless()});
  const int check = add_step(problem, Reliability::manual, 30, splitting());
  problem.steps[1].requires_ = {needs(input)};
  const std::vector<Choice> choices = rank_steps(problem, {}, all_allowed(problem));
  REQUIRE(choices.size() == 1);
  CHECK(choices[0].step == check);
  CHECK(choices[0].first == input);
  const double value = 0.96 * gain_of(problem.steps[1], problem.prior).information +
                       0.5 * 0.96 * gain_of(problem.steps[1], problem.prior).finish;
  CHECK(choices[0].score == doctest::Approx(0.95 * value / (20 + 0.95 * 30)));
  CHECK(choices[0].cost == doctest::Approx(20 + 0.95 * 30));

  const std::vector<Choice> unlocked = rank_steps(problem, {{{input, 1}}, {}, {}}, all_allowed(problem));
  REQUIRE(unlocked.size() == 1);
  CHECK(unlocked[0].first == check);
  CHECK(unlocked[0].score == doctest::Approx(value / 30));
}

TEST_CASE("select: a chain has the chance of a wanted outcome") {
  Problem problem = problem_of({10, 10});
  const int gate = add_step(problem, Reliability::automatic, 2, splitting());
  const int behind = add_step(problem, Reliability::manual, 30, splitting());
  problem.steps[1].requires_ = {needs(gate, {true, false})};
  const std::vector<Choice> choices = rank_steps(problem, {}, all_allowed(problem));
  REQUIRE(choices.size() == 2);
  const auto chain =
      std::find_if(choices.begin(), choices.end(), [&](const Choice& c) { return c.step == behind; });
  REQUIRE(chain != choices.end());
  const double wanted = 0.97 * outcome_chances(problem.steps[0], problem.prior)[0];
  CHECK(chain->cost == doctest::Approx(2 + wanted * 30));
  CHECK(chain->first == gate);
}

TEST_CASE("select: when a chain is closed") {
  Problem problem = problem_of({10, 10});
  const int gate = add_step(problem, Reliability::automatic, 2, splitting());
  const int behind = add_step(problem, Reliability::manual, 30, splitting());
  problem.steps[1].requires_ = {needs(gate, {true, false})};
  const auto has = [&](const Known& known, std::vector<bool> allowed) {
    const std::vector<Choice> all = rank_steps(problem, known, allowed);
    return std::any_of(all.begin(), all.end(), [&](const Choice& c) { return c.step == behind; });
  };
  CHECK(has({{{gate, 0}}, {}, {}}, {true, true}));
  CHECK_FALSE(has({{{gate, 1}}, {}, {}}, {true, true}));
  CHECK_FALSE(has({{{gate, -1}}, {}, {}}, {true, true}));
  CHECK_FALSE(has({}, {false, true}));
  // Facts may be there although no outcome fitted.
  problem.steps[1].requires_ = {{gate, {}, false}};
  CHECK(has({{{gate, -1}}, {}, {}}, {true, true}));
  // Circles never open.
  problem.steps[1].requires_ = {needs(gate)};
  problem.steps[0].requires_ = {needs(behind)};
  CHECK(rank_steps(problem, {}, {true, true}).empty());
}

TEST_CASE("select: equal scores go to the lower cost, then to file order") {
  Problem problem = problem_of({10, 10});
  add_step(problem, Reliability::manual, 40, splitting());
  add_step(problem, Reliability::manual, 40, splitting());
  std::vector<Choice> choices = rank_steps(problem, {}, all_allowed(problem));
  CHECK(choices[0].step == 0);
  CHECK(choices[1].step == 1);
  // Half the noise-free value at half the cost has the same score.
  problem.steps[0].unknown = 0.5;
  problem.steps[1].unknown = 0;
  problem.steps[0].cost = 20;
  choices = rank_steps(problem, {}, all_allowed(problem));
  CHECK(choices[0].score == doctest::Approx(choices[1].score).epsilon(1e-12));
  CHECK(choices[0].step == 0);
  std::swap(problem.steps[0], problem.steps[1]);
  choices = rank_steps(problem, {}, all_allowed(problem));
  CHECK(choices[0].step == 1);
}

TEST_CASE("select: another look at what was seen costs nothing and does not divide by it") {
  Problem problem = problem_of({10, 10});
  add_step(problem, Reliability::automatic, 0, splitting());
  const std::vector<Choice> choices = rank_steps(problem, {}, all_allowed(problem));
  REQUIRE(choices.size() == 1);
  CHECK(std::isfinite(choices[0].score));
}

TEST_CASE("select: blocks of outcomes sum to the same as one by one") {
  for (int outcomes : {2, 3, 4, 5, 7, 9}) {
    CAPTURE(outcomes);
    std::vector<Row> rows;
    for (int o = 0; o < outcomes; ++o) rows.push_back(row(0.1 + 0.05 * o, {{0, 0.9 - 0.09 * o}, {1, 0.3}}));
    Problem problem = problem_of({10, 3, 1});
    add_step(problem, Reliability::automatic, 2, rows);
    const Problem::Step& step = problem.steps[0];
    const std::vector<double> chances = outcome_chances(step, problem.prior);
    double bits = entropy(chances);
    for (std::size_t c = 0; c < problem.prior.size(); ++c) bits -= problem.prior[c] * step.entropy[c];
    CHECK(gain_of(step, problem.prior).information == doctest::Approx(bits));
  }
}

TEST_CASE("select: an early workaround is offered when trying costs less than finding out") {
  const Pods pods;
  const auto allowed = all_allowed(pods.problem);
  const Known known{{{Pods::resolve, Pods::right_ip}}, {}, {}};
  const Offer cheap = offer_early(pods.problem, known, allowed, {-1, 60, -1});
  CHECK(cheap.cause == Pods::nsg);
  const double pace = 0.256067 / 20;  // of which-pods
  CHECK(cheap.seconds_left == doctest::Approx((1.522473 - 0.3) / pace).epsilon(1e-4));
  const double success = 0.92 * 0.615737;
  const double limit = cheap.seconds_left * success / (1 - success);
  CHECK(offer_early(pods.problem, known, allowed, {-1, limit - 0.01, -1}).cause == Pods::nsg);
  CHECK(offer_early(pods.problem, known, allowed, {-1, limit + 0.01, -1}).cause == -1);
  CHECK(offer_early(pods.problem, known, allowed, {5, -1, 5}).cause == -1);  // none of them has 0.35
  CHECK(offer_early(pods.problem, known, allowed, {}).cause == -1);
}

TEST_CASE("select: no early workaround for what is isolated already, one when nothing else is left") {
  const Pods pods;
  const Known isolated{{{Pods::resolve, Pods::wrong_ip}}, {}, {}};
  CHECK(offer_early(pods.problem, isolated, all_allowed(pods.problem), {1, 1, 1}).cause == -1);
  const Known open{{{Pods::resolve, Pods::right_ip}}, {}, {}};
  const Offer last = offer_early(pods.problem, open, {}, {-1, 3600, -1});
  CHECK(last.cause == Pods::nsg);
  CHECK(std::isfinite(last.seconds_left));
}
