#include "engine/session.h"

#include "base/text.h"
#include "engine/answered_by.h"
#include "engine/commands.h"
#include "engine/judge.h"
#include "engine/plan.h"
#include "engine/reading.h"
#include "fact/merge.h"

#include <algorithm>

namespace aztriage::engine {
namespace {

/// Probe name of the steps that turn a finding about our own place into evidence for a cause that is about
/// it.
constexpr std::string_view kVantageCause = "vantage";

/// `vantage: clock` on a cause: seen from the failing client itself, the finding is evidence for it.
playbook::Step vantage_cause_step(const playbook::Playbook& playbook, playbook::Vantage kind) {
  playbook::Step step;
  step.id = "vantage-" + std::string(name_of(kind));
  step.probe = kVantageCause;
  playbook::Outcome found;
  found.name = "found";
  found.given.emplace();
  found.given->otherwise = 0.08;
  for (std::size_t i = 0; i < playbook.causes.size(); ++i) {
    if (playbook.causes[i].vantage == kind) found.given->causes[static_cast<int>(i)] = 0.95;
  }
  playbook::Outcome absent;
  absent.name = "absent";
  step.outcomes = {found, absent};
  return step;
}

void add_vantage_causes(playbook::Playbook& playbook) {
  using enum playbook::Vantage;
  for (const auto kind : {clock, resolver, inspection, portal, proxy}) {
    const bool used =
        std::ranges::any_of(playbook.causes, [&](const auto& cause) { return cause.vantage == kind; });
    if (used) playbook.steps.push_back(vantage_cause_step(playbook, kind));
  }
}

bool is_vantage_cause(const playbook::Step& step) {
  return step.kind == playbook::StepKind::probe && step.probe == kVantageCause;
}

}  // namespace

std::string_view name_of(StepState state) {
  switch (state) {
    case StepState::done:
      return "done";
    case StepState::failed:
      return "failed";
    case StepState::skipped:
      return "skipped";
    case StepState::not_run:
      return "not-run";
  }
  return "";
}

Session::Session(playbook::Playbook playbook, Inputs inputs, SessionOptions options, SessionData data,
                 Source& source, const Clock& clock)
    : playbook_(std::move(playbook)),
      options_(std::move(options)),
      data_(data),
      source_(source),
      clock_(clock),
      inputs_(std::move(inputs)) {
  add_vantage_causes(playbook_);
  problem_ = isolation::build(playbook_, {!options_.allow_commands.empty(), options_.here == "outside"});
  slots_.resize(playbook_.steps.size());
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    slots_[i].result.id = playbook_.steps[i].id;
    slots_[i].result.kind = playbook_.steps[i].kind;
    slots_[i].result.symptom = playbook_.steps[i].symptom;
  }
  secrets_.add(options_.hidden);
  for (const auto& input : playbook_.inputs) {
    const auto* value = input.secret ? inputs_.find(input.name) : nullptr;
    if (value) secrets_.add(fact::to_text(*value));
  }
  environment_ = std::make_unique<Environment>(inputs_, data_.clouds, options_.cloud);
  std::set<std::string, std::less<>> hidden;
  for (const auto& input : playbook_.inputs) {
    if (input.secret) hidden.insert(input.name);
  }
  environment_->hide(std::move(hidden));
  vantage_.id = kVantageStep;
  started_ = clock_.steady();
  started_utc_ = clock_.utc();
}

Session::~Session() = default;

void Session::start() {
  begun_ = true;
  if (place_) return advance();  // restored
  vantage_looking_ = source_.begin_vantage(data_.vantage, options_.reference,
                                           [this](PlaceSigns signs) { vantage_seen(std::move(signs)); });
  if (!vantage_looking_) {
    place_.emplace();
    vantage_.reason = "not looked at";
  }
  advance();
}

bool Session::turn(Milliseconds most) {
  const bool more = source_.turn(most);
  retired_.clear();
  return more && busy();
}

bool Session::busy() const {
  return vantage_looking_ != nullptr ||
         std::ranges::any_of(slots_, [](const Slot& each) { return each.phase == Phase::running; });
}

void Session::stop(fact::FailureKind kind) {
  stopped_ = kind;
  Event event{.kind = EventKind::stop, .value = std::string(fact::failure_name(kind))};
  log(std::move(event));
  if (vantage_looking_) cut_vantage();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    auto& each = slots_[i];
    if (!each.looking) continue;
    each.observation = prepare(playbook_.steps[i], each.looking->stop(kind));
    each.looking.reset();
    each.phase = Phase::waiting;
    log_observation(EventKind::observation, static_cast<int>(i));
  }
  judge_findings();
  advance();
}

void Session::see(const std::string& id, const fact::Observation* observation) {
  environment_->set_step(id, observation);
}

void Session::advance() {
  for (auto& each : slots_) {
    if (each.phase != Phase::running) each.phase = Phase::waiting;
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (int i = 0; i < static_cast<int>(slots_.size()); ++i) {
      if (slot(i).phase == Phase::waiting && try_step(i)) changed = true;
      if (slot(i).phase == Phase::running && settle_early(i)) changed = true;
    }
  }
  tell_settled();
}

bool Session::try_step(int index) {
  auto& each = slot(index);
  if (is_vantage_cause(spec(index))) return try_vantage_cause(index);
  if (each.said) {
    each.result.outcome = *each.said;
    each.result.answered_by = each.by;
    finish(index, *each.said >= 0 ? StepState::done : StepState::skipped, *each.said >= 0 ? "" : "not known");
    return true;
  }
  if (each.skipped) {
    finish(index, StepState::skipped, "skipped by hand");
    return true;
  }
  std::string reason;
  switch (lock_of(index, reason)) {
    case Lock::waits:
      return start_early(index);
    case Lock::shut:
      if (each.early) each.observation.reset();
      each.early = false;
      finish(index, StepState::skipped, reason);
      return true;
    case Lock::open:
      each.early = false;
      break;
  }
  if (each.counting()) {
    const bool judged = judge_slot(index, *each.counting());
    if (judged) look_beside(index);
    return judged;
  }
  switch (spec(index).kind) {
    case playbook::StepKind::of:
      return try_of(index);
    case playbook::StepKind::question:
      return open_up(index, Openness::question, "nobody was asked (--answer STEP=OUTCOME)");
    case playbook::StepKind::command:
      return try_command(index);
    case playbook::StepKind::probe:
      return try_probe(index);
  }
  return false;
}

/// A step that a person could do: it stays open while somebody is there, and is not run otherwise.
bool Session::open_up(int index, Openness openness, std::string reason) {
  auto& each = slot(index);
  each.open = openness;
  each.result.reason = std::move(reason);
  each.result.state = StepState::not_run;
  each.phase = options_.interactive && !stopped_ ? Phase::open : Phase::settled;
  return true;
}

Session::Lock Session::lock_of(int index, std::string& reason) const {
  for (const auto& require : spec(index).requires_) {
    const auto& other = slot(require.step);
    const auto& id = spec(require.step).id;
    if (other.phase == Phase::running || other.phase == Phase::waiting || other.phase == Phase::open)
      return Lock::waits;
    if (other.result.outcome < 0) {
      reason = "needs the answer of '" + id + "'";
      return Lock::shut;
    }
    if (std::ranges::find(require.outcomes, other.result.outcome) == require.outcomes.end()) {
      reason = "does not apply: '" + id + "' is " + other.result.outcome_name;
      return Lock::shut;
    }
  }
  return Lock::open;
}

bool Session::try_vantage_cause(int index) {
  auto& each = slot(index);
  if (!place_) return false;
  if (options_.here != "client") {
    finish(index, StepState::not_run, "counts only where the failing client sits");
    return true;
  }
  const auto kind = spec(index).id.substr(kVantageStep.size() + 1);
  const bool found =
      std::ranges::any_of(findings_, [&](const Finding& finding) { return name_of(finding.kind) == kind; });
  each.result.outcome = found ? 0 : 1;
  finish(index, StepState::done, "");
  return true;
}

bool Session::try_of(int index) {
  const auto& target = slot(spec(index).of);
  if (target.counting() && !target.early) {
    auto observation = *target.counting();
    add_declared(spec(index), observation);
    return judge_slot(index, observation);
  }
  if (target.phase != Phase::settled) return false;
  finish(index, StepState::skipped, "'" + spec(spec(index).of).id + "' saw nothing to look at");
  return true;
}

bool Session::try_probe(int index) {
  auto& each = slot(index);
  const auto& step = spec(index);
  if (stopped_) {
    finish(index, StepState::not_run, "the run had ended before it could start");
    return true;
  }
  if (step.from_client && options_.here != "client") {
    return open_up(index, Openness::client, "counts only where the failing client sits (--here client)");
  }
  if (step.intrusive && !options_.allow_intrusive && !each.consent) {
    return open_up(index, Openness::intrusive, "is intrusive: --allow-intrusive lets it run");
  }
  const auto planned = plan_looks(
      playbook_, step, *environment_, [this](const std::string& id) { return is_settled(id); },
      options_.timeout);
  if (std::holds_alternative<Waits>(planned)) return false;
  if (const auto* needs = std::get_if<NeedsInput>(&planned)) {
    each.wanted_input = needs->input;
    if (options_.interactive)
      return open_up(index, Openness::input, "needs the input '" + needs->input + "'");
    finish(index, StepState::skipped, "needs the input '" + needs->input + "' (-s " + needs->input + "=...)");
    return true;
  }
  if (const auto* cannot = std::get_if<CannotLook>(&planned)) {
    finish(index, StepState::skipped, cannot->reason);
    return true;
  }
  const auto& plan = std::get<StepPlan>(planned);
  const bool secret =
      std::ranges::any_of(plan.looks, [](const LookPlan& look) { return !look.params.secret.empty(); });
  if (secret && !playbook_.built_in && !options_.trust_overlay && !each.consent) {
    return open_up(index, Openness::intrusive, "would send a secret for a playbook that is not built in");
  }
  return begin(index, plan);
}

bool Session::try_command(int index) {
  auto& each = slot(index);
  if (stopped_) {
    finish(index, StepState::not_run, "the run had ended before it could start");
    return true;
  }
  const auto planned =
      plan_command(spec(index), *environment_, [this](const std::string& id) { return is_settled(id); });
  if (std::holds_alternative<Waits>(planned)) return false;
  if (const auto* needs = std::get_if<NeedsInput>(&planned)) {
    each.wanted_input = needs->input;
    if (options_.interactive) return open_up(index, Openness::command, "");
    finish(index, StepState::skipped, "needs the input '" + needs->input + "' (-s " + needs->input + "=...)");
    return true;
  }
  if (const auto* cannot = std::get_if<CannotLook>(&planned)) {
    finish(index, StepState::skipped, cannot->reason);
    return true;
  }
  const auto& argv = std::get<std::vector<std::string>>(planned);
  each.wanted_input.clear();
  const bool allowed = !argv.empty() && options_.allow_commands.contains(argv.front()) &&
                       (playbook_.built_in || options_.trust_overlay);
  if (argv.empty() || (!allowed && !each.consent)) {
    const std::string program = argv.empty() ? "" : argv.front();
    return open_up(index, Openness::command,
                   "was not run; --allow-commands " + program + " runs it, --answer " + spec(index).id +
                       "=@FILE reads its output");
  }
  if (auto allowed_argv = check_read_only(argv); !allowed_argv) {
    finish(index, StepState::skipped, allowed_argv.error().what);
    return true;
  }
  return begin_command(index, argv);
}

bool Session::is_settled(const std::string& id) const {
  if (id == kVantageStep) return place_.has_value();
  const int index = playbook_.step_index(id);
  if (index < 0) return true;
  return slot(index).phase == Phase::settled;
}

/// False while a record is read back: what had been seen comes from there, and nothing is looked at.
bool Session::begin(int index, const StepPlan& plan) {
  if (restoring_) return false;
  auto& each = slot(index);
  each.by = "probe";
  each.pasted = false;
  each.started = clock_.steady();
  each.looking = source_.begin(plan, [this, index](Seen what) { seen(index, std::move(what)); });
  if (each.looking) {
    each.phase = Phase::running;
  } else {
    finish(index, StepState::not_run, "nothing was recorded");
  }
  return true;
}

bool Session::begin_command(int index, const std::vector<std::string>& argv) {
  if (restoring_) return false;
  auto& each = slot(index);
  each.started = clock_.steady();
  each.by = "command";
  const auto timeout = spec(index).timeout.value_or(Milliseconds(60'000));
  each.looking = source_.begin_command(spec(index), argv, timeout, [this, index](Seen what) {
    // What the reader makes of the output is the observation; a command that failed has none.
    if (!what.observations.empty() && what.observations.front().answered) {
      const auto text = what.observations.front().facts["text"];
      auto reading = read_for(spec(index), text.as_text(), *environment_);
      reading.took = what.observations.front().took;
      what.observations = {std::move(reading)};
    }
    seen(index, std::move(what));
  });
  if (each.looking) {
    each.phase = Phase::running;
  } else {
    finish(index, StepState::not_run, "nothing was recorded");
  }
  return true;
}

void Session::seen(int index, Seen what) {
  auto& each = slot(index);
  // The look is on the call stack: it may go only after the turn.
  retired_.push_back(std::move(each.looking));
  each.phase = Phase::waiting;
  each.result.took = std::chrono::duration_cast<Milliseconds>(clock_.steady() - each.started);
  each.observation = prepare(spec(index), std::move(what));
  log_observation(EventKind::observation, index);
  judge_findings();
  advance();
}

std::optional<fact::Observation> Session::prepare(const playbook::Step& step, Seen what) const {
  if (what.observations.empty()) return std::nullopt;
  for (auto& each : what.observations) {
    add_declared(step, each);
    add_answered_by(data_.families, each);
    decode::mask(each, secrets_);
  }
  const auto cut_short = [](const fact::Observation& each) {
    return each.failure && (each.failure->kind == fact::FailureKind::deadline ||
                            each.failure->kind == fact::FailureKind::interrupted);
  };
  std::vector<fact::Observation> tries;
  const bool all_cut = std::ranges::all_of(what.observations, cut_short);
  for (std::size_t i = 0; i < what.observations.size(); ++i) {
    // A look that was ended from outside tells nothing beside looks that came to an end.
    if (!all_cut && cut_short(what.observations[i])) continue;
    tries.push_back(std::move(what.observations[i]));
    if (i >= what.varied.size()) continue;
    for (const auto& [name, value] : what.varied[i]) tries.back().varied.insert_or_assign(name, value);
  }
  if (tries.size() == 1 && step.repeat.times <= 1 && tries.front().varied.empty())
    return std::move(tries.front());
  auto environment = *environment_;
  const auto bad = [&](const fact::Observation& each) {
    if (!each.answered) return true;
    environment.look_at(&each);
    return step.repeat.bad && step.repeat.bad->evaluate(environment) == match::Truth::yes;
  };
  return fact::merge(std::move(tries), bad, step.repeat.by);
}

bool Session::judge_slot(int index, const fact::Observation& observation) {
  auto& each = slot(index);
  const auto& step = spec(index);
  for (const auto& outcome : step.outcomes) {
    if (!outcome.when) continue;
    for (const auto& need : outcome.when->needs()) {
      if (need.from == match::Resolved::From::fact && !need.step.empty() && !is_settled(need.step))
        return false;
    }
  }
  if (step.kind != playbook::StepKind::of) each.result.observation = observation;
  if (const auto reason = could_not_look(observation)) {
    finish(index, StepState::failed, *reason);
    return true;
  }
  auto environment = *environment_;
  environment.look_at(&observation);
  // What the customer pasted of a probe, or of the probe that this one looks at again.
  const int base = step.kind == playbook::StepKind::of ? step.of : index;
  const bool partly =
      spec(base).kind == playbook::StepKind::probe && (slot(base).pasted || slot(base).theirs);
  const auto judged = judge(step, environment, partly);
  each.result.outcome = judged.outcome;
  each.result.answered_by = each.theirs ? "paste" : each.by;
  finish(index, StepState::done, judged.reason);
  each.result.say = line_of(step, judged.outcome, &observation);
  return true;
}

void Session::finish(int index, StepState state, std::string reason) {
  auto& each = slot(index);
  const auto& step = spec(index);
  each.phase = Phase::settled;
  each.open = Openness::none;
  each.result.state = state;
  each.result.reason = std::move(reason);
  if (state != StepState::done) each.result.outcome = -1;
  each.result.outcome_name.clear();
  each.result.fine.reset();
  each.result.say.clear();
  if (each.result.outcome >= 0) {
    const auto& outcome = step.outcomes[static_cast<std::size_t>(each.result.outcome)];
    each.result.outcome_name = outcome.name;
    each.result.fine = outcome.fine;
    each.result.say = line_of(step, each.result.outcome, each.counting() ? &*each.counting() : nullptr);
  }
  see(step.id, each.counting() ? &*each.counting() : nullptr);
}

std::string Session::line_of(const playbook::Step& step, int outcome,
                             const fact::Observation* observation) const {
  auto environment = *environment_;
  environment.look_at(observation);
  const auto filled = [&](const std::optional<match::Template>& text) -> std::optional<std::string> {
    if (!text) return std::nullopt;
    auto result = text->fill(environment);
    if (result.missing || result.left_out) return std::nullopt;
    return result.text;
  };
  if (outcome >= 0) {
    const auto& chosen = step.outcomes[static_cast<std::size_t>(outcome)];
    if (auto line = filled(chosen.say)) return *line;
    if (auto line = filled(step.say)) return *line;
    if (!observation) return chosen.label.empty() ? chosen.name : chosen.label;
  }
  return observation ? observation->summary : "";
}

}  // namespace aztriage::engine
