#include "base/suggest.h"
#include "base/text.h"
#include "fact/address.h"
#include "fact/url.h"
#include "fact/value.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace aztriage::fact {
namespace {

constexpr std::size_t kLongestUrl = 16 * 1024;
constexpr std::size_t kLongestText = 1024 * 1024;

/// A value as it may be shown in a message.
std::string quoted(std::string_view s) {
  return "'" + text::printable(s, 80) + "'";
}

tl::unexpected<Error> refuse(std::string_view value, std::string_view due, std::string_view why = {},
                             std::string hint = {}) {
  return failed(fmt::format("{} is not {}{}{}", quoted(value), due, why.empty() ? "" : ": ", why),
                std::move(hint));
}

bool has_space_or_control(std::string_view s) {
  for (const char c : s) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f') return true;
  }
  return false;
}

bool is_ascii(std::string_view s) {
  for (const char c : s) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

bool is_label_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool all_digits(std::string_view s) {
  for (const char c : s) {
    if (c < '0' || c > '9') return false;
  }
  return !s.empty();
}

/// What is wrong with one label of a host name, or empty.
std::string label_problem(std::string_view label) {
  if (label.empty()) return "a label between dots is empty";
  if (label.size() > 63) return "a label is longer than 63 characters";
  if (label.front() == '-' || label.back() == '-') return "a label starts or ends with '-'";
  for (const char c : label) {
    if (!is_label_char(c))
      return fmt::format("'{}' can't stand in it", text::printable(std::string_view(&c, 1)));
  }
  return {};
}

/// The mistakes that people make with host names, each with what to write instead.
Result<void> check_host_shape(std::string_view s) {
  constexpr std::string_view kDue = "a host name";
  if (s.empty()) return failed("a host name is missing");
  if (const auto url = parse_url(s)) {
    return refuse(s, kDue, "it is a URL", fmt::format("give the host alone: {}", quoted(url->host)));
  }
  if (const auto slash = s.find('/'); slash != std::string_view::npos) {
    const auto hint = slash > 0 ? fmt::format("give the host alone: {}", quoted(s.substr(0, slash))) : "";
    return refuse(s, kDue, "it has a path", hint);
  }
  if (has_space_or_control(s)) return refuse(s, kDue, "it has a space or control character in it");
  if (!is_ascii(s)) {
    return refuse(s, kDue, "it is not ASCII",
                  "write each such label in its ASCII form, which starts with 'xn--'");
  }
  if (s.find('%') != std::string_view::npos && parse_address(s.substr(0, s.find('%')))) {
    return refuse(s, kDue, "it has a zone", "leave the '%' and what follows out");
  }
  if (s.front() == '[' && s.back() == ']') return refuse(s, kDue, {}, "write the address without brackets");
  if (const auto endpoint = parse_endpoint(s)) {
    return refuse(s, kDue, "it has a port", fmt::format("give the host alone: {}", quoted(endpoint->host)));
  }
  if (s.front() == '*') return refuse(s, kDue, "it is a pattern", "give one name that it stands for");
  return {};
}

Result<void> check_host(std::string_view s) {
  if (parse_address(s)) return {};
  if (auto shape = check_host_shape(s); !shape) return shape;
  const std::string_view bare = s.substr(0, s.size() - s.ends_with('.'));
  if (bare.size() > 253) return refuse(s, "a host name", "it is longer than 253 characters");
  const auto labels = text::split(bare, '.');
  for (const std::string_view label : labels) {
    if (const auto problem = label_problem(label); !problem.empty()) return refuse(s, "a host name", problem);
  }
  // A name that ends in a number would be read as an address by half of the world.
  if (all_digits(labels.back())) return refuse(s, "a host name or address", "its last label is a number");
  return {};
}

Result<Value> parse_boolean(std::string_view s) {
  for (const std::string_view yes : {"true", "yes", "on"}) {
    if (text::equal_ignoring_case(s, yes)) return Value::boolean(true);
  }
  for (const std::string_view no : {"false", "no", "off"}) {
    if (text::equal_ignoring_case(s, no)) return Value::boolean(false);
  }
  return refuse(s, "a yes or no", {}, "write 'true' or 'false'");
}

Result<Value> parse_number(std::string_view s, const Type& type) {
  double n = 0;
  const auto [rest, error] = std::from_chars(s.data(), s.data() + s.size(), n);
  // from_chars also takes the words for infinity and no number.
  if (error != std::errc{} || rest != s.data() + s.size() || !std::isfinite(n)) {
    return refuse(s, "a number", {}, "write digits, with a point before decimals");
  }
  if ((type.whole && n != std::trunc(n)) || n < type.least || n > type.most) {
    return refuse(s, "a " + describe(type));
  }
  return Value::number(n);
}

Result<Value> parse_choice(std::string_view s, const Type& type) {
  std::vector<std::string> words;
  for (const std::string_view word : type.words) {
    if (text::equal_ignoring_case(s, word)) return Value::text(std::string(word), Kind::choice);
    words.emplace_back(word);
  }
  if (words.empty()) return Value::text(std::string(s), Kind::choice);
  auto hint = did_you_mean(s, words);
  if (hint.empty() && words.size() <= 12) hint = "it can be " + text::join(words, ", ");
  return refuse(s, "one of the known words", {}, std::move(hint));
}

Result<Value> parse_ip(std::string_view s) {
  if (parse_address(s)) return Value::text(std::string(s), Kind::ip);
  const auto inner =
      s.size() > 2 && s.front() == '[' && s.back() == ']' ? s.substr(1, s.size() - 2) : std::string_view{};
  if (parse_address(inner)) return refuse(s, "an address", {}, "write it without brackets");
  if (s.find('%') != std::string_view::npos && parse_address(s.substr(0, s.find('%')))) {
    return refuse(s, "an address", "it has a zone", "leave the '%' and what follows out");
  }
  if (parse_network(s))
    return refuse(s, "an address", "it is a network", "leave the '/' and what follows out");
  if (parse_endpoint(s)) return refuse(s, "an address", "it has a port", "leave the port out");
  return refuse(s, "an address", {}, "write it as 10.0.0.4 or fd00::4");
}

Result<Value> parse_cidr(std::string_view s) {
  if (parse_network(s)) return Value::text(std::string(s), Kind::network);
  if (const auto address = parse_address(s)) {
    return refuse(s, "a network", "it has no prefix length",
                  fmt::format("write '{}/{}' for this address alone", s, address->family == 4 ? 32 : 128));
  }
  return refuse(s, "a network", {}, "write it as 10.0.0.0/16 or fd00::/48");
}

Result<Value> parse_absolute_url(std::string_view s) {
  constexpr std::string_view kDue = "a URL";
  // The query may hold a signature, so a message never shows it.
  const std::string_view shown = s.substr(0, s.find('?'));
  if (s.size() > kLongestUrl) return refuse(shown, kDue, "it is longer than 16 KiB");
  if (has_space_or_control(s)) {
    return refuse(shown, kDue, "it has a space or control character in it", "write a space as %20");
  }
  if (s.find("://") == std::string_view::npos) {
    const bool looks_right = check_host(s.substr(0, s.find_first_of("/?#:"))).has_value();
    return refuse(shown, kDue, "it has no scheme",
                  looks_right ? fmt::format("write it as https://{}", text::printable(shown, 80)) : "");
  }
  const auto url = parse_url(s);
  if (!url)
    return refuse(shown, kDue, "its scheme, host or port is not right", "write it as https://host/path");
  if (url->has_user_info) {
    return failed(fmt::format("the URL of {} carries a user name or password", quoted(url->host)),
                  "leave them out, with the '@'");
  }
  if (auto host = check_host(url->host); !host) return tl::unexpected(host.error());
  if (s[url->scheme.size() + 3] == '[' && url->host.find(':') == std::string_view::npos) {
    return refuse(shown, kDue, "only an IPv6 address stands in brackets");
  }
  if (!is_ascii(s) || s.find_first_of("\\<>\"{}|^`") != std::string_view::npos) {
    return refuse(shown, kDue, "it has a character that must be encoded",
                  "write it as %XX of its UTF-8 bytes");
  }
  return Value::text(std::string(s), Kind::url);
}

Result<Value> parse_host_and_port(std::string_view s) {
  constexpr std::string_view kDue = "a host and port";
  if (const auto url = parse_url(s)) {
    const auto port = effective_port(*url);
    return refuse(s, kDue, "it is a URL",
                  port > 0 ? fmt::format("write {}", quoted(fmt::format("{}:{}", url->host, port))) : "");
  }
  const auto endpoint = parse_endpoint(s);
  if (!endpoint && parse_address(s) && s.find(':') != std::string_view::npos) {
    return refuse(s, kDue, {}, fmt::format("write '[{}]:443' with the right port", s));
  }
  if (!endpoint && s.find(':') == std::string_view::npos) {
    return refuse(s, kDue, "it has no port",
                  fmt::format("add the port, as in {}", quoted(fmt::format("{}:443", s))));
  }
  if (!endpoint) return refuse(s, kDue, {}, "write it as host:port, the port from 1 to 65535");
  if (auto host = check_host(endpoint->host); !host) return tl::unexpected(host.error());
  if (s.front() == '[' && endpoint->host.find(':') == std::string_view::npos) {
    return refuse(s, kDue, "only an IPv6 address stands in brackets", "leave the brackets out");
  }
  return Value::text(std::string(s), Kind::endpoint);
}

Result<Value> parse_text(std::string_view s) {
  if (s.size() > kLongestText) return failed("the text is longer than 1 MiB");
  if (text::first_invalid_utf8(s) != std::string_view::npos) return refuse(s, "text in UTF-8");
  if (s.find('\0') != std::string_view::npos) return refuse(s, "text", "it has a NUL character in it");
  return Value::text(std::string(s));
}

Result<Value> parse_list(std::string_view s, const Type& type) {
  if (text::trim(s).empty()) return failed("a list needs at least one item", "separate several by commas");
  Type item = type;
  item.kind = type.item == Kind::list ? Kind::record : type.item;
  Value::List items;
  for (const std::string_view piece : text::split(s, ',')) {
    auto value = parse_value(text::trim(piece), item);
    if (!value) return value;
    items.push_back(*std::move(value));
  }
  return Value::list(std::move(items));
}

}  // namespace

Result<Value> parse_value(std::string_view text, const Type& type) {
  if (text.size() > kLongestText) return failed("the value is longer than 1 MiB");
  const std::string_view s = text::trim(text);
  switch (type.kind) {
    case Kind::boolean:
      return parse_boolean(s);
    case Kind::number:
      return parse_number(s, type);
    case Kind::text:
      return parse_text(text);
    case Kind::choice:
      return parse_choice(s, type);
    case Kind::host:
      if (auto host = check_host(s); !host) return tl::unexpected(host.error());
      return Value::text(std::string(s), Kind::host);
    case Kind::ip:
      return parse_ip(s);
    case Kind::network:
      return parse_cidr(s);
    case Kind::url:
      return parse_absolute_url(s);
    case Kind::endpoint:
      return parse_host_and_port(s);
    case Kind::list:
      return parse_list(s, type);
    case Kind::record:
      return failed("a record can't be written as one value");
  }
  return failed("unknown kind of value");
}

}  // namespace aztriage::fact
