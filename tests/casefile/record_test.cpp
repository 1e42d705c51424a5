#include "casefile/record.h"

#include "base/file.h"
#include "support/source_folder.h"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

using namespace aztriage;

namespace {

constexpr std::size_t kKindsOfSchema1 = 26;
const std::string kStart =
    R"({"event":"start","at":"2026-11-25T12:00:00.000Z","schema":1,"id":"4f2k","tool":"t","mode":"walk","pid":12,)"
    R"("playbook":"demo/gate","playbook_text":"x","inputs":{"endpoint":"shop.contoso.com"}})"
    "\n";
const std::string kNote = R"({"event":"note","at":"2026-11-25T12:00:01.000Z","text":"called back"})"
                          "\n";

casefile::Record& read(std::unique_ptr<casefile::Record>& keep, const std::string& text) {
  auto record = casefile::read_record(text);
  REQUIRE(record);
  keep = std::move(*record);
  return *keep;
}

}  // namespace

TEST_CASE("record: a damaged line is left out with its number, all else is kept") {
  std::unique_ptr<casefile::Record> keep;
  auto& record = read(keep, kStart + kNote + "{\"event\":\"answ\x01\n\n" + kNote);
  REQUIRE(record.parts.size() == 1);
  CHECK(!record.torn);
  std::vector<std::string> warnings;
  const auto events = casefile::events_of(record.parts[0], {}, warnings);
  REQUIRE(events.size() == 2);
  CHECK(events[1].text == "called back");
  CHECK(warnings == std::vector<std::string>{"line 3 can't be read: it is no JSON object"});
}

TEST_CASE("record: a torn last line is left out, one that only lacks its end is kept") {
  std::unique_ptr<casefile::Record> keep;
  auto& torn = read(keep, kStart + kNote + kNote.substr(0, 40));
  CHECK(torn.torn);
  CHECK(torn.whole == kStart.size() + kNote.size());
  CHECK(torn.parts[0].lines.size() == 1);
  CHECK(torn.warnings.size() == 1);
  auto& unended = read(keep, kStart + kNote.substr(0, kNote.size() - 1));
  CHECK(!unended.torn);
  CHECK(unended.unended);
  CHECK(unended.parts[0].lines.size() == 1);
}

TEST_CASE("record: every cut of a case is read up to its last whole line") {
  const std::string text = kStart + kNote + kNote;
  for (std::size_t size = 0; size <= text.size(); ++size) {
    INFO(size);
    const auto record = casefile::read_record(text.substr(0, size));
    CHECK(record.has_value() == (size + 1 >= kStart.size()));
    if (!record) continue;
    const std::size_t notes =
        (size + 1 >= kStart.size() + kNote.size() ? 1u : 0u) + (size + 1 >= text.size() ? 1u : 0u);
    CHECK((*record)->parts[0].lines.size() == notes);
  }
}

TEST_CASE("record: a byte that is not what it was spoils its own line at most") {
  const std::size_t kLines = 5;
  std::string text = kStart;
  for (std::size_t i = 0; i < kLines; ++i) text += kNote;
  const std::string note = "called back";
  for (std::size_t at = kStart.size(); at < text.size(); ++at) {
    for (const int bit : {0, 3, 5, 7}) {
      auto damaged = text;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      INFO("byte " << at << ", bit " << bit);
      auto record = casefile::read_record(damaged);
      REQUIRE(record);
      auto warnings = (*record)->warnings;
      const auto events = casefile::events_of((*record)->parts[0], {}, warnings);
      const auto whole = std::ranges::count(events, note, &engine::Event::text);
      // Without the line's end two lines are one.
      CHECK(whole >= static_cast<long>(kLines) - (text[at] == '\n' ? 2 : 1));
      CHECK((events.size() + 1 >= kLines || !warnings.empty()));
      CHECK((whole == static_cast<long>(kLines) || events.size() == kLines || !warnings.empty()));
    }
  }
}

TEST_CASE("record: a case of schema 1 is read for ever") {
  const auto text =
      read_file(std::string(test::source_folder()) + "/tests/casefile/schema-1.jsonl", 1u << 20);
  REQUIRE(text);
  std::unique_ptr<casefile::Record> keep;
  const auto& record = read(keep, *text);
  CHECK(record.warnings.empty());
  REQUIRE(record.parts.size() == 2);
  CHECK(record.parts[0].begin.start.playbook == "demo/gate");
  CHECK(record.parts[0].begin.header.ticket == "T-1042");
  CHECK(record.parts[1].begin.start.playbook == "demo/hinge");
  std::vector<std::string> warnings;
  std::set<engine::EventKind> kinds;
  for (const auto& part : record.parts) {
    const auto events = casefile::events_of(part, {}, warnings);
    CHECK(events.size() == part.lines.size());
    for (const auto& event : events) kinds.insert(event.kind);
  }
  CHECK(warnings == std::vector<std::string>{});
  // All there were when the schema was fixed.
  CHECK(kinds.size() == kKindsOfSchema1);
  const auto summary = casefile::summarise(*text);
  REQUIRE(summary);
  CHECK(summary->playbook == "demo/hinge");
  CHECK(summary->verdict == "isolated");
  CHECK(summary->cause == "rusty");
  CHECK(summary->confirmed);
  CHECK(summary->ended);
}

TEST_CASE("record: what is no case says why") {
  CHECK(casefile::read_record("").error().what == "it is empty");
  CHECK(casefile::read_record("hello\n").error().what == "it does not begin as a case does");
  CHECK(casefile::read_record(kNote).error().what == "it does not begin as a case does");
}

TEST_CASE("record: a case that went on in another playbook has two parts") {
  std::unique_ptr<casefile::Record> keep;
  CHECK(read(keep, kStart + kNote + kStart + kNote + kNote).parts.size() == 2);
  CHECK(keep->parts[1].lines.size() == 2);
}

TEST_CASE("record: a summary has the last verdict and who wrote last") {
  const std::string verdict =
      R"({"event":"verdict","verdict":"isolated","cause":"changed","confirmed":false})"
      "\n";
  const std::string trial = R"({"event":"trial","cause":"changed","gone":true})"
                            "\n";
  const auto summary = casefile::summarise(kStart + verdict +
                                           R"({"event":"resume","pid":77})"
                                           "\n" +
                                           trial);
  REQUIRE(summary);
  CHECK(summary->playbook == "demo/gate");
  CHECK(summary->verdict == "isolated");
  CHECK(summary->cause == "changed");
  CHECK(summary->confirmed);
  CHECK(!summary->ended);
  CHECK(summary->pid == 77);
  CHECK(summary->inputs.at("endpoint") == "shop.contoso.com");
}
