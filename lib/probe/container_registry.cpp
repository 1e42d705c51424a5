// The probe `registry`. The API is that of github.com/opencontainers/distribution-spec, the token endpoint
// that of distribution.github.io/distribution/spec/auth/token; data hosts as
// learn.microsoft.com/azure/container-registry/ container-registry-firewall-rules describes them.
#include "base/text.h"
#include "decode/encoding.h"
#include "fact/url.h"
#include "probe/address_class.h"
#include "probe/challenge.h"
#include "probe/json_facts.h"
#include "probe/redirect.h"
#include "probe/registry_facts.h"
#include "probe/web_look.h"

#include <algorithm>
#include <array>
#include <set>

namespace aztriage::probe {
namespace {

using fact::Kind;
using fact::Value;

constexpr std::size_t kMostDataHosts = 10;

constexpr auto kParams = param_list(
    std::array<fact::ParamSpec, 8>{{
        {.name = "host", .type = {Kind::host}, .help = "login server of the registry", .required = true},
        {.name = "port", .type = fact::kPort, .help = "its port", .default_value = "443"},
        {.name = "tls", .type = {Kind::boolean}, .help = "speak TLS", .default_value = "true"},
        {.name = "repository", .type = {Kind::text}, .help = "repository to pull from, without the host"},
        {.name = "tag", .type = {Kind::text}, .help = "tag or digest in it", .default_value = "latest"},
        {.name = "user", .type = {Kind::text}, .help = "user to log in"},
        {.name = "password", .type = {Kind::text}, .help = "password or token of the user", .secret = true},
        {.name = "data-host",
         .type = {Kind::host},
         .help = "data endpoints to try besides, such as NAME.REGION.data.azurecr.io",
         .list = true},
    }},
    kWayParams);

constexpr std::string_view kManifestTypes =
    "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";

/// Characters of a repository's or tag's name; nothing else may become a part of a path.
bool is_name(std::string_view name, bool slashes) {
  return !name.empty() && name.size() <= 255 && name.find("..") == std::string_view::npos &&
         std::ranges::all_of(name, [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                  c == '_' || c == '-' || c == ':' || c == '@' || (slashes && c == '/');
         });
}

class RegistryLook : public WebLook {
 public:
  RegistryLook(const Params& params, Milliseconds timeout, net::Net& net, Done done)
      : WebLook("registry", params.text("host"), params, timeout, net, std::move(done)),
        host_(params_.text("host")),
        port_(static_cast<int>(params_.number("port", 443))),
        tls_(params_.flag("tls", true)),
        repository_(params_.text("repository")) {
    if (port_ != 443) head_.seen.target = net::join_host_port(host_, port_);
    if (!repository_.empty()) head_.seen.target += "/" + repository_ + ":" + params_.text("tag");
    base_ = std::string(tls_ ? "https://" : "http://") + net::join_host_port(host_, port_);
    const WebAsk root{.url = base_ + "/v2/"};
    ask(root, [this, root](const net::HttpReply& reply) { hear_root(root, reply); });
    if (const Value* given = params_.find("data-host"); given != nullptr && given->kind() == Kind::list)
      for (const Value& one : given->as_list()) try_data("https://" + one.as_text() + "/", false);
  }

 private:
  bool has_login() const { return !params_.text("user").empty() && !params_.text("password").empty(); }

  void hear_root(const WebAsk& root, const net::HttpReply& reply) {
    fill_main(root, reply);
    if (reply.status == 0) return;
    const bool speaks = text::contains(header_of(reply, "docker-distribution-api-version"), "registry/2");
    put("is-registry", Value::boolean(speaks || facts().contains("json.errors.0.code")));
    put_text("retry-after", header_of(reply, "retry-after"));
    // Whoever shows a bad certificate, or is asked in the clear, could name any realm as his own.
    const bool here =
        reply.connection.address.text.starts_with("127.") || reply.connection.address.text == "::1";
    verified_ = reply.certificate ? reply.certificate->problems.empty() : here;
    if (has_login() && !verified_) put("withheld", Value::boolean(true));
    if (reply.status == 200) {
      ask_manifest("", false);
    } else if (reply.status == 401) {
      log_in(header_of(reply, "www-authenticate"));
    }
  }

  void log_in(std::string_view challenges) {
    for (const Challenge& one : parse_challenges(challenges)) {
      if (text::equal_ignoring_case(one.scheme, "basic")) {
        if (!repository_.empty()) ask_manifest("", false);
        if (has_login() && verified_) {
          if (repository_.empty()) ask_basic();
          ask_manifest(basic(), true);
        }
        return;
      }
      if (!text::equal_ignoring_case(one.scheme, "bearer") || one.value("realm").empty()) continue;
      if (!repository_.empty()) ask_token(one, false);
      if (has_login() && verified_) ask_token(one, true);
      return;
    }
  }

  std::string basic() const {
    return "Basic " + decode::base64_encode(params_.text("user") + ":" + params_.text("password"));
  }

  void ask_basic() {
    WebAsk root{.url = base_ + "/v2/"};
    root.headers.push_back({"Authorization", basic(), true});
    ask(root, [this](const net::HttpReply& reply) { fill_login(reply, reply.status == 200); });
  }

  void fill_login(const net::HttpReply& reply, bool good) {
    const WebAnswer answer = read_answer(reply);
    put_text("login.failure", answer.failure);
    if (reply.status == 0) return;
    put("login.status", Value::number(reply.status));
    put("login.ok", Value::boolean(good));
    put_text("login.error", answer.text("error.code"));
    put_text("login.detail", answer.text("error.detail"));
    head_.seen.read.insert("login");
  }

  void ask_token(const Challenge& challenge, bool login) {
    std::string url(challenge.value("realm"));
    const auto add = [&](std::string_view name, std::string_view value) {
      if (value.empty()) return;
      url += (url.find('?') == std::string::npos ? "?" : "&") + std::string(name) + "=" +
             decode::percent_encode(value);
    };
    add("service", challenge.value("service"));
    if (!repository_.empty()) add("scope", "repository:" + repository_ + ":pull");
    WebAsk one{.url = url};
    const auto realm = fact::parse_url(url);
    one.elsewhere = !realm || !text::equal_ignoring_case(realm->host, host_);
    if (login) one.headers.push_back({"Authorization", basic(), true});
    ask(one, [this, login](const net::HttpReply& reply) { hear_token(login, reply); });
  }

  void hear_token(bool login, const net::HttpReply& reply) {
    std::string token = json_member(reply.body, "access_token");
    if (token.empty()) token = json_member(reply.body, "token");
    if (!token.empty()) hide(token);
    const bool good = reply.status == 200 && !token.empty();
    if (login) {
      fill_login(reply, good);
    } else if (reply.status != 0) {
      put("anonymous.status", Value::number(reply.status));
      head_.seen.read.insert("anonymous");
      put_text("anonymous.error", read_answer(reply).text("error.code"));
      if (!good) put("anonymous", Value::boolean(false));
    }
    if (good) ask_manifest("Bearer " + token, login);
  }

  WebAsk make(const std::string& path, const std::string& authorization) const {
    WebAsk one{.url = base_ + path};
    one.headers.push_back({"Accept", std::string(kManifestTypes)});
    if (!authorization.empty()) one.headers.push_back({"Authorization", authorization, true});
    return one;
  }

  void ask_manifest(const std::string& authorization, bool login) {
    if (repository_.empty()) return;
    const std::string path = "/v2/" + repository_ + "/manifests/" + params_.text("tag");
    ask(make(path, authorization), [this, authorization, login](const net::HttpReply& reply) {
      if (!login && reply.status != 0) put("anonymous", Value::boolean(reply.status == 200));
      // With a login, its answer is the one that counts, whichever comes first.
      if (!login && (has_login() && verified_) && reply.status != 200) return;
      if (login_told_) return;
      login_told_ = login;
      hear_manifest(reply, authorization);
    });
  }

  void hear_manifest(const net::HttpReply& reply, const std::string& authorization) {
    const WebAnswer answer = read_answer(reply);
    put_text("manifest.failure", answer.failure);
    if (reply.status == 0) return;
    for (const char* name : {"manifest.error", "manifest.detail"}) facts().erase(name);
    put("manifest.status", Value::number(reply.status));
    put_text("manifest.error", answer.text("error.code"));
    put_text("manifest.detail", answer.text("error.detail"));
    put_text("manifest.type", header_of(reply, "content-type"));
    put_text("manifest.digest", header_of(reply, "docker-content-digest"));
    head_.seen.read.insert("manifest");
    if (reply.status != 200 || looked_into_) return;
    looked_into_ = true;
    const Manifest manifest = read_manifest(answer.facts);
    if (!manifest.platforms.empty()) {
      platforms_ = manifest.platforms;
      put("platforms", Value::list_of(Kind::text, platforms_));
    }
    if (manifest.config.empty() && !manifest.child.empty()) {
      ask(make("/v2/" + repository_ + "/manifests/" + manifest.child, authorization),
          [this, authorization](const net::HttpReply& child) {
            if (child.status == 200) hear_image(read_manifest(read_answer(child).facts), authorization);
          });
    } else {
      hear_image(manifest, authorization);
    }
  }

  void hear_image(const Manifest& image, const std::string& authorization) {
    if (image.layers > 0) {
      put("layers", Value::number(image.layers));
      put("layers.size", Value::number(image.size));
    }
    for (const std::string& digest : {image.config, image.layer}) {
      if (digest.empty()) continue;
      const bool config = digest == image.config;
      WebAsk blob = make("/v2/" + repository_ + "/blobs/" + digest, authorization);
      blob.read = config ? blob.read : 1024;
      ask(blob,
          [this, config, url = blob.url](const net::HttpReply& reply) { hear_blob(reply, url, config); });
    }
  }

  void hear_blob(const net::HttpReply& reply, const std::string& url, bool config) {
    if (reply.status == 200) {
      note_data(host_, reply);
      if (config) read_config(reply);
      return;
    }
    const auto next = resolve_location(url, header_of(reply, "location"));
    if (!is_redirect(reply.status) || !next) return note_data(host_, reply);
    try_data(*next, config);
  }

  /// The redirect is a signed address that everybody may use who has it; nothing of the login goes along.
  void try_data(const std::string& url, bool config) {
    const auto to = fact::parse_url(url);
    if (!to || data_hosts_.size() >= kMostDataHosts) return;
    const std::string host(to->host);
    if (!config && data_hosts_.contains(host)) return;
    data_hosts_.insert(host);
    WebAsk one{.url = url};
    one.elsewhere = !text::equal_ignoring_case(host, host_);
    one.read = config ? one.read : 1024;
    ask(one, [this, host, config](const net::HttpReply& reply) {
      note_data(host, reply);
      if (config && reply.status == 200) read_config(reply);
    });
  }

  void note_data(const std::string& host, const net::HttpReply& reply) {
    data_hosts_.insert(host);
    if (reply.status != 0) {
      const WebAnswer answer = read_answer(reply);
      put("data.status", Value::number(reply.status));
      put_text("data.error", answer.text("error.code"));
      put("data.seconds", Value::number(reply.first_byte_seconds));
    } else if (reply.failure) {
      data_failed_.insert(host);
      if (!facts().contains("data.failure")) {
        put_text("data.failure", failure_line(*reply.failure));
        put_text("data.failure-kind", fact::failure_name(reply.failure->kind));
      }
    }
    if (!reply.connection.address.text.empty() && reply.connection.proxy.empty())
      put("data.private", Value::boolean(is_private(reply.connection.address.text)));
    if (reply.certificate) {
      std::vector<std::string> problems;
      for (const auto problem : reply.certificate->problems)
        problems.emplace_back(net::problem_name(problem));
      put("data.problems", Value::list_of(Kind::text, problems));
      put_text("data.issuer", reply.certificate->leaf.issuer);
    }
  }

  void read_config(const net::HttpReply& reply) {
    if (!platforms_.empty()) return;
    fact::Facts config;
    add_json_facts(reply.body, config);
    if (const std::string platform = platform_of(config, "json"); !platform.empty())
      put("platforms", Value::list_of(Kind::text, {text::to_utf8(platform)}));
  }

  void conclude() override {
    if (!data_hosts_.empty()) {
      head_.seen.read.insert("data");
      put("data-hosts", Value::list_of(Kind::host, {data_hosts_.begin(), data_hosts_.end()}));
      put("data.failed", Value::list_of(Kind::host, {data_failed_.begin(), data_failed_.end()}));
    }
    if (!head_.seen.answered) return;
    const auto add = [&](const char* name, const char* before) {
      if (const auto found = facts().find(name); found != facts().end())
        head_.seen.summary += before + text::printable(fact::to_text(found->second), 120);
    };
    const bool wants_login = facts().contains("challenge.schemes");
    if (!wants_login) add("error.code", ", ");
    add("manifest.status", "; manifest ");
    add("manifest.error", " ");
    add("platforms", ", ");
    add("login.error", "; login ");
    add("data.failure", "; data ");
  }

  std::string host_;
  int port_;
  bool tls_;
  std::string repository_;
  std::string base_;
  bool verified_ = false;
  bool login_told_ = false;
  bool looked_into_ = false;
  std::vector<std::string> platforms_;
  std::set<std::string> data_hosts_;
  std::set<std::string> data_failed_;
};

std::unique_ptr<Running> start(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  const std::string repository = params.text("repository");
  const bool good = (repository.empty() || is_name(repository, true)) && is_name(params.text("tag"), false);
  if (!good)
    return fail_to_start(net, "registry", params.text("host"), "request",
                         "the name of the repository or tag has signs in it that no name has",
                         std::move(done));
  return std::make_unique<RegistryLook>(params, timeout, net, std::move(done));
}

}  // namespace

extern const ProbeSpec kRegistry;
const ProbeSpec kRegistry = {
    .name = "registry",
    .summary = "asks a container registry for its login, a manifest and where its data is",
    .params = kParams,
    .facts = kRegistryFacts,
    .operations = kWebOperations,
    .timeout = Milliseconds(30000),
    .start = start};

}  // namespace aztriage::probe
