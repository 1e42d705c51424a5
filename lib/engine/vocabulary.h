#pragma once

#include "playbook/load.h"
#include "playbook/vocabulary.h"

namespace aztriage::engine {

/// Every probe, reader and fact of this tool, for reading playbooks.
const playbook::Vocabulary& vocabulary();

/// Facts that an observation of the step can have: its probe's, or its reader's where a person gave the text
/// (`pasted`), and those that it declares itself. They refer to the step and the vocabulary.
std::vector<fact::FactSpec> facts_of(const playbook::Step& step, const playbook::Vocabulary& vocabulary,
                                     bool pasted = false);

/// The linter's checks that need the isolation and the list of reading commands.
playbook::Checks checks();

}  // namespace aztriage::engine
