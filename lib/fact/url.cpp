#include "fact/url.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace aztriage::fact {
namespace {

bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_scheme(std::string_view s) {
  return !s.empty() && is_alpha(s[0]) && std::all_of(s.begin(), s.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

/// Fills host and port from `host`, `host:port`, `[v6]` or `[v6]:port`.
bool split_authority(std::string_view authority, Url& url) {
  std::string_view after;
  if (!authority.empty() && authority[0] == '[') {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return false;
    url.host = authority.substr(1, close - 1);
    after = authority.substr(close + 1);
    if (!after.empty() && after[0] != ':') return false;
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    url.host = authority.substr(0, colon);
    after = authority.substr(colon);
  }
  // `https://host:/` is allowed by RFC 3986 and means the default port.
  if (after.size() > 1) {
    url.port = after.substr(1);
    if (port_number(url.port) == 0) return false;
  }
  return !url.host.empty();
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

int port_number(std::string_view digits) {
  int port = 0;
  if (digits.empty() || !is_digit(digits[0])) return 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || rest != digits.data() + digits.size() || port > 65535) return 0;
  return port;
}

std::optional<Url> parse_url(std::string_view text) {
  const bool bad = std::any_of(text.begin(), text.end(),
                               [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; });
  const std::size_t mark = text.find("://");
  if (bad || mark == std::string_view::npos || !is_scheme(text.substr(0, mark))) return std::nullopt;
  Url url;
  url.scheme = text.substr(0, mark);
  std::string_view rest = text.substr(mark + 3);
  if (const std::size_t hash = rest.find('#'); hash != std::string_view::npos) {
    url.fragment = rest.substr(hash + 1);
    url.has_fragment = true;
    rest = rest.substr(0, hash);
  }
  if (const std::size_t question = rest.find('?'); question != std::string_view::npos) {
    url.query = rest.substr(question + 1);
    url.has_query = true;
    rest = rest.substr(0, question);
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  std::string_view authority = rest.substr(0, slash);
  url.path = rest.substr(slash);
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    url.user_info = authority.substr(0, at);
    url.has_user_info = true;
    authority = authority.substr(at + 1);
  }
  if (!split_authority(authority, url)) return std::nullopt;
  return url;
}

int default_port(std::string_view scheme) {
  static constexpr std::array<std::pair<std::string_view, int>, 18> kPorts{{
      {"http", 80},
      {"https", 443},
      {"ws", 80},
      {"wss", 443},
      {"ftp", 21},
      {"ftps", 990},
      {"ssh", 22},
      {"sftp", 22},
      {"ldap", 389},
      {"ldaps", 636},
      {"amqp", 5672},
      {"amqps", 5671},
      {"redis", 6379},
      {"rediss", 6380},
      {"postgres", 5432},
      {"mysql", 3306},
      {"mongodb", 27017},
      {"postgresql", 5432},
  }};
  for (const auto& [name, port] : kPorts) {
    if (text::equal_ignoring_case(name, scheme)) return port;
  }
  return 0;
}

int effective_port(const Url& url) {
  return url.port.empty() ? default_port(url.scheme) : port_number(url.port);
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  for (const std::string_view pair : text::split(query, '&')) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (percent_decode(pair.substr(0, equals), true) != name) continue;
    return percent_decode(pair.substr(std::min(equals + 1, pair.size())), true);
  }
  return std::nullopt;
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  Url parts;
  if (text.find_first_of("/?#@ ") != std::string_view::npos || !split_authority(text, parts))
    return std::nullopt;
  if (parts.port.empty()) return std::nullopt;
  return Endpoint{parts.host, port_number(parts.port)};
}

}  // namespace aztriage::fact
