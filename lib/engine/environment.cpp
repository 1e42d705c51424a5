#include "engine/environment.h"

namespace aztriage::engine {

Environment::Environment(const Inputs& inputs, const playbook::Clouds& clouds, std::string cloud)
    : inputs_(inputs), clouds_(clouds), cloud_(std::move(cloud)) {}

void Environment::set_step(const std::string& id, const fact::Observation* observation) {
  if (observation) {
    steps_[id] = observation;
  } else {
    steps_.erase(id);
  }
}

fact::Look Environment::whole(const match::Resolved& name) const {
  switch (name.from) {
    case match::Resolved::From::fact: {
      const fact::Observation* observation = own_;
      if (!name.step.empty()) {
        auto it = steps_.find(name.step);
        observation = it == steps_.end() ? nullptr : it->second;
      }
      return observation ? fact::look(*observation, name.name, name.group) : fact::Look{};
    }
    case match::Resolved::From::input: {
      const auto* value = inputs_.find(name.name);
      return value ? fact::Look{*value, true} : fact::Look{};
    }
    case match::Resolved::From::cloud: {
      auto cloud = clouds_.clouds.find(cloud_);
      if (cloud == clouds_.clouds.end()) return {};
      auto entry = cloud->second.find(name.name);
      return entry == cloud->second.end() ? fact::Look{} : fact::Look{entry->second, true};
    }
  }
  return {};
}

fact::Look Environment::value(const match::Resolved& name) const {
  fact::Look found = whole(name);
  if (name.part.empty() || !found.value) return found;
  fact::Value part;
  if (!fact::part_of(*found.value, name.part, part)) return {std::nullopt, true};
  return {part, true};
}

}  // namespace aztriage::engine
