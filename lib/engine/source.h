#pragma once

#include "engine/place.h"
#include "fact/observation.h"
#include "playbook/data.h"
#include "playbook/model.h"
#include "probe/probe.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace aztriage::engine {

/// One look of a step: checked parameters, and which of them vary between the looks of the step.
struct LookPlan {
  probe::Params params;
  std::vector<std::pair<std::string, fact::Value>> varied;
};

/// All looks of one probe step. Lists are looked at together; `repeats` of a look come in waves, the first
/// alone.
struct StepPlan {
  const playbook::Step* step = nullptr;
  std::string probe;
  std::vector<LookPlan> looks;
  int repeats = 1;
  Milliseconds timeout{};
};

/// What came back: an observation for each look, in the order of the plan.
struct Seen {
  std::vector<fact::Observation> observations;
  std::vector<std::vector<std::pair<std::string, fact::Value>>> varied;  // beside each observation
};
using SeenDone = std::function<void(Seen)>;

/// Looks under way for one step. Destroying it ends them without a word.
class Looking {
 public:
  virtual ~Looking() = default;
  virtual Seen stop(fact::FailureKind kind) = 0;
};

/// Where a session's observations come from: live probes, or a record.
class Source {
 public:
  virtual ~Source() = default;
  /// `done` is never called from inside `begin`. Nullptr: this source has nothing for that step.
  virtual std::unique_ptr<Looking> begin(const StepPlan& plan, SeenDone done) = 0;
  /// Runs a read-only command; its text is read by the step's reader afterwards.
  virtual std::unique_ptr<Looking> begin_command(const playbook::Step& step,
                                                 const std::vector<std::string>& argv, Milliseconds timeout,
                                                 SeenDone done) = 0;
  /// Looks at the place we look from: name servers, portal, and reference hosts if `reference`.
  virtual std::unique_ptr<Looking> begin_vantage(const playbook::VantageData& data, bool reference,
                                                 std::function<void(PlaceSigns)> done) = 0;
  /// One turn of the loop behind it; false when nothing is under way.
  virtual bool turn(Milliseconds most) = 0;
};

}  // namespace aztriage::engine
