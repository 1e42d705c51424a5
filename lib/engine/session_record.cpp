#include "engine/session.h"

#include <utility>

namespace aztriage::engine {
namespace {

bool same_verdict(const Event& a, const Event& b) {
  return a.value == b.value && a.reason == b.reason && a.name == b.name && a.state == b.state &&
         a.flag == b.flag && a.probability == b.probability;
}

}  // namespace

Start Session::begun() const {
  Start start;
  start.playbook = playbook_.id;
  start.digest = playbook_.digest;
  start.origin = playbook_.origin;
  start.built_in = playbook_.built_in;
  start.text = playbook_.text;
  for (const auto& [name, value] : shown(playbook_, inputs_)) {
    start.inputs[name] = masked(value);
    const auto* whole = inputs_.find(name);
    if (whole && fact::to_text(*whole) != start.inputs[name]) start.hidden.insert(name);
  }
  start.here = options_.here;
  start.cloud = options_.cloud;
  start.interactive = options_.interactive;
  start.allow_intrusive = options_.allow_intrusive;
  start.trust_overlay = options_.trust_overlay;
  start.reference = options_.reference;
  start.allow_commands = options_.allow_commands;
  start.timeout = options_.timeout;
  start.at = started_utc_;
  return start;
}

void Session::log(Event event) {
  if (restoring_ || (journal_ == nullptr && begun_)) return;
  event.at = clock_.utc();
  for (auto* text : {&event.value, &event.text, &event.reason}) *text = masked(*text);
  pending_.push_back(std::move(event));
}

/// A person's answer, or what a person lets the step do.
void Session::log(EventKind kind, int index) {
  const auto& each = slot(index);
  Event event{.kind = kind, .name = spec(index).id};
  if (kind == EventKind::answer) {
    event.by = each.by;
    if (each.said && *each.said >= 0)
      event.value = spec(index).outcomes[static_cast<std::size_t>(*each.said)].name;
  }
  log(std::move(event));
}

void Session::log_observation(EventKind kind, int index) {
  const auto& each = slot(index);
  if (!each.observation) return;
  log({.kind = kind,
       .name = spec(index).id,
       .by = each.by,
       .early = each.early,
       .pasted = each.pasted,
       .observation = each.observation,
       .took = each.result.took});
}

void Session::log_outcome(int index) {
  const auto& result = slot(index).result;
  log({.kind = EventKind::outcome,
       .name = result.id,
       .value = result.outcome_name,
       .by = result.answered_by,
       .text = result.say,
       .reason = result.reason,
       .state = std::string(name_of(result.state)),
       .flag = result.fine,
       .symptom = result.symptom,
       .took = result.took});
}

void Session::commit() {
  if (pending_.empty()) return;
  const auto events = std::exchange(pending_, {});
  if (journal_ != nullptr) journal_->write(events);
}

void Session::record(Event event) {
  if (event.kind == EventKind::verdict) {
    if (last_verdict_ && same_verdict(*last_verdict_, event)) return;
    last_verdict_ = event;
  }
  log(std::move(event));
  commit();
}

/// What is told is on the record by then.
void Session::tell_settled() {
  if (restoring_) return;
  std::vector<int> ended;
  for (int i = 0; i < static_cast<int>(slots_.size()); ++i) {
    auto& each = slot(i);
    const bool over = each.phase == Phase::settled &&
                      (each.result.state == StepState::done || each.result.state == StepState::failed);
    if (!over || each.told) continue;
    each.told = true;
    log_outcome(i);
    ended.push_back(i);
  }
  commit();
  if (!on_settled_) return;
  for (const int index : ended) on_settled_(index);
}

}  // namespace aztriage::engine
