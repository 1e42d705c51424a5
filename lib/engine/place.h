#pragma once

#include "playbook/model.h"

#include <optional>
#include <string>
#include <vector>

namespace aztriage::engine {

/// What a look at a named host tells about our own place.
struct HostSign {
  std::string host;
  bool reference = false;        // a host of vantage.yaml, or one under a suffix that only its cloud can have
  std::string untrusted_issuer;  // of a chain that no known root signs; empty otherwise
  std::optional<double> clock_offset;
  enum class Name { not_asked, resolved, denied, no_answer } name = Name::not_asked;
};
/// Name servers of this machine and whether they answer at all, and what the portal check saw.
struct PlaceSigns {
  std::vector<std::string> servers;
  std::vector<std::string> silent;
  std::optional<bool> portal;
  std::vector<HostSign> hosts;
  std::vector<playbook::Vantage> recorded;  // findings that a record states
};

}  // namespace aztriage::engine
