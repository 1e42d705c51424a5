#pragma once

#include <span>
#include <string_view>

#include "probe/probe.h"

namespace aztriage::probe {

/// Every probe, in the order of their names.
std::span<const ProbeSpec* const> all_probes();
const ProbeSpec* find_probe(std::string_view name);

}  // namespace aztriage::probe
