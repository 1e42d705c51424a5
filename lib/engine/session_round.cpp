#include "engine/judge.h"
#include "engine/session.h"
#include "isolation/round.h"

#include <algorithm>

namespace aztriage::engine {
namespace {

/// A second look lasts as long as what it looks at.
bool lasts(const playbook::Playbook& playbook, int index) {
  const auto* step = &playbook.steps[static_cast<std::size_t>(index)];
  for (std::size_t hops = 0; step->of >= 0 && hops < playbook.steps.size(); ++hops)
    step = &playbook.steps[static_cast<std::size_t>(step->of)];
  return step->lasting;
}

}  // namespace

void Session::forget(int index) {
  auto& each = slot(index);
  each.said.reset();
  each.observation.reset();
  each.theirs.reset();
  each.skipped = false;
  each.pasted = false;
  each.consent = false;
  each.told = false;
  each.by = "probe";
  each.result.outcome = -1;
  each.result.observation.reset();
  each.result.beside.reset();
  each.result.answered_by.clear();
  each.result.say.clear();
  see(spec(index).id, nullptr);
}

bool Session::ask_again(int index) {
  auto& each = slot(index);
  if (!each.by_people() || each.looking) return false;
  history_.push_back(remember(index));
  if (each.theirs) {
    each.theirs.reset();
    each.told = false;
  } else {
    forget(index);
  }
  log({.kind = EventKind::ask_again, .name = spec(index).id});
  advance();
  return true;
}

std::vector<int> Session::answered_by_people() const {
  std::vector<int> steps;
  // What was given on the command line comes first: it has no place in the history.
  for (int i = 0; i < static_cast<int>(slots_.size()); ++i) {
    const bool in_history = std::ranges::any_of(history_, [&](const Action& each) { return each.step == i; });
    if (!in_history && slot(i).by_people()) steps.push_back(i);
  }
  for (const auto& action : history_) {
    if (action.step < 0 || !slot(action.step).by_people()) continue;
    std::erase(steps, action.step);
    steps.push_back(action.step);
  }
  return steps;
}

void Session::next_round(int fixed) {
  std::vector<bool> lasting;
  for (int i = 0; i < static_cast<int>(slots_.size()); ++i) lasting.push_back(lasts(playbook_, i));
  pins_ = isolation::kept(known(), lasting, fixed).pins;
  problem_ = isolation::next_round(std::move(problem_), fixed);
  fixed_.push_back(fixed);
  trials_.clear();
  history_.clear();  // what was undone now would be of another world
  confirmed_ = false;
  for (int i = 0; i < static_cast<int>(slots_.size()); ++i) {
    if (lasting[static_cast<std::size_t>(i)]) continue;
    if (slot(i).looking) retired_.push_back(std::move(slot(i).looking));
    if (slot(i).phase == Phase::running) slot(i).phase = Phase::waiting;
    slot(i).early = false;
    forget(i);
  }
  stopped_.reset();
  log({.kind = EventKind::round, .name = playbook_.causes[static_cast<std::size_t>(fixed)].id});
  advance();
}

/// What was seen from here, beside what the customer saw.
void Session::look_beside(int index) {
  auto& each = slot(index);
  each.result.beside.reset();
  if (!each.theirs || !each.observation || could_not_look(*each.observation)) return;
  const auto& step = spec(index);
  auto environment = *environment_;
  environment.look_at(&*each.observation);
  Sight sight;
  sight.here = each.observation->here;
  sight.answered_by = each.by;
  sight.observation = *each.observation;
  sight.outcome = judge(step, environment).outcome;
  if (sight.outcome >= 0) {
    const auto& outcome = step.outcomes[static_cast<std::size_t>(sight.outcome)];
    sight.outcome_name = outcome.name;
    sight.fine = outcome.fine;
  }
  sight.say = line_of(step, sight.outcome, &*each.observation);
  each.result.beside = std::move(sight);
}

}  // namespace aztriage::engine
