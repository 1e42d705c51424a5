#pragma once

#include "fact/observation.h"
#include "playbook/data.h"

#include <vector>

namespace aztriage::engine {

/// Adds who made an HTTP response (`answered-by`) and which products it passed through (`passed`), by the
/// traces that the families describe. Without a trace the facts stay missing. Innermost layer first: an app
/// behind a gateway behind an edge leaves all three traces, and the app made the page unless one of the
/// others says so.
void add_answered_by(const std::vector<playbook::Family>& families, fact::Observation& observation);

}  // namespace aztriage::engine
