#include "engine/customer_shell.h"
#include "engine/scene.h"

#include <algorithm>

using namespace scene;
using engine::CustomerShell;
using engine::Openness;

namespace {

const std::string kBook = R"(
format: 1
title: A test
summary: Of the engine.
reviewed: 2026-11-24
symptoms: [it fails]
inputs:
  endpoint: {}
  key: {optional: true}
causes:
  down: {title: The origin is down, seen: common, explain: It is., fix: Start it., docs: [/azure/test]}
  slow: {title: The origin is slow, seen: common, explain: It is., fix: Make it fast., docs: [/azure/test]}
  worn: {title: The origin is worn, seen: common, explain: It is., fix: Buy one., docs: [/azure/test]}
steps:
  name:
    probe: dns
    with: {name: "${endpoint}"}
    outcomes:
      - {name: private, when: {class: private}, given: {slow: usually, otherwise: sometimes}}
      - {name: public, when: {class: public}}
  recent:
    question: Was it changed?
    answers:
      - {name: changed, given: {down: always, otherwise: never}}
      - {name: same, given: {down: never, otherwise: always}}
  age:
    question: Is it old?
    lasting: true
    answers:
      - {name: old, given: {worn: usually, otherwise: sometimes}}
      - {name: new}
  page:
    probe: http
    with: {url: "https://${endpoint}/", headers: {Authorization: "Bearer ${key?}"}}
    outcomes: [{name: good, when: {status: {below: 500}}}, {name: bad}]
)";

engine::SessionOptions outside() {
  engine::SessionOptions options;
  options.here = "outside";
  options.interactive = true;
  return options;
}

fact::Observation resolved(const std::string& word) {
  auto seen = answered({{"class", text(word)}}, {"class"});
  seen.here = "outside";
  return seen;
}

int index_of(Scene& scene, const std::string& step) {
  return scene->playbook().step_index(step);
}

constexpr const char* kPrivate =
    "Server:  10.0.0.4\nAddress:  10.0.0.4\n\nName: shop.contoso.com\nAddress: 10.1.2.3\n";

}  // namespace

TEST_CASE("people: an output of the customer's stands beside ours, counts, and can be taken back") {
  Scene scene(kBook, {{"endpoint", "shop.contoso.com"}}, outside());
  scene.start();
  scene.answer("name", resolved("public"));
  REQUIRE(scene.step("name").outcome_name == "public");
  const int name = index_of(scene, "name");
  const auto reading = scene->paste(name, kPrivate);
  CHECK(reading.here == "client");
  CHECK(scene.step("name").outcome_name == "private");
  CHECK(scene.step("name").answered_by == "paste");
  REQUIRE(scene.step("name").beside);
  CHECK(scene.step("name").beside->outcome_name == "public");
  CHECK(scene.step("name").beside->here == "outside");
  CHECK(scene->answered_by_people() == std::vector<int>{name});
  CHECK(scene->undo());
  CHECK(scene.step("name").outcome_name == "public");
  CHECK_FALSE(scene.step("name").beside);
  scene->paste(name, kPrivate);
  CHECK(scene->ask_again(name));
  CHECK(scene.step("name").outcome_name == "public");
}

TEST_CASE("people: what can't be read changes nothing") {
  Scene scene(kBook, {{"endpoint", "shop.contoso.com"}}, outside());
  scene.start();
  scene.answer("name", resolved("public"));
  const auto reading = scene->paste(index_of(scene, "name"), "no such thing");
  REQUIRE(reading.failure);
  CHECK(reading.failure->kind == fact::FailureKind::unreadable);
  CHECK(scene.step("name").outcome_name == "public");
  CHECK(scene->answered_by_people().empty());
}

TEST_CASE("people: any earlier answer is asked again, and undo puts it back") {
  Scene scene(kBook, {{"endpoint", "shop.contoso.com"}}, outside());
  scene.start();
  const int recent = index_of(scene, "recent");
  const int age = index_of(scene, "age");
  scene->answer(recent, 0);
  scene->answer(age, 0);
  CHECK(scene->answered_by_people() == std::vector<int>{recent, age});
  CHECK(scene->ask_again(recent));
  CHECK(scene->openness(recent) == Openness::question);
  CHECK(scene.step("recent").outcome == -1);
  CHECK(scene->answered_by_people() == std::vector<int>{age});
  CHECK_FALSE(scene->ask_again(recent));
  CHECK(scene->undo());
  CHECK(scene.step("recent").outcome_name == "changed");
}

TEST_CASE("people: round 2 keeps what lasts, looks and asks again, and doubts the fixed cause") {
  Scene scene(kBook, {{"endpoint", "shop.contoso.com"}}, outside());
  scene.start();
  scene.answer("name", resolved("public"));
  const int recent = index_of(scene, "recent");
  scene->answer(recent, 0);
  scene->answer(index_of(scene, "age"), 0);
  const double before = scene->problem().prior[0];
  scene->tried(0, true);
  scene.source.started.clear();
  scene->next_round(0);
  CHECK(scene->fixed() == std::vector<int>{0});
  CHECK(scene->problem().prior[0] < before / 5);
  CHECK(scene->openness(recent) == Openness::question);
  CHECK(scene.step("age").outcome_name == "old");
  CHECK(std::ranges::find(scene.source.started, "name") != scene.source.started.end());
  CHECK(scene->known().trials.empty());
  CHECK_FALSE(scene->undo());
  const auto result = scene.result();
  CHECK(result.fixed == std::vector<std::string>{"down"});
  CHECK_FALSE(result.confirmed);
}

TEST_CASE("people: a pin is taken back") {
  Scene scene(kBook, {{"endpoint", "shop.contoso.com"}}, outside());
  scene.start();
  scene->pin(1, false);
  CHECK(scene->known().pins.size() == 1);
  scene->unpin(1);
  CHECK(scene->known().pins.empty());
  CHECK(scene->undo());
  CHECK(scene->known().pins.size() == 1);
}

TEST_CASE("shells: each shell gets its own line, and no secret stands in one") {
  Scene scene(kBook, {{"endpoint", "shop.contoso.com"}, {"key", "hunter2hunter2"}}, outside());
  const auto line = [&](const std::string& step, CustomerShell shell) {
    const auto& spec = scene->playbook().steps[static_cast<std::size_t>(scene->playbook().step_index(step))];
    const auto found = engine::client_line(spec, scene->environment(), shell);
    return found ? found->line : "";
  };
  CHECK(line("name", CustomerShell::powershell) == "nslookup shop.contoso.com");
  CHECK(line("name", CustomerShell::bash) == "nslookup shop.contoso.com || getent ahosts shop.contoso.com");
  CHECK(line("name", CustomerShell::kudu_windows) == "nameresolver shop.contoso.com");
  CHECK(line("name", CustomerShell::serial_windows) == "nslookup shop.contoso.com");
  CHECK(line("name", CustomerShell::pod).starts_with("kubectl exec POD -- sh -c 'nslookup shop.contoso.com"));
  CHECK(line("page", CustomerShell::powershell).starts_with("curl.exe -sv"));
  for (const auto& shell : engine::customer_shells()) {
    CAPTURE(shell.name);
    CHECK(line("page", shell.shell).find("hunter2") == std::string::npos);
    CHECK(line("recent", shell.shell).empty());
    CHECK(engine::find_customer_shell(shell.name) == &shell);
  }
  CHECK(engine::find_customer_shell("kudu") == nullptr);
  CHECK(engine::find_customer_shell("power")->shell == CustomerShell::powershell);
}

TEST_CASE("shells: cmd gets no word that it would take for its own") {
  CHECK(engine::cmd_line({"curl", "https://a/?b=c&d"}) == "curl \"https://a/?b=c&d\"");
  CHECK_FALSE(engine::cmd_line({"echo", "%PATH%"}));
  CHECK_FALSE(engine::cmd_line({"echo", "a\"b"}));
}
