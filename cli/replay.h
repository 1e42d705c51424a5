#pragma once

#include "cli/cases.h"
#include "engine/result.h"

namespace aztriage::cli {

/// Judges each session of a case again, without a network. What the playbook of today does not know any more
/// is told as a warning.
Result<std::vector<engine::RunResult>> replay(const OpenCase& open, const Library& library, By by,
                                              Console& console);

}  // namespace aztriage::cli
