#include "engine/reading.h"
#include "engine/session.h"

#include <algorithm>

namespace aztriage::engine {
namespace {

bool was_cut(const fact::Observation& observation) {
  using enum fact::FailureKind;
  return observation.failure &&
         (observation.failure->kind == interrupted || observation.failure->kind == deadline);
}

}  // namespace

std::vector<std::string> Session::restore(const Start& begun, std::span<const Event> events, bool by_today) {
  std::vector<std::string> left_out;
  started_utc_ = begun.at;
  restoring_ = true;
  for (const auto& event : events) {
    if (!replay(event, by_today))
      left_out.push_back(std::string(name_of(event.kind)) + " of '" + event.name + "'");
    took_before_ = std::max(took_before_, std::chrono::duration_cast<Milliseconds>(event.at - begun.at));
  }
  restoring_ = false;
  return left_out;
}

void Session::go_on() {
  reopen();
  log({.kind = EventKind::resume});
  commit();
}

/// False when today's playbook does not know what the event is about.
bool Session::replay(const Event& event, bool by_today) {
  switch (event.kind) {
    case EventKind::vantage:
      if (event.place) place_ = event.place;
      vantage_.took = event.took;
      vantage_.reason.clear();
      vantage_cut_ = false;
      judge_findings();
      advance();
      return true;
    case EventKind::input:
      replay_input(event);
      return true;
    case EventKind::undo:
      undo();
      return true;
    case EventKind::again: {
      std::vector<int> steps;
      for (const auto& id : event.steps) {
        if (const int index = playbook_.step_index(id); index >= 0) steps.push_back(index);
      }
      probe_again(steps);
      return true;
    }
    case EventKind::pin:
    case EventKind::unpin:
    case EventKind::trial:
    case EventKind::round:
      return replay_cause(event);
    case EventKind::confirmed:
      confirmed_ = event.flag.value_or(false);
      return true;
    case EventKind::stop:
      stopped_ = fact::failure_from_name(event.value).value_or(fact::FailureKind::interrupted);
      if (!place_) cut_vantage();
      judge_findings();
      advance();
      return true;
    case EventKind::resume:
      reopen();
      advance();
      return true;
    case EventKind::verdict:
      last_verdict_ = event;
      return true;
    case EventKind::note:
    case EventKind::ask:
    case EventKind::more:
    case EventKind::attempt:
    case EventKind::shell:
    case EventKind::hand_over:
    case EventKind::end:
      return true;
    case EventKind::observation:
    case EventKind::paste:
    case EventKind::outcome:
    case EventKind::answer:
    case EventKind::skip:
    case EventKind::consent:
    case EventKind::ask_again:
      break;
  }
  const int index = playbook_.step_index(event.name);
  return index >= 0 && replay_step(event, index, by_today);
}

bool Session::replay_step(const Event& event, int index, bool by_today) {
  auto& each = slot(index);
  switch (event.kind) {
    case EventKind::paste:
      if (!event.observation) return true;  // it could not be read then
      history_.push_back(remember(index));
      each.said.reset();
      each.skipped = false;
      each.told = false;
      if (event.flag.value_or(false) && event.observation) {
        each.theirs = event.observation;
        if (by_today) add_declared(spec(index), *each.theirs);
        break;
      }
      [[fallthrough]];
    case EventKind::observation:
      if (!event.observation) return true;
      each.by = event.by;
      each.pasted = event.pasted;
      each.early = event.early;
      each.result.took = event.took;
      each.consent_used = each.consent;
      each.observation = event.observation;
      if (by_today) add_declared(spec(index), *each.observation);
      judge_findings();
      break;
    case EventKind::outcome:
      each.told = true;
      return true;
    case EventKind::answer: {
      const auto known = std::ranges::find(spec(index).outcomes, event.value, &playbook::Outcome::name);
      if (!event.value.empty() && known == spec(index).outcomes.end()) return false;
      const int outcome = event.value.empty() ? -1 : static_cast<int>(known - spec(index).outcomes.begin());
      if (event.by == "person") {
        answer(index, outcome);
        return true;
      }
      each.by = event.by;
      each.said = outcome;
      break;
    }
    case EventKind::skip:
      skip(index);
      return true;
    case EventKind::consent:
      history_.push_back(remember(index));
      each.consent = true;
      break;
    case EventKind::ask_again:
      ask_again(index);
      return true;
    default:
      return true;
  }
  advance();
  return true;
}

bool Session::replay_cause(const Event& event) {
  int cause = playbook_.cause_index(event.name);
  if (event.name == "unlisted") cause = static_cast<int>(playbook_.causes.size());
  if (cause < 0) return false;
  const bool yes = event.flag.value_or(false);
  if (event.kind == EventKind::pin) {
    pin(cause, yes);
  } else if (event.kind == EventKind::unpin) {
    unpin(cause);
  } else if (event.kind == EventKind::round) {
    next_round(cause);
  } else {
    tried(cause, yes);
  }
  return true;
}

/// A hidden value is one that whoever restores has asked for again, or a mark that it was there.
void Session::replay_input(const Event& event) {
  if (event.flag.value_or(false)) {
    if (!inputs_.find(event.name)) inputs_.values[event.name] = fact::Value::text(event.value);
    advance();
  } else if (!set_input(event.name, event.value)) {
    advance();
  }
}

void Session::cut_vantage() {
  vantage_looking_.reset();
  vantage_.reason = "ended before it was done";
  place_.emplace();
  vantage_cut_ = true;
}

void Session::reopen() {
  stopped_.reset();
  if (vantage_cut_) {
    place_.reset();
    findings_.clear();
    vantage_ = {};
    vantage_.id = kVantageStep;
    vantage_cut_ = false;
    see(std::string(kVantageStep), nullptr);
  }
  for (int i = 0; i < static_cast<int>(slots_.size()); ++i) {
    auto& each = slot(i);
    if (each.observation && was_cut(*each.observation)) {
      each.observation.reset();
      each.told = false;
      see(spec(i).id, nullptr);
    }
    if (!each.consent_used) each.consent = false;
  }
}

}  // namespace aztriage::engine
