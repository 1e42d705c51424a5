#pragma once

#include "engine/recorded.h"

#include <deque>

namespace aztriage::engine {

/// Answers a session from a recorded case, without a network; each look comes back in a later turn, as live
/// ones do.
class RecordedSource : public Source {
 public:
  explicit RecordedSource(const RecordedCase& recorded) : recorded_(recorded) {}
  std::unique_ptr<Looking> begin(const StepPlan& plan, SeenDone done) override;
  std::unique_ptr<Looking> begin_command(const playbook::Step& step, const std::vector<std::string>& argv,
                                         Milliseconds timeout, SeenDone done) override;
  std::unique_ptr<Looking> begin_vantage(const playbook::VantageData& data, bool reference,
                                         std::function<void(PlaceSigns)> done) override;
  bool turn(Milliseconds most) override;

 private:
  const RecordedCase& recorded_;
  std::deque<std::function<void()>> due_;
};

/// A clock that stands still: a record takes no time.
const Clock& recorded_clock();

}  // namespace aztriage::engine
