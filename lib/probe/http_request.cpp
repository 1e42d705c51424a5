#include "probe/http_request.h"

#include "base/text.h"
#include "decode/secret_forms.h"
#include "fact/url.h"
#include "probe/head.h"

#include <algorithm>

#include <fmt/format.h>
#include <stdlib.h>

namespace aztriage::probe {
namespace {

constexpr std::string_view kHeaders = "headers.";
constexpr std::string_view kWithheld = "withheld";

bool is_token(std::string_view name) {
  constexpr std::string_view kSigns = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || kSigns.find(c) != std::string_view::npos;
  });
}

bool has_control(std::string_view value) {
  return std::ranges::any_of(value, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
  });
}

struct Origin {
  std::string scheme, host;
  int port;
  friend bool operator==(const Origin&, const Origin&) = default;
};

Origin origin_of(std::string_view url) {
  const auto parts = fact::parse_url(url);
  return {text::lower(parts->scheme), text::lower(parts->host), fact::effective_port(*parts)};
}

std::string target_of(std::string_view url) {
  const auto parts = fact::parse_url(url);
  std::string target = parts->path.empty() ? "/" : std::string(parts->path);
  if (parts->has_query) target += "?" + std::string(parts->query);
  return target;
}

/// The same with each secret value of the query replaced; all of it when a secret filled the URL.
std::string without_secrets(const std::string& target, bool whole) {
  const std::size_t mark = target.find('?');
  if (mark == std::string::npos) return whole ? "/" : target;
  if (whole) return "/?" + std::string(kWithheld);
  std::string out = target.substr(0, mark);
  char sign = '?';
  for (const std::string_view pair : text::split(std::string_view(target).substr(mark + 1), '&')) {
    const std::size_t equals = pair.find('=');
    const bool secret = equals != std::string_view::npos && decode::is_secret_key(pair.substr(0, equals));
    out += sign +
           (secret ? std::string(pair.substr(0, equals + 1)) + std::string(kWithheld) : std::string(pair));
    sign = '&';
  }
  return out;
}

bool same_message(const net::HttpRequest::Message& a, const net::HttpRequest::Message& b) {
  return a.target == b.target && a.headers == b.headers && a.body == b.body;
}

/// The headers of one hop, with and without those that are secret.
void add_headers(const Params& params, const RequestInput& input, bool own_origin, net::Headers& all,
                 net::Headers& harmless) {
  const auto add = [&](const std::string& name, const std::string& value, bool secret) {
    if (!secret || own_origin) all.emplace_back(name, value);
    if (!secret) harmless.emplace_back(name, value);
  };
  const std::string host = params.text("host");
  if (own_origin && !host.empty()) add("Host", host, false);
  bool agent = false;
  for (const auto& [key, value] : params.values) {
    if (!key.starts_with(kHeaders)) continue;
    const std::string name = key.substr(kHeaders.size());
    if (text::equal_ignoring_case(name, "host") && (!own_origin || !host.empty())) continue;
    agent = agent || text::equal_ignoring_case(name, "user-agent");
    add(name, fact::to_text(value), params.secret.contains(key) || decode::is_secret_header(name));
  }
  if (const std::string name = params.text("user-agent"); !agent && !name.empty())
    add("User-Agent", name, false);
  if (!input.cookies.empty()) all.emplace_back("Cookie", input.cookies);
}

}  // namespace

Result<void> check_request(const Params& params) {
  const std::string whole = params.text("url");
  const auto url = fact::parse_url(whole);
  if (!url) return failed("the URL can't be read");
  const std::string scheme = text::lower(url->scheme);
  if (scheme != "http" && scheme != "https")
    return failed("scheme '" + scheme + "' is not spoken, only http and https");
  for (const auto& [key, value] : params.values) {
    if (!key.starts_with(kHeaders)) continue;
    const std::string name = key.substr(kHeaders.size());
    if (!is_token(name)) return failed("'" + text::printable(name, 80) + "' can't be the name of a header");
    if (has_control(fact::to_text(value)))
      return failed("the value of header '" + name + "' has a line break or control character in it");
  }
  if (has_control(params.text("host")) || has_control(params.text("user-agent")))
    return failed("a header's value has a line break or control character in it");
  if (params.find("body") != nullptr && params.text("method") != "POST")
    return failed("a body goes with the method POST only");
  return {};
}

std::string with_unique(const Params& params) {
  std::string url = params.text("url");
  url = url.substr(0, url.find('#'));
  if (!params.flag("unique", false)) return url;
  const bool query = url.find('?') != std::string::npos;
  return url + fmt::format("{}aztriage={:08x}{:08x}", query ? "&" : "?", arc4random(), arc4random());
}

net::HttpRequest make_request(const Params& params, const RequestInput& input) {
  net::HttpRequest request;
  const Origin origin = origin_of(input.url);
  const bool own = origin == origin_of(input.first_url);
  request.tls = origin.scheme == "https";
  request.host = origin.host;
  request.port = origin.port;
  request.method = input.method;
  request.message.target = target_of(input.url);
  net::HttpRequest::Message harmless;
  harmless.target = without_secrets(request.message.target, params.secret.contains("url") && input.hop == 0);
  add_headers(params, input, own, request.message.headers, harmless.headers);
  if (params.find("body") != nullptr && own && input.method == "POST") {
    request.message.body = params.text("body");
    if (!params.secret.contains("body") && decode::find_secrets(*request.message.body).empty())
      harmless.body = request.message.body;
  }
  if (!same_message(harmless, request.message)) request.to_unverified = std::move(harmless);
  request.server_name = request.host;
  if (own) {
    if (const std::string sni = params.text("sni"); !sni.empty()) request.server_name = sni;
    const std::string endpoint = params.text("connect");
    if (const auto connect = fact::parse_endpoint(endpoint))
      request.connect = net::Place{std::string(connect->host), connect->port};
    request.address = params.text("address");
  }
  request.family = family_of(params);
  request.proxy = params.text("proxy");
  request.ca_file = params.text("ca");
  request.compressed = params.flag("compressed", false);
  request.verify = params.flag("verify", false);
  request.read = static_cast<std::size_t>(params.number("read", static_cast<double>(net::kReadBody)));
  const std::string version = params.text("version");
  request.version = version == "1.1" ? net::HttpVersion::http1
                    : version == "2" ? net::HttpVersion::http2
                                     : net::HttpVersion::any;
  return request;
}

std::string sent_host(const net::HttpRequest& request) {
  for (const auto& [name, value] : request.message.headers)
    if (text::equal_ignoring_case(name, "host")) return value;
  const bool usual = request.port == (request.tls ? 443 : 80);
  const std::string whole = net::join_host_port(request.host, request.port);
  return usual ? whole.substr(0, whole.rfind(':')) : whole;
}

decode::SecretSet secrets_of(const Params& params) {
  decode::SecretSet set;
  for (const std::string& name : params.secret)
    if (const auto* value = params.find(name)) set.add(fact::to_text(*value));
  return set;
}

}  // namespace aztriage::probe
