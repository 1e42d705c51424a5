#include "isolation/best_case.h"
#include "isolation/problem.h"
#include "isolation/select.h"

#include <cmath>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::isolation;
using playbook::StepKind;

namespace {

/// Facts of the step itself (`own`), of `edge`, `origin` and of the vantage; all are texts.
struct AnyScope final : match::Scope {
  std::optional<match::Resolved> resolve(std::string_view name, bool) const override {
    match::Resolved r;
    const auto dot = name.find('.');
    if (dot == std::string_view::npos) {
      r.name = name;
    } else {
      r.step = name.substr(0, dot);
      r.name = name.substr(dot + 1);
    }
    r.group = r.name;
    return r;
  }
  std::vector<std::string> known_names(bool) const override { return {}; }
};

source::Node scalar(std::string text) {
  source::Node node;
  node.kind = source::Node::Kind::scalar;
  node.text = std::move(text);
  return node;
}

match::Condition condition(std::string fact) {
  source::Node map;
  map.kind = source::Node::Kind::map;
  map.entries.push_back({std::move(fact), {}, scalar("x")});
  source::Diagnostics diagnostics;
  auto compiled = match::Condition::compile(map, AnyScope{}, diagnostics);
  REQUIRE(compiled);
  return *compiled;
}

playbook::Outcome outcome(std::string name, std::optional<playbook::Given> given = {}) {
  playbook::Outcome o;
  o.name = std::move(name);
  o.given = std::move(given);
  return o;
}

playbook::Step step(std::string id, StepKind kind = StepKind::probe) {
  playbook::Step s;
  s.id = std::move(id);
  s.kind = kind;
  s.outcomes = {outcome("bad", playbook::Given{0.08, {}, {{0, 0.78}}}), outcome("good")};
  return s;
}

playbook::Playbook two_causes(std::vector<playbook::Step> steps) {
  playbook::Playbook book;
  book.causes.resize(2);
  book.causes[0].seen = playbook::Seen::common;
  book.causes[1].seen = playbook::Seen::rare;
  book.unlisted = 0.2;
  book.steps = std::move(steps);
  return book;
}

bool mates(const Problem& problem, std::size_t a, std::size_t b) {
  for (int label : problem.steps[a].looks_at) {
    for (int other : problem.steps[b].looks_at) {
      if (label == other) return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("build: priors and rows come from the playbook") {
  const Problem problem = build(two_causes({step("edge")}));
  REQUIRE(problem.causes() == 3);
  CHECK(problem.prior[0] == doctest::Approx(0.8 * 10 / 11));
  CHECK(problem.prior[1] == doctest::Approx(0.8 * 1 / 11));
  CHECK(problem.prior[2] == doctest::Approx(0.2));
  const Problem::Step& edge = problem.steps[0];
  CHECK(edge.informative);
  CHECK(edge.likelihood[0] == doctest::Approx(0.99 * 0.78 + 0.005));
  CHECK(edge.likelihood[1] == doctest::Approx(0.99 * 0.08 + 0.005));
  CHECK(edge.likelihood[3] == doctest::Approx(0.99 * 0.22 + 0.005));
}

TEST_CASE("build: the kind of a step says what its answers are worth and cost") {
  playbook::Step question = step("question", StepKind::question);
  playbook::Step portal = step("portal", StepKind::question);
  portal.look = playbook::LookAt::portal;
  playbook::Step pasted = step("pasted", StepKind::question);
  pasted.reader = playbook::Reader{"nslookup", {}};
  playbook::Step again = step("again", StepKind::of);
  again.of = 0;
  playbook::Step client = step("client");
  client.from_client = true;
  playbook::Step priced = step("priced");
  priced.cost = 45;
  const playbook::Playbook book = two_causes(
      {question, portal, pasted, step("command", StepKind::command), step("probe"), again, client, priced});

  const Problem here = build(book, {true, false});
  const Problem outside = build(book, {false, true});
  const auto kinds = [](const Problem& p) {
    std::vector<Reliability> all;
    for (const auto& s : p.steps) all.push_back(s.kind);
    return all;
  };
  using enum Reliability;
  CHECK(kinds(here) == std::vector{asked, manual, manual, automatic, automatic, asked, automatic, automatic});
  CHECK(kinds(outside) == std::vector{asked, manual, manual, manual, automatic, asked, manual, automatic});
  CHECK(here.steps[0].cost == 20);
  CHECK(here.steps[1].cost == 90);
  CHECK(here.steps[3].cost == 2);
  CHECK(outside.steps[3].cost == 90);
  CHECK(here.steps[5].cost == 0);  // another look costs nothing by itself
  CHECK(here.steps[7].cost == 45);
  CHECK(here.steps[0].unknown == 0.05);
}

TEST_CASE("build: looks at the same observation are mates, whether by of or by a condition") {
  playbook::Step again = step("again", StepKind::of);
  again.of = 0;
  playbook::Step third = step("third", StepKind::of);
  third.of = 2;
  playbook::Step compares = step("compares");
  compares.outcomes[0].when = condition("edge.status");
  compares.waits_for = {0};
  playbook::Step uses = step("uses");  // a parameter of its own from edge
  uses.waits_for = {0};
  const Problem problem = build(two_causes({step("edge"), step("origin"), again, third, compares, uses}));
  CHECK_FALSE(mates(problem, 0, 1));
  CHECK(mates(problem, 0, 2));
  CHECK(mates(problem, 0, 3));
  CHECK(mates(problem, 2, 3));
  CHECK(mates(problem, 0, 4));
  CHECK(mates(problem, 2, 4));
  CHECK_FALSE(mates(problem, 1, 4));
  CHECK_FALSE(mates(problem, 0, 5));
  for (const auto& s : problem.steps) CHECK(s.looks_at.back() < problem.labels);
}

TEST_CASE("build: comparing two looks makes no mates of them") {
  playbook::Step compares = step("compares");
  compares.outcomes[0].when = condition("edge.digest");
  compares.outcomes[1].when = condition("origin.digest");
  const Problem problem = build(two_causes({step("edge"), step("origin"), compares}));
  CHECK(mates(problem, 0, 2));
  CHECK(mates(problem, 1, 2));
  CHECK_FALSE(mates(problem, 0, 1));
}

TEST_CASE("build: named groups, also of what looks again, and findings of the vantage") {
  playbook::Step one = step("one");
  playbook::Step two = step("two");
  one.group = two.group = "network";
  playbook::Step other = step("other");
  other.group = "names";
  playbook::Step again = step("again", StepKind::of);
  again.of = 0;
  playbook::Step clock = step("clock");
  clock.outcomes[0].when = condition("vantage.clock-offset");
  playbook::Step skew = clock;
  playbook::Step resolver = step("resolver");
  resolver.outcomes[0].when = condition("vantage.resolver");
  const Problem problem = build(two_causes({one, two, other, again, clock, skew, resolver}));
  CHECK(mates(problem, 0, 1));
  CHECK_FALSE(mates(problem, 0, 2));
  CHECK(mates(problem, 3, 1));
  CHECK(mates(problem, 4, 5));
  CHECK_FALSE(mates(problem, 4, 6));
}

TEST_CASE("build: what has to be done first") {
  playbook::Step again = step("again", StepKind::of);
  again.of = 0;
  again.waits_for = {0};
  playbook::Step check = step("check", StepKind::question);
  check.requires_ = {{0, {0}}, {99, {}}};
  check.waits_for = {0, 1, 3};
  const Problem problem = build(two_causes({step("edge"), step("origin"), again, check}));
  CHECK(problem.steps[0].requires_.empty());
  REQUIRE(problem.steps[2].requires_.size() == 1);
  CHECK(problem.steps[2].requires_[0].closed_by_unknown);
  REQUIRE(problem.steps[3].requires_.size() == 2);
  CHECK(problem.steps[3].requires_[0].wanted == std::vector<bool>{true, false});
  CHECK(problem.steps[3].requires_[1].step == 1);
  CHECK_FALSE(problem.steps[3].requires_[1].closed_by_unknown);
}

TEST_CASE("build: a look at another's observation is ranked with the cost of seeing it") {
  playbook::Step again = step("again", StepKind::of);
  again.of = 0;
  playbook::Step edge = step("edge");
  edge.outcomes = {outcome("page"), outcome("none")};  // says nothing by itself
  const Problem problem = build(two_causes({edge, again}));
  const std::vector<Choice> choices = rank_steps(problem, {}, {true, true});
  REQUIRE(choices.size() == 1);
  CHECK(choices[0].step == 1);
  CHECK(choices[0].first == 0);
  CHECK(choices[0].cost == doctest::Approx(2));
}

TEST_CASE("build: a playbook with mistakes in it does no harm") {
  playbook::Step circle = step("circle", StepKind::of);
  circle.of = 0;
  circle.outcomes[0].given->causes[17] = 0.9;
  circle.cost = std::nan("");
  const Problem problem = build(two_causes({circle}));
  CHECK(problem.steps[0].cost == 0);
  CHECK(rank_steps(problem, {}, {true}).empty());
  CHECK(build(playbook::Playbook{}).causes() == 1);
}

TEST_CASE("build: what the linter asks of a cause") {
  playbook::Step exact = step("exact");
  exact.outcomes = {outcome("fault", playbook::Given{0.0002, {}, {{1, 0.999}}}), outcome("fine")};
  exact.outcomes[0].exact = true;
  const playbook::Playbook book = two_causes({step("edge"), exact});
  CHECK(best_case(book, 1) >= kIsolated);
  CHECK(best_case(two_causes({step("edge")}), 1) < kIsolated);
}
