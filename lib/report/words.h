#pragma once

#include "engine/result.h"

#include <string_view>

/// Names as machine output has them, shared by the formats.
namespace aztriage::report {

std::string_view state_name(engine::StepState state);  // "done", "failed", "skipped", "not-run"
std::string_view kind_name(playbook::StepKind kind);   // "probe", "question", "command", "of"

/// Evidence of so many bits speaks against a cause.
bool speaks_against(double bits);

}  // namespace aztriage::report
