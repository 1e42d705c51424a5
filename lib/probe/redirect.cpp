#include "probe/redirect.h"

#include "base/text.h"
#include "fact/url.h"

#include <vector>

namespace aztriage::probe {
namespace {

/// Takes `.` and `..` out (RFC 3986, 5.2.4).
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  const auto pieces = text::split(path.substr(path.starts_with('/') ? 1 : 0), '/');
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const bool last = i + 1 == pieces.size();
    if (pieces[i] == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (pieces[i] != ".") {
      kept.push_back(pieces[i]);
      continue;
    }
    if (last) kept.emplace_back();
  }
  std::string out;
  for (const std::string_view piece : kept) out += "/" + std::string(piece);
  return out.empty() ? "/" : out;
}

/// Servers send characters that a URL can't hold; browsers encode them.
std::string encode_rest(std::string_view s) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : s) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > ' ' && byte < 0x7f && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

}  // namespace

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::optional<std::string> resolve_location(std::string_view base, std::string_view location) {
  const auto from = fact::parse_url(base);
  if (!from) return std::nullopt;
  std::string to = encode_rest(text::trim(location));
  to = to.substr(0, to.find('#'));
  const std::string root(base.substr(0, static_cast<std::size_t>(from->path.data() - base.data())));
  const std::string query = from->has_query ? "?" + std::string(from->query) : "";
  const std::size_t colon = to.find(':');
  const bool absolute = colon != std::string::npos && colon < to.find_first_of("/?");
  if (to.empty()) {
    to = root + std::string(from->path) + query;
  } else if (to.starts_with("//")) {
    to = std::string(from->scheme) + ":" + to;
  } else if (to.starts_with('?')) {
    to = root + std::string(from->path) + to;
  } else if (!absolute) {
    const std::size_t end = to.find('?');
    std::string path = to.substr(0, end);
    if (!path.starts_with('/')) path = std::string(from->path.substr(0, from->path.rfind('/') + 1)) + path;
    to = root + without_dots(path) + (end == std::string::npos ? "" : to.substr(end));
  }
  return fact::parse_url(to) ? std::optional<std::string>(to) : std::nullopt;
}

std::string method_after(int status, std::string_view method) {
  const bool changes =
      (status == 303 && method != "HEAD") || ((status == 301 || status == 302) && method == "POST");
  return changes ? "GET" : std::string(method);
}

}  // namespace aztriage::probe
