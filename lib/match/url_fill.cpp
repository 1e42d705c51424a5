#include "base/text.h"
#include "fact/address.h"
#include "fact/url.h"
#include "match/fill.h"

#include <algorithm>

namespace aztriage::match {
namespace {

/// Where in a URL a value stands.
enum class Place {
  whole,  // the template begins with it: it is the URL, or its beginning
  scheme,
  host,        // some of the host's labels
  whole_host,  // all of the host; `host_and_port` where a port could follow
  host_and_port,
  port,
  path_start,  // directly behind host or port
  path,
  query,
  behind,  // behind a whole one: path or query, nobody knows
};

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_escape(std::string_view s, std::size_t at) {
  return s[at] == '%' && at + 2 < s.size() && is_hex(s[at + 1]) && is_hex(s[at + 2]);
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
}

/// Keeps what is unreserved or in `also`; escapes that are there already stay only with `escapes`.
std::string encode(std::string_view s, std::string_view also, bool escapes) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const bool keep =
        is_unreserved(s[i]) || also.find(s[i]) != std::string_view::npos || (escapes && is_escape(s, i));
    if (keep) {
      out += s[i];
    } else {
      append_escaped(out, s[i]);
    }
  }
  return out;
}

constexpr std::string_view kInPath = "/!$&'()*+,;=:@";
constexpr std::string_view kInUrl = "/!$&'()*+,;=:@?#[]";

/// Walks a template and tells for each reference where it stands.
class Walk {
 public:
  explicit Walk(const std::vector<FilledPiece>& pieces) : pieces_(pieces) {}

  std::vector<Place> places() {
    std::vector<Place> out(pieces_.size(), Place::path);
    for (at_ = 0; at_ < pieces_.size(); ++at_) {
      if (pieces_[at_].value) {
        out[at_] = reference();
        last_ = kValue;
      } else {
        literal(pieces_[at_].piece->literal);
      }
    }
    return out;
  }

 private:
  enum class State { start, authority, path, query, behind };
  // What stands before: nothing of the authority yet, a value, or the character itself.
  static constexpr int kNothing = -1;
  static constexpr int kValue = -2;

  void literal(std::string_view s) {
    if (state_ == State::start) {
      const std::size_t mark = s.find("://");
      state_ = mark == std::string_view::npos ? State::path : State::authority;
      last_ = kNothing;
      s.remove_prefix(mark == std::string_view::npos ? 0 : mark + 3);
    }
    for (const char c : s) {
      if (state_ == State::authority && c == '/') state_ = State::path;
      if (state_ != State::query && state_ != State::behind && (c == '?' || c == '#')) state_ = State::query;
      last_ = c == '@' ? kNothing : static_cast<unsigned char>(c);
    }
  }

  /// First character behind this piece; 0 at the end and before another reference.
  char next() const {
    if (at_ + 1 >= pieces_.size() || pieces_[at_ + 1].value) return 0;
    return pieces_[at_ + 1].piece->literal[0];
  }
  bool authority_ends() const {
    return next() == 0 || std::string_view("/?#").find(next()) != std::string_view::npos;
  }

  Place reference() {
    switch (state_) {
      case State::start:
        return first();
      case State::authority:
        return in_authority();
      case State::path:
        return Place::path;
      case State::query:
        return Place::query;
      case State::behind:
        return Place::behind;
    }
    return Place::query;
  }

  Place first() {
    const bool scheme = at_ + 1 < pieces_.size() && !pieces_[at_ + 1].value &&
                        pieces_[at_ + 1].piece->literal.starts_with("://");
    // The mark itself comes with the next piece, so a scheme leaves the state as it is.
    if (!scheme) state_ = State::behind;
    return scheme ? Place::scheme : Place::whole;
  }

  Place in_authority() {
    if (last_ == ':') return Place::port;
    if (last_ == kNothing) {
      if (authority_ends()) return Place::host_and_port;
      return next() == ':' ? Place::whole_host : Place::host;
    }
    const bool joint = last_ == '.' || last_ == '-' || last_ == '_';
    const bool from_cloud = pieces_[at_].piece->reference->target.from == Resolved::From::cloud;
    if (joint || from_cloud || !authority_ends()) return Place::host;
    state_ = State::path;
    return Place::path_start;
  }

  const std::vector<FilledPiece>& pieces_;
  std::size_t at_ = 0;
  State state_ = State::start;
  int last_ = kNothing;
};

bool is_host_piece(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return is_unreserved(c) && c != '~'; });
}

/// All of a host, with brackets where it is an IPv6 address; or empty when it is none.
std::string host_text(const std::string& value, bool with_port) {
  if (const auto address = fact::parse_address(value)) {
    return value.find(':') == std::string::npos ? value : "[" + value + "]";
  }
  if (with_port && fact::parse_value(value, {.kind = fact::Kind::endpoint})) return value;
  return is_host_piece(value) ? value : std::string{};
}

/// `%2e%2e` counts as `..`: servers and clients read it so.
bool has_dot_segment(std::string_view url) {
  const auto parsed = fact::parse_url(url);
  if (!parsed) return false;
  for (const std::string_view segment : text::split(parsed->path, '/')) {
    const std::string plain = fact::percent_decode(segment);
    if (plain == "." || plain == "..") return true;
  }
  return false;
}

std::string encode_for(Place place, const std::string& value, std::string& refused) {
  switch (place) {
    case Place::whole:
      return encode(value, kInUrl, true);
    case Place::scheme: {
      const std::string sample = value + "://h";
      const auto url = fact::parse_url(sample);
      if (!url || url->scheme != value) refused = "it is not the scheme of a URL";
      return value;
    }
    case Place::host:
      if (!is_host_piece(value)) refused = "it can't be a part of a host name";
      return value;
    case Place::whole_host:
    case Place::host_and_port: {
      std::string host = host_text(value, place == Place::host_and_port);
      if (host.empty()) refused = "it is not a host name";
      return host;
    }
    case Place::port:
      if (fact::port_number(value) == 0) refused = "it is not a port";
      return value;
    case Place::path_start:
      return (value.empty() || value[0] == '/' ? "" : "/") + encode(value, kInPath, true);
    case Place::path:
      return encode(value, kInPath, true);
    case Place::query:
    case Place::behind:
      return encode(value, "", false);
  }
  return {};
}

}  // namespace

FillOutcome fill_url(const std::vector<FilledPiece>& pieces) {
  FillOutcome out;
  const std::vector<Place> places = Walk(pieces).places();
  bool has_reference = false;
  bool in_path = false;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!pieces[i].value) {
      out.text += pieces[i].piece->literal;
      continue;
    }
    has_reference = true;
    out.culprit = i;
    in_path =
        in_path || places[i] == Place::path || places[i] == Place::path_start || places[i] == Place::behind;
    out.text += encode_for(places[i], fact::to_text(*pieces[i].value), out.refused);
    if (!out.refused.empty()) return out;
  }
  if (in_path && has_dot_segment(out.text)) {
    out.refused = "it would lead out of its path with '.' or '..'";
  } else if (has_reference && !fact::parse_value(out.text, {.kind = fact::Kind::url})) {
    out.refused = "it does not make a URL";  // without the URL, which may hold a secret
  }
  return out;
}

}  // namespace aztriage::match
