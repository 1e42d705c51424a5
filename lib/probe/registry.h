#pragma once

#include "probe/probe.h"

#include <span>
#include <string_view>

namespace aztriage::probe {

/// Every probe, in the order of their names.
std::span<const ProbeSpec* const> all_probes();
const ProbeSpec* find_probe(std::string_view name);

}  // namespace aztriage::probe
