#pragma once

#include <optional>
#include <string_view>

namespace aztriage::cli {

/// JSON Schema (draft 2020-12) of what `case list`, `case show` and `case verify` write with -o json, by the
/// name `case-list` and so on.
std::optional<std::string_view> case_schema(std::string_view of);

}  // namespace aztriage::cli
