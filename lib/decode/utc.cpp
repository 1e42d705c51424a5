#include "decode/utc.h"

#include <charconv>

namespace aztriage::decode {
namespace {

/// Takes exactly `digits` digits off the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc() || end != text.data() + digits || text[0] == '-') return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::minutes> take_zone(std::string_view& text) {
  if (text.empty() || take(text, 'Z') || take(text, 'z')) return std::chrono::minutes(0);
  const bool west = text[0] == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hours = take_number(text, 2);
  if (!hours) return std::nullopt;
  take(text, ':');
  const auto minutes = take_number(text, 2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::chrono::minutes offset(*hours * 60 + *minutes);
  return west ? -offset : offset;
}

struct Day {
  std::chrono::sys_days days;
};

std::optional<Day> take_day(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return Day{std::chrono::sys_days(date)};
}

}  // namespace

std::optional<UtcTime> parse_iso_time(std::string_view text) {
  const auto date = take_day(text);
  if (!date) return std::nullopt;
  if (text.empty()) return UtcTime(date->days);
  if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  int second = 0;
  if (take(text, ':')) {
    const auto found = take_number(text, 2);
    if (!found || *found > 60) return std::nullopt;
    second = *found;
    if (take(text, '.')) {
      while (!text.empty() && text[0] >= '0' && text[0] <= '9') text.remove_prefix(1);
    }
  }
  const auto zone = take_zone(text);
  if (!zone || !text.empty()) return std::nullopt;
  return UtcTime(date->days) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(second) - *zone;
}

std::optional<UtcTime> parse_epoch(std::string_view text) {
  constexpr long long kLatest = 253402300799;  // the end of the year 9999
  long long seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 0 || seconds > kLatest) {
    return std::nullopt;
  }
  return UtcTime(std::chrono::seconds(seconds));
}

}  // namespace aztriage::decode
