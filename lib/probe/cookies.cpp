#include "probe/cookies.h"

#include "base/text.h"
#include "fact/address.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace aztriage::probe {
namespace {

constexpr std::size_t kLongestCookie = 8192;
constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};

std::optional<int> number(std::string_view digits) {
  int value = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || rest != digits.data() + digits.size() || value < 0) return std::nullopt;
  return value;
}

struct DateParts {
  std::optional<int> day, month, year, hour, minute, second;
};

bool take_time(std::string_view word, DateParts& date) {
  const auto parts = text::split(word, ':');
  if (parts.size() != 3) return false;
  date.hour = number(parts[0]);
  date.minute = number(parts[1]);
  date.second = number(parts[2]);
  return true;
}

void take_word(std::string_view word, DateParts& date) {
  if (take_time(word, date)) return;
  const auto month = std::ranges::find(kMonths, text::lower(word.substr(0, 3)));
  if (word.size() >= 3 && month != kMonths.end()) {
    date.month = static_cast<int>(month - kMonths.begin()) + 1;
  } else if (const auto value = number(word)) {
    (date.day ? date.year : date.day) = *value;
  }
}

bool domain_matches(std::string_view host, std::string_view domain) {
  if (text::equal_ignoring_case(host, domain)) return true;
  return host.size() > domain.size() && host[host.size() - domain.size() - 1] == '.' &&
         text::equal_ignoring_case(host.substr(host.size() - domain.size()), domain) &&
         !fact::parse_address(host);
}

bool path_matches(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return false;
  return path.size() == prefix.size() || prefix.ends_with('/') || path[prefix.size()] == '/';
}

/// Up to the last slash of the request's path, without it (RFC 6265, 5.1.4).
std::string default_path(std::string_view path) {
  const std::size_t slash = path.substr(0, path.find('?')).rfind('/');
  return slash == std::string_view::npos || slash == 0 ? "/" : std::string(path.substr(0, slash));
}

void take_attribute(std::string_view name, std::string_view value, UtcTime now, Cookie& cookie,
                    bool& max_age) {
  const auto is = [&](std::string_view word) { return text::equal_ignoring_case(name, word); };
  if (is("secure")) {
    cookie.secure = true;
  } else if (is("httponly")) {
    cookie.http_only = true;
  } else if (is("samesite")) {
    cookie.same_site = std::string(value);
  } else if (is("path")) {
    cookie.path = std::string(value);
  } else if (is("domain")) {
    cookie.domain = text::lower(value.starts_with('.') ? value.substr(1) : value);
  } else if (is("max-age")) {
    max_age = true;
    cookie.expired = value == "0" || value.starts_with('-');
  } else if (is("expires") && !max_age) {
    const auto at = parse_http_date(value);
    cookie.expired = at && *at <= now;
  }
}

}  // namespace

std::optional<UtcTime> parse_http_date(std::string_view s) {
  DateParts date;
  if (s.size() > 64) return std::nullopt;
  std::size_t at = 0;
  while (at < s.size()) {
    const std::size_t end = std::min(s.find_first_of(" ,-", at), s.size());
    if (end > at) take_word(s.substr(at, end - at), date);
    at = end + 1;
  }
  if (!date.day || !date.month || !date.year || !date.hour || !date.minute || !date.second)
    return std::nullopt;
  int year = *date.year;
  if (year < 70) year += 2000;
  if (year < 100) year += 1900;
  const std::chrono::year_month_day day{std::chrono::year(year),
                                        std::chrono::month(static_cast<unsigned>(*date.month)),
                                        std::chrono::day(static_cast<unsigned>(*date.day))};
  if (!day.ok() || year > 9999 || *date.hour > 23 || *date.minute > 59 || *date.second > 60)
    return std::nullopt;
  return UtcTime(std::chrono::sys_days(day) + std::chrono::hours(*date.hour) +
                 std::chrono::minutes(*date.minute) + std::chrono::seconds(*date.second));
}

std::optional<Cookie> parse_set_cookie(std::string_view s, UtcTime now) {
  if (s.size() > kLongestCookie) return std::nullopt;
  const auto parts = text::split(s, ';');
  const std::size_t equals = parts[0].find('=');
  Cookie cookie;
  bool max_age = false;
  if (equals == std::string_view::npos) return std::nullopt;
  cookie.name = std::string(text::trim(parts[0].substr(0, equals)));
  cookie.value = std::string(text::trim(parts[0].substr(equals + 1)));
  if (cookie.name.empty()) return std::nullopt;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string_view part = parts[i];
    const std::size_t sign = std::min(part.find('='), part.size());
    const std::string_view value = sign < part.size() ? part.substr(sign + 1) : std::string_view{};
    take_attribute(text::trim(part.substr(0, sign)), text::trim(value), now, cookie, max_age);
  }
  return cookie;
}

void CookieJar::take(const Cookie& cookie, std::string_view host, std::string_view request_path) {
  const bool host_only = cookie.domain.empty() || text::equal_ignoring_case(cookie.domain, host);
  if (!host_only && (cookie.domain.find('.') == std::string::npos || !domain_matches(host, cookie.domain)))
    return;
  Kept kept{cookie, std::string(host_only ? host : cookie.domain), cookie.domain.empty(),
            cookie.path.starts_with('/') ? cookie.path : default_path(request_path)};
  std::erase_if(kept_, [&](const Kept& old) {
    return old.cookie.name == cookie.name && old.path == kept.path &&
           text::equal_ignoring_case(old.host, kept.host);
  });
  if (!cookie.expired && kept_.size() < kMost) kept_.push_back(std::move(kept));
}

std::string CookieJar::header(std::string_view host, std::string_view path, bool tls) const {
  std::string out;
  path = path.substr(0, path.find('?'));
  for (const Kept& kept : kept_) {
    const bool ours =
        kept.host_only ? text::equal_ignoring_case(host, kept.host) : domain_matches(host, kept.host);
    if (!ours || !path_matches(path, kept.path) || (kept.cookie.secure && !tls)) continue;
    out += (out.empty() ? "" : "; ") + kept.cookie.name + "=" + kept.cookie.value;
  }
  return out;
}

}  // namespace aztriage::probe
