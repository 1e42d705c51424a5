#pragma once

#include "engine/source.h"
#include "net/net.h"

#include <memory>
#include <string>

namespace aztriage::engine {

/// Observations from the network and from commands of this machine.
class LiveSource : public Source {
 public:
  /// `here` is what every observation says of its place.
  LiveSource(net::Net& net, std::string here);

  std::unique_ptr<Looking> begin(const StepPlan& plan, SeenDone done) override;
  std::unique_ptr<Looking> begin_command(const playbook::Step& step, const std::vector<std::string>& argv,
                                         Milliseconds timeout, SeenDone done) override;
  std::unique_ptr<Looking> begin_vantage(const playbook::VantageData& data, bool reference,
                                         std::function<void(PlaceSigns)> done) override;
  bool turn(Milliseconds most) override;

 private:
  net::Net& net_;
  std::string here_;
};

}  // namespace aztriage::engine
