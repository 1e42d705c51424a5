#pragma once

#include "engine/place.h"
#include "fact/observation.h"

#include <span>
#include <string>
#include <vector>

namespace aztriage::engine {

/// Id of the step that every session begins with; its facts are `vantage.*` in conditions.
inline constexpr std::string_view kVantageStep = "vantage";

std::span<const fact::FactSpec> vantage_facts();

/// Something about the place we look from that spoils what the probes see of a target.
struct Finding {
  playbook::Vantage kind{};
  std::string text;  // what is broken, one sentence for people
};
std::string_view name_of(playbook::Vantage kind);  // "resolver", ...

/// Signs out of an observation of any probe that names a host.
HostSign sign_of(const fact::Observation& observation, std::string_view host, bool reference);

/// The findings, worst first: resolver, portal, inspection, clock. Interception needs two names of unrelated
/// owners under one untrusted issuer, one of them a reference; a clock needs two unrelated hosts that agree
/// against us. No way to a reference host is no finding.
std::vector<Finding> find_broken(const PlaceSigns& signs);

/// The observation of the reserved step.
fact::Observation vantage_observation(const PlaceSigns& signs, const std::vector<Finding>& findings,
                                      const std::string& here);

/// Whether two host names belong to unrelated owners, as far as their last two labels tell.
bool unrelated(std::string_view a, std::string_view b);

}  // namespace aztriage::engine
