#include "base/duration.h"

#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace aztriage {
namespace {

constexpr double kLongest = 24.0 * 3600 * 1000;
constexpr const char* kHint = "write a duration such as 500ms, 5s, 2m or 1.5h; a bare number is seconds";

/// Milliseconds of a unit; 0 for one that does not exist.
double unit_of(std::string_view name) {
  if (name == "ms") return 1;
  if (name.empty() || name == "s") return 1000;
  if (name == "m" || name == "min") return 60'000;
  if (name == "h") return 3'600'000;
  return 0;
}

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const std::string_view trimmed = text::trim(text);
  const std::string quoted = "'" + text::printable(text, 60) + "'";
  const std::size_t digits = std::min(trimmed.find_first_not_of("0123456789."), trimmed.size());
  double number = 0;
  const char* end = trimmed.data() + digits;
  const auto read = std::from_chars(trimmed.data(), end, number, std::chars_format::fixed);
  const double unit = unit_of(text::trim(trimmed.substr(digits)));
  if (digits == 0 || read.ec == std::errc::invalid_argument || read.ptr != end || unit == 0) {
    return failed("not a duration: " + quoted, kHint);
  }
  const double milliseconds = std::round(number * unit);
  if (read.ec != std::errc{} || !(milliseconds <= kLongest)) {
    return failed("duration longer than 24h: " + quoted, "use at most 24h");
  }
  return std::chrono::milliseconds(static_cast<long long>(milliseconds));
}

std::string format_duration(std::chrono::milliseconds d) {
  const long long ms = d.count();
  if (ms == 0) return "0s";
  if (ms % 3'600'000 == 0) return std::to_string(ms / 3'600'000) + "h";
  if (ms % 60'000 == 0) return std::to_string(ms / 60'000) + "m";
  if (ms > -1000 && ms < 1000) return std::to_string(ms) + "ms";
  std::string out = std::to_string(ms / 1000);
  if (const long long rest = std::abs(ms % 1000); rest != 0) {
    std::string decimals = std::to_string(1000 + rest).substr(1);
    while (decimals.back() == '0') decimals.pop_back();
    out += "." + decimals;
  }
  return out + "s";
}

}  // namespace aztriage
