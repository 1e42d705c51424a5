#include "engine/plan.h"

#include "probe/registry.h"

#include <algorithm>
#include <map>
#include <optional>

namespace aztriage::engine {
namespace {

using match::Template;

/// Why a template can't be filled now.
struct Gap {
  enum class Kind { waits, input, never } kind;
  std::string name;
};

Gap gap_of(const Template& text, const Environment& environment, const Settled& settled) {
  for (const auto* reference : text.references()) {
    if (reference->optional || environment.value(reference->target).value) continue;
    const auto& target = reference->target;
    switch (target.from) {
      case match::Resolved::From::input:
        return {Gap::Kind::input, target.name};
      case match::Resolved::From::cloud:
        return {Gap::Kind::never, "this cloud has no '" + target.name + "'"};
      case match::Resolved::From::fact:
        if (!settled(target.step)) return {Gap::Kind::waits, target.step};
        return {Gap::Kind::never, "'" + target.step + "' did not tell " + target.name};
    }
  }
  return {Gap::Kind::never, "a value is missing"};
}

template <class Ready>
Planned<Ready> planned_from(const Gap& gap) {
  switch (gap.kind) {
    case Gap::Kind::waits:
      return Waits{gap.name};
    case Gap::Kind::input:
      return NeedsInput{gap.name};
    case Gap::Kind::never:
      return CannotLook{gap.name};
  }
  return CannotLook{gap.name};
}

/// Every value that one parameter takes, as texts; nothing when an optional reference leaves it out.
struct Values {
  std::string name;
  std::vector<std::string> texts;
  bool secret = false;
  bool varies = false;
};

const fact::ParamSpec* param_of(const probe::ProbeSpec& spec, std::string_view name) {
  auto it = std::ranges::find(spec.params, name, &fact::ParamSpec::name);
  return it == spec.params.end() ? nullptr : &*it;
}

bool uses_secret(const playbook::Playbook& playbook, const Template& text) {
  return std::ranges::any_of(text.references(), [&](const match::Reference* reference) {
    if (reference->target.from != match::Resolved::From::input) return false;
    auto it = std::ranges::find(playbook.inputs, reference->target.name, &playbook::Input::name);
    return it != playbook.inputs.end() && it->secret;
  });
}

/// A reference to a list gives each of its items, unless the parameter takes the list whole.
std::vector<std::string> texts_of(const fact::Value& value, bool whole) {
  if (value.kind() != fact::Kind::list || whole) return {fact::to_text(value)};
  std::vector<std::string> texts;
  for (const auto& item : value.as_list()) texts.push_back(fact::to_text(item));
  return texts;
}

Template::Encode encoding_of(const fact::ParamSpec& spec) {
  if (spec.type.kind == fact::Kind::url) return Template::Encode::url;
  return spec.map ? Template::Encode::line : Template::Encode::none;
}

class Planner {
 public:
  Planner(const playbook::Playbook& playbook, const Environment& environment, const Settled& settled)
      : playbook_(playbook), environment_(environment), settled_(settled) {}

  /// Adds the texts of one template; false when it can't be filled, with the gap set.
  bool add(const Template& text, const fact::ParamSpec& spec, Values& values) {
    values.secret = values.secret || uses_secret(playbook_, text);
    if (const auto* sole = text.sole_reference()) {
      auto found = environment_.value(sole->target);
      if (found.value) {
        const auto texts = texts_of(*found.value, spec.list);
        if (texts.empty()) {
          gap_ = {Gap::Kind::never, "'" + sole->target.name + "' is empty"};
          return false;
        }
        values.texts.insert(values.texts.end(), texts.begin(), texts.end());
        return true;
      }
      if (sole->optional) return true;
    }
    auto filled = text.fill(environment_, encoding_of(spec));
    if (filled.left_out) return true;
    if (!filled.refused.empty()) {
      gap_ = {Gap::Kind::never, filled.refused};
      return false;
    }
    if (filled.missing) {
      gap_ = gap_of(text, environment_, settled_);
      return false;
    }
    values.texts.push_back(std::move(filled.text));
    return true;
  }

  const Gap& gap() const { return gap_; }

 private:
  const playbook::Playbook& playbook_;
  const Environment& environment_;
  const Settled& settled_;
  Gap gap_{Gap::Kind::never, ""};
};

void join_list(Values& values) {
  std::string joined;
  for (const auto& text : values.texts) joined += (joined.empty() ? "" : ",") + text;
  values.texts = {joined};
}

/// Fills every parameter; false with the planner's gap when one can't be filled.
bool fill_all(const playbook::Step& step, const probe::ProbeSpec& spec, Planner& planner,
              std::vector<Values>& all) {
  for (const auto& param : step.params) {
    const auto* param_spec = param_of(spec, param.name);
    if (!param_spec) continue;  // the reader of playbooks has refused it
    for (const auto& [key, text] : param.entries) {
      Values values;
      values.name = param.name + "." + key;
      if (!planner.add(text, *param_spec, values)) return false;
      if (!values.texts.empty()) all.push_back(std::move(values));
    }
    if (!param.entries.empty()) continue;
    Values values;
    values.name = param.name;
    for (const auto& text : param.values) {
      if (!planner.add(text, *param_spec, values)) return false;
    }
    if (values.texts.empty()) continue;
    if (param_spec->list) join_list(values);
    values.varies = values.texts.size() > 1 || param.listed;
    all.push_back(std::move(values));
  }
  return true;
}

/// The cartesian product of all values, in the order of the file.
std::vector<std::map<std::string, std::string>> combinations(const std::vector<Values>& all) {
  std::vector<std::map<std::string, std::string>> result(1);
  for (const auto& values : all) {
    std::vector<std::map<std::string, std::string>> next;
    for (const auto& base : result) {
      for (const auto& text : values.texts) {
        if (next.size() >= kMostLooks) break;
        next.push_back(base);
        next.back()[values.name] = text;
      }
    }
    result = std::move(next);
  }
  return result;
}

Milliseconds timeout_of(const playbook::Step& step, const probe::ProbeSpec& spec, Milliseconds asked) {
  if (step.timeout) return *step.timeout;
  return asked.count() > 0 ? asked : spec.timeout;
}

}  // namespace

Planned<StepPlan> plan_looks(const playbook::Playbook& playbook, const playbook::Step& step,
                             const Environment& environment, const Settled& settled, Milliseconds timeout) {
  const auto* spec = probe::find_probe(step.probe);
  if (!spec) return CannotLook{"there is no probe '" + step.probe + "'"};
  Planner planner(playbook, environment, settled);
  std::vector<Values> all;
  if (!fill_all(step, *spec, planner, all)) return planned_from<StepPlan>(planner.gap());

  StepPlan plan;
  plan.step = &step;
  plan.probe = step.probe;
  plan.repeats = std::clamp(step.repeat.times, 1, kMostRepeats);
  plan.timeout = timeout_of(step, *spec, timeout);
  for (const auto& given : combinations(all)) {
    auto params = probe::check_params(*spec, given);
    if (!params) return CannotLook{params.error().what};
    LookPlan look{std::move(*params), {}};
    for (const auto& values : all) {
      if (values.secret) look.params.secret.insert(values.name);
      if (!values.varies) continue;
      if (const auto* value = look.params.find(values.name)) look.varied.emplace_back(values.name, *value);
    }
    plan.looks.push_back(std::move(look));
  }
  return plan;
}

Planned<std::vector<std::string>> plan_command(const playbook::Step& step, const Environment& environment,
                                               const Settled& settled) {
  std::vector<std::string> argv;
  for (const auto& word : step.command.run) {
    auto filled = word.fill(environment, Template::Encode::argument);
    if (filled.left_out) continue;
    if (!filled.refused.empty()) return CannotLook{filled.refused};
    if (filled.missing) return planned_from<std::vector<std::string>>(gap_of(word, environment, settled));
    argv.push_back(std::move(filled.text));
  }
  return argv;
}

}  // namespace aztriage::engine
