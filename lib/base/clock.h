#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace aztriage {

using Steady = std::chrono::steady_clock;
using SteadyTime = Steady::time_point;
using Milliseconds = std::chrono::milliseconds;
/// Wall-clock time in UTC, milliseconds.
using UtcTime = std::chrono::sys_time<Milliseconds>;

/// Durations are measured with `steady`, never with the wall clock, which may be wrong (it is one of the
/// causes).
struct Clock {
  virtual ~Clock() = default;
  virtual SteadyTime steady() const = 0;
  virtual UtcTime utc() const = 0;
};
const Clock& system_clock();

/// `2026-11-24T14:02:03.250Z` (RFC 3339).
std::string to_rfc3339(UtcTime t);
/// Reads it back, with or without milliseconds.
std::optional<UtcTime> parse_rfc3339(std::string_view text);

}  // namespace aztriage
