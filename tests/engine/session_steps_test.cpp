#include "engine/scene.h"

using namespace scene;
using engine::Openness;
using engine::StepState;
using isolation::Reliability;

namespace {

std::string playbook_with(const std::string& steps) {
  return R"(
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
  down: {title: The origin is down, seen: common, explain: It is., fix: Start it., docs: [/azure/test]}
  slow: {title: The origin is slow, seen: common, explain: It is., fix: Make it fast., docs: [/azure/test]}
steps:
)" + steps;
}

const std::string kCommand = playbook_with(R"(
  settings:
    command:
      run: [az, afd, origin, show, --ids, "${origin}", -o, json]
    read: json
    facts: {enabledState: text}
    outcomes:
      - {name: disabled, exact: true, when: {enabledState: Disabled}, given: {down: certain, otherwise: impossible}}
      - {name: enabled, when: {enabledState: Enabled}}
)");

fact::Observation printed(std::string output) {
  auto seen = answered({{"text", text(std::move(output))}, {"exit", number(0)}}, {"text"});
  seen.probe = "command";
  return seen;
}

const std::map<std::string, std::string> kBoth = {{"endpoint", "a.contoso.com"}, {"origin", "b.contoso.com"}};

}  // namespace

TEST_CASE("steps: an optional input takes its default only where that fits") {
  auto text = playbook_with("  s: {question: Which?, answers: [{name: x}]}\n");
  text.replace(text.find("  key:"), 0, "  address: {optional: true, default: '${endpoint}'}\n");
  const auto playbook = load(text);
  const auto name = engine::bind(playbook, {{"endpoint", "a.contoso.com"}}, clouds(), "public");
  CHECK(name.inputs.find("address") == nullptr);
  CHECK(name.problems.empty());
  CHECK(name.missing.empty());
  const auto address = engine::bind(playbook, {{"endpoint", "10.2.0.4"}}, clouds(), "public");
  REQUIRE(address.inputs.find("address") != nullptr);
  CHECK(fact::to_text(*address.inputs.find("address")) == "10.2.0.4");
}

TEST_CASE("steps: a command runs only when it is allowed, and its output goes through the reader") {
  engine::SessionOptions options;
  options.allow_commands = {"az"};
  Scene scene(kCommand, kBoth, options);
  scene.start();
  REQUIRE(scene.source.looks.contains("settings"));
  CHECK(scene.source.looks["settings"]->argv ==
        std::vector<std::string>{"az", "afd", "origin", "show", "--ids", "b.contoso.com", "-o", "json"});
  scene.answer("settings", printed(R"({"enabledState": "Disabled"})"));
  CHECK(scene.step("settings").outcome_name == "disabled");
  CHECK(scene.step("settings").answered_by == "command");
}

TEST_CASE("steps: without a yes a command is not run, and the report says how it could be") {
  Scene scene(kCommand, kBoth);
  scene.start();
  CHECK(scene.source.started.empty());
  CHECK(scene.step("settings").state == StepState::not_run);
  CHECK(scene.step("settings").reason.find("--allow-commands az") != std::string::npos);
}

TEST_CASE("steps: a playbook that is not built in runs nothing by the general yes alone") {
  auto playbook = load(kCommand);
  playbook.built_in = false;
  HeldSource source;
  const auto all_clouds = clouds();
  const playbook::VantageData vantage;
  const std::vector<playbook::Family> families;
  engine::SessionOptions options;
  options.allow_commands = {"az"};
  engine::Session session(playbook, engine::bind(playbook, kBoth, all_clouds, "public").inputs, options,
                          {all_clouds, vantage, families}, source, system_clock());
  session.start();
  CHECK(source.started.empty());
}

TEST_CASE("steps: a command that fails is a look that could not be made") {
  engine::SessionOptions options;
  options.allow_commands = {"az"};
  Scene scene(kCommand, kBoth, options);
  scene.start();
  scene.answer("settings", failed(fact::FailureKind::command_failed, "run"));
  CHECK(scene.step("settings").state == StepState::failed);
}

TEST_CASE("steps: a pasted output counts as looked up by hand") {
  engine::SessionOptions options;
  options.interactive = true;
  Scene scene(kCommand, kBoth, options);
  scene.start();
  const int settings = scene->playbook().step_index("settings");
  CHECK(scene->openness(settings) == Openness::command);
  CHECK_FALSE(scene->paste(settings, "no JSON at all").answered);
  CHECK_FALSE(scene->settled(settings));
  CHECK(scene->paste(settings, "{\"enabledState\": \"Enabled\"}").answered);
  CHECK(scene.step("settings").outcome_name == "enabled");
  const auto known = scene->known();
  REQUIRE(known.answers.size() == 1);
  CHECK(known.answers[0].reliability == Reliability::manual);
  REQUIRE(scene->undo());
  CHECK(scene->openness(settings) == Openness::command);
}

TEST_CASE("steps: a list makes several looks, and the step sees how they differ") {
  Scene scene(playbook_with(R"(
  ports:
    probe: tcp
    with: {host: "${endpoint}", port: [443, 10000]}
    outcomes:
      - {name: some, when: {tries.failed: 1}, given: {down: usually, otherwise: rarely}}
      - {name: none, when: {tries.ok: 0}}
      - {name: all, fine: true}
)"));
  scene.start();
  const auto& plan = scene.source.looks["ports"]->plan;
  REQUIRE(plan.looks.size() == 2);
  CHECK(plan.looks[0].params.number("port", 0) == 443);
  CHECK(plan.looks[1].params.number("port", 0) == 10000);
  CHECK(plan.looks[0].varied.at(0).first == "port");
  scene.source.answer(*scene, "ports", {answered({}), failed(fact::FailureKind::tcp_timeout)});
  CHECK(scene.step("ports").outcome_name == "some");
  CHECK(scene.step("ports").observation->tries.size() == 2);
}

TEST_CASE("steps: repeats are told apart by what they came with") {
  Scene scene(playbook_with(R"(
  again:
    probe: http
    with: {url: "https://${endpoint}/"}
    repeat: {times: 6, by: cookies.ARRAffinity, bad: {status: {above: 499}}}
    symptom: true
    outcomes:
      - {name: one-instance, when: {by.failing: {count: 1}, by.working: {count: {above: 0}}}, given: {down: usually, otherwise: rarely}}
      - {name: served, fine: true, when: {status: {below: 500}}}
      - {name: failed}
)"));
  scene.start();
  CHECK(scene.source.looks["again"]->plan.repeats == 6);
  std::vector<fact::Observation> seen;
  for (int i = 0; i < 6; ++i) {
    const bool bad = i % 3 == 1;
    seen.push_back(answered({{"status", number(bad ? 502 : 200)},
                             {"cookies.ARRAffinity", text(bad     ? "b"
                                                          : i % 2 ? "a"
                                                                  : "c")}},
                            {"headers", "cookies"}));
  }
  scene.source.answer(*scene, "again", seen);
  CHECK(scene.step("again").outcome_name == "one-instance");
}

TEST_CASE("steps: a fact of another step is waited for, and its absence is said") {
  const std::string yaml = playbook_with(R"(
  names:
    probe: dns
    with: {name: "${endpoint}"}
    outcomes:
      - {name: found, when: {exists: true}}
      - {name: missing}
  at-alias:
    probe: tcp
    with: {host: "${names.alias}", port: 443}
    outcomes: [{name: open, when: {answered: true}}, {name: closed}]
  same:
    probe: tcp
    with: {host: "${endpoint}", port: 443}
    outcomes:
      - {name: told, when: {names.exists: true}}
      - {name: other}
)");
  Scene scene(yaml);
  scene.start();
  CHECK(scene.source.started == std::vector<std::string>{"names", "same"});
  scene.answer("same", answered({}));
  CHECK_FALSE(scene->settled(scene->playbook().step_index("same")));
  scene.answer("names", answered({{"exists", fact::Value::boolean(true)}, {"alias", text("x.azurefd.net")}},
                                 {"chain", "exists", "alias"}));
  CHECK(scene.step("same").outcome_name == "told");
  CHECK(scene.source.looks["at-alias"]->plan.looks[0].params.text("host") == "x.azurefd.net");

  Scene without(yaml);
  without.start();
  without.answer("names", answered({{"exists", fact::Value::boolean(true)}}, {"chain", "exists", "alias"}));
  CHECK(without.step("at-alias").state == StepState::skipped);
  CHECK(without.step("at-alias").reason.find("names") != std::string::npos);
}

TEST_CASE("steps: a fine outcome is not taken where something before it was unknown") {
  Scene scene(playbook_with(R"(
  edge:
    probe: http
    with: {url: "https://${endpoint}/"}
    symptom: true
    outcomes:
      - {name: error-page, when: {body: {contains: broken}}}
      - {name: served, fine: true, when: {status: {below: 500}}}
)"));
  scene.start();
  scene.answer("edge", answered({{"status", number(200)}}, {"headers"}));
  CHECK(scene.step("edge").outcome == -1);
  CHECK(scene.step("edge").reason.find("too little") != std::string::npos);
  CHECK(scene->symptom() == isolation::Symptom::not_tested);
}

TEST_CASE("steps: declared facts get their type, and captures are taken out of a text") {
  Scene scene(playbook_with(R"(
  edge:
    probe: http
    with: {url: "https://${endpoint}/"}
    symptom: true
    facts:
      headers.x-count: number
      refused: {type: ip, in: body, find: "IP address '([^']+)'"}
    outcomes:
      - {name: many, when: {headers.x-count: {above: 9}, refused: 192.0.2.7}}
      - {name: other}
)"));
  scene.start();
  scene.answer("edge", answered({{"status", number(403)},
                                 {"headers.x-count", text("12")},
                                 {"body", text("Client with IP address '192.0.2.7' is not allowed")}},
                                {"headers", "body"}));
  CHECK(scene.step("edge").outcome_name == "many");
}

TEST_CASE("steps: secrets of inputs and of answers are masked before anybody sees them") {
  Scene scene(playbook_with(R"(
  edge:
    probe: http
    with: {url: "https://${endpoint}/", headers: {Authorization: "Bearer ${key}"}}
    symptom: true
    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: failed}]
)"),
              {{"endpoint", "a.contoso.com"}, {"key", "s3cr3t-value-of-ours"}});
  scene.start();
  const auto& look = scene.source.looks["edge"]->plan.looks[0];
  CHECK(look.params.text("headers.Authorization").find("s3cr3t") != std::string::npos);
  CHECK_FALSE(look.params.secret.empty());
  scene.answer("edge", answered({{"status", number(500)},
                                 {"body", text("key s3cr3t-value-of-ours is wrong")},
                                 {"headers.location", text("https://x/?sig=abcdefghijklmnop%3D")}},
                                {"headers", "body"}));
  const auto& seen = *scene.step("edge").observation;
  CHECK(seen.facts.at("body").as_text().find("s3cr3t") == std::string::npos);
  CHECK(seen.facts.at("headers.location").as_text().find("abcdefgh") == std::string::npos);
  CHECK(scene.result().inputs.at("key") == "***");
}

TEST_CASE("steps: a secret of the wrong form is not told") {
  auto playbook = load(playbook_with(R"(
  edge:
    probe: http
    with: {url: "https://${endpoint}/", headers: {Authorization: "Bearer ${key}"}}
    symptom: true
    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: failed}]
)"));
  const auto bound =
      engine::bind(playbook, {{"endpoint", "a.contoso.com"}, {"key", "Sesame-Open\nSesame"}}, clouds(), {});
  REQUIRE(bound.problems.size() == 1);
  CHECK(bound.problems[0].error.what.find("input 'key'") == 0);
  CHECK((bound.problems[0].error.what + bound.problems[0].error.hint).find("Sesame") == std::string::npos);
}

TEST_CASE("steps: an input that is no secret may hold one") {
  std::string yaml = playbook_with(R"(
  edge:
    probe: http
    with: {url: "https://${endpoint}/?${path}"}
    symptom: true
    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: failed}]
)");
  yaml.insert(yaml.find("  origin:"), "  path: {}\n");
  Scene scene(yaml, {{"endpoint", "a.contoso.com"}, {"path", "sp=r&sig=Zx9bQ4k2Lk2pQw8rT4vYn6uHs3dF5gJ1"}});
  scene.start();
  CHECK(scene.result().inputs.at("path") == "sp=r&sig=***");
  CHECK(scene.result().inputs.at("endpoint") == "a.contoso.com");
}

TEST_CASE("steps: what the process was started with is masked, whoever says it") {
  engine::SessionOptions options;
  options.hidden.add("Sesame-Open");
  Scene scene(playbook_with(R"(
  edge:
    probe: http
    with: {url: "https://${endpoint}/"}
    symptom: true
    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: failed}]
)"),
              {{"endpoint", "a.contoso.com"}}, options);
  scene.start();
  scene.answer("edge",
               answered({{"status", number(407)}, {"body", text("who is Sesame-Open")}}, {"headers"}));
  CHECK(scene.step("edge").observation->facts.at("body").as_text() == "who is ***");
}

TEST_CASE("steps: looking again replaces what was seen") {
  Scene scene(playbook_with(R"(
  edge:
    probe: http
    with: {url: "https://${endpoint}/"}
    symptom: true
    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: failed}]
)"));
  int told = 0;
  scene->on_settled([&](int) { ++told; });
  scene.start();
  scene.answer("edge", answered({{"status", number(500)}}, {"headers"}));
  scene->probe_again({0});
  CHECK(scene->busy());
  scene.answer("edge", answered({{"status", number(200)}}, {"headers"}));
  CHECK(scene->symptom() == isolation::Symptom::not_seen);
  CHECK(told == 2);
}

TEST_CASE("steps: a cause about our own place is named when we sit at the client") {
  const std::string yaml = R"(
format: 1
title: A test
summary: Of the engine.
reviewed: 2026-11-24
symptoms: [it fails]
inputs: {endpoint: {}}
causes:
  skew: {title: The clock is wrong, seen: common, explain: It is., fix: Set it., vantage: clock, docs: [/azure/test]}
  other: {title: Something else, seen: rare, explain: It is., fix: Mend it., docs: [/azure/test]}
steps:
  edge:
    probe: http
    with: {url: "https://${endpoint}/"}
    symptom: true
    outcomes:
      - {name: served, fine: true, when: {status: {below: 400}}}
      - {name: refused, given: {skew: usually, otherwise: rarely}}
)";
  const auto verdict_at = [&](const std::string& here) {
    engine::SessionOptions options;
    options.here = here;
    Scene scene(yaml, {{"endpoint", "a.contoso.com"}}, options);
    scene.source.place.recorded = {playbook::Vantage::clock};
    scene.start();
    scene.answer("edge", answered({{"status", number(403)}}, {"headers"}));
    return scene.result();
  };
  const auto client = verdict_at("client");
  CHECK(client.verdict == isolation::Verdict::isolated);
  CHECK(client.cause->id == "skew");
  const auto outside = verdict_at("outside");
  CHECK(outside.verdict == isolation::Verdict::inconclusive);
  CHECK(outside.reason == isolation::Reason::vantage);
}

TEST_CASE("steps: lines to copy are quoted for their shell, whatever a value holds") {
  Scene scene(R"(
format: 1
title: A test
summary: Of the engine.
reviewed: 2026-11-24
symptoms: [it fails]
inputs: {endpoint: {}, path: {}}
causes:
  down:
    title: The origin is down
    seen: common
    explain: It is.
    workaround: [{do: "Look at ${path}.", command: "az test -p ${path}", powershell: "Test -Path ${path}", undo: No.}]
    docs: [/azure/test]
  slow: {title: The origin is slow, seen: common, explain: It is., fix: Make it fast., docs: [/azure/test]}
steps:
  edge:
    probe: http
    with: {url: "https://${endpoint}/"}
    symptom: true
    outcomes: [{name: served, fine: true, when: {status: {below: 500}}}, {name: failed}]
)",
              {{"endpoint", "a.contoso.com"}, {"path", "/a'; touch /tmp/x; $(id)"}});
  const auto filled = engine::filled(scene->playbook().causes[0].workarounds[0], *scene);
  CHECK(filled.command == "az test -p '/a'\\''; touch /tmp/x; $(id)'");
  CHECK(filled.powershell == "Test -Path '/a''; touch /tmp/x; $(id)'");
}
