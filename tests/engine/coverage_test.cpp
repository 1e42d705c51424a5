#include "engine/coverage.h"

#include "engine/scene.h"

#include <doctest/doctest.h>

namespace {

const char* const kPlaybook = R"(
format: 1
title: Test
causes:
  a: {title: A, fix: Do it.}
  b: {title: B, fix: Do it.}
  clock: {title: The clock is wrong, fix: Set it., vantage: clock}
steps:
  first:
    question: Is it so?
    symptom: true
    answers:
      - {name: no, fine: true}
      - {name: yes, given: {a: always, otherwise: never}}
)";

aztriage::engine::RunResult result(aztriage::isolation::Verdict verdict, const char* cause, int outcome) {
  aztriage::engine::RunResult out;
  out.verdict = verdict;
  if (cause) {
    out.cause.emplace();
    out.cause->id = cause;
  }
  aztriage::engine::StepResult step;
  step.id = "first";
  step.outcome = outcome;
  step.outcome_name = outcome == 0 ? "no" : outcome == 1 ? "yes" : "";
  out.steps.push_back(step);
  return out;
}

}  // namespace

TEST_CASE("coverage: what no case shows") {
  using aztriage::isolation::Verdict;
  const auto playbook = scene::load(kPlaybook);
  aztriage::engine::Coverage coverage(playbook);
  CHECK(coverage.outcomes() == 2);
  CHECK(coverage.causes() == 2);  // the one of our own place is told, not isolated
  CHECK(coverage.outcomes_missing().size() == 2);
  // A probable cause is none that was isolated, and a step without an outcome reached none.
  coverage.add(result(Verdict::inconclusive, "a", -1));
  CHECK(coverage.causes_missing().size() == 2);
  CHECK(coverage.outcomes_missing().size() == 2);
  coverage.add(result(Verdict::isolated, "a", 1));
  coverage.add(result(Verdict::healthy, nullptr, -1));
  CHECK(coverage.causes_missing() == std::vector<std::string>{"b"});
  REQUIRE(coverage.outcomes_missing().size() == 1);
  CHECK(coverage.outcomes_missing()[0].step == "first");
  CHECK(coverage.outcomes_missing()[0].outcome == "no");
  CHECK(coverage.cases() == 3);
  CHECK(coverage.healthy() == 1);
  CHECK(coverage.inconclusive() == 1);
}
