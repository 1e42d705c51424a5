#include "engine/session.h"
#include "fact/url.h"

#include <algorithm>

namespace aztriage::engine {
namespace {

/// The host that an observation is about, by its target: a URL, an endpoint or a name.
std::string host_of(const fact::Observation& observation) {
  if (const auto url = fact::parse_url(observation.target)) return std::string(url->host);
  if (const auto endpoint = fact::parse_endpoint(observation.target)) return std::string(endpoint->host);
  return observation.target;
}

/// A host under a suffix of the cloud shows the cloud's certificate, whoever owns the name.
bool under_cloud_suffix(const playbook::Clouds& clouds, std::string_view host) {
  for (const auto& [name, entries] : clouds.clouds) {
    for (const auto& [entry, value] : entries) {
      const auto suffix = fact::to_text(value);
      if (host.size() > suffix.size() + 1 && host.ends_with(suffix) &&
          host[host.size() - suffix.size() - 1] == '.') {
        return true;
      }
    }
  }
  return false;
}

bool names_a_server(const playbook::Step& step) {
  return std::ranges::any_of(step.params, [](const playbook::Parameter& param) {
    return param.name == "server" || param.name == "connect" || param.name == "address" || param.name == "ca";
  });
}

/// An outcome that is not fine is the complaint when the target answered, or when the playbook describes just
/// this silence. An outcome that only catches the rest says nothing about a target that did not answer.
bool shows_complaint(const playbook::Step& step, const StepResult& result,
                     const std::optional<fact::Observation>& observation) {
  const auto& outcome = step.outcomes[static_cast<std::size_t>(result.outcome)];
  if (!observation || observation->answered || outcome.when || outcome.fine == false) return true;
  return std::ranges::any_of(observation->tries, &fact::Observation::answered);
}

}  // namespace

void Session::vantage_seen(PlaceSigns signs) {
  retired_.push_back(std::move(vantage_looking_));
  place_ = std::move(signs);
  vantage_.took = std::chrono::duration_cast<Milliseconds>(clock_.steady() - started_);
  log({.kind = EventKind::vantage, .place = place_, .took = vantage_.took});
  judge_findings();
  advance();
}

/// The target's own answers tell about our place, too; looks that were pointed elsewhere on purpose do not.
void Session::add_target_signs(PlaceSigns& signs) const {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const auto& observation = slots_[i].observation;
    if (!observation || playbook_.steps[i].kind != playbook::StepKind::probe ||
        names_a_server(playbook_.steps[i]))
      continue;
    const auto host = host_of(*observation);
    if (host.empty()) continue;
    signs.hosts.push_back(sign_of(*observation, host, under_cloud_suffix(data_.clouds, host)));
  }
}

void Session::judge_findings() {
  if (!place_) return;
  auto signs = *place_;
  add_target_signs(signs);
  findings_ = find_broken(signs);
  vantage_.observation = vantage_observation(signs, findings_, options_.here);
  vantage_.state = StepState::done;
  vantage_.outcome_name = findings_.empty() ? "fine" : "broken";
  vantage_.fine = findings_.empty();
  vantage_.say = vantage_.observation->summary;
  see(std::string(kVantageStep), &*vantage_.observation);
}

isolation::Known Session::known() const {
  isolation::Known known;
  for (int i = 0; i < static_cast<int>(slots_.size()); ++i) {
    const auto& each = slot(i);
    if (each.phase != Phase::settled) continue;
    isolation::Answer answer;
    answer.step = i;
    if (each.result.state == StepState::done) {
      answer.outcome = each.result.outcome;
    } else if (each.result.state == StepState::not_run ||
               (each.result.state == StepState::skipped && !each.skipped && !each.said)) {
      continue;  // could still be done elsewhere or later
    }
    if (each.pasted || each.theirs) answer.reliability = isolation::Reliability::manual;
    if (each.by == "command" && !each.theirs) answer.reliability = isolation::Reliability::automatic;
    known.answers.push_back(answer);
  }
  known.pins = pins_;
  known.trials = trials_;
  return known;
}

void Session::describe(RunResult& result) const {
  // A link may hold a secret, though it is none itself.
  result.inputs = shown(playbook_, inputs_);
  for (auto& [name, value] : result.inputs) value = masked(value);
  result.here = options_.here;
  result.confirmed = confirmed_;
  for (const int cause : fixed_) result.fixed.push_back(playbook_.causes[static_cast<std::size_t>(cause)].id);
  result.interrupted = stopped_ == fact::FailureKind::interrupted;
  result.started = started_utc_;
  result.took = took_before_ + std::chrono::duration_cast<Milliseconds>(clock_.steady() - started_);
}

bool Session::settled(int step) const {
  return slot(step).phase == Phase::settled;
}
bool Session::running(int step) const {
  return slot(step).phase == Phase::running;
}
Openness Session::openness(int step) const {
  return slot(step).phase == Phase::open ? slot(step).open : Openness::none;
}
std::string Session::wanted_input(int step) const {
  return slot(step).wanted_input;
}

std::vector<bool> Session::open_steps() const {
  std::vector<bool> open(slots_.size());
  for (std::size_t i = 0; i < slots_.size(); ++i) open[i] = slots_[i].phase == Phase::open;
  return open;
}

isolation::Symptom Session::symptom() const {
  bool fine = false;
  bool unsure = false;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!playbook_.steps[i].symptom) continue;
    const auto& each = slots_[i];
    if (each.phase != Phase::settled) continue;
    const bool answers = each.result.outcome >= 0;
    if (answers && each.result.fine == true) {
      fine = true;
    } else if (answers && shows_complaint(playbook_.steps[i], each.result, each.counting())) {
      return isolation::Symptom::seen;
    } else if (answers || each.result.state == StepState::failed) {
      unsure = true;  // it did not come as far as the complaint, so what others found fine is not all
    }
  }
  return fine && !unsure ? isolation::Symptom::not_seen : isolation::Symptom::not_tested;
}

isolation::State Session::state() const {
  // A locked step may be chosen for its chain, so what waits behind an open step counts as open.
  auto allowed = open_steps();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].phase == Phase::waiting && options_.interactive) allowed[i] = true;
  }
  return isolation::judge(problem_, known(), allowed);
}

}  // namespace aztriage::engine
