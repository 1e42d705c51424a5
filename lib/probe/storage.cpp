// The storage REST API: learn.microsoft.com/rest/api/storageservices (status and error codes, versioning,
// CORS, anonymous access). Nothing here is written or changed: GET, HEAD and the preflight of CORS only.
#include "base/text.h"
#include "decode/decode.h"
#include "decode/decode_facts.h"
#include "decode/pairs.h"
#include "decode/secret_forms.h"
#include "decode/utc.h"
#include "fact/url.h"
#include "probe/address_class.h"
#include "probe/cookies.h"
#include "probe/http_facts.h"
#include "probe/http_request.h"
#include "probe/storage_names.h"
#include "probe/web_look.h"

#include <algorithm>
#include <array>

namespace aztriage::probe {
namespace {

using fact::Kind;
using fact::Value;

constexpr std::size_t kRead = std::size_t{64} << 10;
constexpr std::array<std::string_view, 2> kMethods = {"GET", "HEAD"};
constexpr std::array<std::string_view, 6> kCorsMethods = {"GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"};

constexpr auto kParams = param_list(
    std::array<fact::ParamSpec, 9>{{
        {.name = "url", .type = {Kind::url}, .help = "what to read", .required = true, .secret = true},
        {.name = "sas",
         .type = {Kind::text},
         .help = "shared access signature, when the URL has none: its query, or a whole URL",
         .secret = true},
        {.name = "method",
         .type = {.kind = Kind::choice, .words = kMethods},
         .help = "how to read; HEAD for what is large",
         .default_value = "GET"},
        {.name = "version",
         .type = {Kind::text},
         .help = "x-ms-version to send, or none",
         .default_value = "2021-12-02"},
        {.name = "headers", .type = {Kind::text}, .help = "more headers", .secret = true, .map = true},
        {.name = "origin",
         .type = {Kind::text},
         .help = "ask, as a browser would for a page of this origin (https://HOST), whether CORS allows it"},
        {.name = "cors-method",
         .type = {.kind = Kind::choice, .words = kCorsMethods},
         .help = "method of the browser's request",
         .default_value = "GET"},
        {.name = "cors-headers", .type = {Kind::text}, .help = "names of the headers of that request"},
        {.name = "endpoints",
         .type = {Kind::boolean},
         .help = "look up the account's other endpoints, and ask its secondary",
         .default_value = "false"},
    }},
    kWayParams);

constexpr std::array<fact::FactSpec, 3> kEndpointFields = {{
    {"service", {.kind = Kind::choice, .words = kStorageServices}, "blob, dfs, file, queue, table or web"},
    {"host", {Kind::host}, "its name"},
    {"class", {.kind = Kind::choice, .words = kAddressClasses}, "of its addresses; none: not in DNS"},
}};

constexpr auto kFacts = decode::fact_list(
    kHttpFacts, decode::kSasFacts,
    std::array<fact::FactSpec, 32>{{
        {"service", {.kind = Kind::choice, .words = kStorageServices}, "by the name, else by who answers"},
        {"account", {Kind::text}, "the account that the URL names"},
        {"exists", {Kind::boolean}, "whether the account's name exists in DNS"},
        {"class", {.kind = Kind::choice, .words = kAddressClasses}, "of the address that was used"},
        {"is-storage", {Kind::boolean}, "whether the answer is one of Azure Storage or its emulator"},
        {"request-id", {Kind::text}, "x-ms-request-id, which the service's support asks for", "headers"},
        {"server-version", {Kind::text}, "the x-ms-version that answered", "headers"},
        {"sas.expired-by-server", {Kind::boolean}, "whether it has expired by the server's clock"},
        {"sas.started-by-server", {Kind::boolean}, "whether it is valid already by the server's clock"},
        {"anonymous.status", {Kind::number}, "to the same request without any login"},
        {"anonymous.error", {Kind::text}, "its error code"},
        {"anonymous.detail", {Kind::text}, "the words beside it"},
        {"anonymous.failure", {Kind::text}, "why there was no answer to it"},
        {"public-access",
         {.kind = Kind::choice, .words = kPublicAccess},
         "whether anybody may read; closed may also mean that there is nothing",
         "anonymous"},
        {"cors.status", {Kind::number}, "of the preflight"},
        {"cors.allowed", {Kind::boolean}, "whether a browser would go on"},
        {"cors.origin", {Kind::text}, "Access-Control-Allow-Origin of the preflight"},
        {"cors.methods", {Kind::text}, "Access-Control-Allow-Methods"},
        {"cors.headers", {Kind::text}, "Access-Control-Allow-Headers"},
        {"cors.max-age", {Kind::text}, "Access-Control-Max-Age"},
        {"cors.error", {Kind::text}, "its error code"},
        {"cors.detail", {Kind::text}, "the words beside it"},
        {"cors.failure", {Kind::text}, "why there was no answer to it"},
        {"cors.read-origin", {Kind::text}, "Access-Control-Allow-Origin of the request itself"},
        {"endpoints",
         {Kind::list, Kind::record, kEndpointFields},
         "the account's endpoints and where they lead from here"},
        {"endpoints.private", {Kind::list, Kind::text}, "services whose addresses are private"},
        {"endpoints.public", {Kind::list, Kind::text}, "services whose addresses are public"},
        {"secondary.host", {Kind::host}, "the secondary's name"},
        {"secondary.exists", {Kind::boolean}, "whether it is in DNS"},
        {"secondary.status", {Kind::number}, "to the same request there"},
        {"secondary.error", {Kind::text}, "its error code"},
        {"secondary.failure", {Kind::text}, "why there was no answer from it"},
    }});

/// The query of a SAS that may be a whole URL, without what a terminal puts around it.
std::string sas_query(std::string_view sas) {
  sas = text::trim(sas);
  while (!sas.empty() && (sas.front() == '"' || sas.front() == '\'')) sas.remove_prefix(1);
  while (!sas.empty() && (sas.back() == '"' || sas.back() == '\'')) sas.remove_suffix(1);
  if (const std::size_t mark = sas.find('?'); mark != std::string_view::npos) sas.remove_prefix(mark + 1);
  return std::string(sas.substr(0, sas.find('#')));
}

std::string without_fragment(const std::string& url) {
  return url.substr(0, url.find('#'));
}

/// The URL with what makes up a signature taken out of its query; the rest (comp, restype, snapshot) stays.
std::string without_login(const std::string& url) {
  static constexpr std::array<std::string_view, 20> kNames = {
      "sv", "ss",  "srt", "sp",  "st",    "se",    "sr",  "sip", "spr", "sig",
      "si", "ses", "sdd", "skv", "skoid", "sktid", "skt", "ske", "sks", "scid"};
  const std::size_t mark = url.find('?');
  if (mark == std::string::npos) return url;
  std::string out = url.substr(0, mark);
  char sign = '?';
  for (const std::string_view piece : text::split(std::string_view(url).substr(mark + 1), '&')) {
    const std::string name = text::lower(piece.substr(0, piece.find('=')));
    if (std::ranges::find(kNames, name) != kNames.end() || decode::is_secret_key(name)) continue;
    out += sign + std::string(piece);
    sign = '&';
  }
  return out;
}

bool lists(std::string_view list, std::string_view wanted) {
  return std::ranges::any_of(text::split(list, ','), [&](std::string_view one) {
    one = text::trim(one);
    return one == "*" || text::equal_ignoring_case(one, wanted) ||
           (one.ends_with('*') &&
            text::equal_ignoring_case(one.substr(0, one.size() - 1), wanted.substr(0, one.size() - 1)));
  });
}

class StorageLook : public WebLook {
 public:
  StorageLook(const Params& params, Milliseconds timeout, net::Net& net, Done done)
      : WebLook("storage", decode::mask(params.text("url")).text, params, timeout, net, std::move(done)) {
    const std::string url = without_fragment(params_.text("url"));
    plain_ = without_login(url);
    main_.url = url;
    if (const std::string sas = sas_query(params_.text("sas")); !sas.empty())
      main_.url = plain_ + (plain_.find('?') == std::string::npos ? "?" : "&") + sas;
    main_.method = params_.text("method");
    main_.read = kRead;
    fill_names(std::string(fact::parse_url(url)->host));
    add_headers();
    WebAsk main = main_;
    if (!origin().empty()) main.headers.push_back({"Origin", origin()});
    ask(main, [this](const net::HttpReply& reply) { hear_main(reply); });
    ask_anonymous();
    if (!origin().empty()) ask_preflight();
    if (params_.flag("endpoints", false) && name_) ask_endpoints();
  }

 private:
  std::string origin() const { return params_.text("origin"); }

  void fill_names(const std::string& host) {
    name_ = parse_storage_name(host);
    if (name_) {
      put_text("account", name_->account);
      put_text("service", name_->service, Kind::choice);
    } else if (net::parse_address(host) || host == "localhost") {
      // An emulator has the account as the first piece of the path.
      const std::string_view path = fact::parse_url(main_.url)->path;
      if (path.size() > 1) put_text("account", path.substr(1, path.find('/', 1) - 1));
    }
  }

  void add_headers() {
    if (const std::string version = params_.text("version"); !version.empty() && version != "none")
      main_.headers.push_back({"x-ms-version", version});
    constexpr std::string_view kPrefix = "headers.";
    for (const auto& [key, value] : params_.values)
      if (key.starts_with(kPrefix))
        main_.headers.push_back(
            {key.substr(kPrefix.size()), fact::to_text(value), params_.secret.contains(key)});
  }

  void hear_main(const net::HttpReply& reply) {
    fill_main(main_, reply);
    fill_sas(reply);
    using fact::FailureKind;
    const bool resolved = !reply.connection.resolved.list.empty() && reply.connection.proxy.empty() &&
                          reply.connection.resolved.source == net::AddressSource::dns;
    if (reply.failure && reply.failure->kind == FailureKind::dns_nxdomain && reply.connection.proxy.empty())
      put("exists", Value::boolean(false));
    else if (resolved)
      put("exists", Value::boolean(true));
    if (!reply.connection.address.text.empty() && reply.connection.proxy.empty())
      put_text("class", class_of({reply.connection.address.text}), Kind::choice);
    if (reply.status == 0) return;
    const std::string by = service_of_server(header_of(reply, "server"));
    put("is-storage", Value::boolean(!by.empty() || (!header_of(reply, "x-ms-request-id").empty() &&
                                                     !header_of(reply, "x-ms-version").empty())));
    if (!by.empty() && !name_) put_text("service", by, Kind::choice);
    put_text("request-id", header_of(reply, "x-ms-request-id"));
    put_text("server-version", header_of(reply, "x-ms-version"));
    put_text("cors.read-origin", header_of(reply, "access-control-allow-origin"));
  }

  void fill_sas(const net::HttpReply& reply) {
    const auto sas = decode::decode_sas(main_.url, head_.seen.at);
    if (!sas) return;
    for (const auto& [name, value] : sas->facts)
      if (name.starts_with("sas.")) facts().insert_or_assign(name, value);
    head_.seen.read.insert("sas");
    const auto date = parse_http_date(header_of(reply, "date"));
    const auto by_server = date ? decode::decode_sas(main_.url, *date) : std::nullopt;
    if (!by_server) return;
    for (const auto& [from, to] :
         {std::pair{"sas.expired", "sas.expired-by-server"}, {"sas.started", "sas.started-by-server"}})
      if (const auto found = by_server->facts.find(from); found != by_server->facts.end())
        put(to, found->second);
  }

  /// Without a version, as a browser does: with one, a closed container would answer as if it wanted a login.
  void ask_anonymous() {
    WebAsk anonymous{.url = plain_, .method = main_.method};
    anonymous.read = kRead;
    ask(anonymous, [this](const net::HttpReply& reply) {
      const WebAnswer answer = read_answer(reply);
      put_text("anonymous.failure", answer.failure);
      if (reply.status == 0) return;
      put("anonymous.status", Value::number(reply.status));
      put_text("anonymous.error", answer.text("error.code"));
      put_text("anonymous.detail", answer.text("error.detail"));
      put_text("public-access", public_access(reply.status, answer.text("error.code")), Kind::choice);
      head_.seen.read.insert("anonymous");
    });
  }

  void ask_preflight() {
    WebAsk preflight{.url = plain_, .method = "OPTIONS"};
    preflight.headers = {{"Origin", origin()},
                         {"Access-Control-Request-Method", params_.text("cors-method")}};
    if (const std::string names = params_.text("cors-headers"); !names.empty())
      preflight.headers.push_back({"Access-Control-Request-Headers", names});
    ask(preflight, [this](const net::HttpReply& reply) { hear_preflight(reply); });
  }

  void hear_preflight(const net::HttpReply& reply) {
    const WebAnswer answer = read_answer(reply);
    put_text("cors.failure", answer.failure);
    if (reply.status == 0) return;
    const auto header = [&](const char* name) { return std::string(header_of(reply, name)); };
    const std::string allowed = header("access-control-allow-origin");
    const std::string methods = header("access-control-allow-methods");
    const std::string names = header("access-control-allow-headers");
    bool fits = reply.status >= 200 && reply.status < 300 && (allowed == "*" || allowed == origin());
    const std::string method = params_.text("cors-method");
    // A browser needs no word on the methods of simple requests (Fetch, 4.8).
    if (method != "GET" && method != "HEAD" && method != "POST") fits = fits && lists(methods, method);
    const std::string wanted = params_.text("cors-headers");
    for (const std::string_view name : text::split(wanted, ','))
      if (!text::trim(name).empty()) fits = fits && lists(names, text::trim(name));
    put("cors.status", Value::number(reply.status));
    put("cors.allowed", Value::boolean(fits));
    put_text("cors.origin", allowed);
    put_text("cors.methods", methods);
    put_text("cors.headers", names);
    put_text("cors.max-age", header("access-control-max-age"));
    put_text("cors.error", answer.text("error.code"));
    put_text("cors.detail", answer.text("error.detail"));
    head_.seen.read.insert("cors");
  }

  void ask_endpoints() {
    const int port = fact::effective_port(*fact::parse_url(main_.url));
    for (const std::string_view service : kStorageServices) {
      if (service == "web" && name_->service != "web") continue;  // its zone is not known
      const std::string host = name_->host_of(service);
      resolve(host, port, [this, host, service](const net::Addresses& found) {
        if (found.failure && found.failure->kind != fact::FailureKind::dns_nxdomain &&
            found.failure->kind != fact::FailureKind::dns_no_data)
          return;  // not known
        std::vector<std::string> addresses;
        for (const auto& address : found.list) addresses.push_back(address.text);
        endpoints_.push_back(
            Value::record({{"service", Value::text(std::string(service), Kind::choice)},
                           {"host", Value::text(host, Kind::host)},
                           {"class", Value::text(std::string(class_of(addresses)), Kind::choice)}}));
      });
    }
    ask_secondary();
  }

  void ask_secondary() {
    const std::string host = name_->secondary_host();
    put_text("secondary.host", host, Kind::host);
    const auto url = fact::parse_url(main_.url);
    WebAsk there = main_;
    const auto end = static_cast<std::size_t>(url->path.data() - main_.url.data());
    const std::string port = url->port.empty() ? "" : ":" + std::string(url->port);
    there.url = std::string(url->scheme) + "://" + host + port + main_.url.substr(end);
    there.elsewhere = true;
    ask(there, [this](const net::HttpReply& reply) {
      const WebAnswer answer = read_answer(reply);
      put_text("secondary.failure", answer.failure);
      if (reply.failure && reply.failure->kind == fact::FailureKind::dns_nxdomain)
        put("secondary.exists", Value::boolean(false));
      if (reply.status == 0) return;
      put("secondary.exists", Value::boolean(true));
      put("secondary.status", Value::number(reply.status));
      put_text("secondary.error", answer.text("error.code"));
      head_.seen.read.insert("secondary");
    });
  }

  void conclude() override {
    if (params_.flag("endpoints", false) && name_) {
      std::vector<std::string> by_class[2];
      for (const Value& one : endpoints_) {
        const std::string& sort = one.as_record().at("class").as_text();
        if (sort == "private" || sort == "public")
          by_class[sort == "public"].push_back(one.as_record().at("service").as_text());
      }
      put("endpoints", Value::list(endpoints_));
      put("endpoints.private", Value::list_of(Kind::text, by_class[0]));
      put("endpoints.public", Value::list_of(Kind::text, by_class[1]));
    }
    const auto add = [&](const char* name, const std::string& before) {
      if (const auto found = facts().find(name); found != facts().end())
        head_.seen.summary += before + text::printable(fact::to_text(found->second), 80);
    };
    if (!head_.seen.answered) return;
    add("error.code", ", ");
    add("anonymous.error", "; without a login: ");
    if (const auto cors = facts().find("cors.allowed"); cors != facts().end())
      head_.seen.summary += cors->second.as_bool() ? "; CORS allowed" : "; CORS refused";
  }

  WebAsk main_;
  std::string plain_;
  std::optional<StorageName> name_;
  Value::List endpoints_;
};

std::unique_ptr<Running> start(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  if (const auto good = check_request(params); !good)
    return fail_to_start(net, "storage", decode::mask(params.text("url")).text, "request", good.error().what,
                         std::move(done));
  return std::make_unique<StorageLook>(params, timeout, net, std::move(done));
}

}  // namespace

extern const ProbeSpec kStorage;
const ProbeSpec kStorage = {.name = "storage",
                            .summary = "reads from Azure Storage, with and without a login, and says who may",
                            .params = kParams,
                            .facts = kFacts,
                            .operations = kWebOperations,
                            .timeout = Milliseconds(30000),
                            .start = start};

}  // namespace aztriage::probe
