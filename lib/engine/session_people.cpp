#include "base/suggest.h"
#include "engine/commands.h"
#include "engine/plan.h"
#include "engine/reading.h"
#include "engine/session.h"
#include "playbook/input_type.h"

#include <algorithm>

namespace aztriage::engine {
namespace {

/// "Don't know" in every language that `--answer` speaks.
bool is_unknown(const std::string& word) {
  return word == "?" || word == "unknown" || word == "dont-know";
}

int outcome_index(const playbook::Step& step, const std::string& name) {
  auto it = std::ranges::find(step.outcomes, name, &playbook::Outcome::name);
  return it == step.outcomes.end() ? -1 : static_cast<int>(it - step.outcomes.begin());
}

std::string cause_name(const playbook::Playbook& playbook, int cause) {
  const bool listed = cause >= 0 && cause < static_cast<int>(playbook.causes.size());
  return listed ? playbook.causes[static_cast<std::size_t>(cause)].id : "unlisted";
}

}  // namespace

Result<void> Session::give(const std::string& step, const std::string& outcome) {
  const int index = playbook_.step_index(step);
  if (index < 0) {
    std::vector<std::string> ids;
    for (const auto& each : playbook_.steps) ids.push_back(each.id);
    return failed("there is no step '" + step + "' in " + playbook_.id, did_you_mean(step, ids));
  }
  auto& each = slot(index);
  if (is_unknown(outcome)) {
    each.by = "given";
    each.said = -1;
    log(EventKind::answer, index);
    return {};
  }
  const int chosen = outcome_index(spec(index), outcome);
  if (chosen < 0) {
    std::vector<std::string> names;
    for (const auto& known : spec(index).outcomes) names.push_back(known.name);
    std::string hint = did_you_mean(outcome, names);
    if (hint.empty()) {
      for (const auto& name : names) hint += (hint.empty() ? "it is one of: " : ", ") + name;
    }
    return failed("'" + outcome + "' is no outcome of step '" + step + "'", hint);
  }
  each.by = "given";
  each.said = chosen;
  log(EventKind::answer, index);
  return {};
}

Result<void> Session::give_text(const std::string& step, std::string_view text) {
  const int index = playbook_.step_index(step);
  if (index < 0) return give(step, "");
  if (!spec(index).reader) {
    return failed("step '" + step + "' reads no text",
                  "give one of its outcomes: --answer " + step + "=OUTCOME");
  }
  auto reading = read_for(spec(index), text, *environment_);
  decode::mask(reading, secrets_);
  if (is_unreadable(reading)) {
    return failed("the text for step '" + step + "' could not be read",
                  reading.failure ? reading.failure->text : "check that it is the whole output");
  }
  auto& each = slot(index);
  each.by = "given";
  each.pasted = true;
  each.observation = std::move(reading);
  log_observation(EventKind::observation, index);
  return {};
}

void Session::give_observation(int index, fact::Observation observation) {
  auto& each = slot(index);
  each.by = "record";
  each.pasted = spec(index).kind == playbook::StepKind::question;
  add_declared(spec(index), observation);
  each.observation = std::move(observation);
  log_observation(EventKind::observation, index);
}

Session::Action Session::remember(int index) const {
  Action action;
  action.step = index;
  action.pins = pins_;
  action.trials = trials_;
  if (index >= 0) {
    const auto& each = slot(index);
    action.said = each.said;
    action.observation = each.observation;
    action.theirs = each.theirs;
    action.consent = each.consent;
    action.skipped = each.skipped;
    action.pasted = each.pasted;
    action.by = each.by;
  }
  return action;
}

void Session::answer(int index, int outcome) {
  history_.push_back(remember(index));
  auto& each = slot(index);
  each.said = outcome;
  each.skipped = false;
  each.by = "person";
  each.told = false;
  log(EventKind::answer, index);
  advance();
}

void Session::skip(int index) {
  history_.push_back(remember(index));
  auto& each = slot(index);
  each.said.reset();
  each.skipped = true;
  log(EventKind::skip, index);
  advance();
}

fact::Observation Session::paste(int index, std::string_view text) {
  auto reading = read_for(spec(index), text, *environment_);
  decode::mask(reading, secrets_);
  Event event{.kind = EventKind::paste, .name = spec(index).id, .by = "paste", .text = std::string(text)};
  if (is_unreadable(reading)) {
    event.reason = reading.failure->text;
    log(std::move(event));
    commit();
    return reading;
  }
  reading.here = "client";
  event.pasted = true;
  event.observation = reading;
  history_.push_back(remember(index));
  auto& each = slot(index);
  each.said.reset();
  each.skipped = false;
  each.told = false;
  const bool ours = each.looking || (each.observation && !each.pasted && each.by == "probe");
  if (ours) {
    each.theirs = reading;
    event.flag = true;
  } else {
    each.by = "paste";
    each.pasted = true;
    each.observation = reading;
    event.early = each.early;
    event.took = each.result.took;
  }
  log(std::move(event));
  advance();
  return reading;
}

Result<void> Session::run_command(int index) {
  const auto planned =
      plan_command(spec(index), *environment_, [this](const std::string& id) { return is_settled(id); });
  if (const auto* needs = std::get_if<NeedsInput>(&planned))
    return failed("it needs the input '" + needs->input + "'");
  const auto* argv = std::get_if<std::vector<std::string>>(&planned);
  if (!argv || argv->empty()) return failed("it can't be run now");
  if (auto allowed = check_read_only(*argv); !allowed) return allowed;
  history_.push_back(remember(index));
  slot(index).consent = true;
  log({.kind = EventKind::consent, .name = spec(index).id, .text = shell_line(*argv)});
  advance();
  return {};
}

void Session::run_intrusive(int index) {
  history_.push_back(remember(index));
  slot(index).consent = true;
  log(EventKind::consent, index);
  advance();
}

Result<void> Session::set_input(const std::string& name, const std::string& value) {
  auto input = std::ranges::find(playbook_.inputs, name, &playbook::Input::name);
  if (input == playbook_.inputs.end()) return failed("there is no input '" + name + "'");
  auto typed = playbook::parse_input(*input, value);
  if (!typed) return tl::unexpected(typed.error());
  if (input->secret) secrets_.add(value);
  const auto shown = input->secret ? "***" : masked(fact::to_text(*typed));
  log({.kind = EventKind::input,
       .name = name,
       .value = shown,
       .flag = input->secret || shown != fact::to_text(*typed)});
  inputs_.values.insert_or_assign(name, std::move(*typed));
  advance();
  return {};
}

void Session::pin(int cause, bool certain) {
  history_.push_back(remember(-1));
  std::erase_if(pins_, [&](const isolation::Pin& each) { return each.cause == cause; });
  pins_.push_back({cause, certain});
  log({.kind = EventKind::pin, .name = cause_name(playbook_, cause), .flag = certain});
  commit();
}

void Session::unpin(int cause) {
  history_.push_back(remember(-1));
  std::erase_if(pins_, [&](const isolation::Pin& each) { return each.cause == cause; });
  log({.kind = EventKind::unpin, .name = cause_name(playbook_, cause)});
  commit();
}

void Session::tried(int cause, bool gone) {
  history_.push_back(remember(-1));
  trials_.push_back({cause, gone});
  if (gone) confirmed_ = true;
  log({.kind = EventKind::trial, .name = cause_name(playbook_, cause), .flag = gone});
  commit();
}

void Session::set_confirmed(bool confirmed) {
  confirmed_ = confirmed;
  log({.kind = EventKind::confirmed, .flag = confirmed});
  commit();
}

bool Session::undo() {
  if (history_.empty()) return false;
  const auto action = std::move(history_.back());
  history_.pop_back();
  pins_ = action.pins;
  trials_ = action.trials;
  if (action.step >= 0) {
    auto& each = slot(action.step);
    each.said = action.said;
    each.observation = action.observation;
    each.theirs = action.theirs;
    each.consent = action.consent;
    each.skipped = action.skipped;
    each.pasted = action.pasted;
    each.by = action.by;
    each.told = false;
    if (each.looking && !action.consent && !action.observation &&
        spec(action.step).kind != playbook::StepKind::probe) {
      retired_.push_back(std::move(each.looking));
      each.phase = Phase::waiting;
    }
    see(spec(action.step).id, each.counting() ? &*each.counting() : nullptr);
  }
  log({.kind = EventKind::undo});
  advance();
  return true;
}

void Session::probe_again(const std::vector<int>& steps) {
  Event event{.kind = EventKind::again};
  for (const int index : steps) {
    auto& each = slot(index);
    if (spec(index).kind != playbook::StepKind::probe || each.looking) continue;
    each.observation.reset();
    each.theirs.reset();
    each.said.reset();
    each.told = false;
    see(spec(index).id, nullptr);
    event.steps.push_back(spec(index).id);
  }
  // An `of` look is told again with the step that it looks at.
  for (int i = 0; i < static_cast<int>(slots_.size()); ++i) {
    if (spec(i).of >= 0 && std::ranges::find(steps, spec(i).of) != steps.end()) slot(i).told = false;
  }
  stopped_.reset();
  log(std::move(event));
  advance();
}

}  // namespace aztriage::engine
