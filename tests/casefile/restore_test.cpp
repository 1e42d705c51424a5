#include "base/file.h"
#include "casefile/record.h"
#include "casefile/store.h"
#include "casefile/writer.h"
#include "engine/no_source.h"
#include "engine/recorded_source.h"
#include "engine/summary.h"
#include "engine/vocabulary.h"
#include "isolation/belief.h"
#include "playbook/catalog.h"
#include "support/source_folder.h"
#include "support/temp_dir.h"

#include <random>

#include <doctest/doctest.h>

using namespace aztriage;
using engine::Openness;

namespace {

struct Shelf {
  playbook::Catalog catalog{engine::vocabulary(), {}};
  std::vector<playbook::Family> families = *catalog.families();

  engine::SessionData data() const { return {catalog.clouds(), catalog.vantage(), families}; }
  playbook::Playbook playbook(const std::string& id) const {
    auto loaded = catalog.load(id);
    REQUIRE(loaded);
    REQUIRE(loaded->playbook);
    return std::move(*loaded->playbook);
  }
  std::vector<engine::RecordedCase> cases(const playbook::Playbook& playbook) const {
    const auto path =
        std::filesystem::path(test::source_folder()) / "tests/playbooks" / (playbook.id + ".yaml");
    const source::Source source(path.string(), *read_file(path, 4u << 20));
    source::Diagnostics diagnostics;
    return engine::read_cases(source, playbook, engine::vocabulary(), diagnostics);
  }
};

std::unique_ptr<engine::Session> make_session(const Shelf& shelf, const playbook::Playbook& playbook,
                                              const engine::RecordedCase& recorded, engine::Source& source) {
  engine::SessionOptions options;
  options.here = recorded.here;
  options.cloud = recorded.cloud;
  options.interactive = true;
  options.trust_overlay = true;
  auto bound = engine::bind(playbook, recorded.inputs, shelf.catalog.clouds(), recorded.cloud);
  return std::make_unique<engine::Session>(playbook, std::move(bound.inputs), options, shelf.data(), source,
                                           engine::recorded_clock());
}

void finish(engine::Session& session) {
  while (session.busy() && session.turn(Milliseconds(0))) {
  }
}

/// What a person at the keyboard could do next, at random; nothing that asks for a network.
void act(engine::Session& session, const engine::RecordedCase& recorded, std::mt19937& random) {
  const auto any = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  const int steps = static_cast<int>(session.playbook().steps.size());
  std::vector<int> open;
  for (int i = 0; i < steps; ++i) {
    if (session.openness(i) != Openness::none) open.push_back(i);
  }
  switch (any(15)) {
    case 0:
      session.undo();
      return;
    case 1:
      session.pin(any(static_cast<int>(session.playbook().causes.size())), any(8) == 0);
      return;
    case 2:
      session.tried(any(static_cast<int>(session.playbook().causes.size())), any(2) == 0);
      return;
    case 3:
      session.probe_again({any(steps), any(steps)});
      return;
    case 4:
      session.record({.kind = engine::EventKind::note, .text = "said at the phone"});
      return;
    case 5:
      session.set_confirmed(any(2) == 0);
      return;
    case 6:
      session.unpin(any(static_cast<int>(session.playbook().causes.size())));
      return;
    case 7: {
      const auto answered = session.answered_by_people();
      if (!answered.empty())
        session.ask_again(answered[static_cast<std::size_t>(any(static_cast<int>(answered.size())))]);
      return;
    }
    case 8:
      if (any(4) == 0) session.next_round(any(static_cast<int>(session.playbook().causes.size())));
      return;
    default:
      break;
  }
  if (open.empty()) return;
  const int index = open[static_cast<std::size_t>(any(static_cast<int>(open.size())))];
  const auto& step = session.playbook().steps[static_cast<std::size_t>(index)];
  const auto text = recorded.texts.find(step.id);
  if (text != recorded.texts.end() && any(2) == 0) {
    session.paste(index, text->second);
  } else if (session.openness(index) == Openness::intrusive) {
    session.run_intrusive(index);
    finish(session);
  } else if (any(4) == 0) {
    session.skip(index);
  } else {
    session.answer(index, any(static_cast<int>(step.outcomes.size()) + 1) - 1);
  }
}

void compare(engine::Session& before, engine::Session& after) {
  for (int i = 0; i < static_cast<int>(before.playbook().steps.size()); ++i) {
    INFO("step " << before.step(i).id);
    CHECK(before.settled(i) == after.settled(i));
    CHECK(before.openness(i) == after.openness(i));
    CHECK(before.step(i).outcome_name == after.step(i).outcome_name);
    CHECK(before.step(i).say == after.step(i).say);
    CHECK(before.step(i).reason == after.step(i).reason);
    CHECK(before.step(i).answered_by == after.step(i).answered_by);
  }
  CHECK(isolation::believe(before.problem(), before.known()) ==
        isolation::believe(after.problem(), after.known()));
  const auto a = before.state();
  const auto b = after.state();
  CHECK(a.verdict == b.verdict);
  CHECK(a.cause == b.cause);
  REQUIRE(a.next.has_value() == b.next.has_value());
  if (a.next) CHECK(a.next->first == b.next->first);
  CHECK(before.answered_by_people() == after.answered_by_people());
  CHECK(before.fixed() == after.fixed());
  CHECK(before.symptom() == after.symptom());
  CHECK(engine::conclude(before).text == engine::conclude(after).text);
}

std::vector<engine::Event> events_in(const std::string& text, const playbook::Playbook& playbook,
                                     engine::Start& start) {
  auto record = casefile::read_record(text);
  REQUIRE(record);
  REQUIRE((*record)->parts.size() == 1);
  start = (*record)->parts[0].begin.start;
  std::vector<std::string> warnings;
  auto events = casefile::events_of((*record)->parts[0],
                                    [&](const std::string& step, bool pasted) {
                                      const int index = playbook.step_index(step);
                                      return index < 0 ? std::vector<fact::FactSpec>{}
                                                       : engine::facts_of(
                                                             playbook.steps[static_cast<std::size_t>(index)],
                                                             engine::vocabulary(), pasted);
                                    },
                                    warnings);
  CHECK(warnings == std::vector<std::string>{});
  return events;
}

void restore_and_compare(const Shelf& shelf, const playbook::Playbook& playbook,
                         const engine::RecordedCase& recorded, unsigned seed) {
  INFO(playbook.id << ", " << recorded.name << ", seed " << seed);
  const test::TempDir dir;
  std::mt19937 random(seed);
  engine::RecordedSource source(recorded);
  auto before = make_session(shelf, playbook, recorded, source);
  auto writer = casefile::Writer::create(dir.path() / "cases", {.mode = "walk"}, before->begun());
  REQUIRE(writer);
  before->record_to(writer->get());
  std::set<int> told_before;
  before->on_settled([&](int step) { told_before.insert(step); });
  before->start();
  const unsigned actions = random() % 30;
  for (unsigned i = 0; i < actions; ++i) {
    if (random() % 2 == 0) {
      before->turn(Milliseconds(0));
    } else {
      act(*before, recorded, random);
    }
  }
  const auto text = *read_file((*writer)->path(), casefile::kMostBytes);
  engine::Start start;
  const auto events = events_in(text, playbook, start);

  engine::RecordedSource same(recorded);
  auto after = make_session(shelf, playbook, recorded, same);
  CHECK(after->restore(start, events) == std::vector<std::string>{});
  std::set<int> told_after;
  after->on_settled([&](int step) { told_after.insert(step); });
  after->go_on();
  after->start();
  finish(*before);
  finish(*after);
  compare(*before, *after);
}

/// The verdict of a record, by its file's text alone.
std::string judged_again(const Shelf& shelf, const playbook::Playbook& playbook,
                         const engine::RecordedCase& recorded, const std::string& text) {
  engine::Start start;
  const auto events = events_in(text, playbook, start);
  engine::NoSource source;
  auto session = make_session(shelf, playbook, recorded, source);
  CHECK(session->restore(start, events, true) == std::vector<std::string>{});
  session->start();
  const auto conclusion = engine::conclude(*session);
  return std::string(isolation::name_of(conclusion.verdict)) + " " + conclusion.text;
}

}  // namespace

TEST_CASE("restore: the recorded cases of every playbook are judged the same from their files") {
  const Shelf shelf;
  std::size_t judged = 0;
  const auto listed = shelf.catalog.list();
  REQUIRE(listed);
  for (const auto& entry : *listed) {
    const auto playbook = shelf.playbook(entry.id);
    auto cases = shelf.cases(playbook);
    if (cases.size() > 3) cases.resize(3);
    for (const auto& recorded : cases) {
      INFO(playbook.id << ", " << recorded.name);
      const test::TempDir dir;
      engine::RecordedSource source(recorded);
      auto session = make_session(shelf, playbook, recorded, source);
      auto writer = casefile::Writer::create(dir.path() / "cases", {.mode = "run"}, session->begun());
      REQUIRE(writer);
      session->record_to(writer->get());
      for (const auto& [step, outcome] : recorded.answers) static_cast<void>(session->give(step, outcome));
      session->start();
      finish(*session);
      const auto now = engine::conclude(*session);
      const auto text = *read_file((*writer)->path(), casefile::kMostBytes);
      CHECK(judged_again(shelf, playbook, recorded, text) ==
            std::string(isolation::name_of(now.verdict)) + " " + now.text);
      ++judged;
    }
  }
  CHECK(judged >= 100);
}

TEST_CASE("restore: a session that is read back is what it was, and asks the same next") {
  const Shelf shelf;
  for (const auto* id : {"front-door/5xx-from-edge", "redis/cannot-connect", "app-service/site-5xx",
                         "aks/pod-cannot-start", "firewall/outbound-blocked"}) {
    const auto listed = shelf.catalog.find(id);
    if (!listed) {
      FAIL_CHECK("no playbook " << id);
      continue;
    }
    const auto playbook = shelf.playbook(*listed);
    const auto cases = shelf.cases(playbook);
    REQUIRE(!cases.empty());
    for (unsigned seed = 0; seed < 24; ++seed)
      restore_and_compare(shelf, playbook, cases[seed % cases.size()], seed);
  }
}
