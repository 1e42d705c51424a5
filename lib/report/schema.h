#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::report {

/// JSON Schema (draft 2020-12) of what a command writes with `-o json`: `run`, `suite` (several runs),
/// `probe`, `compare` and `explain`. Keys that come later are allowed, so that an old schema holds for a
/// newer tool.
std::optional<std::string> schema_of(std::string_view output);
const std::vector<std::string_view>& schema_names();

}  // namespace aztriage::report
