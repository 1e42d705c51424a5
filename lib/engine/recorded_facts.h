#pragma once

#include "fact/observation.h"
#include "source/diagnostic.h"

#include <span>

namespace aztriage::engine {

/// One recorded observation: `answered`, `failure: {operation, kind, text}`, `address`, `family`, `proxy`,
/// `took`, `summary`, `read: [group, ...]`, `tries: [...]`, and facts, nested or dotted, typed as `declared`
/// says.
fact::Observation read_observation(const source::Node& node, std::span<const fact::FactSpec> declared,
                                   source::Diagnostics& diagnostics);

}  // namespace aztriage::engine
