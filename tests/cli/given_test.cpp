#include "cli/given.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <unistd.h>

using namespace aztriage;
using namespace aztriage::cli;

namespace {

playbook::Input input(std::string name, bool optional = false, bool secret = false) {
  playbook::Input result;
  result.name = std::move(name);
  result.optional = optional;
  result.secret = secret;
  return result;
}

playbook::Playbook sample() {
  playbook::Playbook result;
  result.id = "shop/slow";
  result.inputs = {input("path", true), input("endpoint"), input("key", false, true), input("origin")};
  playbook::Step step;
  step.id = "recent";
  for (const char* name : {"changed", "same"}) {
    playbook::Outcome outcome;
    outcome.name = name;
    step.outcomes.push_back(outcome);
  }
  result.steps = {step};
  return result;
}

playbook::InputDictionary dictionary() {
  playbook::InputDictionary result;
  result.inputs = {input("endpoint"), input("origin"), input("vault")};
  return result;
}

Options with(std::string_view name, std::vector<std::string> values) {
  Options options;
  options.values.emplace(name, std::move(values));
  return options;
}

/// A file that goes when the test does.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view text)
      : path_(std::filesystem::temp_directory_path() / "aztriage-given-XXXXXX") {
    std::string name = path_.string();
    const int descriptor = ::mkstemp(name.data());
    REQUIRE(descriptor >= 0);
    ::close(descriptor);
    path_ = name;
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  std::string name() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("given: bare values fill the required inputs in their order, secrets never") {
  const auto runs = given_inputs({}, {"a.contoso.com", "b.contoso.com", "/p"}, sample(), dictionary());
  REQUIRE(runs.has_value());
  CHECK(*runs == std::vector<InputTexts>{
                     {{"endpoint", "a.contoso.com"}, {"origin", "b.contoso.com"}, {"path", "/p"}}});
  const auto more = given_inputs({}, {"a", "b", "c", "d"}, sample(), dictionary());
  REQUIRE_FALSE(more.has_value());
  CHECK(more.error().what == "'d' is one value more than the playbook shop/slow takes");
}

TEST_CASE("given: what --set says is not filled again") {
  const auto runs =
      given_inputs(with("set", {"endpoint=x.contoso.com"}), {"y.contoso.com"}, sample(), dictionary());
  REQUIRE(runs.has_value());
  CHECK(*runs == std::vector<InputTexts>{{{"endpoint", "x.contoso.com"}, {"origin", "y.contoso.com"}}});
}

TEST_CASE("given: several values of a name are one run each, with all combinations") {
  const auto runs = given_inputs(with("set", {"endpoint=a", "endpoint=b", "origin=c", "origin=d"}), {},
                                 sample(), dictionary());
  REQUIRE(runs.has_value());
  CHECK(*runs == std::vector<InputTexts>{{{"endpoint", "a"}, {"origin", "c"}},
                                         {{"endpoint", "a"}, {"origin", "d"}},
                                         {{"endpoint", "b"}, {"origin", "c"}},
                                         {{"endpoint", "b"}, {"origin", "d"}}});
  std::vector<std::string> many;
  for (int i = 0; i < 11; ++i) {
    many.push_back("endpoint=" + std::to_string(i));
    many.push_back("origin=" + std::to_string(i));
  }
  CHECK_FALSE(given_inputs(with("set", many), {}, sample(), dictionary()).has_value());
}

TEST_CASE("given: a secret comes from the environment or a file, not from the command line") {
  const auto refused = given_inputs(with("set", {"key=hunter2"}), {}, sample(), dictionary());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().what.find("hunter2") == std::string::npos);
  CHECK(refused.error().hint.find("AZTRIAGE_INPUT_KEY") != std::string::npos);
  ::setenv("AZTRIAGE_INPUT_KEY", "hunter2", 1);
  const auto taken = given_inputs({}, {}, sample(), dictionary());
  ::unsetenv("AZTRIAGE_INPUT_KEY");
  REQUIRE(taken.has_value());
  CHECK(taken->front().at("key") == "hunter2");
}

TEST_CASE("given: a file may have inputs of other playbooks, but no misspelt ones") {
  const TemporaryFile good("endpoint: [a, b]\nvault: v\norigin: \"yes\"\n");
  const auto runs = given_inputs(with("inputs", {good.name()}), {}, sample(), dictionary());
  REQUIRE(runs.has_value());
  CHECK(*runs == std::vector<InputTexts>{{{"endpoint", "a"}, {"origin", "yes"}},
                                         {{"endpoint", "b"}, {"origin", "yes"}}});
  const TemporaryFile bad("{\"endpiont\": \"a\"}");
  const auto refused = given_inputs(with("inputs", {bad.name()}), {}, sample(), dictionary());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().hint == "did you mean 'endpoint'?");
}

TEST_CASE("given: answers are checked against the playbook") {
  const auto good = given_answers(with("answer", {"recent=changed"}), sample());
  REQUIRE(good.has_value());
  REQUIRE(good->size() == 1);
  CHECK(good->front().outcome == "changed");
  CHECK(given_answers(with("answer", {"recent=?"}), sample()).has_value());
  const auto outcome = given_answers(with("answer", {"recent=chnaged"}), sample());
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().hint == "did you mean 'changed'?");
  CHECK_FALSE(given_answers(with("answer", {"recnt=same"}), sample()).has_value());
  CHECK_FALSE(given_answers(with("answer", {"recent"}), sample()).has_value());
}

TEST_CASE("given: the last answer of a step counts, and the line wins over the file") {
  const TemporaryFile file("recent: same\n");
  Options options = with("answer", {"recent=same", "recent=changed"});
  options.values["answers"] = {file.name()};
  const auto answers = given_answers(options, sample());
  REQUIRE(answers.has_value());
  REQUIRE(answers->size() == 1);
  CHECK(answers->front().outcome == "changed");
}

TEST_CASE("given: an answer may be the text of a file") {
  const TemporaryFile file("{\"a\": 1}\n");
  const auto answers = given_answers(with("answer", {"recent=@" + file.name()}), sample());
  REQUIRE(answers.has_value());
  CHECK(answers->front().text == "{\"a\": 1}\n");
  CHECK_FALSE(given_answers(with("answer", {"recent=@/nowhere/x"}), sample()).has_value());
}
