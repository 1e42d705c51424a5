#include "cli/complete/complete.h"

#include "cli/command.h"
#include "playbook/embedded.h"

#include <algorithm>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::cli;
using Strings = std::vector<std::string>;

namespace {

Strings values(const Strings& words) {
  Strings result;
  for (const auto& candidate : complete(words).candidates) result.push_back(candidate.value);
  return result;
}

bool has(const Strings& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

TEST_CASE("complete: every command and option of the tables can be reached") {
  for (const CommandSpec* command : all_commands()) {
    CAPTURE(command->name);
    const auto space = command->name.find(' ');
    const std::string name(command->name);
    if (space == name.npos) {
      CHECK(has(values({name.substr(0, 2)}), name));
    } else {
      CHECK(has(values({name.substr(0, space), ""}), name.substr(space + 1)));
    }
    Strings line = {name};
    if (space != name.npos) line = {name.substr(0, space), name.substr(space + 1)};
    line.emplace_back("--");
    for (const auto& option : command->options)
      CHECK(has(values(line), "--" + std::string(long_name(option))));
  }
}

TEST_CASE("complete: every playbook, its inputs, steps and outcomes") {
  REQUIRE_FALSE(playbook::embedded_playbooks().empty());
  for (const auto& one : playbook::embedded_playbooks()) {
    const std::string id(one.id);
    CAPTURE(id);
    CHECK(has(values({"playbook", "show", id.substr(0, 4)}), id));
    CHECK(values({"playbook", "show", id.substr(4)}) == Strings{id});
    for (const auto& input : one.inputs) {
      // --set refuses a secret, so nobody is led to write one.
      CHECK(has(values({"run", id, "-s", ""}), std::string(input.name) + "=") != input.secret);
      for (const auto choice : input.choices) {
        CHECK(has(values({"run", id, "--set", std::string(input.name) + "="}),
                  std::string(input.name) + "=" + std::string(choice)));
      }
    }
    for (const auto& step : one.steps) {
      const std::string prefix = std::string(step.id) + "=";
      CHECK(has(values({"run", id, "-a", ""}), prefix));
      for (const auto outcome : step.outcomes) {
        CHECK(has(values({"run", id, "-a" + prefix}), "-a" + prefix + std::string(outcome)));
      }
    }
  }
}

TEST_CASE("complete: failures, codes, words of --until, and both sides of a comparison") {
  CHECK(has(values({"explain", "tcp-re"}), "tcp-reset"));
  CHECK(has(values({"explain", "tcp-reset", "tls-"}), "tls-alert"));
  REQUIRE_FALSE(playbook::embedded_codes().empty());
  for (const auto& one : playbook::embedded_codes()) {
    const std::string code(one.code);
    CAPTURE(code);
    CHECK(has(values({"explain", code.substr(0, 3)}), code));
    CHECK_FALSE(one.means.empty());
  }
  CHECK(values({"probe", "tls", "contoso.com", "--until", "re"}) == Strings{"recovered"});
  CHECK(has(values({"compare", ""}), "tls"));
  CHECK(complete({"compare", ""}).files);
  CHECK(complete({"compare", "a.json", ""}).files);
  CHECK_FALSE(complete({"compare", "tls", ""}).files);
  CHECK(values({"compare", "tls", "contoso.com", "--via", "fam"}) == Strings{"family="});
  CHECK(values({"compare", "tls", "contoso.com", "--via", "family=6"}) == Strings{"family=6"});
}

TEST_CASE("complete: where a value goes on, there is no space behind it") {
  CHECK(complete({"run", "front-door/5xx-from-edge", "-s", ""}).open);
  CHECK(complete({"run", "x", "--report", ""}).open);
  CHECK_FALSE(complete({"playbook", "list", "--cloud", ""}).open);
}

TEST_CASE("complete: files belong to the shell, behind what is written already") {
  const auto file = complete({"run", "front-door/5xx-from-edge", "--report", "junit=out/x"});
  CHECK(file.files);
  CHECK(file.prefix == "junit=");
  CHECK(complete({"run", "--playbooks", ""}).folders);
  CHECK(complete({"playbook", "lint", "./my"}).files);
  const auto answer = complete({"run", "front-door/5xx-from-edge", "--answer=edge=@o"});
  CHECK(answer.files);
  CHECK(answer.prefix == "--answer=edge=@");
}

TEST_CASE("complete: short options take their value beside or behind them") {
  CHECK(values({"playbook", "list", "-o", "js"}) == Strings{"json"});
  CHECK(values({"playbook", "list", "-ojs"}) == Strings{"-ojson"});
  CHECK(values({"-qvo", "json", "playbook", "li"}) == Strings{"list", "lint"});
  CHECK(values({"--", "playb"}) == Strings{"playbook"});
}

TEST_CASE("complete: no words make it fail") {
  const Strings odd = {"",  "-",      "--", "--=",      "-=",   "=",
                       "@", "--set=", "-s", "\xff\xfe", "a\nb", std::string(5000, '-')};
  for (const auto& a : odd) {
    for (const auto& b : odd) {
      for (const auto& first : {std::string("run"), std::string("probe"), std::string("playbook"), a}) {
        const std::string text = protocol_text(complete({first, a, b}));
        CHECK(text.starts_with(':'));
      }
    }
  }
  CHECK(complete({}).candidates.empty());
}
