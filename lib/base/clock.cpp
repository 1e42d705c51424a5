#include "base/clock.h"

#include <charconv>
#include <cstdio>

namespace aztriage {
namespace {

struct SystemClock final : Clock {
  SteadyTime steady() const override { return Steady::now(); }
  UtcTime utc() const override { return std::chrono::floor<Milliseconds>(std::chrono::system_clock::now()); }
};

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  const char* begin = text.data() + at;
  const auto [rest, error] = std::from_chars(begin, begin + count, value);
  if (error != std::errc{} || rest != begin + count || value < 0) return std::nullopt;
  return value;
}

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

std::string to_rfc3339(UtcTime t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(t - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return text;
}

std::optional<UtcTime> parse_rfc3339(std::string_view s) {
  namespace chr = std::chrono;
  const bool shape = (s.size() == 20 || (s.size() == 24 && s[19] == '.')) && s[4] == '-' && s[7] == '-' &&
                     s[10] == 'T' && s[13] == ':' && s[16] == ':' && s.back() == 'Z';
  if (!shape) return std::nullopt;
  const auto year = digits(s, 0, 4), month = digits(s, 5, 2), day = digits(s, 8, 2);
  const auto hour = digits(s, 11, 2), minute = digits(s, 14, 2), second = digits(s, 17, 2);
  const auto milli = s.size() == 24 ? digits(s, 20, 3) : 0;
  if (!year || !month || !day || !hour || !minute || !second || !milli) return std::nullopt;
  const chr::year_month_day date{chr::year(*year), chr::month(static_cast<unsigned>(*month)),
                                 chr::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return chr::sys_days(date) + chr::hours(*hour) + chr::minutes(*minute) + chr::seconds(*second) +
         chr::milliseconds(*milli);
}

}  // namespace aztriage
