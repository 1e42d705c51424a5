// The API server of a cluster: kubernetes.io/docs/reference/using-api/health-checks, the Status object of
// kubernetes.io/docs/reference/kubernetes-api/common-definitions/status, and for errors of the tunnel to the
// nodes learn.microsoft.com/troubleshoot/azure/azure-kubernetes/connectivity/tunnel-connectivity-issues.
#include "base/text.h"
#include "decode/decode.h"
#include "decode/decode_facts.h"
#include "fact/url.h"
#include "probe/facts_without.h"
#include "probe/http_facts.h"
#include "probe/web_look.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

namespace aztriage::probe {
namespace {

using fact::Kind;
using fact::Value;

constexpr std::size_t kMostChecks = 50;

constexpr auto kParams = param_list(
    std::array<fact::ParamSpec, 3>{{
        {.name = "server",
         .type = {Kind::text},
         .help = "the API server: a URL, or a host with or without a port (443)",
         .required = true},
        {.name = "token", .type = {Kind::text}, .help = "bearer token to try besides", .secret = true},
        {.name = "path",
         .type = {Kind::text},
         .help = "a path that leads through the cluster's tunnel, asked with the token",
         .default_value = "/apis/metrics.k8s.io/v1beta1/nodes?limit=1"},
    }},
    kWayParams);

constexpr auto kFacts = decode::fact_list(
    facts_without(kHttpFacts, "version", "reason"), decode::kJwtFacts,
    std::array<fact::FactSpec, 20>{{
        {"is-kubernetes", {Kind::boolean}, "whether an API server of Kubernetes answered"},
        {"live", {Kind::boolean}, "/livez; missing when it wants a login"},
        {"ready", {Kind::boolean}, "/readyz; missing when it wants a login"},
        {"ready.failed", {Kind::list, Kind::text}, "the checks of /readyz that failed"},
        {"version", {Kind::text}, "the version of Kubernetes; missing when it wants a login"},
        {"platform", {Kind::text}, "of that version"},
        {"reason", {Kind::text}, "of the Status object: Unauthorized, Forbidden, ...", "body"},
        {"message", {Kind::text}, "of the Status object", "body"},
        {"user", {Kind::text}, "whom the server takes the caller for, when it says so", "body"},
        {"unauthorized", {Kind::boolean}, "401: the login was refused, or none was given"},
        {"forbidden", {Kind::boolean}, "403: the login is good, and has no right to this"},
        {"anonymous.status", {Kind::number}, "to /version without a token"},
        {"anonymous-enabled",
         {Kind::boolean},
         "whether requests without a token are let in as system:anonymous"},
        {"anonymous-allowed", {Kind::boolean}, "whether anybody may read /version"},
        {"backend.status", {Kind::number}, "to `path`"},
        {"backend.reason", {Kind::text}, "of its Status object"},
        {"backend.message", {Kind::text}, "of its Status object"},
        {"backend.failure", {Kind::text}, "why there was no answer to it"},
        {"tunnel-error",
         {Kind::text},
         "an answer that says the server can't reach its nodes or a service in the cluster",
         "backend"},
        {"retry-after", {Kind::text}, "how long to wait, when the server is too busy (429)", "headers"},
    }});

/// The server says one of these when the tunnel to the nodes (Konnectivity, aks-link before it) is broken.
constexpr std::array<std::string_view, 6> kTunnelTexts = {"error dialing backend",
                                                          "no agent available",
                                                          "error trying to reach service",
                                                          ":10250: i/o timeout",
                                                          ":10250: connect: connection refused",
                                                          "proxy error from"};

/// `https://HOST:PORT` without a path's last slash; nothing when it is no server.
std::optional<std::string> base_url(std::string_view server) {
  std::string url(text::trim(server));
  if (url.find("://") == std::string::npos) url = "https://" + url;
  while (url.ends_with('/')) url.pop_back();
  const auto parts = fact::parse_url(url);
  if (!parts || parts->has_query || parts->has_fragment || parts->has_user_info) return std::nullopt;
  const bool http = text::equal_ignoring_case(parts->scheme, "http");
  if (!http && !text::equal_ignoring_case(parts->scheme, "https")) return std::nullopt;
  return url;
}

/// `... User "system:anonymous" cannot get path "/api"`.
std::string user_in(std::string_view message) {
  constexpr std::string_view kMark = "User \"";
  const std::size_t at = message.find(kMark);
  if (at == std::string_view::npos) return {};
  message.remove_prefix(at + kMark.size());
  const std::size_t end = message.find('"');
  return end == std::string_view::npos ? std::string() : std::string(message.substr(0, end));
}

/// The names in lines such as `[-]etcd failed: reason withheld`.
std::vector<std::string> failed_checks(std::string_view body) {
  std::vector<std::string> names;
  for (std::string_view line : text::split(body, '\n')) {
    line = text::trim(line);
    if (!line.starts_with("[-]") || names.size() >= kMostChecks) continue;
    line.remove_prefix(3);
    names.push_back(text::to_utf8(line.substr(0, std::min<std::size_t>(line.find(' '), 100))));
  }
  return names;
}

class KubernetesLook : public WebLook {
 public:
  KubernetesLook(std::string base, const Params& params, Milliseconds timeout, net::Net& net, Done done)
      : WebLook("kubernetes", base, params, timeout, net, std::move(done)), base_(std::move(base)) {
    const std::string token = params_.text("token");
    if (const auto jwt = decode::decode_jwt(token, head_.seen.at)) {
      for (const auto& [name, value] : jwt->facts)
        if (name.starts_with("jwt.")) put(name, value);
      head_.seen.read.insert("jwt");
    }
    const WebAsk main = make("/api", true);
    ask(main, [this, main](const net::HttpReply& reply) { hear_main(main, reply); });
  }

 private:
  bool has_token() const { return !params_.text("token").empty(); }

  WebAsk make(const std::string& path, bool login) const {
    WebAsk one{.url = base_ + path};
    one.headers.push_back({"Accept", "application/json"});
    if (login && has_token())
      one.headers.push_back({"Authorization", "Bearer " + params_.text("token"), true});
    return one;
  }

  void hear_main(const WebAsk& main, const net::HttpReply& reply) {
    fill_main(main, reply);
    facts().erase("version");
    facts().erase("reason");
    if (reply.status == 0) return;
    fill_status(reply);
    for (const bool login : {false, true}) {
      if (login && !has_token()) continue;
      ask(make("/livez", login), [this](const net::HttpReply& r) { hear_health("live", r); });
      ask(make("/readyz?verbose", login), [this](const net::HttpReply& r) { hear_health("ready", r); });
      ask(make("/version", login), [this, login](const net::HttpReply& r) { hear_version(login, r); });
    }
    if (has_token()) ask_backend();
  }

  void fill_status(const net::HttpReply& reply) {
    const WebAnswer answer = read_answer(reply);
    const std::string kind = answer.text("json.kind");
    put("is-kubernetes", Value::boolean(kind == "Status" || kind == "APIVersions" ||
                                        !header_of(reply, "x-kubernetes-pf-flowschema-uid").empty()));
    if (kind == "Status") {
      put_text("reason", answer.text("json.reason"));
      put_text("message", answer.text("json.message"));
      put_text("user", user_in(answer.text("json.message")));
    }
    put("unauthorized", Value::boolean(reply.status == 401));
    put("forbidden", Value::boolean(reply.status == 403));
    put_text("retry-after", header_of(reply, "retry-after"));
    note_tunnel(reply);
    if (!has_token()) put("anonymous-enabled", Value::boolean(reply.status != 401));
  }

  void note_tunnel(const net::HttpReply& reply) {
    const std::string body = text::lower(std::string_view(reply.body).substr(0, 65536));
    if (reply.status < 400) return;
    if (std::ranges::none_of(kTunnelTexts, [&](auto piece) { return text::contains(body, piece); })) return;
    const std::string message = read_answer(reply).text("json.message");
    put_text("tunnel-error", message.empty() ? text::trim(std::string_view(reply.body).substr(0, 1000))
                                             : std::string_view(message));
  }

  void hear_health(const char* name, const net::HttpReply& reply) {
    if (reply.status == 0 || reply.status == 401 || reply.status == 403 || reply.status == 404) return;
    if (reply.status == 429) return;  // busy says nothing of it
    put(name, Value::boolean(reply.status == 200));
    if (std::string_view(name) == "ready")
      put("ready.failed", Value::list_of(Kind::text, failed_checks(reply.body)));
  }

  void hear_version(bool login, const net::HttpReply& reply) {
    if (reply.status == 0) return;
    if (!login) {
      put("anonymous.status", Value::number(reply.status));
      put("anonymous-allowed", Value::boolean(reply.status == 200));
      if (reply.status == 200 || reply.status == 401 || reply.status == 403)
        put("anonymous-enabled", Value::boolean(reply.status != 401));
    }
    const WebAnswer answer = read_answer(reply);
    put_text("version", answer.text("json.gitVersion"));
    put_text("platform", answer.text("json.platform"));
  }

  void ask_backend() {
    const std::string path = params_.text("path");
    if (!path.starts_with('/')) return;
    ask(make(path, true), [this](const net::HttpReply& reply) {
      const WebAnswer answer = read_answer(reply);
      put_text("backend.failure", answer.failure);
      if (reply.status == 0) return;
      put("backend.status", Value::number(reply.status));
      put_text("backend.reason", answer.text("json.reason"));
      put_text("backend.message", answer.text("json.message"));
      note_tunnel(reply);
      head_.seen.read.insert("backend");
    });
  }

  void conclude() override {
    auto& summary = head_.seen.summary;
    if (!head_.seen.answered) return;
    const auto word = [&](const char* name) {
      const auto found = facts().find(name);
      return found == facts().end() ? std::string() : text::printable(fact::to_text(found->second), 120);
    };
    std::string text;
    if (!word("version").empty()) text += word("version") + ", ";
    if (word("live") == "false") text += "not live, ";
    if (!word("ready").empty()) text += word("ready") == "true" ? "ready, " : "not ready, ";
    text += fmt::format("{} {}", word("status"), word("reason"));
    if (!word("message").empty()) text += ": " + word("message");
    if (!word("tunnel-error").empty()) text += "; tunnel: " + word("tunnel-error");
    if (!word("certificate.problems").empty()) text += "; certificate " + word("certificate.problems");
    summary = text;
  }

  std::string base_;
};

std::unique_ptr<Running> start(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  const std::string server = params.text("server");
  auto base = base_url(server);
  if (!base)
    return fail_to_start(net, "kubernetes", text::printable(server), "request",
                         "give the URL of the API server, or its host", std::move(done));
  return std::make_unique<KubernetesLook>(std::move(*base), params, timeout, net, std::move(done));
}

}  // namespace

extern const ProbeSpec kKubernetes;
const ProbeSpec kKubernetes = {.name = "kubernetes",
                               .summary = "asks the API server of a cluster how it is and whom it lets in",
                               .params = kParams,
                               .facts = kFacts,
                               .operations = kWebOperations,
                               .timeout = Milliseconds(20000),
                               .start = start};

}  // namespace aztriage::probe
