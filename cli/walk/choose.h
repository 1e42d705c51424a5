#pragma once

#include "cli/command.h"
#include "cli/console.h"
#include "cli/prompt.h"
#include "playbook/catalog.h"

#include <optional>
#include <string>

namespace aztriage::cli {

/// How the terminal is asked. Lines are drawn again only where that disturbs nobody: not for --color never,
/// as screen readers are told, and not on a terminal that can't.
Prompt::On prompt_on(const Options& options, const Console& console);

/// A value typed after a question; nothing when the input is over or Ctrl-C came. Several pasted lines are
/// one value.
std::optional<std::string> ask(Prompt& prompt, Console& console, const std::string& question, bool secret);

/// Asks what is wrong, shows the playbooks that fit best and why, and lets one be chosen by number or name;
/// other words search again. The id.
Result<std::string> choose_playbook(const playbook::Catalog& catalog, Prompt& prompt, Console& console);

}  // namespace aztriage::cli
