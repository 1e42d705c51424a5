#pragma once

#include "engine/environment.h"
#include "fact/observation.h"
#include "playbook/model.h"

#include <map>
#include <string_view>

namespace aztriage::engine {

/// Reads a pasted or printed text with the step's reader. Never fails: what can't be read is an observation
/// that says so.
fact::Observation read_for(const playbook::Step& step, std::string_view text, const Environment& environment);

/// Whether a reading found nothing that its reader knows; a name server that did not answer, as the customer
/// saw it, is a reading.
bool is_unreadable(const fact::Observation& reading);

/// Adds what the step declares: types of members of open groups, and captures out of texts. A capture that
/// finds nothing, or a text that is not of the declared type, leaves the fact out.
void add_declared(const playbook::Step& step, fact::Observation& observation);

}  // namespace aztriage::engine
