#include "net/proxy_answer.h"

#include "base/text.h"
#include "decode/encoding.h"
#include "fact/url.h"
#include "net/names.h"

#include <algorithm>

namespace aztriage::net {
namespace {

using fact::Failure;
using fact::FailureKind;

constexpr std::size_t kMostSchemes = 10;
constexpr std::size_t kLongestScheme = 40;

/// `HTTP/1.1 407 Proxy Authentication Required`; 0 for anything else.
int status_in(std::string_view line) {
  if (!line.starts_with("HTTP/1.")) return 0;
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || line.size() < space + 4) return 0;
  int status = 0;
  for (const char c : line.substr(space + 1, 3)) {
    if (c < '0' || c > '9') return 0;
    status = status * 10 + (c - '0');
  }
  return status >= 100 && status < 600 ? status : 0;
}

void add_scheme(std::string_view value, ProxyAnswer& answer) {
  const std::string_view name = value.substr(0, std::min(value.find_first_of(" ,\t"), kLongestScheme));
  if (!name.empty() && answer.schemes.size() < kMostSchemes) answer.schemes.push_back(text::printable(name));
}

std::string login_text(const ProxyAnswer& answer, bool had_login) {
  const auto offers = [&](std::string_view name) {
    return std::ranges::any_of(answer.schemes,
                               [&](const auto& scheme) { return text::equal_ignoring_case(scheme, name); });
  };
  const std::string offered = text::join(answer.schemes, ", ");
  if (!answer.schemes.empty() && !offers("Basic") && !offers("Digest"))
    return " takes logins by " + offered +
           " only (407), which this tool does not do; put a proxy that takes " +
           "Basic between, or name the target in NO_PROXY";
  std::string out = had_login ? " does not take the login that was given (407)" : " wants a login (407)";
  if (!offered.empty()) out += ", by " + offered;
  return out;
}

}  // namespace

ProxyHead read_proxy_head(std::string_view bytes) {
  ProxyHead head;
  const std::size_t end = bytes.find("\r\n\r\n");
  constexpr std::string_view kBegin = "HTTP/1.";
  const std::size_t seen = std::min(bytes.size(), kBegin.size());
  head.malformed = bytes.substr(0, seen) != kBegin.substr(0, seen);
  if (end == std::string_view::npos) {
    head.malformed = head.malformed || bytes.size() > kMostProxyHead;
    return head;
  }
  head.whole = true;
  head.size = end + 4;
  bool first = true;
  for (std::string_view line : text::split(bytes.substr(0, end), '\n')) {
    line = text::trim(line);
    if (first) head.answer.status = status_in(line);
    first = false;
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos &&
        text::equal_ignoring_case(line.substr(0, colon), "proxy-authenticate"))
      add_scheme(text::trim(line.substr(colon + 1)), head.answer);
  }
  head.malformed = head.malformed || head.answer.status == 0;
  return head;
}

std::string connect_request(const Proxy& proxy, std::string_view host_and_port) {
  const std::string where(host_and_port);
  std::string request = "CONNECT " + where + " HTTP/1.1\r\nHost: " + where + "\r\nUser-Agent: aztriage\r\n";
  const auto url = fact::parse_url(proxy.url);
  if (url && url->has_user_info) {
    const std::string_view login = url->user_info;
    const std::size_t colon = std::min(login.find(':'), login.size());
    const std::string password =
        colon < login.size() ? fact::percent_decode(login.substr(colon + 1)) : std::string();
    request += "Proxy-Authorization: Basic " +
               decode::base64_encode(fact::percent_decode(login.substr(0, colon)) + ":" + password) + "\r\n";
  }
  return request + "\r\n";
}

Failure failure_of_proxy_status(const ProxyAnswer& answer, const Proxy& proxy) {
  const std::string who = "proxy " + join_host_port(proxy.host, proxy.port);
  const std::string code = "HTTP " + std::to_string(answer.status);
  const auto fail = [&](FailureKind kind, const std::string& text) {
    return Failure{"proxy", kind, who + text, code};
  };
  switch (answer.status) {
    case 407:
      return fail(FailureKind::proxy_auth, login_text(answer, proxy.url.find('@') != std::string::npos));
    case 403:
      return fail(FailureKind::proxy_denied, " refuses this target (403)");
    case 502:
      return fail(FailureKind::proxy_failed, " could not reach the target (502)");
    case 503:
      return fail(FailureKind::proxy_failed, " can't reach the target, or is overloaded (503)");
    case 504:
      return fail(FailureKind::proxy_failed, " got no answer from the target in time (504)");
    default:
      return fail(FailureKind::proxy_failed, " answers " + std::to_string(answer.status) + " to CONNECT");
  }
}

}  // namespace aztriage::net
