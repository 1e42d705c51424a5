#include "engine/live.h"

#include "engine/command_run.h"
#include "engine/vantage_live.h"
#include "probe/registry.h"

#include <algorithm>
#include <optional>

namespace aztriage::engine {
namespace {

/// Repeats after the first go out this many at a time: a fault that comes and goes shows soon, and no server
/// mistakes it for a flood.
constexpr std::size_t kWave = 4;
/// So few repeats look for chance, not for a change, and go out together.
constexpr std::size_t kFew = 3;
/// Looks of different parameters that are under way at once for one step.
constexpr std::size_t kMostAtOnce = 32;

/// Every look of one step, in the order of the plan, repeats of a look behind each other.
class StepLooking : public Looking {
 public:
  StepLooking(const StepPlan& plan, net::Net& net, std::string here, SeenDone done)
      : spec_(*probe::find_probe(plan.probe)),
        timeout_(plan.timeout),
        net_(net),
        here_(std::move(here)),
        done_(std::move(done)) {
    for (const auto& look : plan.looks) {
      for (int i = 0; i < plan.repeats; ++i)
        slots_.push_back({look.params, look.varied, nullptr, std::nullopt});
    }
    repeats_ = static_cast<std::size_t>(plan.repeats);
    fill();
  }

  Seen stop(fact::FailureKind kind) override {
    for (auto& slot : slots_) {
      if (slot.running) slot.seen = slot.running->stop(kind);
      slot.running.reset();
    }
    return collect();
  }

 private:
  struct Slot {
    probe::Params params;
    std::vector<std::pair<std::string, fact::Value>> varied;
    std::unique_ptr<probe::Running> running;
    std::optional<fact::Observation> seen;
  };

  /// The first repeat of every look goes alone, since what it finds (a cold start) may pass with the second.
  bool may_start(std::size_t index) const {
    if (index % repeats_ == 0 || repeats_ <= kFew) return under_way_ < kMostAtOnce;
    const auto first = index - index % repeats_;
    return slots_[first].seen.has_value() && under_way_ < kWave;
  }

  void fill() {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      auto& slot = slots_[i];
      if (slot.running || slot.seen || !may_start(i)) continue;
      ++under_way_;
      slot.running = spec_.start(slot.params, timeout_, net_,
                                 [this, i](fact::Observation seen) { finish(i, std::move(seen)); });
    }
  }

  void finish(std::size_t index, fact::Observation seen) {
    --under_way_;
    slots_[index].seen = std::move(seen);
    // The probe is on the call stack: it may go only after it has returned.
    retired_.push_back(std::move(slots_[index].running));
    const bool all = std::ranges::all_of(slots_, [](const Slot& slot) { return slot.seen.has_value(); });
    if (!all) return fill();
    auto done = std::move(done_);
    done(collect());
  }

  Seen collect() {
    Seen result;
    for (auto& slot : slots_) {
      if (!slot.seen) continue;
      slot.seen->here = here_;
      result.observations.push_back(std::move(*slot.seen));
      result.varied.push_back(slot.varied);
    }
    return result;
  }

  const probe::ProbeSpec& spec_;
  Milliseconds timeout_;
  net::Net& net_;
  std::string here_;
  SeenDone done_;
  std::vector<Slot> slots_;
  std::vector<std::unique_ptr<probe::Running>> retired_;
  std::size_t repeats_ = 1;
  std::size_t under_way_ = 0;
};

}  // namespace

LiveSource::LiveSource(net::Net& net, std::string here) : net_(net), here_(std::move(here)) {}

std::unique_ptr<Looking> LiveSource::begin(const StepPlan& plan, SeenDone done) {
  return std::make_unique<StepLooking>(plan, net_, here_, std::move(done));
}

std::unique_ptr<Looking> LiveSource::begin_command(const playbook::Step&,
                                                   const std::vector<std::string>& argv, Milliseconds timeout,
                                                   SeenDone done) {
  return run_command(argv, timeout, here_, net_, std::move(done));
}

std::unique_ptr<Looking> LiveSource::begin_vantage(const playbook::VantageData& data, bool reference,
                                                   std::function<void(PlaceSigns)> done) {
  return look_at_vantage(data, reference, net_, std::move(done));
}

bool LiveSource::turn(Milliseconds most) {
  return net_.turn(most);
}

}  // namespace aztriage::engine
