#include "probe/wire/ftps.h"

#include "base/text.h"
#include "decode/fact_list.h"
#include "probe/conversation.h"
#include "probe/server_params.h"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace aztriage::probe {
namespace {

using fact::Kind;
using fact::Value;
using wire::FtpsTalk;

constexpr int kImplicitPort = 990;
constexpr std::array<std::string_view, 2> kPlainStates = {"accepted", "refused"};

constexpr auto kParams = param_list(
    kPlaceParams, kTlsParams,
    std::array<fact::ParamSpec, 4>{{
        {.name = "port", .type = fact::kPort, .help = "port to connect to", .default_value = "21"},
        {.name = "implicit",
         .type = {Kind::boolean},
         .help = "TLS from the first byte on; so on port 990 unless said"},
        {.name = "plain",
         .type = {Kind::boolean},
         .help =
             "see, too, on a second connection whether a login may begin without TLS; no password is sent",
         .default_value = "false"},
        {.name = "user", .type = {Kind::text}, .help = "whose login", .default_value = "anonymous"},
    }});

constexpr auto kFacts = decode::fact_list(
    kConnectionFacts, wire::kFtpsTalkFacts, net::kHandshakeFacts, net::kServerCertificateFacts,
    std::array<fact::FactSpec, 3>{{
        {"plain",
         {.kind = Kind::choice, .words = kPlainStates},
         "whether a login may begin without TLS, when `plain` asks for it"},
        {"plain.code", {Kind::number}, "the code of the reply to that login"},
        {"plain.text", {Kind::text}, "its text"},
    }});

constexpr std::array<std::string_view, 9> kOperations = {
    "resolve", "connect", "proxy", "banner", "features", "plain", "auth", "handshake", "protection"};

/// One connection for TLS, and one in plain text when that is asked for: a server may end a connection on
/// which a login failed.
class FtpsProbe : public Running {
 public:
  FtpsProbe(net::Net& net, ConversationPlan plan, std::optional<std::string> plain, Milliseconds timeout,
            Done done)
      : net_(net),
        plan_(std::move(plan)),
        plain_user_(std::move(plain)),
        head_("ftps", net::join_host_port(plan_.target.host, plan_.target.port)),
        end_(system_clock().steady() + timeout),
        done_(std::move(done)) {
    first_ = std::make_unique<Conversation>(
        net_, plan_, std::make_unique<FtpsTalk>(wire::FtpsPlan{.implicit = plan_.tls_first}), timeout,
        [this] { first_done(); });
  }
  ~FtpsProbe() override { net_.cancel(timer_); }

  fact::Observation stop(fact::FailureKind kind) override {
    done_ = nullptr;
    net_.cancel(std::exchange(timer_, 0));
    first_->stop(kind);
    if (plain_) plain_->stop(kind);
    return tell();
  }

 private:
  static const FtpsTalk& talk_of(const Conversation& conversation) {
    return static_cast<const FtpsTalk&>(*conversation.dialogue());
  }

  void first_done() {
    if (plain_user_ && first_->seen().connected && !plan_.tls_first) {
      const net::Connection& connection = first_->seen().connection;
      ConversationPlan plan = plan_;
      if (connection.proxy.empty()) {
        plan.target.address = connection.address.text;
        plan.target.port = connection.port;
      }
      const auto left = std::chrono::ceil<Milliseconds>(end_ - system_clock().steady());
      plain_ = std::make_unique<Conversation>(
          net_, std::move(plan),
          std::make_unique<FtpsTalk>(wire::FtpsPlan{.plain = true, .user = *plain_user_}),
          std::max(left, Milliseconds(1)), [this] { check(); });
    }
    check();
  }

  /// Told from the loop, since whoever is told may destroy the conversations that call here.
  void check() {
    if (!done_ || timer_ != 0 || !first_->finished() || (plain_ && !plain_->finished())) return;
    timer_ = net_.at(system_clock().steady(), [this] {
      timer_ = 0;
      const auto done = std::exchange(done_, nullptr);
      done(tell());
    });
  }

  fact::Observation tell() {
    fill_conversation(*first_, head_.seen);
    fact::Observation seen = head_.finish();
    const auto problems = seen.facts.find("certificate.problems");
    if (!seen.failure && problems != seen.facts.end() && !problems->second.as_list().empty()) {
      seen.summary = "certificate " + to_text(problems->second) + "; " + seen.summary;
    }
    if (plain_) add_plain(seen);
    return seen;
  }

  /// 331 asks for the password, 230 needs none (RFC 959 5.4).
  void add_plain(fact::Observation& seen) const {
    const auto& reply = talk_of(*plain_).user_reply();
    if (!reply) return;
    const bool accepted = reply->code < 400;
    seen.read.insert("plain");
    seen.facts["plain"] = Value::text(accepted ? "accepted" : "refused", Kind::choice);
    seen.facts["plain.code"] = Value::number(reply->code);
    seen.facts["plain.text"] = Value::text(text::to_utf8(reply->text));
    if (!seen.failure) {
      seen.summary += accepted ? "; a login may begin without TLS" : "; no login without TLS";
    }
  }

  net::Net& net_;
  ConversationPlan plan_;
  std::optional<std::string> plain_user_;
  Head head_;
  SteadyTime end_;
  Done done_;
  std::unique_ptr<Conversation> first_, plain_;
  net::Net::Timer timer_ = 0;
};

std::unique_ptr<Running> start(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  ConversationPlan plan;
  plan.target = target_of(params);
  auto tls = tls_options_of(params, net);
  if (!tls) {
    return fail_to_start(net, "ftps", net::join_host_port(plan.target.host, plan.target.port), "resolve",
                         tls.error().what, std::move(done));
  }
  plan.tls = std::move(*tls);
  plan.tls_first = params.flag("implicit", plan.target.port == kImplicitPort);
  const std::string user = params.text("user");
  if (user.find_first_of("\r\n") != std::string::npos) {
    return fail_to_start(net, "ftps", net::join_host_port(plan.target.host, plan.target.port), "resolve",
                         "'user' has more than one line", std::move(done));
  }
  std::optional<std::string> plain;
  if (params.flag("plain", false)) plain = user;
  return std::make_unique<FtpsProbe>(net, std::move(plan), std::move(plain), timeout, std::move(done));
}

}  // namespace

extern const ProbeSpec kFtps;
const ProbeSpec kFtps = {
    .name = "ftps",
    .summary = "speaks FTP up to the login: greeting, features, TLS, and whether it is demanded",
    .params = kParams,
    .facts = kFacts,
    .operations = kOperations,
    .timeout = Milliseconds(10000),
    .intrusive = false,
    .start = start,
};

}  // namespace aztriage::probe
