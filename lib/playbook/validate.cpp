#include "base/text.h"
#include "playbook/graph.h"
#include "playbook/loading.h"

#include <algorithm>
#include <cstdio>
#include <set>

namespace aztriage::playbook {
namespace {

using match::Resolved;
using source::Code;
using source::Within;

constexpr double kIsolated = 0.90;

using Use = std::vector<const Resolved*>;

void add(Use& use, const Template& text) {
  for (const match::Reference* reference : text.references()) use.push_back(&reference->target);
}
void add(Use& use, const std::optional<Template>& text) {
  if (text) add(use, *text);
}
void add(Use& use, const std::optional<Condition>& condition) {
  if (!condition) return;
  for (const Resolved& name : condition->needs()) use.push_back(&name);
}
void add(Use& use, const std::vector<Parameter>& params) {
  for (const Parameter& parameter : params) {
    for (const Template& value : parameter.values) add(use, value);
    for (const auto& [key, value] : parameter.entries) add(use, value);
  }
}

/// What a step must know before it can look or be judged.
Use needed_by(const Step& step) {
  Use use;
  add(use, step.params);
  add(use, step.question);
  for (const Template& argument : step.command.run) add(use, argument);
  add(use, step.command.powershell);
  if (step.reader) add(use, step.reader->params);
  add(use, step.repeat.bad);
  for (const Outcome& outcome : step.outcomes) add(use, outcome.when);
  return use;
}

/// What it only shows.
Use shown_by(const Step& step) {
  Use use;
  add(use, step.say);
  for (const Outcome& outcome : step.outcomes) add(use, outcome.say);
  return use;
}

Use shown_by(const Cause& cause) {
  Use use;
  for (const Workaround& workaround : cause.workarounds) {
    add(use, workaround.action);
    add(use, workaround.command);
    add(use, workaround.powershell);
    add(use, workaround.portal);
  }
  return use;
}

std::string way_round(const std::vector<int>& cycle, const auto& name_of) {
  std::string out;
  for (const int node : cycle) out += name_of(node) + " -> ";
  return out + name_of(cycle.front());
}

void check_step_cycles(Loading& loading) {
  const std::vector<Step>& steps = loading.playbook.steps;
  std::vector<std::vector<int>> edges(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    std::set<int> to(steps[i].waits_for.begin(), steps[i].waits_for.end());
    for (const Require& require : steps[i].requires_) to.insert(require.step);
    to.erase(static_cast<int>(i));  // reported on its own
    edges[i].assign(to.begin(), to.end());
  }
  for (const std::vector<int>& cycle : find_cycles(edges)) {
    const auto name = [&](int node) { return steps[static_cast<std::size_t>(node)].id; };
    loading.diagnostics.error(Code::P045, steps[static_cast<std::size_t>(cycle.front())].span,
                              "steps wait for each other: " + way_round(cycle, name),
                              {"let one of them do without the other"});
  }
}

void check_input_cycles(Loading& loading) {
  const std::vector<Input>& inputs = loading.playbook.inputs;
  std::vector<std::vector<int>> edges(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Use use;
    add(use, inputs[i].default_value);
    for (const Resolved* name : use) {
      const auto to = loading.names.inputs.find(name->name);
      if (name->from != Resolved::From::input || to == loading.names.inputs.end()) continue;
      edges[i].push_back(static_cast<int>(to->second - inputs.data()));
    }
  }
  for (const std::vector<int>& cycle : find_cycles(edges)) {
    const auto name = [&](int node) { return inputs[static_cast<std::size_t>(node)].name; };
    loading.diagnostics.error(Code::P045, inputs[static_cast<std::size_t>(cycle.front())].span,
                              "inputs take their default from each other: " + way_round(cycle, name),
                              {"give one of them a value of its own"});
  }
}

void check_symptom(Loading& loading, const Step& step) {
  if (!step.symptom || step.outcomes.empty()) return;
  const bool chosen = step.kind == StepKind::question && !is_paste(step);
  if (!chosen && step.outcomes.back().when) {
    loading.diagnostics.warning(Code::P047, step.outcomes.back().span,
                                "a symptom step should end with an outcome without 'when'",
                                {"add '- name: other' at the end"});
  }
  const auto fine = [](const Outcome& outcome) { return outcome.fine.value_or(false); };
  if (std::none_of(step.outcomes.begin(), step.outcomes.end(), fine)) {
    loading.diagnostics.warning(Code::P056, step.span, "no outcome of this symptom step is fine",
                                {"mark what a healthy service shows with 'fine: true'"});
  }
}

void check_symptoms(Loading& loading) {
  const std::vector<Step>& steps = loading.playbook.steps;
  for (const Step& step : steps) {
    const Within within(loading.diagnostics, "in step " + quoted(step.id));
    check_symptom(loading, step);
  }
  const auto symptom = [](const Step& step) { return step.symptom; };
  if (!steps.empty() && std::none_of(steps.begin(), steps.end(), symptom)) {
    loading.diagnostics.warning(Code::P052, {}, "no step looks for the symptom",
                                {"mark the step that looks for the complaint with 'symptom: true'"});
  }
}

/// `headers.server` must not be both a fact of the step itself and one of a step called `headers`.
void check_step_names(Loading& loading) {
  std::set<std::string> parts;
  for (const StepNames& names : loading.names.steps) {
    for (std::string& part : names.first_parts()) parts.insert(std::move(part));
  }
  for (const Step& step : loading.playbook.steps) {
    if (parts.count(step.id) == 0) continue;
    loading.diagnostics.error(Code::P048, step.span, quoted(step.id) + " is also the first part of a fact",
                              {"rename the step"});
  }
}

void check_inputs(Loading& loading, const Use& all) {
  std::set<std::string_view> used;
  for (const Resolved* name : all) {
    if (name->from == Resolved::From::input) used.insert(name->name);
  }
  for (const Input& input : loading.playbook.inputs) {
    if (used.count(input.name) > 0) continue;
    loading.diagnostics.warning(Code::P054, input.span, "the input " + quoted(input.name) + " is never used",
                                {"remove it"});
  }
}

/// Conditions are kept and shown, so a secret can't stand in one. Texts are checked where they are read.
void check_secret_conditions(Loading& loading) {
  for (const Step& step : loading.playbook.steps) {
    for (const Outcome& outcome : step.outcomes) {
      Use use;
      add(use, outcome.when);
      for (const Resolved* name : use) {
        const auto input = loading.names.inputs.find(name->name);
        if (name->from != Resolved::From::input || input == loading.names.inputs.end() ||
            !input->second->secret)
          continue;
        const Within within(loading.diagnostics, "in step " + quoted(step.id));
        loading.diagnostics.error(Code::P038, outcome.span,
                                  "the secret input " + quoted(input->first) + " can't stand in a condition",
                                  {"compare something that is no secret"});
      }
    }
  }
}

void check_causes(Loading& loading) {
  Playbook& playbook = loading.playbook;
  for (const Cause& cause : playbook.causes) {
    if (cause.see != playbook.id || cause.see.empty()) continue;
    loading.diagnostics.error(Code::P049, cause.span, "'see' leads back to this playbook", {"remove it"});
  }
  if (!loading.world.checks.best_cases || loading.diagnostics.has_errors()) return;
  const std::vector<double> best = loading.world.checks.best_cases(playbook);
  for (std::size_t i = 0; i < playbook.causes.size() && i < best.size(); ++i) {
    // What is wrong with the place we look from is found before any cause is weighed.
    if (best[i] >= kIsolated || playbook.causes[i].vantage) continue;
    char percent[16];
    std::snprintf(percent, sizeof percent, "%.2f", best[i]);
    loading.diagnostics.error(
        Code::P044, playbook.causes[i].span,
        "nothing can lift " + quoted(playbook.causes[i].id) + " to 0.90; at best it comes to " + percent,
        {"give it an exact outcome, or one more independent step that speaks for it"});
  }
}

}  // namespace

void find_waits(Loading& loading) {
  for (std::size_t i = 0; i < loading.playbook.steps.size(); ++i) {
    Step& step = loading.playbook.steps[i];
    std::set<int> waits;
    if (step.of >= 0) waits.insert(step.of);
    for (const Resolved* name : needed_by(step)) {
      if (name->from != Resolved::From::fact || name->step.empty()) continue;
      const int on = loading.step_index(name->step);
      if (on >= 0) waits.insert(on);
    }
    if (waits.erase(static_cast<int>(i)) > 0) {
      const Within within(loading.diagnostics, "in step " + quoted(step.id));
      loading.diagnostics.error(Code::P045, step.span, "the step needs its own facts before it has looked",
                                {"take the value from an input or an earlier step"});
    }
    step.waits_for.assign(waits.begin(), waits.end());
  }
}

void validate(Loading& loading) {
  check_step_cycles(loading);
  check_input_cycles(loading);
  check_symptoms(loading);
  check_step_names(loading);
  check_secret_conditions(loading);
  check_balance(loading);

  Use all;
  const auto take = [&](const Use& use) { all.insert(all.end(), use.begin(), use.end()); };
  for (const Step& step : loading.playbook.steps) {
    take(needed_by(step));
    take(shown_by(step));
  }
  for (const Cause& cause : loading.playbook.causes) take(shown_by(cause));
  for (const Input& input : loading.playbook.inputs) add(all, input.default_value);
  check_inputs(loading, all);
  check_causes(loading);
}

}  // namespace aztriage::playbook
