#pragma once

#include "playbook/load.h"
#include "playbook/vocabulary.h"

namespace aztriage::engine {

/// Every probe, reader and fact of this tool, for reading playbooks.
const playbook::Vocabulary& vocabulary();

/// The linter's checks that need the isolation and the list of reading commands.
playbook::Checks checks();

}  // namespace aztriage::engine
