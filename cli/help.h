#pragma once

#include "cli/command.h"

#include <string>

namespace aztriage::cli {

/// Help of one command, or of the tool as a whole for nullptr, wrapped to `width` columns.
std::string help_text(const CommandSpec* command, std::size_t width);

}  // namespace aztriage::cli
