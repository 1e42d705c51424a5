#pragma once

#include "fact/observation.h"

#include <string>
#include <string_view>

namespace aztriage::probe {

/// The scalars of a JSON text as facts `json.PATH`, items of lists by their number: at most 500, 16 levels
/// deep, 1 KiB each. Nulls are left out. Returns false, with what was read before, when it is not JSON.
bool add_json_facts(std::string_view text, fact::Facts& facts);

/// A text that is a member of the outermost object, whole, at most 64 KiB; empty without it.
std::string json_member(std::string_view text, std::string_view name);

}  // namespace aztriage::probe
