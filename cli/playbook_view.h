#pragma once

#include "cli/console.h"
#include "playbook/model.h"
#include "source/source.h"

#include <string>

namespace aztriage::cli {

/// A playbook for people: what it needs, what it looks at, what it can find.
std::string playbook_text(const playbook::Playbook& playbook, const Console& console);

/// The playbook whole as one JSON document: the keys of its file, with every input's type, question, default
/// and the like filled in from the dictionary, and where it came from.
std::string playbook_json(const playbook::Playbook& playbook);

}  // namespace aztriage::cli
