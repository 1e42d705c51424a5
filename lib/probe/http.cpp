#include "base/text.h"
#include "decode/mask.h"
#include "fact/url.h"
#include "probe/cookies.h"
#include "probe/http_facts.h"
#include "probe/http_request.h"
#include "probe/redirect.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <stdlib.h>

namespace aztriage::probe {
namespace {

using fact::FailureKind;
using fact::Kind;
using fact::Value;

constexpr Milliseconds kLongestConnect{10000};

constexpr std::array<std::string_view, 4> kMethods = {"GET", "HEAD", "OPTIONS", "POST"};
constexpr std::array<std::string_view, 3> kVersions = {"any", "1.1", "2"};

constexpr std::array<fact::ParamSpec, 20> kParams = {{
    {.name = "url", .type = {Kind::url}, .help = "what to ask for", .required = true, .secret = true},
    {.name = "method",
     .type = {.kind = Kind::choice, .words = kMethods},
     .help = "a method that changes nothing; POST only to what just reads or logs in",
     .default_value = "GET"},
    {.name = "headers", .type = {Kind::text}, .help = "request headers", .secret = true, .map = true},
    {.name = "body", .type = {Kind::text}, .help = "request body", .secret = true},
    {.name = "host", .type = {Kind::text}, .help = "Host header, when it is not the URL's host"},
    {.name = "sni",
     .type = {Kind::host},
     .help = "name for the TLS handshake, when it is not the URL's host"},
    {.name = "connect", .type = {Kind::endpoint}, .help = "host and port to connect to instead of the URL's"},
    {.name = "follow", .type = {Kind::boolean}, .help = "follow redirects", .default_value = "false"},
    {.name = "max-redirects",
     .type = {.kind = Kind::number, .least = 1, .most = 30, .whole = true},
     .help = "redirects to follow at most",
     .default_value = "10"},
    {.name = "cookies",
     .type = {Kind::boolean},
     .help = "send back the cookies that were set on the way",
     .default_value = "false"},
    {.name = "unique",
     .type = {Kind::boolean},
     .help = "add a query that nobody has asked for before, so that no cache can answer",
     .default_value = "false"},
    {.name = "verify",
     .type = {Kind::boolean},
     .help = "end when the certificate has a problem, instead of noting it",
     .default_value = "false"},
    {.name = "compressed",
     .type = {Kind::boolean},
     .help = "say that compressed answers are welcome",
     .default_value = "false"},
    {.name = "user-agent", .type = {Kind::text}, .help = "User-Agent header", .default_value = "aztriage"},
    {.name = "version",
     .type = {.kind = Kind::choice, .words = kVersions},
     .help = "version of HTTP to speak",
     .default_value = "any"},
    {.name = "read",
     .type = {.kind = Kind::number, .least = 0, .most = static_cast<double>(net::kReadBody), .whole = true},
     .help = "bytes of the body after which to stop; 0: headers only"},
    {.name = "ca", .type = {Kind::text}, .help = "file with the only authorities to trust"},
    {.name = "address", .type = {Kind::ip}, .help = "connect to this address instead of the host's"},
    {.name = "family",
     .type = {.kind = Kind::choice, .words = kFamilies},
     .help = "address family to use",
     .default_value = "any"},
    {.name = "proxy", .type = {Kind::text}, .help = "proxy to go through: a URL, or none"},
}};

constexpr std::array<std::string_view, 7> kOperations = {"resolve", "connect",  "proxy", "handshake",
                                                         "request", "response", "body"};

class HttpLook : public Running {
 public:
  HttpLook(const Params& params, Milliseconds timeout, net::Net& net, Done done)
      : net_(net),
        params_(params),
        head_("http", decode::mask(params.text("url")).text),
        url_(with_unique(params)),
        first_url_(url_),
        method_(params.text("method")),
        timeout_(timeout),
        done_(std::move(done)) {
    timer_ = net_.at(Steady::now() + timeout, [this] {
      timer_ = 0;
      const FailureKind kind = timeout_at(exchange_->operation());
      const auto call = std::exchange(done_, nullptr);
      auto seen = stop(kind);
      if (seen.failure && seen.failure->kind == kind)
        seen.failure->text = "not within " + show_seconds(head_.seconds());
      call(std::move(seen));  // may destroy this
    });
    ask();
  }
  ~HttpLook() override {
    if (timer_ != 0) net_.cancel(timer_);
  }

  fact::Observation stop(FailureKind kind) override {
    done_ = nullptr;
    const auto reply = exchange_->stop(kind);
    fill_reply(reply, head_.seen);
    return finish();
  }

 private:
  void ask() {
    RequestInput input{url_, first_url_, method_, jar_.header(host(), target(), tls()), hop_};
    request_ = make_request(params_, input);
    exchange_ = net::start_http(net_, request_, std::min(timeout_, kLongestConnect),
                                [this](net::HttpReply reply) { hear(std::move(reply)); });
  }

  std::string host() const { return std::string(fact::parse_url(url_)->host); }
  std::string target() const { return std::string(fact::parse_url(url_)->path); }
  bool tls() const { return text::equal_ignoring_case(fact::parse_url(url_)->scheme, "https"); }

  void hear(net::HttpReply reply) {
    if (params_.flag("cookies", false))
      for (const auto& [name, value] : reply.headers)
        if (name == "set-cookie")
          if (const auto cookie = parse_set_cookie(value, reply.middle)) jar_.take(*cookie, host(), target());
    const auto next = resolve_location(url_, header_of(reply, "location"));
    const bool leads_on = next && !reply.failure && is_redirect(reply.status) && reply.headers_read;
    if (leads_on) location_ = *next;
    if (leads_on && follows(reply)) return follow(reply);
    fill_reply(reply, head_.seen);
    if (leads_on) head_.seen.facts.insert_or_assign("location", Value::text(*next, Kind::url));
    fail_redirects();
    tell();
  }

  bool follows(const net::HttpReply& reply) {
    if (!params_.flag("follow", false)) return false;
    const auto to = fact::parse_url(location_);
    if (!text::equal_ignoring_case(to->scheme, "https") && !text::equal_ignoring_case(to->scheme, "http"))
      return false;
    // The same request with the same cookies again: nothing would change.
    asked_.insert(method_ + " " + url_ + " " + sent_cookies_);
    const std::string method = method_after(reply.status, method_);
    const std::string path(to->path);
    const bool secure = text::equal_ignoring_case(to->scheme, "https");
    sent_cookies_ = jar_.header(to->host, path.empty() ? "/" : path, secure);
    loop_ = asked_.contains(method + " " + location_ + " " + sent_cookies_);
    too_many_ = !loop_ && static_cast<double>(redirects_.size()) >= params_.number("max-redirects", 10);
    return !loop_ && !too_many_;
  }

  void note(int status) {
    redirects_.push_back(Value::record(
        {{"url", Value::text(decode::mask(url_).text, Kind::url)}, {"status", Value::number(status)}}));
  }

  void follow(const net::HttpReply& reply) {
    note(reply.status);
    method_ = method_after(reply.status, method_);
    url_ = location_;
    ++hop_;
    ask();
  }

  void fail_redirects() {
    if (!loop_ && !too_many_) return;
    const std::string text = loop_ ? "the redirects lead back to " + decode::mask(location_).text
                                   : fmt::format("more than {} redirects", redirects_.size());
    head_.seen.failure = fact::Failure{"response", FailureKind::http_redirects, text};
    head_.seen.summary += ", " + text;
  }

  fact::Observation finish() {
    auto& facts = head_.seen.facts;
    if (params_.flag("follow", false)) {
      facts.insert_or_assign("redirects", Value::list(redirects_));
      facts.insert_or_assign("redirects.loop", Value::boolean(loop_));
      if (!redirects_.empty() && !loop_)
        head_.seen.summary += fmt::format(" behind {} redirects", redirects_.size());
    }
    facts.insert_or_assign("final-url", Value::text(decode::mask(url_).text, Kind::url));
    facts.insert_or_assign("asked", Value::text(method_ + " " + decode::mask(request_.message.target).text));
    facts.insert_or_assign("sent-host", Value::text(sent_host(request_)));
    if (request_.tls) facts.insert_or_assign("sent-sni", Value::text(request_.server_name));
    facts.insert_or_assign("time.total", Value::number(head_.seconds()));
    auto seen = head_.finish();
    if (!params_.secret.empty()) decode::mask(seen, secrets_of(params_));
    return seen;
  }

  void tell() {
    if (timer_ != 0) net_.cancel(std::exchange(timer_, 0));
    const auto done = std::exchange(done_, nullptr);
    if (done) done(finish());  // may destroy this
  }

  net::Net& net_;
  Params params_;
  Head head_;
  std::string url_;
  std::string first_url_;
  std::string method_;
  Milliseconds timeout_;
  Done done_;
  net::HttpRequest request_;
  std::unique_ptr<net::HttpExchange> exchange_;
  net::Net::Timer timer_ = 0;
  CookieJar jar_;
  std::string sent_cookies_;
  std::string location_;
  std::set<std::string> asked_;
  Value::List redirects_;
  int hop_ = 0;
  bool loop_ = false;
  bool too_many_ = false;
};

std::unique_ptr<Running> start_http(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  if (const auto good = check_request(params); !good)
    return fail_to_start(net, "http", decode::mask(params.text("url")).text, "request", good.error().what,
                         std::move(done));
  return std::make_unique<HttpLook>(params, timeout, net, std::move(done));
}

}  // namespace

extern const ProbeSpec kHttp;
const ProbeSpec kHttp = {.name = "http",
                         .summary = "sends one request and tells all of the answer",
                         .params = kParams,
                         .facts = kHttpFacts,
                         .operations = kOperations,
                         .timeout = Milliseconds(30000),
                         .start = start_http};

}  // namespace aztriage::probe
