#include "engine/session.h"

#include "engine/scene.h"

using namespace scene;
using engine::StepState;
using isolation::Reason;
using isolation::Symptom;
using isolation::Verdict;

namespace {

const std::string kHead = R"(
format: 1
title: A test
summary: Of the engine.
reviewed: 2026-11-24
symptoms: [it fails]
inputs:
  endpoint: {}
  origin: {optional: true}
  key: {optional: true}
causes:
  down:
    title: The origin is down
    seen: common
    explain: It is.
    workaround: [{do: "Start ${origin}.", command: "az webapp start -n ${origin}", undo: Stop it.}]
    docs: [/azure/test]
    verify: [edge]
  slow:
    title: The origin is slow
    seen: common
    explain: It is.
    fix: Make it fast.
    docs: [/azure/test]
)";

const std::string kTwoLooks = kHead + R"(
steps:
  edge:
    probe: http
    with: {url: "https://${endpoint}/"}
    symptom: true
    say: status ${status}
    outcomes:
      - {name: served, fine: true, when: {status: {below: 500}}}
      - {name: failed}
  origin-tcp:
    probe: tcp
    with: {host: "${origin}", port: 443}
    outcomes:
      - {name: refused, exact: true, when: {failure.kind: tcp-refused}, given: {down: certain, otherwise: impossible}}
      - {name: open, fine: true, when: {answered: true}}
)";

fact::Observation status(double code) {
  return answered({{"status", number(code)}}, {"headers", "body"});
}

}  // namespace

TEST_CASE("session: all probes start at once, and an exact outcome isolates") {
  Scene scene(kTwoLooks, {{"endpoint", "shop.contoso.com"}, {"origin", "shop.azurewebsites.net"}});
  scene.start();
  CHECK(scene.source.started == std::vector<std::string>{"edge", "origin-tcp"});
  CHECK(scene->busy());
  scene.answer("edge", status(502));
  CHECK(scene->symptom() == Symptom::seen);
  scene.answer("origin-tcp", failed(fact::FailureKind::tcp_refused));
  CHECK_FALSE(scene->busy());
  const auto result = scene.result();
  CHECK(result.verdict == Verdict::isolated);
  REQUIRE(result.cause);
  CHECK(result.cause->id == "down");
  CHECK(result.cause->probability > 0.99);
  CHECK(result.workarounds.at(0).command == "az webapp start -n shop.azurewebsites.net");
  CHECK(result.docs.at(0) == "https://learn.microsoft.com/azure/test");
  CHECK(scene.step("edge").say == "status 502");
}

TEST_CASE("session: the order of the answers does not matter") {
  const std::map<std::string, std::string> inputs = {{"endpoint", "a.contoso.com"},
                                                     {"origin", "b.contoso.com"}};
  Scene first(kTwoLooks, inputs);
  first.start();
  first.answer("edge", status(502));
  first.answer("origin-tcp", failed(fact::FailureKind::tcp_refused));
  Scene second(kTwoLooks, inputs);
  second.start();
  second.answer("origin-tcp", failed(fact::FailureKind::tcp_refused));
  second.answer("edge", status(502));
  CHECK(first.result().cause->probability == second.result().cause->probability);
}

TEST_CASE("session: without the symptom all is healthy, and what is not fine is a warning") {
  Scene scene(kTwoLooks, {{"endpoint", "a.contoso.com"}, {"origin", "b.contoso.com"}});
  scene.start();
  scene.answer("edge", status(200));
  scene.answer("origin-tcp", failed(fact::FailureKind::tcp_refused));
  const auto result = scene.result();
  CHECK(result.symptom == Symptom::not_seen);
  CHECK(result.verdict == Verdict::healthy);
  CHECK_FALSE(result.cause);
}

TEST_CASE("session: what one look found fine is not all when another could not look") {
  Scene scene(R"(format: 1
title: Two looks for one complaint
inputs: {endpoint: {}, origin: {}}
causes: {down: {title: The app is down}}
steps:
  edge:
    probe: http
    with: {url: "https://${endpoint}/"}
    symptom: true
    outcomes: [{name: served, fine: true, when: {status: 200}}, {name: other}]
  app:
    probe: http
    with: {url: "https://${origin}/"}
    symptom: true
    outcomes: [{name: served, fine: true, when: {status: 200}}, {name: other}]
)",
              {{"endpoint", "a.contoso.com"}, {"origin", "b.contoso.com"}});
  scene.start();
  scene.answer("edge", status(200));
  scene.answer("app", failed(fact::FailureKind::dns_timeout, "resolve"));
  CHECK(scene.result().symptom == Symptom::not_tested);
  CHECK(scene.result().verdict == Verdict::inconclusive);
}

TEST_CASE("session: a step without its input is skipped, and says which") {
  Scene scene(kTwoLooks);
  scene.start();
  CHECK(scene.source.started == std::vector<std::string>{"edge"});
  CHECK(scene.step("origin-tcp").state == StepState::skipped);
  CHECK(scene.step("origin-tcp").reason.find("'origin'") != std::string::npos);
  scene.answer("edge", status(502));
  const auto result = scene.result();
  CHECK(result.verdict == Verdict::inconclusive);
  REQUIRE(result.next);
  CHECK(result.next->step == "origin-tcp");
}

TEST_CASE("session: what the tool could not look at is no answer") {
  Scene scene(kTwoLooks, {{"endpoint", "a.contoso.com"}, {"origin", "b.contoso.com"}});
  scene.start();
  scene.answer("edge", failed(fact::FailureKind::proxy_unreachable));
  scene.answer("origin-tcp", failed(fact::FailureKind::network_unreachable));
  CHECK(scene.step("edge").state == StepState::failed);
  const auto result = scene.result();
  CHECK(result.symptom == Symptom::not_tested);
  CHECK(result.verdict == Verdict::inconclusive);
  CHECK(result.reason == Reason::not_tested);
}

TEST_CASE(
    "session: a target that does not answer leaves the complaint untested, unless silence is described") {
  Scene scene(kTwoLooks);
  scene.start();
  scene.answer("edge", failed(fact::FailureKind::tcp_timeout));
  CHECK(scene.step("edge").state == StepState::done);
  // Nothing was read of a status, so it is not `served`; the last outcome has no condition.
  CHECK(scene.step("edge").outcome_name == "failed");
  CHECK(scene->symptom() == Symptom::not_tested);

  Scene described(kHead + R"(
steps:
  edge:
    probe: tcp
    with: {host: "${endpoint}", port: 443}
    symptom: true
    outcomes:
      - {name: open, fine: true, when: {answered: true}}
      - {name: silent, when: {failure.kind: tcp-timeout}}
      - {name: other}
)");
  described.start();
  described.answer("edge", failed(fact::FailureKind::tcp_timeout));
  CHECK(described->symptom() == Symptom::seen);
}

TEST_CASE("session: a broken vantage claims no cause") {
  Scene scene(kTwoLooks, {{"endpoint", "a.contoso.com"}, {"origin", "b.contoso.com"}});
  scene.source.place.servers = {"10.0.0.2"};
  scene.source.place.silent = {"10.0.0.2"};
  scene.start();
  scene.answer("edge", status(502));
  scene.answer("origin-tcp", failed(fact::FailureKind::tcp_refused));
  const auto result = scene.result();
  CHECK(result.verdict == Verdict::inconclusive);
  CHECK(result.reason == Reason::vantage);
  CHECK_FALSE(result.cause);
  CHECK(result.reason_text.find("10.0.0.2") != std::string::npos);
  CHECK(result.steps.front().id == "vantage");
}

TEST_CASE("session: a deadline keeps what was seen and says that it came") {
  Scene scene(kTwoLooks, {{"endpoint", "a.contoso.com"}, {"origin", "b.contoso.com"}});
  scene.start();
  scene.answer("edge", status(502));
  scene->stop(fact::FailureKind::deadline);
  CHECK(scene.step("origin-tcp").state == StepState::failed);
  const auto result = scene.result();
  CHECK(result.symptom == Symptom::seen);
  CHECK(result.verdict == Verdict::inconclusive);
  CHECK(result.reason == Reason::deadline);
  CHECK_FALSE(scene->busy());
}

TEST_CASE("session: -a answers beforehand, and unknown words are refused with the nearest") {
  Scene scene(kTwoLooks, {{"endpoint", "a.contoso.com"}, {"origin", "b.contoso.com"}});
  CHECK(scene->give("origin-tcp", "refused"));
  const auto step = scene->give("orgin-tcp", "refused");
  REQUIRE_FALSE(step);
  CHECK(step.error().hint == "did you mean 'origin-tcp'?");
  const auto outcome = scene->give("origin-tcp", "refusd");
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().hint.find("refused") != std::string::npos);
  scene.start();
  CHECK(scene.source.started == std::vector<std::string>{"edge"});
  scene.answer("edge", status(502));
  CHECK(scene.result().cause->id == "down");
}

TEST_CASE("session: `of` looks at the same observation again, and counts less") {
  Scene scene(kHead + R"(
steps:
  edge:
    probe: http
    with: {url: "https://${endpoint}/"}
    symptom: true
    outcomes:
      - {name: served, fine: true, when: {status: {below: 500}}}
      - {name: failed}
  edge-error:
    of: edge
    outcomes:
      - {name: gone, exact: true, when: {headers.x-error: {contains: refused}}, given: {down: certain, otherwise: impossible}}
      - {name: other}
)");
  scene.start();
  CHECK(scene.source.started == std::vector<std::string>{"edge"});
  scene.answer("edge", answered({{"status", number(503)}, {"headers.x-error", text("connection refused")}},
                                {"headers"}));
  CHECK(scene.step("edge-error").outcome_name == "gone");
  CHECK_FALSE(scene.step("edge-error").observation);
  CHECK(scene.result().cause->id == "down");
}

TEST_CASE("session: `requires` opens a step only for the wanted outcome, and undo closes it again") {
  const std::string yaml = kHead + R"(
steps:
  edge:
    probe: http
    with: {url: "https://${endpoint}/"}
    symptom: true
    outcomes:
      - {name: served, fine: true, when: {status: {below: 500}}}
      - {name: failed}
  asked:
    question: Is it slow?
    answers:
      - {name: quick, given: {slow: never, otherwise: usually}}
      - {name: slow, given: {slow: usually, otherwise: rarely}}
  timing:
    probe: tcp
    with: {host: "${endpoint}", port: 443}
    requires: {asked: [slow]}
    outcomes:
      - {name: open, fine: true, when: {answered: true}}
      - {name: closed, given: {down: usually, otherwise: rarely}}
)";
  engine::SessionOptions interactive;
  interactive.interactive = true;
  Scene scene(yaml, {{"endpoint", "a.contoso.com"}}, interactive);
  scene.start();
  scene.answer("edge", status(502));
  const int asked = scene->playbook().step_index("asked");
  const int timing = scene->playbook().step_index("timing");
  CHECK(scene->openness(asked) == engine::Openness::question);
  CHECK_FALSE(scene->settled(timing));
  const auto before = isolation::believe(scene->problem(), scene->known());

  scene->answer(asked, 1);
  CHECK(scene->running(timing));
  scene.answer("timing", failed(fact::FailureKind::tcp_timeout));
  CHECK(scene.step("timing").outcome_name == "closed");

  REQUIRE(scene->undo());
  CHECK(isolation::believe(scene->problem(), scene->known()) == before);
  scene->answer(asked, 0);
  CHECK(scene.step("timing").state == StepState::skipped);
  REQUIRE(scene->undo());
  CHECK_FALSE(scene->undo());

  // The look that was made stays made: answering again finds it there.
  scene->answer(asked, 1);
  CHECK(scene.step("timing").outcome_name == "closed");
}

TEST_CASE("session: a probe starts before its requirement is known, and counts only when that holds") {
  const std::string yaml = kHead + R"(
steps:
  edge:
    probe: http
    with: {url: "https://${endpoint}/"}
    symptom: true
    outcomes:
      - {name: served, fine: true, when: {status: {below: 500}}}
      - {name: failed}
  again:
    probe: tcp
    with: {host: "${endpoint}", port: 443}
    requires: {edge: [failed]}
    outcomes:
      - {name: open, fine: true, when: {answered: true}}
      - {name: closed, given: {down: usually, otherwise: rarely}}
  slow-again:
    of: again
    outcomes:
      - {name: seen, when: {answered: true}}
      - {name: unseen}
  asked:
    question: Is it slow?
    answers:
      - {name: quick, given: {slow: never, otherwise: usually}}
      - {name: slow, given: {slow: usually, otherwise: rarely}}
  after-asked:
    probe: tcp
    with: {host: "${endpoint}", port: 444}
    requires: {asked: [slow], edge: [failed]}
    outcomes:
      - {name: open, fine: true, when: {answered: true}}
      - {name: closed, given: {down: usually, otherwise: rarely}}
)";
  engine::SessionOptions options;
  options.interactive = true;
  const auto begun = [&](bool early) {
    options.start_early = early;
    Scene scene(yaml, {{"endpoint", "a.contoso.com"}}, options);
    scene.start();
    return scene.source.started;
  };
  CHECK(begun(false) == std::vector<std::string>{"edge"});
  CHECK(begun(true) == std::vector<std::string>{"edge", "again"});  // nobody knows when a person answers

  SUBCASE("a look that waits on purpose is an order in time") {
    const std::string paused = kHead + R"(
steps:
  edge:
    probe: http
    with: {url: "https://${endpoint}/"}
    symptom: true
    outcomes:
      - {name: served, fine: true, when: {status: {below: 500}}}
      - {name: failed}
  pause:
    probe: tcp
    with: {host: "${endpoint}", port: 443, hold: 20}
    outcomes: [{name: over}]
  later:
    probe: http
    with: {url: "https://${endpoint}/"}
    requires: {pause: [over]}
    outcomes:
      - {name: fine, fine: true, when: {status: {below: 500}}, given: {slow: usually, otherwise: rarely}}
      - {name: still-failing, given: {down: usually, otherwise: rarely}}
)";
    Scene scene(paused, {{"endpoint", "a.contoso.com"}}, options);
    scene.start();
    CHECK(scene.source.started == std::vector<std::string>{"edge", "pause"});
    scene.answer("pause", answered({}));
    CHECK(scene.source.started == std::vector<std::string>{"edge", "pause", "later"});
  }
  SUBCASE("it holds, and is known last") {
    Scene scene(yaml, {{"endpoint", "a.contoso.com"}}, options);
    scene.start();
    scene.answer("again", failed(fact::FailureKind::tcp_timeout));
    CHECK_FALSE(scene->settled(scene->playbook().step_index("again")));
    CHECK_FALSE(scene->settled(scene->playbook().step_index("slow-again")));
    scene.answer("edge", status(502));
    CHECK(scene.step("again").outcome_name == "closed");
    CHECK(scene.step("slow-again").outcome_name == "unseen");
  }
  SUBCASE("it does not hold: what was seen is as if nobody had looked") {
    Scene scene(yaml, {{"endpoint", "a.contoso.com"}}, options);
    scene.start();
    scene.answer("again", failed(fact::FailureKind::tcp_timeout));
    scene.answer("edge", status(200));
    CHECK(scene.step("again").state == StepState::skipped);
    CHECK_FALSE(scene.step("again").observation);
    CHECK(scene.step("slow-again").state == StepState::skipped);
  }
  SUBCASE("it does not hold while the look is still under way: nobody waits for it") {
    Scene scene(yaml, {{"endpoint", "a.contoso.com"}}, options);
    scene.start();
    scene.answer("edge", status(200));
    CHECK(scene.step("again").state == StepState::skipped);
    CHECK_FALSE(scene->busy());
  }
}

TEST_CASE("session: nobody is asked in a run, and the report says how to answer") {
  Scene scene(kHead + R"(
steps:
  edge:
    probe: http
    with: {url: "https://${endpoint}/"}
    symptom: true
    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: failed}]
  asked:
    question: Was ${endpoint} changed?
    answers:
      - {name: changed, given: {down: usually, slow: never, otherwise: rarely}}
      - {name: same, given: {down: rarely, otherwise: usually}}
)");
  scene.start();
  scene.answer("edge", status(500));
  CHECK(scene.step("asked").state == StepState::not_run);
  const auto result = scene.result();
  REQUIRE(result.next);
  CHECK(result.next->step == "asked");
  CHECK(result.next->what == "Was shop.contoso.com changed?");
  CHECK(result.next->outcomes == std::vector<std::string>{"changed", "same"});
  CHECK(result.next->how.find("--answer asked=") != std::string::npos);
}

TEST_CASE("session: from: client counts only at the client") {
  const std::string yaml = kHead + R"(
steps:
  edge:
    probe: http
    with: {url: "https://${endpoint}/"}
    symptom: true
    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: failed}]
  inside:
    probe: dns
    with: {name: "${endpoint}"}
    from: client
    outcomes:
      - {name: private, when: {class: private}}
      - {name: public, given: {down: usually, otherwise: rarely}}
)";
  Scene client(yaml);
  client.start();
  CHECK(client.source.looks.contains("inside"));

  engine::SessionOptions outside;
  outside.here = "outside";
  Scene other(yaml, {{"endpoint", "a.contoso.com"}}, outside);
  other.start();
  CHECK_FALSE(other.source.looks.contains("inside"));
  CHECK(other.step("inside").state == StepState::not_run);
  CHECK(other.step("inside").reason.find("--here client") != std::string::npos);

  outside.interactive = true;
  Scene walk(yaml, {{"endpoint", "a.contoso.com"}}, outside);
  walk.start();
  CHECK(walk->openness(walk->playbook().step_index("inside")) == engine::Openness::client);
}
