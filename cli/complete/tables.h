#pragma once

#include "playbook/embedded.h"

#include <string>
#include <string_view>
#include <vector>

namespace aztriage::cli {

const playbook::EmbeddedPlaybook* embedded_by_id(std::string_view id);
/// By id, or by a part of an id that only one has.
const playbook::EmbeddedPlaybook* embedded_by_name(std::string_view name);

/// Ids of the files in `folders`, in AZTRIAGE_PLAYBOOKS and in the user's own folder, by their names alone.
std::vector<std::string> overlay_ids(std::vector<std::string> folders);

}  // namespace aztriage::cli
