#include "casefile/line.h"

#include <doctest/doctest.h>

using namespace aztriage;
using engine::Event;
using engine::EventKind;

namespace {

std::vector<fact::FactSpec> declared(const std::string& step, bool) {
  static constexpr fact::FactSpec kHost{"name", {fact::Kind::host}, "", ""};
  return step == "edge" ? std::vector<fact::FactSpec>{kHost} : std::vector<fact::FactSpec>{};
}

Event round_trip(const Event& event) {
  const auto line = casefile::to_line(event);
  CHECK(line.find('\n') == line.npos);
  CHECK(casefile::kind_of_line(line) == engine::name_of(event.kind));
  const auto read = casefile::read_event(line, declared);
  REQUIRE(read);
  CHECK(casefile::to_line(read->event) == line);
  return read->event;
}

UtcTime noon() {
  return UtcTime(std::chrono::sys_days(std::chrono::year(2026) / 11 / 25)) + std::chrono::hours(12) +
         Milliseconds(250);
}

}  // namespace

TEST_CASE("line: every kind of event is the same after it was written and read") {
  for (int i = 0; i <= static_cast<int>(EventKind::end); ++i) {
    Event event{.kind = static_cast<EventKind>(i), .at = noon(), .name = "edge", .value = "served"};
    event.by = "probe";
    event.text = "503 after 0.4 s";
    event.reason = "open";
    event.state = "done";
    event.flag = true;
    event.steps = {"edge", "origin"};
    event.took = Milliseconds(412);
    event.probability = 0.5;
    event.code = 130;
    if (event.kind == EventKind::vantage) event.place.emplace();
    const auto read = round_trip(event);
    CHECK(read.kind == event.kind);
    CHECK(read.at == event.at);
  }
}

TEST_CASE("line: a paste keeps its text, also one that could not be read") {
  Event event{
      .kind = EventKind::paste, .at = noon(), .name = "edge", .by = "paste", .text = "HTTP/1.1 503\n"};
  event.reason = "no output of curl";
  const auto unread = round_trip(event);
  CHECK(unread.text == event.text);
  CHECK(unread.reason == event.reason);
  CHECK(!unread.observation);
  const auto consent = round_trip(
      {.kind = EventKind::consent, .at = noon(), .name = "edge", .text = "az afd origin show -o json"});
  CHECK(consent.text == "az afd origin show -o json");
  const auto ended = round_trip({.kind = EventKind::ask, .at = noon()});
  CHECK(ended.name.empty());
}

TEST_CASE("line: an outcome keeps what was shown") {
  const auto read = round_trip({.kind = EventKind::outcome,
                                .at = noon(),
                                .name = "edge",
                                .value = "edge-error",
                                .by = "probe",
                                .text = "503 \xc3\xa4 \"quoted\"\n\x1b[31m",
                                .state = "done",
                                .flag = false,
                                .took = Milliseconds(1)});
  CHECK(read.text == "503 \xc3\xa4 \"quoted\"\n\x1b[31m");
  CHECK(read.value == "edge-error");
  CHECK(read.flag == false);
  CHECK(read.took == Milliseconds(1));
}

TEST_CASE("line: an observation keeps the types of its facts, an answer without a value is don't know") {
  fact::Observation seen;
  seen.answered = true;
  seen.at = noon();
  seen.facts["name"] = fact::Value::text("shop.contoso.com", fact::Kind::host);
  seen.facts["status"] = fact::Value::number(503);
  const auto read = round_trip({.kind = EventKind::observation,
                                .at = noon(),
                                .name = "edge",
                                .by = "probe",
                                .early = true,
                                .observation = seen});
  REQUIRE(read.observation);
  CHECK(read.observation->facts.at("name").kind() == fact::Kind::host);
  CHECK(read.observation->facts.at("status").as_number() == 503);
  CHECK(read.early);
  CHECK(
      round_trip({.kind = EventKind::answer, .at = noon(), .name = "recent", .by = "person"}).value.empty());
}

TEST_CASE("line: the signs of the own place come back") {
  engine::PlaceSigns place;
  place.servers = {"192.0.2.53"};
  place.silent = {"192.0.2.54"};
  place.portal = false;
  place.hosts.push_back({"a.contoso.com", true, "CN=proxy", -12.5, engine::HostSign::Name::denied});
  place.recorded = {playbook::Vantage::clock};
  const auto read = round_trip({.kind = EventKind::vantage, .at = noon(), .place = place});
  REQUIRE(read.place);
  CHECK(read.place->silent == place.silent);
  CHECK(read.place->portal == false);
  REQUIRE(read.place->hosts.size() == 1);
  CHECK(read.place->hosts[0].untrusted_issuer == "CN=proxy");
  CHECK(read.place->hosts[0].clock_offset == -12.5);
  CHECK(read.place->hosts[0].name == engine::HostSign::Name::denied);
  CHECK(read.place->recorded == place.recorded);
}

TEST_CASE("line: an observation that is too large loses its tries, and says so") {
  fact::Observation seen;
  seen.answered = true;
  for (int i = 0; i < 9; ++i) {
    fact::Observation one;
    one.answered = true;
    one.facts["body"] = fact::Value::text(std::string(1u << 20, 'x'));
    seen.tries.push_back(one);
  }
  const auto line =
      casefile::to_line({.kind = EventKind::observation, .at = noon(), .name = "edge", .observation = seen});
  CHECK(line.size() < casefile::kMostLine);
  const auto read = casefile::read_event(line, declared);
  REQUIRE(read);
  CHECK(read->cut);
  CHECK(read->event.observation->answered);
  CHECK(read->event.observation->tries.empty());
}

TEST_CASE("line: how a session began comes back") {
  engine::Start start;
  start.playbook = "demo/gate";
  start.digest = "00";
  start.origin = "built in";
  start.built_in = true;
  start.text = "format: 1\n";
  start.inputs = {{"endpoint", "shop.contoso.com"}, {"key", "***"}};
  start.hidden = {"key"};
  start.here = "client";
  start.cloud = "public";
  start.interactive = true;
  start.allow_commands = {"az"};
  start.timeout = Milliseconds(5000);
  start.at = noon();
  casefile::Header header;
  header.id = "4f2k";
  header.tool = "aztriage 0.1";
  header.mode = "walk";
  header.ticket = "T-1";
  const auto line = casefile::to_line(header, start);
  const auto read = casefile::read_begin(line);
  REQUIRE(read);
  CHECK(read->header.id == "4f2k");
  CHECK(read->header.pid > 0);
  CHECK(read->header.ticket == "T-1");
  CHECK(read->start.inputs == start.inputs);
  CHECK(read->start.hidden == start.hidden);
  CHECK(read->start.text == start.text);
  CHECK(read->start.at == noon());
  CHECK(read->start.allow_commands == start.allow_commands);
  CHECK(casefile::to_line(read->header, read->start) == line);
}

TEST_CASE("line: what is no event is refused with the reason") {
  const auto why = [](const std::string& line) {
    const auto read = casefile::read_event(line, {});
    REQUIRE(!read);
    return read.error().what;
  };
  CHECK(why("") == "it is no JSON object");
  CHECK(why("[1]") == "it is no JSON object");
  CHECK(why("{\"event\":\"dance\"}") == "'dance' is no event that this version knows");
  CHECK(why(std::string(40, '[')) == "it has more than 32 levels");
  CHECK(why(std::string(casefile::kMostLine + 1, ' ')) == "it is longer than 8 MiB");
  CHECK(why(R"({"event":"observation","step":"edge","observation":[]})").find("JSON object") !=
        std::string::npos);
  const auto later =
      casefile::read_begin(R"({"event":"start","schema":2,"playbook":"a/b","playbook_text":"x"})");
  REQUIRE(!later);
  CHECK(later.error().what == "it has schema 2, and this version reads up to 1");
}
