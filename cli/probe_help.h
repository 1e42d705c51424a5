#pragma once

#include "cli/command.h"

#include <string>

namespace aztriage::cli {

/// What the probe that the arguments name takes and tells: parameters, facts, operations; empty when they
/// name none.
std::string probe_help(const Options& options, std::size_t width);

}  // namespace aztriage::cli
