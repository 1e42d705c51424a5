#include "engine/recorded_source.h"

namespace aztriage::engine {
namespace {

class RecordedLooking : public Looking {
 public:
  Seen stop(fact::FailureKind) override { return {}; }
};

class StandingClock : public Clock {
 public:
  SteadyTime steady() const override { return {}; }
  UtcTime utc() const override { return {}; }
};

}  // namespace

const Clock& recorded_clock() {
  static const StandingClock clock;
  return clock;
}

std::unique_ptr<Looking> RecordedSource::begin(const StepPlan& plan, SeenDone done) {
  const auto it = recorded_.observations.find(plan.step->id);
  if (it == recorded_.observations.end()) return nullptr;
  Seen seen;
  seen.observations = it->second;
  for (std::size_t i = 0; i < seen.observations.size(); ++i) {
    seen.varied.push_back(i < plan.looks.size() ? plan.looks[i].varied
                                                : std::vector<std::pair<std::string, fact::Value>>{});
  }
  due_.push_back([seen = std::move(seen), done = std::move(done)]() mutable { done(std::move(seen)); });
  return std::make_unique<RecordedLooking>();
}

std::unique_ptr<Looking> RecordedSource::begin_command(const playbook::Step&, const std::vector<std::string>&,
                                                       Milliseconds, SeenDone) {
  return nullptr;
}

std::unique_ptr<Looking> RecordedSource::begin_vantage(const playbook::VantageData&, bool,
                                                       std::function<void(PlaceSigns)> done) {
  PlaceSigns signs;
  signs.recorded = recorded_.findings;
  due_.push_back([signs = std::move(signs), done = std::move(done)]() mutable { done(std::move(signs)); });
  return std::make_unique<RecordedLooking>();
}

bool RecordedSource::turn(Milliseconds) {
  if (due_.empty()) return false;
  auto next = std::move(due_.front());
  due_.pop_front();
  next();
  return true;
}

}  // namespace aztriage::engine
