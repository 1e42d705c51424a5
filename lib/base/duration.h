#pragma once

#include "base/result.h"

#include <chrono>
#include <string>
#include <string_view>

namespace aztriage {

/// `500ms`, `5s`, `2m`, `1.5h`; a bare number is seconds. At most 24 h, never negative.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);
/// Shortest form that `parse_duration` reads back: `250ms`, `1.4s`, `2m`.
std::string format_duration(std::chrono::milliseconds d);

}  // namespace aztriage
