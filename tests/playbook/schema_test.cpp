#include "base/file.h"
#include "base/text.h"
#include "playbook/keys.h"
#include "playbook/load.h"
#include "playbook/yaml_reader.h"
#include "support/source_folder.h"

#include <cstdlib>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace aztriage;
using Json = nlohmann::json;
using source::Node;

namespace {

Json schema() {
  return Json::parse(playbook::playbook_schema());
}

/// What the schema says of the keys of a map: unknown ones, missing ones, and what stands deeper.
void check_keys(const Json& root, const Json& object, const Node& node, const std::string& where,
                std::string& wrong) {
  const Json& properties = object.at("properties");
  for (const Node::Entry& entry : node.entries) {
    if (!properties.contains(entry.key)) {
      wrong += where + "." + entry.key + " unknown; ";
      continue;
    }
    const std::string dumped = properties[entry.key].dump();
    const std::size_t at = dumped.find("#/$defs/");
    if (at == std::string::npos) continue;
    const std::string name = dumped.substr(at + 8, dumped.find('"', at) - at - 8);
    const Json& child = root.at("$defs").at(name);
    const bool named = properties[entry.key].contains("additionalProperties");
    if (entry.value.kind == Node::Kind::list) {
      for (const Node& item : entry.value.items)
        check_keys(root, child, item, where + "." + entry.key, wrong);
    } else if (!named) {
      check_keys(root, child, entry.value, where + "." + entry.key, wrong);
    } else {
      for (const Node::Entry& one : entry.value.entries) {
        if (one.value.kind == Node::Kind::map)
          check_keys(root, child, one.value, where + "." + one.key, wrong);
      }
    }
  }
  if (!object.contains("required")) return;
  for (const auto& key : object["required"]) {
    if (node.find(key.get<std::string>()) == nullptr)
      wrong += where + " lacks " + key.get<std::string>() + "; ";
  }
}

std::string table_of(playbook::Place place) {
  std::string out = "| key | | |\n|---|---|---|\n";
  for (const playbook::KeySpec& key : playbook::keys_of(place)) {
    std::string help(key.help);
    std::vector<std::string> words;
    for (const std::string_view word : key.words) words.push_back("`" + std::string(word) + "`");
    if (!words.empty()) help += ": " + text::join(words, ", ");
    out += "| `" + std::string(key.name) + "` | " + (key.required ? "required" : "") + " | " + help + " |\n";
  }
  return out;
}

}  // namespace

TEST_CASE("schema: every key of the reader's tables is in it, and nothing else") {
  const Json s = schema();
  CHECK(s.at("$schema") == "https://json-schema.org/draft/2020-12/schema");
  CHECK(s.at("properties").at("format").at("const") == 1);
  CHECK(s.at("$defs").size() == 9);
  for (const auto& item : s.at("$defs").items()) {
    const auto& name = item.key();
    const auto& def = item.value();
    CAPTURE(name);
    CHECK(def.at("additionalProperties") == false);
  }
  CHECK(s.at("properties").size() == playbook::keys_of(playbook::Place::playbook).size());
  for (const playbook::KeySpec& key : playbook::keys_of(playbook::Place::step)) {
    CHECK(s.at("$defs").at("step").at("properties").at(std::string(key.name)).at("description") == key.help);
  }
  CHECK(s.at("$defs").at("step").at("oneOf").size() == 4);
}

TEST_CASE("schema: every reference leads somewhere") {
  const std::string all = playbook::playbook_schema();
  const Json s = schema();
  int references = 0;
  for (std::size_t at = all.find("#/$defs/"); at != std::string::npos; at = all.find("#/$defs/", at + 1)) {
    const std::string name = all.substr(at + 8, all.find('"', at) - at - 8);
    CHECK(s.at("$defs").contains(name));
    ++references;
  }
  CHECK(references >= 9);
}

TEST_CASE("schema: the sample keeps to it, and one that does not is seen") {
  const Json s = schema();
  source::Diagnostics diagnostics;
  const std::string sample =
      read_file(test::source_folder() + "/tests/playbook/data/sample.yaml", 1 << 20).value();
  std::string wrong;
  check_keys(s, s, playbook::read_yaml(source::Source("s", sample), diagnostics), "", wrong);
  CHECK(wrong.empty());
  const source::Source bad(
      "b", "format: 1\ntitle: t\ncauses: {a: {titel: A}}\nsteps: {s: {outcomes: [{when: {}}]}}\n");
  check_keys(s, s, playbook::read_yaml(bad, diagnostics), "", wrong);
  CHECK(wrong == ".a.titel unknown; .a lacks title; .s.outcomes lacks name; ");
}

TEST_CASE("readme: its tables are those of the reader") {
  const std::string path = test::source_folder() + "/playbooks/README.md";
  const std::string written = read_file(path, 1 << 20).value();
  std::string due;
  std::size_t at = 0;
  std::size_t tables = 0;
  for (std::size_t open = written.find("<!-- keys: "); open != std::string::npos;
       open = written.find("<!-- keys: ", at)) {
    const std::size_t line = written.find('\n', open) + 1;
    const std::string name = written.substr(open + 11, written.find(" -->", open) - open - 11);
    const std::size_t close = written.find("<!-- end -->", line);
    REQUIRE(close != std::string::npos);
    due += written.substr(at, line - at);
    for (const playbook::Place place : playbook::all_places()) {
      if (playbook::place_name(place) != name) continue;
      due += table_of(place);
      ++tables;
    }
    at = close;
  }
  due += written.substr(at);
  CHECK(tables == playbook::all_places().size());
  // AZTRIAGE_REWRITE=1 writes the tables anew.
  if (std::getenv("AZTRIAGE_REWRITE") != nullptr) REQUIRE(write_file(path, due));
  CHECK(written == due);
}
