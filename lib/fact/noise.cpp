#include "fact/noise.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace aztriage::fact {
namespace {

/// Headers that are new in each answer: RFC 9110 (Date, Age), W3C Trace Context, and what Azure's services
/// and common servers send. `set-cookie` is compared by the cookies' names.
constexpr std::array<std::string_view, 25> kHeaders = {"date",
                                                       "age",
                                                       "expires",
                                                       "set-cookie",
                                                       "server-timing",
                                                       "traceparent",
                                                       "traceresponse",
                                                       "tracestate",
                                                       "request-id",
                                                       "request-context",
                                                       "x-azure-ref",
                                                       "x-azure-ref-originshield",
                                                       "x-azure-requestchain",
                                                       "x-msedge-ref",
                                                       "x-ms-activity-id",
                                                       "x-ms-routing-request-id",
                                                       "x-ms-ests-server",
                                                       "x-ms-clitelem",
                                                       "x-ms-server-encrypted",
                                                       "x-ms-request-duration",
                                                       "x-runtime",
                                                       "x-timer",
                                                       "x-powered-by-instance",
                                                       "activityid",
                                                       "cf-ray"};
constexpr std::array<std::string_view, 5> kHeaderEnds = {"-request-id", "-correlation-id",
                                                         "-correlation-request-id", "-trace-id", "-nonce"};
constexpr std::array<std::string_view, 8> kFacts = {"took", "connect", "held",   "clock-offset",
                                                    "ttl",  "uptime",  "number", "certificate.left"};
/// Parameters of a URL that a login or a cache makes up anew.
constexpr std::array<std::string_view, 10> kQueries = {
    "state",    "nonce", "code", "sig", "session_state", "code_challenge", "_", "ts", "client-request-id",
    "sso_nonce"};

template <class List>
bool among(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_noisy_header(std::string_view name) {
  return among(kHeaders, name) || std::any_of(kHeaderEnds.begin(), kHeaderEnds.end(),
                                              [&](std::string_view end) { return name.ends_with(end); });
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// How far a run of such signs goes.
template <class Test>
std::size_t run(std::string_view text, std::size_t at, const Test& test) {
  std::size_t end = at;
  while (end < text.size() && test(text[end])) ++end;
  return end - at;
}

/// Length of a piece at `at` that has the shape of `pattern`: `h` a hexadecimal digit, `9` a digit, else
/// itself.
std::size_t shape(std::string_view text, std::size_t at, std::string_view pattern) {
  if (text.size() - at < pattern.size()) return 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = text[at + i];
    const bool fits = pattern[i] == 'h' ? is_hex(c) : pattern[i] == '9' ? is_digit(c) : c == pattern[i];
    if (!fits) return 0;
  }
  return pattern.size();
}

/// Length of something that is new in each answer, or 0.
std::size_t noise_at(std::string_view text, std::size_t at) {
  if (const auto guid = shape(text, at, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh")) return guid;
  if (const auto date = shape(text, at, "9999-99-99")) {
    const auto is_time = [](char c) {
      return is_digit(c) || c == ':' || c == '.' || c == 'T' || c == 'Z' || c == '+';
    };
    const bool time =
        at + date < text.size() && (text[at + date] == 'T' || shape(text, at + date, " 99:99:99") > 0);
    return time ? date + 1 + run(text, at + date + 1, is_time) : date;
  }
  if (const auto clock = shape(text, at, "99:99:99")) return clock;
  const std::size_t hex = run(text, at, is_hex);
  const std::size_t word = run(text, at, is_word);
  if (word == hex && hex >= 16) return hex;
  const std::size_t digits = run(text, at, is_digit);
  return word == digits && digits >= 10 ? digits : 0;
}

std::string without_queries(std::string_view url) {
  const auto question = url.find('?');
  if (question == url.npos) return std::string(url);
  std::string out(url.substr(0, question));
  char between = '?';
  for (const std::string_view pair : text::split(url.substr(question + 1), '&')) {
    const std::string_view name = pair.substr(0, pair.find('='));
    out += between;
    out += among(kQueries, text::lower(name)) ? name : pair;
    between = '&';
  }
  return out;
}

}  // namespace

bool is_noise(std::string_view name, const FactSpec* spec) {
  if (among(kFacts, name) || name.starts_with("time.") || name.ends_with("days-left")) return true;
  if (name.starts_with("headers.")) return is_noisy_header(name.substr(8));
  if (name.starts_with("cookies.")) return true;  // the values; which cookies there are is `cookies`
  if (name == "headers-cut" || spec == nullptr) return false;
  // Times are in seconds in every probe, and their help says so first.
  return spec->type.kind == Kind::number && spec->help.starts_with("seconds");
}

std::string without_noise(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const bool begins = at == 0 || !is_word(text[at - 1]);
    const std::size_t length = begins && is_word(text[at]) ? noise_at(text, at) : 0;
    if (length > 0) {
      out += '#';
      at += length;
    } else {
      // A whole word at once, so that a long one is looked at only once.
      const std::size_t word = std::max<std::size_t>(1, run(text, at, is_word));
      out += text.substr(at, word);
      at += word;
    }
  }
  return out;
}

bool same_without_noise(std::string_view name, std::string_view a, std::string_view b) {
  const bool message = name == "body" || name == "title" || name == "error.detail" || name == "error.text" ||
                       name.starts_with("json.") || name == "preface";
  if (message) return without_noise(a) == without_noise(b);
  const bool address = name == "location" || name == "headers.location" || name == "final-url" ||
                       name == "redirects" || name == "asked";
  return address && without_queries(a) == without_queries(b);
}

}  // namespace aztriage::fact
