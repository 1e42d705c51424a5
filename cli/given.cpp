#include "cli/given.h"

#include "base/file.h"
#include "base/suggest.h"
#include "base/text.h"
#include "playbook/yaml_reader.h"
#include "source/render.h"

#include <algorithm>
#include <cstdlib>

namespace aztriage::cli {
namespace {

using Values = std::vector<std::string>;
using source::Node;

constexpr std::size_t kMostAnswer = 1 << 20;

std::string in_quotes(std::string_view text) {
  return "'" + text::printable(text) + "'";
}

std::string environment_name_of(std::string_view input) {
  std::string name = "AZTRIAGE_INPUT_";
  for (const char c : input) {
    name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return name;
}

Error unknown_input(std::string_view where, std::string_view name, const playbook::Playbook& playbook) {
  Values known;
  for (const auto& input : playbook.inputs) known.push_back(input.name);
  std::string hint = did_you_mean(name, known);
  if (hint.empty()) hint = known.empty() ? "it has none" : "it has " + text::join(known, ", ");
  return {std::string(where) + ": the playbook " + playbook.id + " has no input " + in_quotes(name),
          std::move(hint)};
}

const playbook::Input* find_input(const playbook::Playbook& playbook, std::string_view name) {
  for (const auto& input : playbook.inputs) {
    if (input.name == name) return &input;
  }
  return nullptr;
}

/// A YAML or JSON file that is one map. Where it is none, the error carries the first mistake.
Result<std::vector<Node::Entry>> read_map(std::string_view option, const std::string& path) {
  auto text = read_file(path, playbook::kMaxFileBytes);
  const std::string where = "--" + std::string(option);
  if (!text) return failed(where + ": " + text.error().what, text.error().hint);
  const source::Source source(path == "-" ? "standard input" : path, std::move(*text));
  source::Diagnostics diagnostics;
  Node node = playbook::read_yaml(source, diagnostics);
  if (diagnostics.has_errors()) {
    const auto& first = diagnostics.items().front();
    std::string place = source.name();
    if (first.span.begin.line > 0) {
      place += ":" + std::to_string(first.span.begin.line) + ":" + std::to_string(first.span.begin.column);
    }
    return failed(where + ": " + place + ": " + first.message,
                  first.hints.empty() ? "" : first.hints.front());
  }
  if (node.kind != Node::Kind::map) {
    return failed(where + ": " + in_quotes(source.name()) + " is not a map of names and values",
                  "write one 'name: value' a line, or a JSON object");
  }
  return std::move(node.entries);
}

Result<void> add_file(const Options& options, const playbook::Playbook& playbook,
                      const playbook::InputDictionary& dictionary, std::map<std::string, Values>& values) {
  if (!options.has("inputs")) return {};
  auto entries = read_map("inputs", options.get("inputs"));
  if (!entries) return tl::unexpected<Error>(entries.error());
  for (const auto& [name, span, value] : *entries) {
    if (find_input(playbook, name) == nullptr) {
      if (dictionary.find(name) == nullptr)
        return tl::unexpected<Error>(unknown_input("--inputs", name, playbook));
      continue;
    }
    Values texts;
    if (value.kind == Node::Kind::scalar) texts.push_back(value.text);
    for (const auto& item : value.items) {
      if (item.kind == Node::Kind::scalar) texts.push_back(item.text);
    }
    if (texts.empty() || (value.kind == Node::Kind::list && texts.size() != value.items.size())) {
      return failed("--inputs: line " + std::to_string(span.begin.line) + ": " + in_quotes(name) +
                        " is not a value or a list of values",
                    "write 'name: value'");
    }
    values.emplace(name, std::move(texts));
  }
  return {};
}

Result<void> add_set(const Options& options, const playbook::Playbook& playbook,
                     std::map<std::string, Values>& values) {
  for (const auto& text : options.all("set")) {
    auto pair = split_pair("--set", text, "NAME=VALUE");
    if (!pair) return tl::unexpected<Error>(pair.error());
    const auto* input = find_input(playbook, pair->name);
    if (input == nullptr) return tl::unexpected<Error>(unknown_input("--set", pair->name, playbook));
    if (input->secret) {
      return failed("--set: '" + pair->name + "' is a secret, and a command line is seen by others",
                    "put it into " + environment_name_of(pair->name) + ", or into a file for --inputs");
    }
    values[pair->name].push_back(std::move(pair->value));
  }
  return {};
}

/// Bare values fill the required inputs in their order, then the optional ones that have no default.
Result<void> add_bare(const Values& bare, const playbook::Playbook& playbook,
                      std::map<std::string, Values>& values) {
  std::size_t next = 0;
  for (const bool optional : {false, true}) {
    for (const auto& input : playbook.inputs) {
      if (next == bare.size()) return {};
      const bool wanted = input.optional || input.default_value ? optional : !optional;
      if (!wanted || input.secret || values.contains(input.name)) continue;
      values[input.name].push_back(bare[next++]);
    }
  }
  if (next == bare.size()) return {};
  return failed(in_quotes(bare[next]) + " is one value more than the playbook " + playbook.id + " takes",
                "see 'aztriage playbook show " + playbook.id + "'");
}

void add_environment(const playbook::Playbook& playbook, std::map<std::string, Values>& values) {
  for (const auto& input : playbook.inputs) {
    if (values.contains(input.name)) continue;
    const char* text = std::getenv(environment_name_of(input.name).c_str());
    if (text != nullptr && *text != '\0') values[input.name].emplace_back(text);
  }
}

Result<std::vector<InputTexts>> combine(const std::map<std::string, Values>& values) {
  std::vector<InputTexts> runs(1);
  for (const auto& [name, texts] : values) {
    if (runs.size() * texts.size() > kMostRuns) {
      return failed("these inputs make more than " + std::to_string(kMostRuns) + " runs",
                    "give fewer values, or start several times");
    }
    std::vector<InputTexts> more;
    for (const auto& run : runs) {
      for (const auto& text : texts) {
        more.push_back(run);
        more.back()[name] = text;
      }
    }
    runs = std::move(more);
  }
  return runs;
}

Result<GivenAnswer> make_answer(std::string_view where, const std::string& name, const std::string& value,
                                const playbook::Playbook& playbook) {
  const int index = playbook.step_index(name);
  if (index < 0) {
    Values known;
    for (const auto& step : playbook.steps) known.push_back(step.id);
    std::string hint = did_you_mean(name, known);
    if (hint.empty()) hint = "see 'aztriage playbook show " + playbook.id + "'";
    return failed(std::string(where) + ": the playbook " + playbook.id + " has no step " + in_quotes(name),
                  hint);
  }
  if (value.starts_with('@')) {
    auto text = read_file(value.substr(1), kMostAnswer);
    if (!text) return failed(std::string(where) + ": " + text.error().what, text.error().hint);
    return GivenAnswer{name, {}, std::move(*text)};
  }
  Values known;
  for (const auto& outcome : playbook.steps[static_cast<std::size_t>(index)].outcomes)
    known.push_back(outcome.name);
  if (value != "?" && std::find(known.begin(), known.end(), value) == known.end()) {
    std::string hint = did_you_mean(value, known);
    if (hint.empty()) hint = "one of " + text::join(known, ", ") + ", or ? for not known";
    return failed(std::string(where) + ": the step '" + name + "' has no outcome " + in_quotes(value), hint);
  }
  return GivenAnswer{name, value, std::nullopt};
}

}  // namespace

Result<Pair> split_pair(std::string_view option, const std::string& text, std::string_view form) {
  const auto equals = text.find('=');
  if (equals == 0 || equals == text.npos) {
    return failed(std::string(option) + ": " + in_quotes(text) + " is not " + std::string(form),
                  "write the name, an equals sign and the value without spaces between");
  }
  return Pair{text.substr(0, equals), text.substr(equals + 1)};
}

Result<std::vector<InputTexts>> given_inputs(const Options& options, const Values& bare,
                                             const playbook::Playbook& playbook,
                                             const playbook::InputDictionary& dictionary) {
  if (auto once = check_standard_input(options); !once) return tl::unexpected<Error>(once.error());
  std::map<std::string, Values> values;
  if (auto set = add_set(options, playbook, values); !set) return tl::unexpected<Error>(set.error());
  if (auto added = add_bare(bare, playbook, values); !added) return tl::unexpected<Error>(added.error());
  std::map<std::string, Values> from_file;
  if (auto file = add_file(options, playbook, dictionary, from_file); !file) {
    return tl::unexpected<Error>(file.error());
  }
  values.merge(from_file);
  add_environment(playbook, values);
  return combine(values);
}

Result<std::vector<GivenAnswer>> given_answers(const Options& options, const playbook::Playbook& playbook) {
  std::vector<GivenAnswer> answers;
  const auto add = [&](std::string_view where, const std::string& step, const std::string& value,
                       bool replace) -> Result<void> {
    auto answer = make_answer(where, step, value, playbook);
    if (!answer) return tl::unexpected<Error>(answer.error());
    const auto same = std::ranges::find(answers, answer->step, &GivenAnswer::step);
    if (same == answers.end()) {
      answers.push_back(std::move(*answer));
    } else if (replace) {
      *same = std::move(*answer);
    }
    return {};
  };
  for (const auto& text : options.all("answer")) {
    auto pair = split_pair("--answer", text, "STEP=OUTCOME");
    if (!pair) return tl::unexpected<Error>(pair.error());
    if (auto added = add("--answer", pair->name, pair->value, true); !added)
      return tl::unexpected<Error>(added.error());
  }
  if (!options.has("answers")) return answers;
  auto entries = read_map("answers", options.get("answers"));
  if (!entries) return tl::unexpected<Error>(entries.error());
  for (const auto& [step, span, value] : *entries) {
    if (value.kind != Node::Kind::scalar) {
      return failed("--answers: line " + std::to_string(span.begin.line) + ": " + in_quotes(step) +
                        " is not an outcome",
                    "write 'step: outcome' or 'step: \"@file\"'");
    }
    if (auto added = add("--answers", step, value.text, false); !added)
      return tl::unexpected<Error>(added.error());
  }
  return answers;
}

Result<void> check_standard_input(const Options& options) {
  std::size_t readers = 0;
  for (const std::string_view name : {"inputs", "answers"}) readers += options.get(name) == "-" ? 1 : 0;
  for (const auto& answer : options.all("answer")) readers += answer.ends_with("=@-") ? 1 : 0;
  if (readers < 2) return {};
  return failed("standard input can be read only once", "give one of them as a file");
}

}  // namespace aztriage::cli
