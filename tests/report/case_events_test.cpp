#include "report/case_events.h"

#include "report/case_sample.h"
#include "report/stand_ins.h"

#include <algorithm>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::report;
using namespace aztriage::report::testing;
using engine::Event;
using engine::EventKind;

namespace {

Event event(EventKind kind, long long seconds, std::string name = {}, std::string value = {},
            std::string text = {}) {
  Event e;
  e.kind = kind;
  e.at = moment(seconds);
  e.name = std::move(name);
  e.value = std::move(value);
  e.text = std::move(text);
  return e;
}

std::vector<Event> a_walk() {
  auto look = event(EventKind::outcome, 2, "edge", "edge-error", "503 after 0.4 s");
  look.by = "probe";
  look.took = Milliseconds{1000};
  look.flag = false;
  auto asked = event(EventKind::outcome, 30, "recent-change", "changed", "changed");
  asked.by = "person";
  auto helped = event(EventKind::trial, 400, "name-check");
  helped.flag = true;
  return {event(EventKind::observation, 2, "edge"),
          look,
          event(EventKind::ask, 3, "recent-change"),
          event(EventKind::answer, 30, "recent-change", "changed"),
          asked,
          event(EventKind::note, 40, {}, {}, "Kim of contoso.com called"),
          event(EventKind::verdict, 60, "name-check", "isolated"),
          helped,
          event(EventKind::end, 401, {}, "done")};
}

bool has(const std::string& text, std::string_view piece) {
  return text.find(piece) != std::string::npos;
}

}  // namespace

TEST_CASE("events: a recorded walk is the timeline, each thing once and in order of time") {
  auto report = whole_case();
  take_events(report, a_walk());
  std::vector<std::string> told;
  for (const auto& entry : report.timeline)
    told.push_back(std::string(name_of(entry.kind)) + " " + entry.who + ": " + entry.text);
  CHECK(told == std::vector<std::string>{
                    "other aztriage: began with front-door/5xx-from-edge", "look edge: 503 after 0.4 s",
                    "answer recent-change: changed", "note engineer: Kim of contoso.com called",
                    "verdict aztriage: isolated: name-check", "workaround name-check: its workaround helped",
                    "other aztriage: ended: done"});
  CHECK(report.timeline[1].at == moment(1));
  CHECK(report.timeline[1].bad);
  REQUIRE(report.notes.size() == 1);
  CHECK(report.notes[0].at == moment(40));
}

TEST_CASE("stand-ins: a customer's report names nobody, and its answer is turned back") {
  auto report = whole_case();
  take_events(report, a_walk());
  report.rounds[0].inputs["vault"] = "orders";
  report.rounds[0].fix = "The vault orders needs a rule for 203.0.113.7 of shop.contoso.com.";
  decode::Pseudonyms names({"azurewebsites.net"});
  use_stand_ins(report, names);
  CHECK(report.pseudonyms);
  for (const Audience audience : {Audience::customer, Audience::engineering}) {
    for (const Format format : {Format::text, Format::markdown, Format::html, Format::json}) {
      const std::string text = render(format, report, audience, {});
      CAPTURE(text);
      for (const char* name : {"contoso", "orders", "203.0.113.7", "20.105.224.40", "shop-rg",
                               "00000000-0000-0000-0000-000000000001"})
        CHECK_FALSE(has(text, name));
      CHECK(has(text, "20261124T140203Z-r17c9f"));
      CHECK(has(text, "9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d"));
      CHECK(has(text, ".azurewebsites.net"));
      CHECK(has(text, "https://learn.microsoft.com/"));
    }
  }
  const std::string fix = report.rounds[0].fix;
  CHECK(names.decode(fix) == "The vault orders needs a rule for 203.0.113.7 of shop.contoso.com.");
}

TEST_CASE("events: a very long timeline keeps its beginning and its end, and says how much is left out") {
  CaseReport report = report_of({full_round()});
  std::vector<engine::Event> events;
  for (int i = 0; i < 5000; ++i)
    events.push_back({.kind = engine::EventKind::note, .at = moment(i), .text = "note " + std::to_string(i)});
  take_events(report, events);
  REQUIRE(report.timeline.size() == 2001);
  CHECK(report.timeline.back().text == "note 4999");
  CHECK(report.timeline[1000].text == "3001 entries are left out here; the case has them");
}
