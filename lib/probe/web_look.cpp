#include "probe/web_look.h"

#include "base/text.h"
#include "fact/url.h"
#include "probe/http_facts.h"
#include "probe/http_request.h"

#include <algorithm>

namespace aztriage::probe {

using fact::FailureKind;
using fact::Kind;
using fact::Value;

namespace {

constexpr Milliseconds kLongestConnect{10000};
constexpr std::size_t kMostPending = 64;

/// The parameters of the probe `http` that make the request.
Params as_http(const WebAsk& what, const Params& look) {
  Params one;
  one.values["url"] = Value::text(what.url, Kind::url);
  one.values["method"] = Value::text(what.method);
  one.values["user-agent"] = Value::text("aztriage");
  for (const char* name : {"ca", "family", "proxy"})
    if (const auto* value = look.find(name)) one.values[name] = *value;
  if (!what.elsewhere)
    if (const auto* value = look.find("address")) one.values["address"] = *value;
  if (!what.proxy.empty()) one.values["proxy"] = Value::text(what.proxy);
  one.values["read"] = Value::number(static_cast<double>(what.read));
  if (what.method == "POST") one.values["body"] = Value::text(what.body);
  if (what.secret_body) one.secret.insert("body");
  for (const auto& header : what.headers) {
    const std::string name = "headers." + header.name;
    one.values[name] = Value::text(header.value);
    if (header.secret) one.secret.insert(name);
  }
  return one;
}

}  // namespace

struct WebLook::Pending {
  std::unique_ptr<net::HttpExchange> exchange;
  std::function<void(const net::HttpReply&)> reply;
  std::unique_ptr<net::Pending> names;
  std::function<void(const net::Addresses&)> addresses;
  std::unique_ptr<net::Connecting> connecting;
  std::function<void(const net::Connection&)> connection;
  net::Net::Timer timer = 0;
};

WebLook::WebLook(std::string_view probe, std::string target, const Params& params, Milliseconds timeout,
                 net::Net& net, Done done)
    : net_(net), params_(params), head_(probe, std::move(target)), timeout_(timeout), done_(std::move(done)) {
  hidden_ = secrets_of(params_);
  // Logins are hidden however they were given.
  for (const char* name : {"token", "password", "identity-header"})
    if (const std::string value = params_.text(name); !value.empty()) hide(value);
  timer_ = net_.at(Steady::now() + timeout, [this] {
    timer_ = 0;
    const auto call = std::exchange(done_, nullptr);
    auto seen = stop(FailureKind::http_timeout);
    call(std::move(seen));  // may destroy this
  });
}

WebLook::~WebLook() {
  if (timer_ != 0) net_.cancel(timer_);
  for (auto& [id, one] : pending_)
    if (one->timer != 0) net_.cancel(one->timer);
}

Milliseconds WebLook::connect_timeout() const {
  return std::min(timeout_, kLongestConnect);
}

bool WebLook::ask(const WebAsk& what, std::function<void(const net::HttpReply&)> then) {
  const Params one = as_http(what, params_);
  if (ending_ || pending_.size() >= kMostPending || !check_request(one)) return false;
  const std::string no_cookies;
  const net::HttpRequest request =
      make_request(one, RequestInput{what.url, what.url, what.method, no_cookies, 0});
  const int id = ++last_;
  auto& pending = *pending_.emplace(id, std::make_unique<Pending>()).first->second;
  pending.reply = std::move(then);
  pending.exchange = net::start_http(net_, request, connect_timeout(), [this, id](net::HttpReply reply) {
    heard(id, [&](Pending& heard) { heard.reply(reply); });
  });
  return true;
}

bool WebLook::resolve(const std::string& host, int port, std::function<void(const net::Addresses&)> then) {
  if (ending_ || pending_.size() >= kMostPending) return false;
  const int id = ++last_;
  auto& pending = *pending_.emplace(id, std::make_unique<Pending>()).first->second;
  pending.addresses = std::move(then);
  pending.names = net_.names().resolve(
      host, port, family_of(params_), connect_timeout(),
      [this, id](net::Addresses found) { heard(id, [&](Pending& heard) { heard.addresses(found); }); });
  return true;
}

bool WebLook::connect(const std::string& host, int port, std::function<void(const net::Connection&)> then) {
  if (ending_ || pending_.size() >= kMostPending) return false;
  const int id = ++last_;
  auto& pending = *pending_.emplace(id, std::make_unique<Pending>()).first->second;
  pending.connection = std::move(then);
  net::Target target{.host = host, .port = port};
  target.family = family_of(params_);
  target.proxy = params_.text("proxy");
  pending.connecting = net::connect(net_, target, connect_timeout(), [this, id](net::Connection made) {
    heard(id, [&](Pending& heard) { heard.connection(made); });
  });
  return true;
}

void WebLook::soon(std::function<void()> then) {
  const int id = ++last_;
  auto& pending = *pending_.emplace(id, std::make_unique<Pending>()).first->second;
  pending.timer = net_.at(Steady::now(), [this, id, then = std::move(then)] {
    pending_.at(id)->timer = 0;
    heard(id, [&](Pending&) { then(); });
  });
}

void WebLook::heard(int id, const std::function<void(Pending&)>& tell) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return;
  const std::unique_ptr<Pending> one = std::move(found->second);
  pending_.erase(found);
  tell(*one);
  if (pending_.empty()) settle();  // may destroy this
}

void WebLook::settle() {
  if (timer_ != 0) net_.cancel(std::exchange(timer_, 0));
  ending_ = true;
  const auto call = std::exchange(done_, nullptr);
  auto seen = finish();
  if (call) call(std::move(seen));
}

fact::Observation WebLook::stop(FailureKind kind) {
  done_ = nullptr;
  ending_ = true;
  if (timer_ != 0) net_.cancel(std::exchange(timer_, 0));
  for (auto& [id, one] : pending_) {
    if (one->timer != 0) net_.cancel(std::exchange(one->timer, 0));
    const bool by_time = kind == FailureKind::http_timeout;
    if (one->exchange) {
      auto reply = one->exchange->stop(by_time ? timeout_at(one->exchange->operation()) : kind);
      if (by_time && reply.failure) reply.failure->text = "not within " + show_seconds(head_.seconds());
      one->reply(reply);
    } else if (one->connecting) {
      one->connection(one->connecting->stop(by_time ? timeout_at(one->connecting->operation()) : kind));
    } else if (one->names) {
      net::Addresses none;
      none.failure = fact::Failure{"resolve", by_time ? FailureKind::dns_timeout : kind, {}};
      one->addresses(none);
    }
  }
  pending_.clear();
  return finish();
}

fact::Observation WebLook::finish() {
  conclude();
  put("time.total", Value::number(head_.seconds()));
  auto seen = head_.finish();
  decode::mask(seen, hidden_);
  return seen;
}

void WebLook::put(std::string_view name, Value value) {
  facts().insert_or_assign(std::string(name), std::move(value));
}

void WebLook::put_text(std::string_view name, std::string_view value, Kind kind) {
  constexpr std::size_t kLongest = 4096;
  if (!value.empty()) put(name, Value::text(text::to_utf8(value.substr(0, kLongest)), kind));
}

void WebLook::fill_main(const WebAsk& what, const net::HttpReply& reply) {
  fill_reply(reply, head_.seen);
  const auto url = fact::parse_url(what.url);
  put("asked", Value::text(what.method + " " + decode::mask(what.url).text));
  put("final-url", Value::text(decode::mask(what.url).text, Kind::url));
  const bool tls = text::equal_ignoring_case(url->scheme, "https");
  const int port = fact::effective_port(*url);
  put("sent-host",
      Value::text(port == (tls ? 443 : 80) ? std::string(url->host) : net::join_host_port(url->host, port)));
  if (tls) put("sent-sni", Value::text(std::string(url->host)));
}

std::string WebAnswer::text(std::string_view name) const {
  const auto found = facts.find(name);
  return found == facts.end() ? std::string() : fact::to_text(found->second);
}

WebAnswer read_answer(const net::HttpReply& reply) {
  fact::Observation seen;
  fill_reply(reply, seen);
  WebAnswer answer{std::move(seen.facts), {}};
  if (reply.failure) answer.failure = failure_line(*reply.failure);
  return answer;
}

}  // namespace aztriage::probe
