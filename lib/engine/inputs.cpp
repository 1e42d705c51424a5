#include "engine/inputs.h"

#include "base/suggest.h"
#include "decode/mask.h"
#include "engine/environment.h"
#include "playbook/input_type.h"

#include <algorithm>

namespace aztriage::engine {
namespace {

const playbook::Input* input_of(const playbook::Playbook& playbook, std::string_view name) {
  auto it = std::ranges::find(playbook.inputs, name, &playbook::Input::name);
  return it == playbook.inputs.end() ? nullptr : &*it;
}

std::string expectation(const playbook::Input& input) {
  if (!input.choices.empty()) {
    std::string words;
    for (const auto& choice : input.choices) words += (words.empty() ? "" : ", ") + choice;
    return "one of: " + words;
  }
  return input.example.empty() ? "" : "such as " + input.example;
}

void type_given(const playbook::Playbook& playbook, const std::map<std::string, std::string>& given,
                Bound& bound) {
  std::vector<std::string> known;
  for (const auto& input : playbook.inputs) known.push_back(input.name);
  for (const auto& [name, text] : given) {
    const auto* input = input_of(playbook, name);
    if (!input) {
      std::string hint = did_you_mean(name, known);
      if (hint.empty()) {
        for (const auto& each : known) hint += (hint.empty() ? "this playbook takes: " : ", ") + each;
      }
      bound.problems.push_back({name, {"unknown input '" + name + "'", hint}});
      continue;
    }
    auto value = playbook::parse_input(*input, text);
    if (value) {
      bound.inputs.values.emplace(name, std::move(*value));
    } else {
      decode::SecretSet secret;
      if (input->secret) secret.add(text);
      Error error{decode::mask(value.error().what, secret).text,
                  decode::mask(value.error().hint, secret).text};
      error.what = "input '" + name + "': " + error.what;
      if (error.hint.empty()) error.hint = expectation(*input);
      bound.problems.push_back({name, error});
    }
  }
}

/// One pass; true when a default became known, so that another pass may find more.
bool fill_defaults(const playbook::Playbook& playbook, const Environment& environment, Bound& bound) {
  bool changed = false;
  for (const auto& input : playbook.inputs) {
    if (bound.inputs.find(input.name) || !input.default_value) continue;
    if (std::ranges::find(bound.problems, input.name, &InputProblem::name) != bound.problems.end()) continue;
    auto filled = input.default_value->fill(environment);
    if (filled.missing || filled.left_out) continue;
    auto value = playbook::parse_input(input, filled.text);
    if (value) {
      bound.inputs.values.emplace(input.name, std::move(*value));
      changed = true;
    } else if (!input.optional) {
      bound.problems.push_back({input.name, value.error()});
    }
  }
  return changed;
}

}  // namespace

const fact::Value* Inputs::find(std::string_view name) const {
  auto it = values.find(name);
  return it == values.end() ? nullptr : &it->second;
}

Bound bind(const playbook::Playbook& playbook, const std::map<std::string, std::string>& given,
           const playbook::Clouds& clouds, const std::string& cloud) {
  Bound bound;
  type_given(playbook, given, bound);
  const Environment environment(bound.inputs, clouds, cloud);
  while (fill_defaults(playbook, environment, bound)) {
  }
  for (const auto& input : playbook.inputs) {
    const bool wrong =
        std::ranges::find(bound.problems, input.name, &InputProblem::name) != bound.problems.end();
    if (!input.optional && !wrong && !bound.inputs.find(input.name)) bound.missing.push_back(input.name);
  }
  return bound;
}

std::map<std::string, std::string> shown(const playbook::Playbook& playbook, const Inputs& inputs) {
  std::map<std::string, std::string> result;
  for (const auto& input : playbook.inputs) {
    if (const auto* value = inputs.find(input.name)) {
      result.emplace(input.name, input.secret ? "***" : fact::to_text(*value));
    }
  }
  return result;
}

}  // namespace aztriage::engine
