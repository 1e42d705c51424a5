#pragma once

#include "base/result.h"
#include "decode/mask.h"
#include "net/http.h"
#include "probe/probe.h"

#include <string>

namespace aztriage::probe {

/// What the parameters' types do not say: schemes, line breaks in headers, a body without a method for it.
Result<void> check_request(const Params& params);

/// The URL to begin with; with `unique` a query is added that nobody has asked for.
std::string with_unique(const Params& params);

struct RequestInput {
  const std::string& url;        // of this hop
  const std::string& first_url;  // of the first
  const std::string& method;
  const std::string& cookies;  // for the Cookie header; empty for none
  int hop;
};
/// The request of one hop. Host, SNI, address and secrets are for the first URL's own origin: a redirect to
/// another host, port or scheme gets none of them. What is secret is known by the parameters that a secret
/// filled, and by the names of headers and query parameters.
net::HttpRequest make_request(const Params& params, const RequestInput& input);

/// The Host header that a request sends.
std::string sent_host(const net::HttpRequest& request);

/// The values that secrets filled.
decode::SecretSet secrets_of(const Params& params);

}  // namespace aztriage::probe
