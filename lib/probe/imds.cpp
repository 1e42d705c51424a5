// The instance metadata service and what stands in for it: learn.microsoft.com, azure/virtual-machines/
// instance-metadata-service, entra/identity/managed-identities-azure-resources/how-to-use-vm-token,
// azure/app-service/overview-managed-identity, azure/azure-arc/servers/managed-identity-authentication, and
// azure/virtual-network/what-is-ip-address-168-63-129-16.
#include "base/text.h"
#include "decode/certificate.h"
#include "decode/decode.h"
#include "decode/encoding.h"
#include "decode/utc.h"
#include "fact/url.h"
#include "net/proxy.h"
#include "probe/facts_without.h"
#include "probe/http_facts.h"
#include "probe/json_facts.h"
#include "probe/web_look.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace aztriage::probe {
namespace {

using fact::Kind;
using fact::Value;

constexpr std::array<std::string_view, 5> kAnswerers = {"imds", "app-service", "arc", "proxy", "other"};
constexpr std::string_view kWire = "168.63.129.16";
constexpr int kWirePorts[] = {80, 32526};

constexpr std::array<fact::ParamSpec, 13> kParams = {{
    {.name = "url",
     .type = {Kind::url},
     .help = "where the service is",
     .default_value = "http://169.254.169.254"},
    {.name = "resource",
     .type = {Kind::text},
     .help = "what the token is to be for",
     .default_value = "https://management.azure.com/"},
    {.name = "client_id", .type = {Kind::text}, .help = "client id of the identity to use"},
    {.name = "object_id", .type = {Kind::text}, .help = "object id of the identity to use"},
    {.name = "msi-resource", .type = {Kind::text}, .help = "resource id of the identity to use"},
    {.name = "identity", .type = {Kind::boolean}, .help = "ask for a token", .default_value = "true"},
    {.name = "identity-endpoint",
     .type = {Kind::url},
     .help = "IDENTITY_ENDPOINT of an app: ask there instead"},
    {.name = "identity-header", .type = {Kind::text}, .help = "IDENTITY_HEADER of that app", .secret = true},
    {.name = "arc",
     .type = {Kind::boolean},
     .help = "ask the agent of Azure Arc on this machine instead",
     .default_value = "false"},
    {.name = "wireserver",
     .type = {Kind::boolean},
     .help = "try the platform's own address 168.63.129.16 as well",
     .default_value = "false"},
    {.name = "address", .type = {Kind::ip}, .help = "connect to this address instead of the host's"},
    {.name = "family",
     .type = {.kind = Kind::choice, .words = kFamilies},
     .help = "address family to use",
     .default_value = "any"},
    {.name = "proxy",
     .type = {Kind::text},
     .help = "proxy to go through: none, as it has to be, or a URL",
     .default_value = "none"},
}};

constexpr auto kFacts = decode::fact_list(
    facts_without(kHttpFacts, "answered-by"),
    std::array<fact::FactSpec, 39>{{
        {"answered-by",
         {.kind = Kind::choice, .words = kAnswerers},
         "who answered for the service",
         "headers"},
        {"via-proxy", {Kind::boolean}, "whether the answer came from or through a proxy", "headers"},
        {"error", {Kind::text}, "the service's word for what is wrong, such as invalid_request", "body"},
        {"identity.expires", {Kind::text}, "until when the token is valid, UTC"},
        {"identity.left", {Kind::number}, "seconds until then"},
        {"identity.resource", {Kind::text}, "what the token is for"},
        {"identity.client-id", {Kind::text}, "client id of the identity"},
        {"identity.object-id", {Kind::text}, "object id of the identity"},
        {"identity.tenant", {Kind::text}, "its tenant"},
        {"identity.resource-id", {Kind::text}, "resource id of the identity"},
        {"identity.issued", {Kind::text}, "when the token was made, UTC; it may come out of a cache"},
        {"challenge-file",
         {Kind::text},
         "the file whose content Arc wants to see; it is not read",
         "headers"},
        {"retry-after", {Kind::text}, "how long to wait, when there were too many requests", "headers"},
        {"instance.status", {Kind::number}, "to the request for the machine's own description"},
        {"instance.error", {Kind::text}, "the words of a refusal"},
        {"instance.failure", {Kind::text}, "why there was no answer"},
        {"compute.name", {Kind::text}, "the machine's name", "instance"},
        {"compute.location", {Kind::text}, "its region", "instance"},
        {"compute.zone", {Kind::text}, "its availability zone", "instance"},
        {"compute.vm-id", {Kind::text}, "its own id", "instance"},
        {"compute.size", {Kind::text}, "its size", "instance"},
        {"compute.os", {Kind::text}, "Linux or Windows", "instance"},
        {"compute.publisher", {Kind::text}, "of its image", "instance"},
        {"compute.offer", {Kind::text}, "of its image", "instance"},
        {"compute.sku", {Kind::text}, "of its image", "instance"},
        {"compute.cloud", {Kind::text}, "the cloud that it is in", "instance"},
        {"compute.group", {Kind::text}, "its resource group", "instance"},
        {"compute.scale-set", {Kind::text}, "its scale set", "instance"},
        {"network.private", {Kind::list, Kind::ip}, "its private addresses", "instance"},
        {"network.public", {Kind::list, Kind::ip}, "its public addresses", "instance"},
        {"environment-proxy", {Kind::text}, "the proxy that programs here would use for it"},
        {"by-proxy.status", {Kind::number}, "what that proxy makes of it"},
        {"by-proxy.good", {Kind::boolean}, "whether the service's own answer comes through it"},
        {"by-proxy.failure", {Kind::text}, "why nothing came through it"},
        {"wireserver.status", {Kind::number}, "from 168.63.129.16 on port 80"},
        {"wireserver.open", {Kind::list, Kind::text}, "its ports that take connections"},
        {"wireserver.closed", {Kind::list, Kind::text}, "its ports that don't"},
        {"wireserver.failure", {Kind::text}, "why the first of them does not"},
        {"wireserver.failure-kind", {Kind::text}, "the same as one word, such as tcp-timeout", "wireserver"},
    }});

/// What proxies put into answers.
bool from_proxy(const net::HttpReply& reply) {
  for (const char* name :
       {"via", "x-squid-error", "x-cache-lookup", "proxy-connection", "proxy-authenticate"})
    if (!header_of(reply, name).empty()) return true;
  const std::string server = text::lower(header_of(reply, "server"));
  for (const std::string_view product : {"squid", "zscaler", "bluecoat", "mcafee", "tinyproxy"})
    if (text::contains(server, product)) return true;
  return !reply.connection.proxy.empty() || reply.status == 407;
}

class ImdsLook : public WebLook {
 public:
  ImdsLook(const Params& params, Milliseconds timeout, net::Net& net, Done done)
      : WebLook("imds", where(params), params, timeout, net, std::move(done)), base_(where(params)) {
    if (!app().empty()) {
      ask_identity();
    } else {
      // Without the service itself there is no identity either, and nothing to wait for twice.
      ask_instance(params_.flag("identity", true));
      if (!arc()) ask_by_proxy();
    }
    if (params_.flag("wireserver", false)) ask_wire();
  }

 private:
  static std::string where(const Params& params) {
    if (const std::string app = params.text("identity-endpoint"); !app.empty()) return app;
    if (params.flag("arc", false)) return "http://localhost:40342";
    std::string url = params.text("url");
    while (url.ends_with('/')) url.pop_back();
    return url;
  }
  std::string app() const { return params_.text("identity-endpoint"); }
  bool arc() const { return params_.flag("arc", false); }

  WebAsk make(const std::string& url) const {
    WebAsk one{.url = url};
    if (app().empty())
      one.headers.push_back({"Metadata", "true"});
    else
      one.headers.push_back({"X-IDENTITY-HEADER", params_.text("identity-header"), true});
    return one;
  }

  void ask_instance(bool main) {
    const WebAsk one =
        make(base_ + "/metadata/instance?api-version=" + (arc() ? "2020-06-01" : "2021-02-01"));
    ask(one, [this, one, main](const net::HttpReply& reply) {
      hear_instance(reply);
      const bool there = reply.status != 0;
      if (!main || !there) {
        fill_main(one, reply);
        fill_who(reply);
      }
      if (main && there) ask_identity();
    });
  }

  void hear_instance(const net::HttpReply& reply) {
    const WebAnswer answer = read_answer(reply);
    put_text("instance.failure", answer.failure);
    if (reply.status == 0) return;
    put("instance.status", Value::number(reply.status));
    put_text("instance.error", answer.text("error.detail"));
    if (reply.status != 200) put_text("instance.error", answer.text("json.error"));
    if (answer.text("json.compute.vmId").empty()) return;
    known_ = true;
    head_.seen.read.insert("instance");
    for (const auto& [fact, member] : {std::pair{"compute.name", "name"},
                                       {"compute.location", "location"},
                                       {"compute.zone", "zone"},
                                       {"compute.vm-id", "vmId"},
                                       {"compute.size", "vmSize"},
                                       {"compute.os", "osType"},
                                       {"compute.publisher", "publisher"},
                                       {"compute.offer", "offer"},
                                       {"compute.sku", "sku"},
                                       {"compute.cloud", "azEnvironment"},
                                       {"compute.group", "resourceGroupName"},
                                       {"compute.scale-set", "vmScaleSetName"}})
      put_text(fact, answer.text("json.compute." + std::string(member)));
    fill_addresses(answer);
  }

  void fill_addresses(const WebAnswer& answer) {
    std::vector<std::string> addresses[2];
    for (int card = 0; card < 10; ++card) {
      for (int i = 0; i < 20; ++i) {
        const std::string one =
            "json.network.interface." + std::to_string(card) + ".ipv4.ipAddress." + std::to_string(i) + ".";
        for (const bool open : {false, true})
          if (const auto address =
                  net::parse_address(answer.text(one + (open ? "publicIpAddress" : "privateIpAddress"))))
            addresses[open].push_back(address->text);
      }
    }
    put("network.private", Value::list_of(Kind::ip, addresses[0]));
    put("network.public", Value::list_of(Kind::ip, addresses[1]));
  }

  std::string identity_url() const {
    std::string url = app().empty() ? base_ + "/metadata/identity/oauth2/token" : app();
    url += url.find('?') == std::string::npos ? "?" : "&";
    url += std::string("api-version=") + (!app().empty() ? "2019-08-01"
                                          : arc()        ? "2020-06-01"
                                                         : "2018-02-01");
    const auto add = [&](const char* name, const std::string& value) {
      if (!value.empty()) url += std::string("&") + name + "=" + decode::percent_encode(value);
    };
    add("resource", params_.text("resource"));
    add("client_id", params_.text("client_id"));
    // The two services do not agree on the names of these.
    add(app().empty() ? "object_id" : "principal_id", params_.text("object_id"));
    add(app().empty() ? "msi_res_id" : "mi_res_id", params_.text("msi-resource"));
    return url;
  }

  void ask_identity() {
    const WebAsk one = make(identity_url());
    ask(one, [this, one](const net::HttpReply& reply) {
      const std::string token = json_member(reply.body, "access_token");
      if (!token.empty()) hide(token);
      fill_main(one, reply);
      if (!token.empty()) fill_token(reply, token);
      // No copy of a token is kept, whatever shape it has.
      if (reply.status == 200)
        for (const char* name : {"body", "digest", "json.access_token", "json.refresh_token"})
          facts().erase(name);
      fill_who(reply);
    });
  }

  void fill_token(const net::HttpReply& reply, const std::string& token) {
    const WebAnswer answer = read_answer(reply);
    head_.seen.read.insert("identity");
    put_text("identity.resource", answer.text("json.resource"));
    put_text("identity.client-id", answer.text("json.client_id"));
    if (const auto expires = decode::parse_epoch(answer.text("json.expires_on"))) {
      put_text("identity.expires", decode::certificate_time(*expires));
      put("identity.left",
          Value::number(std::round(std::chrono::duration<double>(*expires - head_.seen.at).count())));
    }
    const auto jwt = decode::decode_jwt(token, head_.seen.at);
    if (!jwt) return;
    for (const auto& [fact, claim] : {std::pair{"identity.object-id", "jwt.oid"},
                                      {"identity.tenant", "jwt.tid"},
                                      {"identity.resource-id", "jwt.identity"},
                                      {"identity.issued", "jwt.iat"}})
      if (const auto found = jwt->facts.find(claim); found != jwt->facts.end()) put(fact, found->second);
    if (const auto id = jwt->facts.find("jwt.appid");
        id != jwt->facts.end() && !facts().contains("identity.client-id"))
      put("identity.client-id", id->second);
  }

  void fill_who(const net::HttpReply& reply) {
    if (reply.status == 0) return;
    const WebAnswer answer = read_answer(reply);
    put_text("error", answer.text("json.error"));
    put_text("retry-after", header_of(reply, "retry-after"));
    const bool proxied = from_proxy(reply);
    put("via-proxy", Value::boolean(proxied));
    const bool speaks = !answer.text("json.error").empty() || !answer.text("json.statusCode").empty() ||
                        facts().contains("identity.client-id") || known_ ||
                        text::lower(header_of(reply, "server")).starts_with("imds");
    if (arc() && reply.status == 401) {
      const auto realm = facts().find("challenge.realm");
      if (realm != facts().end()) put("challenge-file", realm->second);
    }
    const bool arc_speaks = arc() && (speaks || facts().contains("challenge-file"));
    const std::string_view who = arc_speaks                 ? "arc"
                                 : speaks && !app().empty() ? "app-service"
                                 : speaks                   ? "imds"
                                 : proxied                  ? "proxy"
                                                            : "other";
    put_text("answered-by", who, Kind::choice);
  }

  /// Programs that heed the environment ask the proxy; it can't know the machine that asks. No token is asked
  /// for by that way.
  void ask_by_proxy() {
    const auto url = fact::parse_url(base_);
    const auto proxy = net::choose_proxy("", url->scheme, url->host, net::system_environment());
    if (!proxy) return;
    head_.seen.read.insert("environment-proxy");
    if (!*proxy) return;
    put_text("environment-proxy", net::join_host_port((*proxy)->host, (*proxy)->port));
    WebAsk one = make(base_ + "/metadata/instance?api-version=2021-02-01");
    one.proxy = (*proxy)->url;
    ask(one, [this](const net::HttpReply& reply) {
      const WebAnswer answer = read_answer(reply);
      put_text("by-proxy.failure", answer.failure);
      if (reply.status == 0) return;
      put("by-proxy.status", Value::number(reply.status));
      put("by-proxy.good", Value::boolean(!answer.text("json.compute.vmId").empty()));
      head_.seen.read.insert("by-proxy");
    });
  }

  void ask_wire() {
    const std::string host(kWire);
    WebAsk versions{.url = "http://" + host + "/?comp=versions"};
    versions.elsewhere = true;
    ask(versions, [this](const net::HttpReply& reply) {
      if (reply.status != 0) put("wireserver.status", Value::number(reply.status));
    });
    for (const int port : kWirePorts) {
      connect(host, port, [this, port](const net::Connection& made) {
        (made.failure ? wire_closed_ : wire_open_).push_back(std::to_string(port));
        if (!made.failure || facts().contains("wireserver.failure")) return;
        put_text("wireserver.failure", std::to_string(port) + ": " + failure_line(*made.failure));
        put_text("wireserver.failure-kind", fact::failure_name(made.failure->kind));
      });
    }
  }

  void conclude() override {
    if (params_.flag("wireserver", false)) {
      for (auto* list : {&wire_open_, &wire_closed_}) std::ranges::sort(*list);
      put("wireserver.open", Value::list_of(Kind::text, wire_open_));
      put("wireserver.closed", Value::list_of(Kind::text, wire_closed_));
      head_.seen.read.insert("wireserver");
    }
    if (!head_.seen.answered) return;
    const auto add = [&](const char* name, const char* before) {
      if (const auto found = facts().find(name); found != facts().end())
        head_.seen.summary += before + text::printable(fact::to_text(found->second), 160);
    };
    add("answered-by", " from ");
    add("error", ", ");
    add("error.detail", ": ");
    add("identity.client-id", ", identity ");
    add("compute.location", ", in ");
    add("wireserver.failure", "; 168.63.129.16 ");
  }

  std::string base_;
  bool known_ = false;
  std::vector<std::string> wire_open_, wire_closed_;
};

std::unique_ptr<Running> start(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  for (const char* name : {"url", "identity-endpoint"}) {
    const std::string url = params.text(name);
    const auto parts = fact::parse_url(url);
    const bool web = parts && (text::equal_ignoring_case(parts->scheme, "http") ||
                               text::equal_ignoring_case(parts->scheme, "https"));
    if (!url.empty() && !web)
      return fail_to_start(net, "imds", url, "request", "only http and https are spoken", std::move(done));
  }
  return std::make_unique<ImdsLook>(params, timeout, net, std::move(done));
}

}  // namespace

extern const ProbeSpec kImds;
const ProbeSpec kImds = {.name = "imds",
                         .summary = "asks this machine's metadata and identity service, past any proxy",
                         .params = kParams,
                         .facts = kFacts,
                         .operations = kWebOperations,
                         .timeout = Milliseconds(15000),
                         .start = start};

}  // namespace aztriage::probe
