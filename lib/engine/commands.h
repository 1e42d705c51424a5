#pragma once

#include "base/result.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::engine {

/// Command paths that only read, and print no key, setting, token or secret: `az afd origin show`. A whole
/// path each, never a verb alone.
std::span<const std::string_view> read_only_commands();

/// Whether an argument vector may be run at all. The error says why not.
Result<void> check_read_only(const std::vector<std::string>& argv);

/// As a person would type it in bash: quoted where needed.
std::string shell_line(const std::vector<std::string>& argv);
/// The same for PowerShell.
std::string powershell_line(const std::vector<std::string>& argv);

}  // namespace aztriage::engine
