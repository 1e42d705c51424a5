#pragma once

#include "base/clock.h"

#include <optional>
#include <string_view>

namespace aztriage::decode {

/// ISO 8601 as Azure writes it: `2026-11-24`, `2026-11-24T14:02Z`, with seconds, fractions and an offset;
/// without any zone it is UTC. Nothing for what is no such time.
std::optional<UtcTime> parse_iso_time(std::string_view text);
/// Seconds since 1970, as in tokens.
std::optional<UtcTime> parse_epoch(std::string_view text);

}  // namespace aztriage::decode
