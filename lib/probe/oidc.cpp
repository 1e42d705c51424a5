// OpenID Connect discovery 1.0, and what Entra ID adds to it: learn.microsoft.com/entra/identity-platform
// (v2-protocols-oidc, authentication-national-cloud, reference-error-codes). The realm of a user is told by
// the documents that Microsoft's own libraries read before a login (userrealm and GetUserRealm.srf); they are
// not documented as an API.
#include "base/text.h"
#include "decode/encoding.h"
#include "fact/url.h"
#include "probe/federation_metadata.h"
#include "probe/http_error.h"
#include "probe/http_facts.h"
#include "probe/web_look.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <stdlib.h>

namespace aztriage::probe {
namespace {

using fact::Kind;
using fact::Value;

constexpr int kMostKeys = 50;
constexpr std::size_t kMostText = std::size_t{256} << 10;
constexpr std::array<std::string_view, 3> kRealms = {"managed", "federated", "unknown"};

constexpr auto kParams = param_list(
    std::array<fact::ParamSpec, 11>{{
        {.name = "tenant",
         .type = {Kind::text},
         .help = "id or domain of the Entra tenant, or common, organizations, consumers"},
        {.name = "authority",
         .type = {Kind::text},
         .help = "login host of the cloud, or the base URL of one",
         .default_value = "login.microsoftonline.com"},
        {.name = "issuer", .type = {Kind::url}, .help = "any other issuer, instead of tenant and authority"},
        {.name = "client_id", .type = {Kind::text}, .help = "application to ask for, without signing in"},
        {.name = "redirect_uri", .type = {Kind::text}, .help = "the redirect URI that the application sends"},
        {.name = "scope", .type = {Kind::text}, .help = "what it asks for", .default_value = "openid"},
        {.name = "response_type",
         .type = {Kind::text},
         .help = "how it wants the answer",
         .default_value = "code"},
        {.name = "wrong-secret",
         .type = {Kind::boolean},
         .help =
             "try a secret that is wrong on purpose: the refusal says whether the application is there; the "
             "tenant's sign-in log shows it",
         .default_value = "false"},
        {.name = "user", .type = {Kind::text}, .help = "user name whose realm to ask for"},
        {.name = "metadata",
         .type = {Kind::url},
         .help = "metadata of a federation to read, such as AD FS's"},
        {.name = "headers", .type = {Kind::text}, .help = "more headers", .secret = true, .map = true},
    }},
    kWayParams);

constexpr auto kFacts = decode::fact_list(
    kHttpFacts,
    std::array<fact::FactSpec, 46>{{
        {"issuer", {Kind::text}, "the issuer that the discovery document names", "discovery"},
        {"issuer-match", {Kind::boolean}, "whether it is the one that was asked for", "discovery"},
        {"tenant-id", {Kind::text}, "the tenant in it; missing for common and the like", "discovery"},
        {"cloud-instance", {Kind::text}, "cloud_instance_name: the cloud that the tenant is in", "discovery"},
        {"region-scope", {Kind::text}, "tenant_region_scope, such as EU, NA or USGov", "discovery"},
        {"region-sub-scope", {Kind::text}, "tenant_region_sub_scope: GCC, DOD, DODCON, ...", "discovery"},
        {"graph-host", {Kind::text}, "msgraph_host", "discovery"},
        {"authorize-endpoint", {Kind::text}, "where users sign in", "discovery"},
        {"token-endpoint", {Kind::text}, "where tokens are to be had", "discovery"},
        {"jwks-uri", {Kind::text}, "where the keys are", "discovery"},
        {"codes", {Kind::list, Kind::text}, "every AADSTS code that was answered anywhere", "codes"},
        {"keys.count", {Kind::number}, "how many keys sign tokens"},
        {"keys.kids", {Kind::list, Kind::text}, "their names"},
        {"keys.status", {Kind::number}, "to the request for them"},
        {"keys.failure", {Kind::text}, "why they could not be had"},
        {"signing", {Kind::list, Kind::text}, "SHA-1 thumbprints of their certificates", "keys"},
        {"authorize.status", {Kind::number}, "to the start of a sign-in"},
        {"authorize.codes", {Kind::list, Kind::text}, "AADSTS codes of that answer"},
        {"authorize.detail", {Kind::text}, "the words beside the first of them"},
        {"authorize.title", {Kind::text}, "of the page"},
        {"authorize.location", {Kind::text}, "where it redirects to"},
        {"authorize.sign-in", {Kind::boolean}, "whether a page to sign in came, without an error"},
        {"authorize.failure", {Kind::text}, "why there was no answer"},
        {"token.status", {Kind::number}, "to the wrong secret"},
        {"token.codes", {Kind::list, Kind::text}, "AADSTS codes of that answer"},
        {"token.error", {Kind::text}, "the OAuth error, such as invalid_client"},
        {"token.detail", {Kind::text}, "the words beside it"},
        {"token.failure", {Kind::text}, "why there was no answer"},
        {"realm.type",
         {.kind = Kind::choice, .words = kRealms},
         "who checks the user's password: Entra, a federation, or nobody knows the domain"},
        {"realm.auth-url", {Kind::url}, "where the federation signs users in"},
        {"realm.metadata-url", {Kind::url}, "the federation's metadata"},
        {"realm.protocol", {Kind::text}, "WsFederation, WSTrust, SAML20, ..."},
        {"realm.domain", {Kind::text}, "the domain that it is for"},
        {"realm.brand", {Kind::text}, "the organization's name"},
        {"realm.cloud", {Kind::text}, "the cloud that the domain is in"},
        {"realm.status", {Kind::number}, "to the request for it"},
        {"realm.failure", {Kind::text}, "why it could not be had"},
        {"metadata.status", {Kind::number}, "to the request for the federation's metadata"},
        {"metadata.entity-id", {Kind::text}, "whom it is of"},
        {"metadata.signing", {Kind::list, Kind::text}, "SHA-1 thumbprints of the certificates that sign"},
        {"metadata.expires", {Kind::text}, "when the first of them expires, UTC"},
        {"metadata.days-left", {Kind::number}, "days until then; negative when it has"},
        {"metadata.newest-expires", {Kind::text}, "when the last of them expires, UTC"},
        {"metadata.clock-offset", {Kind::number}, "the federation server's clock minus this machine's"},
        {"metadata.problems", {Kind::list, Kind::text}, "what is wrong with the federation's certificate"},
        {"metadata.failure", {Kind::text}, "why it could not be had"},
    }});

/// Base64url of a SHA-1 as the hexadecimal that portals show.
std::string thumbprint_of(std::string_view x5t) {
  const auto bytes = decode::base64_decode(x5t);
  if (!bytes || bytes->size() != 20) return {};
  std::string out;
  for (const char c : *bytes) out += fmt::format("{:02X}", static_cast<unsigned char>(c));
  return out;
}

/// A URL that may be the next to ask: absolute and of the web.
bool is_web(std::string_view url) {
  const auto parts = fact::parse_url(url);
  return parts && (text::equal_ignoring_case(parts->scheme, "https") ||
                   text::equal_ignoring_case(parts->scheme, "http"));
}

/// `https://HOST` of an authority that is given as a host or URL, without a path; empty when it is neither.
std::string base_of(std::string_view authority) {
  std::string url(text::trim(authority));
  if (url.find("://") == std::string::npos) url = "https://" + url;
  while (url.ends_with('/')) url.pop_back();
  const auto parts = fact::parse_url(url);
  const bool good = is_web(url) && parts->path.empty() && !parts->has_query && !parts->has_user_info;
  return good ? url : std::string();
}

std::string join_query(std::string url, std::initializer_list<std::pair<const char*, std::string>> pairs) {
  for (const auto& [name, value] : pairs)
    if (!value.empty())
      url += (url.find('?') == std::string::npos ? "?" : "&") + std::string(name) + "=" +
             decode::percent_encode(value);
  return url;
}

class OidcLook : public WebLook {
 public:
  OidcLook(std::string base, std::string target, const Params& params, Milliseconds timeout, net::Net& net,
           Done done)
      : WebLook("oidc", std::move(target), params, timeout, net, std::move(done)), base_(std::move(base)) {
    const WebAsk main = make(discovery_url());
    ask(main, [this, main](const net::HttpReply& reply) { hear_discovery(main, reply); });
    if (!base_.empty() && !params_.text("user").empty()) ask_realm();
    if (const std::string url = params_.text("metadata"); !url.empty()) ask_metadata(url);
  }

 private:
  std::string discovery_url() const {
    std::string issuer = params_.text("issuer");
    if (issuer.empty()) issuer = base_ + "/" + decode::percent_encode(tenant()) + "/v2.0";
    while (issuer.ends_with('/')) issuer.pop_back();
    return issuer + "/.well-known/openid-configuration";
  }
  std::string tenant() const {
    const std::string tenant = params_.text("tenant");
    return tenant.empty() ? "common" : tenant;
  }

  WebAsk make(const std::string& url) const {
    WebAsk one{.url = url};
    const std::string discovery = discovery_url();
    const auto to = fact::parse_url(url);
    const auto own = fact::parse_url(discovery);
    one.elsewhere = !to || !own || !text::equal_ignoring_case(to->host, own->host);
    constexpr std::string_view kPrefix = "headers.";
    if (!one.elsewhere)
      for (const auto& [key, value] : params_.values)
        if (key.starts_with(kPrefix))
          one.headers.push_back(
              {key.substr(kPrefix.size()), fact::to_text(value), params_.secret.contains(key)});
    return one;
  }

  std::vector<std::string> note_codes(const net::HttpReply& reply) {
    const std::string_view body = std::string_view(reply.body).substr(0, kMostText);
    auto codes = find_aadsts_codes(body);
    std::string location;
    for (const auto& [name, value] : reply.headers)
      if (name == "location") location = fact::percent_decode(value, true);
    for (auto& code : find_aadsts_codes(location))
      if (std::ranges::find(codes, code) == codes.end()) codes.push_back(code);
    for (const auto& code : codes)
      if (std::ranges::find(codes_, code) == codes_.end() && codes_.size() < 50) codes_.push_back(code);
    return codes;
  }

  void hear_discovery(const WebAsk& main, const net::HttpReply& reply) {
    fill_main(main, reply);
    if (reply.status == 0) return;
    note_codes(reply);
    if (reply.status != 200) return;
    const WebAnswer answer = read_answer(reply);
    put_text("issuer", answer.text("json.issuer"));
    if (answer.text("json.issuer").empty()) return;
    head_.seen.read.insert("discovery");
    for (const auto& [fact, member] : {std::pair{"cloud-instance", "json.cloud_instance_name"},
                                       {"region-scope", "json.tenant_region_scope"},
                                       {"region-sub-scope", "json.tenant_region_sub_scope"},
                                       {"graph-host", "json.msgraph_host"},
                                       {"authorize-endpoint", "json.authorization_endpoint"},
                                       {"token-endpoint", "json.token_endpoint"},
                                       {"jwks-uri", "json.jwks_uri"}})
      put_text(fact, answer.text(member));
    match_issuer(answer.text("json.issuer"));
    if (const std::string keys = answer.text("json.jwks_uri"); is_web(keys)) ask_keys(keys);
    if (params_.text("client_id").empty()) return;
    if (const std::string url = answer.text("json.authorization_endpoint"); is_web(url)) ask_authorize(url);
    if (const std::string url = answer.text("json.token_endpoint");
        is_web(url) && params_.flag("wrong-secret", false))
      ask_token(url);
  }

  void match_issuer(const std::string& issuer) {
    const auto found = fact::parse_url(issuer);
    const auto guid = [](std::string_view id) { return id.size() == 36 && std::ranges::count(id, '-') == 4; };
    std::string id;
    if (found && found->path.size() > 1)
      id = text::lower(found->path.substr(1, found->path.find('/', 1) - 1));
    if (guid(id)) put_text("tenant-id", id);
    if (const std::string wanted = params_.text("issuer"); !wanted.empty())
      return put("issuer-match", Value::boolean(wanted == issuer));  // by every sign (Discovery 1.0, 4.3)
    const auto base = fact::parse_url(base_);
    const bool host = found && text::equal_ignoring_case(found->host, base->host);
    // A domain or `common` stands for an id that is not known before.
    const bool same = !guid(tenant()) || text::equal_ignoring_case(id, tenant());
    put("issuer-match", Value::boolean(host && same));
  }

  void ask_keys(const std::string& url) {
    ask(make(url), [this](const net::HttpReply& reply) {
      const WebAnswer answer = read_answer(reply);
      put_text("keys.failure", answer.failure);
      if (reply.status == 0) return;
      put("keys.status", Value::number(reply.status));
      if (reply.status != 200) return;
      std::vector<std::string> kids, thumbprints;
      int count = 0;
      for (; count < kMostKeys; ++count) {
        const std::string key = "json.keys." + std::to_string(count);
        if (answer.text(key + ".kty").empty()) break;
        if (const std::string kid = answer.text(key + ".kid"); !kid.empty())
          kids.push_back(text::to_utf8(kid));
        if (std::string print = thumbprint_of(answer.text(key + ".x5t")); !print.empty())
          thumbprints.push_back(std::move(print));
      }
      put("keys.count", Value::number(count));
      put("keys.kids", Value::list_of(Kind::text, kids));
      put("signing", Value::list_of(Kind::text, thumbprints));
      head_.seen.read.insert("keys");
    });
  }

  void ask_authorize(const std::string& endpoint) {
    const std::string response = params_.text("response_type");
    // An id_token has to have a nonce, and comes by form or fragment only.
    const bool token = text::contains(response, "token");
    const std::string url = join_query(endpoint, {{"client_id", params_.text("client_id")},
                                                  {"response_type", response},
                                                  {"redirect_uri", params_.text("redirect_uri")},
                                                  {"scope", params_.text("scope")},
                                                  {"response_mode", token ? "fragment" : "query"},
                                                  {"state", "aztriage"},
                                                  {"nonce", fmt::format("{:08x}", arc4random())}});
    WebAsk one = make(url);
    one.headers.push_back({"Accept", "text/html"});
    ask(one, [this](const net::HttpReply& reply) {
      const WebAnswer answer = read_answer(reply);
      put_text("authorize.failure", answer.failure);
      if (reply.status == 0) return;
      const auto codes = note_codes(reply);
      put("authorize.status", Value::number(reply.status));
      put("authorize.codes", Value::list_of(Kind::text, codes));
      put_text("authorize.title", answer.text("title"));
      put_text("authorize.location", header_of(reply, "location"));
      put_text("authorize.detail", answer.text("error.detail"));
      put("authorize.sign-in",
          Value::boolean(codes.empty() && reply.status == 200 && text::contains(reply.body, "<form")));
      head_.seen.read.insert("authorize");
    });
  }

  void ask_token(const std::string& endpoint) {
    WebAsk one = make(endpoint);
    one.method = "POST";
    one.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    one.body =
        "grant_type=client_credentials&client_id=" + decode::percent_encode(params_.text("client_id")) +
        "&scope=" + decode::percent_encode("https://graph.microsoft.com/.default") +
        "&client_secret=wrong-on-purpose";
    ask(one, [this](const net::HttpReply& reply) {
      const WebAnswer answer = read_answer(reply);
      put_text("token.failure", answer.failure);
      if (reply.status == 0) return;
      put("token.status", Value::number(reply.status));
      put("token.codes", Value::list_of(Kind::text, note_codes(reply)));
      put_text("token.error", answer.text("json.error"));
      put_text("token.detail", answer.text("error.detail"));
      head_.seen.read.insert("token");
    });
  }

  void ask_realm() {
    const std::string user = params_.text("user");
    const std::string old = join_query(base_ + "/GetUserRealm.srf", {{"login", user}, {"json", "1"}});
    ask(make(old), [this](const net::HttpReply& reply) {
      hear_realm(reply, "json.NameSpaceType", "json.AuthURL", "json.DomainName", "json.CloudInstanceName");
      put_text("realm.brand", read_answer(reply).text("json.FederationBrandName"));
    });
    const std::string fresh =
        base_ + "/common/userrealm/" + decode::percent_encode(user) + "?api-version=1.0";
    ask(make(fresh), [this](const net::HttpReply& reply) {
      hear_realm(reply, "json.account_type", "json.federation_active_auth_url", "json.domain_name",
                 "json.cloud_instance_name");
      const WebAnswer answer = read_answer(reply);
      put_text("realm.protocol", answer.text("json.federation_protocol"));
      if (const std::string url = answer.text("json.federation_metadata_url"); is_web(url))
        put_text("realm.metadata-url", url, Kind::url);
    });
  }

  /// The first of the two that says something counts, but a browser's address before a client's.
  void hear_realm(const net::HttpReply& reply, const char* type, const char* url, const char* domain,
                  const char* cloud) {
    const WebAnswer answer = read_answer(reply);
    if (reply.status == 0) return put_text("realm.failure", answer.failure);
    if (!facts().contains("realm.status") || reply.status == 200)
      put("realm.status", Value::number(reply.status));
    std::string realm = text::lower(answer.text(type));
    if (realm.starts_with("unknown")) realm = "unknown";
    if (std::ranges::find(kRealms, realm) == kRealms.end()) return;
    head_.seen.read.insert("realm");
    put_text("realm.type", realm, Kind::choice);
    put_text("realm.domain", answer.text(domain));
    put_text("realm.cloud", answer.text(cloud));
    const bool browser = std::string_view(url) == "json.AuthURL";
    if (is_web(answer.text(url)) && (browser || !facts().contains("realm.auth-url")))
      put_text("realm.auth-url", answer.text(url), Kind::url);
  }

  void ask_metadata(const std::string& url) {
    WebAsk one = make(url);
    ask(one, [this](const net::HttpReply& reply) {
      const WebAnswer answer = read_answer(reply);
      put_text("metadata.failure", answer.failure);
      if (reply.certificate) {
        std::vector<std::string> problems;
        for (const auto problem : reply.certificate->problems)
          problems.emplace_back(net::problem_name(problem));
        put("metadata.problems", Value::list_of(Kind::text, problems));
      }
      if (reply.status == 0) return;
      put("metadata.status", Value::number(reply.status));
      if (const auto offset = answer.facts.find("clock-offset"); offset != answer.facts.end())
        put("metadata.clock-offset", offset->second);
      if (reply.status == 200) fill_metadata(read_federation_metadata(reply.body));
    });
  }

  void fill_metadata(const FederationMetadata& metadata) {
    put_text("metadata.entity-id", metadata.entity_id);
    std::vector<std::string> thumbprints;
    for (const auto& certificate : metadata.signing) thumbprints.push_back(certificate.thumbprint);
    put("metadata.signing", Value::list_of(Kind::text, thumbprints));
    head_.seen.read.insert("metadata");
    if (metadata.signing.empty()) return;
    const auto [first, last] = std::ranges::minmax_element(
        metadata.signing, {}, [](const decode::Certificate& one) { return one.not_after; });
    put_text("metadata.expires", decode::certificate_time(first->not_after));
    put_text("metadata.newest-expires", decode::certificate_time(last->not_after));
    put("metadata.days-left", Value::number(std::floor(first->days_left(head_.seen.at) * 10) / 10));
  }

  void conclude() override {
    put("codes", Value::list_of(Kind::text, codes_));
    if (head_.seen.answered) head_.seen.read.insert("codes");
    const auto add = [&](const char* name, const char* before) {
      if (const auto found = facts().find(name); found != facts().end())
        head_.seen.summary += before + text::printable(fact::to_text(found->second), 160);
    };
    if (!head_.seen.answered) return;
    if (!codes_.empty()) head_.seen.summary += ", " + text::join(codes_, " ");
    add(facts().contains("authorize.detail") ? "authorize.detail" : "error.detail", ": ");
    add("issuer", ", issuer ");
    add("realm.type", ", realm ");
    add("metadata.expires", ", federation's certificate until ");
  }

  std::string base_;
  std::vector<std::string> codes_;
};

std::unique_ptr<Running> start(const Params& given, Milliseconds timeout, net::Net& net, Done done) {
  Params params = given;
  // Whoever gives one target only may mean either.
  if (const std::string tenant = params.text("tenant"); is_web(tenant) && params.text("issuer").empty())
    params.values["issuer"] = Value::text(tenant, Kind::url);
  const std::string issuer = params.text("issuer");
  const std::string base = base_of(params.text("authority"));
  const bool good = is_web(issuer) || (issuer.empty() && !base.empty());
  std::string target = issuer;
  if (target.empty())
    target = base + "/" + (params.text("tenant").empty() ? "common" : params.text("tenant"));
  if (!good)
    return fail_to_start(net, "oidc", text::printable(target), "request",
                         "give an issuer's URL, or a tenant and the login host of its cloud",
                         std::move(done));
  return std::make_unique<OidcLook>(issuer.empty() ? base : std::string(), std::move(target), params, timeout,
                                    net, std::move(done));
}

}  // namespace

extern const ProbeSpec kOidc;
const ProbeSpec kOidc = {
    .name = "oidc",
    .summary = "reads how an identity provider signs in: discovery, keys, realm, error codes",
    .params = kParams,
    .facts = kFacts,
    .operations = kWebOperations,
    .timeout = Milliseconds(30000),
    .start = start};

}  // namespace aztriage::probe
