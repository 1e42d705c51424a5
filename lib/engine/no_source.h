#pragma once

#include "engine/source.h"

namespace aztriage::engine {

/// Sees nothing: for a record that is judged again without a network.
class NoSource : public Source {
 public:
  std::unique_ptr<Looking> begin(const StepPlan&, SeenDone) override { return nullptr; }
  std::unique_ptr<Looking> begin_command(const playbook::Step&, const std::vector<std::string>&, Milliseconds,
                                         SeenDone) override {
    return nullptr;
  }
  std::unique_ptr<Looking> begin_vantage(const playbook::VantageData&, bool,
                                         std::function<void(PlaceSigns)>) override {
    return nullptr;
  }
  bool turn(Milliseconds) override { return false; }
};

}  // namespace aztriage::engine
