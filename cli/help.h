#pragma once

#include "cli/command.h"

#include <string>
#include <string_view>
#include <vector>

namespace aztriage::cli {

/// Help of one command, or of the tool as a whole for nullptr, wrapped to `width` columns.
std::string help_text(const CommandSpec* command, std::size_t width);

/// Columns that help uses of a terminal so wide.
std::size_t help_width(std::size_t columns);

/// Two columns under a title, as help has them; nothing where there is no row.
struct HelpRow {
  std::string left;
  std::string right;
};
std::string help_table(std::string_view title, const std::vector<HelpRow>& rows, std::size_t width);

}  // namespace aztriage::cli
