#include "playbook/load.h"

#include "small_world.h"
#include "source/render.h"

#include <algorithm>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace small_world;
using playbook::StepKind;

TEST_CASE("load: the whole format at once") {
  auto loaded = load(sample());
  INFO(source::render(loaded.diagnostics, source::Source("p.yaml", sample())));
  REQUIRE(loaded.playbook);
  CHECK(loaded.diagnostics.items().empty());
  const playbook::Playbook& p = *loaded.playbook;
  CHECK(p.id == "front-door/p");
  CHECK(p.family == "front-door");
  CHECK(p.title == "Front Door answers 502, 503 or 504");
  CHECK(p.reviewed == "2026-11-20");
  CHECK(p.symptoms.size() == 2);
  CHECK(p.unlisted == 0.12);
  CHECK(p.built_in);
  CHECK(p.origin == "built in");
  CHECK(p.digest.size() == 64);
  CHECK(p.text == sample());

  REQUIRE(p.inputs.size() == 5);
  CHECK(p.inputs[0].name == "endpoint");
  CHECK(p.inputs[0].ask == "Which host name do the users open?");
  CHECK(p.inputs[0].type.kind == fact::Kind::host);
  CHECK(p.inputs[1].optional);
  CHECK(p.inputs[1].ask == "Which origin?");
  CHECK(p.inputs[2].type_name == "path");
  REQUIRE(p.inputs[2].default_value);
  CHECK(p.inputs[4].default_value->references().size() == 2);
}

TEST_CASE("load: causes with all that can be said of them") {
  const auto loaded = load(sample());
  REQUIRE(loaded.playbook);
  const playbook::Playbook& p = *loaded.playbook;
  REQUIRE(p.causes.size() == 4);
  const playbook::Cause& c = p.causes[0];
  CHECK(c.id == "name-check");
  CHECK(c.seen == playbook::Seen::common);
  REQUIRE(c.workarounds.size() == 2);
  CHECK(c.workarounds[0].takes == std::chrono::seconds(300));
  CHECK(c.workarounds[0].takes_text == "5 min");
  CHECK(c.workarounds[0].undo == "Set the previous host name again.");
  CHECK(c.workarounds[0].command->references().size() == 1);
  CHECK_FALSE(c.workarounds[0].disruptive);
  CHECK(c.workarounds[1].disruptive);
  CHECK(c.verify == std::vector<int>{0});
  REQUIRE(c.escalate);
  CHECK(c.escalate->attach == std::vector<std::string>{"edge", "origin-tls"});
  CHECK(c.docs == std::vector<std::string>{"/troubleshoot/azure/front-door/troubleshoot-issues"});
  CHECK(p.causes[2].see == "app-service/site-5xx");
  CHECK(p.causes[2].seen == playbook::Seen::very_common);
  CHECK(p.causes[3].vantage == playbook::Vantage::clock);
}

TEST_CASE("load: steps of every kind") {
  const auto loaded = load(sample());
  REQUIRE(loaded.playbook);
  const playbook::Playbook& p = *loaded.playbook;
  REQUIRE(p.steps.size() == 6);
  const playbook::Step& edge = p.steps[0];
  CHECK(edge.kind == StepKind::probe);
  CHECK(edge.symptom);
  CHECK(edge.params.size() == 2);
  CHECK(edge.params[1].entries.size() == 1);
  CHECK(edge.timeout == std::chrono::seconds(20));
  CHECK(edge.repeat.times == 3);
  CHECK(edge.repeat.by == "cookies.ARRAffinity");
  CHECK(edge.repeat.bad);
  REQUIRE(edge.facts.size() == 2);
  CHECK(edge.facts[1].find == "IP address '([^']+)'");
  REQUIRE(edge.outcomes.size() == 3);
  CHECK(edge.outcomes[0].fine == true);
  CHECK_FALSE(edge.outcomes[1].fine);
  CHECK(edge.outcomes[1].given->otherwise == 0.08);
  CHECK(edge.outcomes[1].given->causes.at(2) == 0.78);
  CHECK(edge.outcomes[2].given->unlisted == 0.5);
  CHECK_FALSE(edge.outcomes[2].when);
  CHECK(edge.waits_for.empty());

  CHECK(p.steps[1].of == 0);
  CHECK(p.steps[1].waits_for == std::vector<int>{0});
  CHECK(p.steps[1].outcomes[0].exact);
  CHECK(p.steps[1].outcomes[0].given->causes.at(1) == 0.999);
  CHECK(p.steps[1].outcomes[0].given->otherwise == 0.0002);

  CHECK(p.steps[2].params[1].listed);
  CHECK(p.steps[2].params[1].values.size() == 2);
  CHECK_FALSE(p.steps[2].params[0].listed);
  CHECK(p.steps[2].from_client);
  CHECK(p.steps[2].lasting);
  CHECK(p.steps[2].group == "certificates");

  CHECK(p.steps[3].kind == StepKind::question);
  CHECK(p.steps[3].cost == 15.0);
  CHECK(p.steps[3].requires_[0].step == 0);
  CHECK(p.steps[3].requires_[0].outcomes == std::vector<int>{1, 2});
  CHECK(p.steps[3].outcomes[0].label == "yes, changed");
  CHECK(p.steps[3].outcomes[1].label == "same");

  CHECK(p.steps[4].kind == StepKind::command);
  CHECK(p.steps[4].command.run.size() == 8);
  CHECK(p.steps[4].reader->name == "json");
  CHECK(p.steps[5].look == playbook::LookAt::portal);
  CHECK(p.steps[5].reader->params[0].name == "port");
  CHECK(p.steps[5].waits_for == std::vector<int>{0});
}

TEST_CASE("load: a copy of a playbook keeps its choices") {
  std::string text =
      "format: 1\ntitle: t\nreviewed: 2026-01-01\ninputs: {method: {}, note: {choices: [one, two]}}\n"
      "causes: {a: {title: t}}\nsteps: {s: {question: '${method} ${note}', answers: [{name: x}]}}\n";
  auto loaded = load(text);
  REQUIRE(loaded.playbook);
  const playbook::Playbook copy = *loaded.playbook;
  loaded.playbook.reset();
  REQUIRE(copy.inputs[0].type.words.size() == 2);
  CHECK(copy.inputs[0].type.words[1] == "HEAD");
  CHECK(copy.inputs[1].type.words[0] == "one");
  CHECK(copy.inputs[1].type.kind == fact::Kind::choice);
}

TEST_CASE("load: a cause that nothing lifts far enough is refused by the check from outside") {
  SmallWorld world;
  world.checks.best_cases = [](const playbook::Playbook& p) {
    return std::vector<double>(p.causes.size(), 0.45);
  };
  const auto loaded = load(sample(), world);
  CHECK_FALSE(loaded.playbook);
  REQUIRE(loaded.diagnostics.items().size() == 3);  // not the one about the vantage
  const source::Diagnostic& d = loaded.diagnostics.items()[0];
  CHECK(d.code == source::Code::P044);
  CHECK(d.message == "nothing can lift 'name-check' to 0.90; at best it comes to 0.45");
  CHECK(d.span.begin == source::Position{19, 3});

  world.checks.best_cases = [](const playbook::Playbook& p) {
    return std::vector<double>(p.causes.size(), 0.95);
  };
  CHECK(load(sample(), world).playbook);
}

TEST_CASE("load: commands go through the check from outside, values left open") {
  SmallWorld world;
  std::vector<std::string> seen;
  world.checks.read_only = [&](const std::vector<std::string>& argv) -> Result<void> {
    seen = argv;
    return failed("'az afd origin show' is not on the list", "print it instead");
  };
  const auto loaded = load(sample(), world);
  CHECK(seen == std::vector<std::string>{"az", "afd", "origin", "show", "--ids", "VALUE", "-o", "json"});
  REQUIRE(loaded.diagnostics.items().size() == 1);
  CHECK(loaded.diagnostics.items()[0].code == source::Code::P053);
  CHECK(loaded.diagnostics.items()[0].context.back() == "in step 'origin-settings'");
}

TEST_CASE("load: 'see' is checked when the playbooks are known") {
  SmallWorld world;
  world.playbooks = {"app-service/site-5xx", "front-door/p"};
  CHECK(load(sample(), world).playbook);
  world.playbooks = {"app-service/site-4xx"};
  const auto loaded = load(sample(), world);
  REQUIRE(loaded.diagnostics.items().size() == 1);
  CHECK(loaded.diagnostics.items()[0].code == source::Code::P049);
  CHECK(loaded.diagnostics.items()[0].hints[0] == "did you mean 'app-service/site-4xx'?");
}

TEST_CASE("load: somebody's own playbook may have inputs of its own") {
  const std::string text =
      "format: 1\ntitle: t\ninputs: {colour: {ask: Which?}}\ncauses: {a: {title: t}}\n"
      "steps: {s: {question: '${colour}', symptom: true, answers: [{name: x, fine: true}]}}\n";
  SmallWorld world;
  world.built_in = false;
  const auto own = load(text, world);
  REQUIRE(own.playbook);
  CHECK(own.playbook->inputs[0].type_name == "text");
  CHECK(own.playbook->origin == "p.yaml");
  const auto built_in = load(text);
  CHECK_FALSE(built_in.playbook);
  CHECK(built_in.diagnostics.error_count() == 2);  // and 'reviewed' is missing
}
