#pragma once

#include "base/clock.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::probe {

/// `Tue, 24 Nov 2026 14:02:03 GMT` and the two older forms of RFC 9110 5.6.7.
std::optional<UtcTime> parse_http_date(std::string_view text);

/// One Set-Cookie (RFC 6265).
struct Cookie {
  std::string name;
  std::string value;
  std::string domain;  // as sent, without a leading dot; empty: the host alone
  std::string path;    // as sent
  bool secure = false;
  bool http_only = false;
  std::string same_site;  // as sent
  bool expired = false;   // the server takes it back
};
std::optional<Cookie> parse_set_cookie(std::string_view text, UtcTime now);

/// What a browser would keep between the hops of one look. Cookies for another domain than the host's are not
/// taken; a public suffix can't be told from a domain here, so one for a domain of a single label is not
/// either.
class CookieJar {
 public:
  void take(const Cookie& cookie, std::string_view host, std::string_view request_path);
  /// The value of the Cookie header for a request; empty when there is none to send.
  std::string header(std::string_view host, std::string_view path, bool tls) const;

 private:
  struct Kept {
    Cookie cookie;
    std::string host;  // or the domain
    bool host_only;
    std::string path;
  };
  static constexpr std::size_t kMost = 100;
  std::vector<Kept> kept_;
};

}  // namespace aztriage::probe
