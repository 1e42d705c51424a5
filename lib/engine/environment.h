#pragma once

#include "engine/inputs.h"
#include "match/reference.h"

#include <map>
#include <set>
#include <string>

namespace aztriage::engine {

/// Gives conditions and templates the values that are known now: inputs, the cloud's hosts and suffixes, and
/// the observations of steps. Holds references; whoever owns them must outlive it.
class Environment : public match::Environment {
 public:
  Environment(const Inputs& inputs, const playbook::Clouds& clouds, std::string cloud);

  /// `own` is the observation that is being judged, or nullptr.
  void look_at(const fact::Observation* own) { own_ = own; }
  /// nullptr forgets the step.
  void set_step(const std::string& id, const fact::Observation* observation);

  /// Names of inputs whose values are never shown to people.
  void hide(std::set<std::string, std::less<>> inputs) { hidden_ = std::move(inputs); }
  bool hides(const match::Resolved& name) const {
    return name.from == match::Resolved::From::input && hidden_.contains(name.name);
  }

  fact::Look value(const match::Resolved& name) const override;

 private:
  fact::Look whole(const match::Resolved& name) const;
  const Inputs& inputs_;
  const playbook::Clouds& clouds_;
  std::string cloud_;
  std::set<std::string, std::less<>> hidden_;
  const fact::Observation* own_ = nullptr;
  std::map<std::string, const fact::Observation*, std::less<>> steps_;
};

}  // namespace aztriage::engine
