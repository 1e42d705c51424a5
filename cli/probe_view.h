#pragma once

#include "cli/console.h"
#include "fact/observation.h"

#include <string>
#include <vector>

namespace aztriage::cli {

/// One observation for people, what matters first: the summary, the failure with what it means, what was
/// wrong with the certificate and the chain as a tree, then the other facts and where the time went.
std::string probe_text(const fact::Observation& observation, const Console& console);

/// One line a target: its state and what the probe says of it.
std::string overview_text(const std::vector<fact::Observation>& looks, const Console& console);

}  // namespace aztriage::cli
