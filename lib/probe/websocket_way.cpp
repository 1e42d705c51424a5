#include "probe/websocket_way.h"

#include "base/text.h"
#include "decode/encoding.h"
#include "fact/url.h"
#include "probe/http_request.h"

#include <stdlib.h>

namespace aztriage::probe {
namespace {

/// ws and wss are http and https until the upgrade (RFC 6455 section 3).
Result<std::string> http_url(const std::string& url) {
  const auto parts = fact::parse_url(url);
  if (!parts) return failed("the URL can't be read");
  const std::string scheme = text::lower(parts->scheme);
  if (scheme != "ws" && scheme != "wss" && scheme != "http" && scheme != "https")
    return failed("scheme '" + scheme + "' is not spoken, only ws, wss, http and https");
  const bool tls = scheme == "wss" || scheme == "https";
  const std::string rest = url.substr(scheme.size());
  return (tls ? "https" : "http") + rest.substr(0, rest.find('#'));
}

wire::WebSocketUpgrade upgrade_of(const net::HttpRequest& request, const net::HttpRequest::Message& message,
                                  const Params& params, const std::string& key) {
  wire::WebSocketUpgrade upgrade;
  upgrade.target = message.target;
  upgrade.host = sent_host(request);
  upgrade.headers = message.headers;
  upgrade.protocols = list_of(params, "protocols");
  upgrade.key = key;
  return upgrade;
}

}  // namespace

std::uint32_t random_number() {
  return arc4random();
}

std::vector<std::string> list_of(const Params& params, std::string_view name) {
  std::vector<std::string> items;
  if (const fact::Value* value = params.find(name); value != nullptr && value->kind() == fact::Kind::list) {
    for (const fact::Value& item : value->as_list()) items.push_back(fact::to_text(item));
  }
  return items;
}

Result<WebSocketWay> websocket_way(const Params& params, const net::Net& net) {
  const auto url = http_url(params.text("url"));
  if (!url) return tl::unexpected(url.error());
  Params own = params;
  own.values.insert_or_assign("url", fact::Value::text(*url, fact::Kind::url));
  if (const auto good = check_request(own); !good) return tl::unexpected(good.error());
  const net::HttpRequest request = make_request(own, RequestInput{*url, *url, "GET", {}, 0});
  WebSocketWay way;
  net::Target& target = way.plan.target;
  target.host = request.connect ? request.connect->host : request.host;
  target.port = request.connect ? request.connect->port : request.port;
  target.address = request.address;
  target.family = request.family;
  target.proxy = request.proxy;
  target.scheme = request.tls ? "https" : "http";
  if (request.tls) {
    Params names = own;
    names.values.insert_or_assign("host", fact::Value::text(request.server_name, fact::Kind::host));
    auto tls = tls_options_of(names, net);
    if (!tls) return tl::unexpected(tls.error());
    way.plan.tls = std::move(*tls);
    way.plan.tls.alpn = {"http/1.1"};
    way.plan.tls_first = true;
  }
  std::string key;
  for (int i = 0; i < 4; ++i) {
    const std::uint32_t piece = random_number();
    key.append(reinterpret_cast<const char*>(&piece), sizeof piece);
  }
  key = decode::base64_encode(key);
  way.upgrade = upgrade_of(request, request.message, own, key);
  if (request.to_unverified) way.untrusted = upgrade_of(request, *request.to_unverified, own, key);
  return way;
}

}  // namespace aztriage::probe
