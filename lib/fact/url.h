#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aztriage::fact {

/// An absolute URL taken apart; pieces are views into the text and keep their percent-encoding.
struct Url {
  std::string_view scheme;
  std::string_view user_info;
  std::string_view host;  // without the brackets of an IPv6 address
  std::string_view port;  // digits, or empty
  std::string_view path;
  std::string_view query;
  std::string_view fragment;
  bool has_user_info = false;
  bool has_query = false;
  bool has_fragment = false;
};

/// Splits `scheme://authority/path?query#fragment`. Refuses what has no host, a port that is none, and any
/// white space or control character; the host is not checked further.
std::optional<Url> parse_url(std::string_view text);

/// The port of a scheme that is known to have one; 0 otherwise.
int default_port(std::string_view scheme);
/// The port that is meant: the written one, else the scheme's, else 0.
int effective_port(const Url& url);

/// A value of the query, decoded (`+` and `%20` are spaces); the first of several with that name.
std::optional<std::string> query_value(std::string_view query, std::string_view name);
/// Malformed escapes stay as they are.
std::string percent_decode(std::string_view text, bool plus_is_space = false);

/// Host and port of `host:port` or `[v6]:port`; nothing when either is missing or the port is none.
struct Endpoint {
  std::string_view host;
  int port = 0;
};
std::optional<Endpoint> parse_endpoint(std::string_view text);
/// 1 to 65535 in decimal digits, without a sign; 0 otherwise.
int port_number(std::string_view digits);

}  // namespace aztriage::fact
