#pragma once

#include <string_view>

namespace aztriage::casefile {

/// JSON Schema (draft 2020-12) of one line of a case. Events and members that come later are allowed.
std::string_view line_schema();

}  // namespace aztriage::casefile
