#include "decode/fact_list.h"
#include "probe/conversation.h"
#include "probe/head.h"
#include "probe/server_params.h"
#include "probe/wire/tds.h"

#include <algorithm>
#include <array>
#include <utility>

namespace aztriage::probe {
namespace {

using fact::FailureKind;
using fact::Kind;
using fact::Value;
using Tls = wire::SqlAsked::Tls;

constexpr Milliseconds kRedirectTime{5000};

constexpr std::array<std::string_view, 3> kTls = {"on", "off", "strict"};
constexpr auto kParams =
    param_list(kPlaceParams, kTlsParams,
               std::array<fact::ParamSpec, 6>{{
                   {.name = "port",
                    .type = fact::kPort,
                    .help = "1433; 3342 of a managed instance's public endpoint",
                    .default_value = "1433"},
                   {.name = "tls",
                    .type = {.kind = Kind::choice, .words = kTls},
                    .help = "on: TLS inside TDS 7, at most 1.2; strict: TDS 8, TLS first; off: tells the "
                            "server that none is "
                            "to be had",
                    .default_value = "on"},
                   {.name = "user",
                    .type = {Kind::text},
                    .help = "user to log in as, without a password unless one is given; no login without it"},
                   {.name = "database", .type = {Kind::text}, .help = "database to ask for at the login"},
                   {.name = "instance",
                    .type = {Kind::text},
                    .help = "name of the instance, to know whether it is this one"},
                   {.name = "password",
                    .type = {Kind::text},
                    .help = "password of a login of SQL Server; goes to a trusted server only",
                    .secret = true},
               }});

constexpr auto kFacts = decode::fact_list(
    kConnectionFacts, kConnectTimeFact, net::kHandshakeFacts, net::kServerCertificateFacts,
    wire::kSqlTalkFacts,
    std::array<fact::FactSpec, 1>{{
        {"redirect.reachable",
         {Kind::boolean},
         "whether a connection to where the redirect policy sends clients is there; it stands in `tries`"},
    }});
constexpr std::array<std::string_view, 6> kOperations = {"resolve",  "connect",   "proxy",
                                                         "prelogin", "handshake", "login"};

/// The talk, then a connection to where the server sends its clients, if it does.
class SqlProbe : public Running {
 public:
  SqlProbe(net::Net& net, ConversationPlan plan, wire::SqlAsked asked, Milliseconds timeout, Done done)
      : net_(net),
        target_(plan.target),
        head_("sql", net::join_host_port(target_.host, target_.port)),
        end_(system_clock().steady() + timeout),
        done_(std::move(done)),
        main_(net, std::move(plan), std::make_unique<wire::SqlTalk>(std::move(asked)), timeout,
              [this] { check_soon(); }) {}
  ~SqlProbe() override { net_.cancel(check_); }

  fact::Observation stop(FailureKind kind) override {
    done_ = nullptr;
    main_.stop(kind);
    if (route_) route_->stop(kind);
    return tell();
  }

 private:
  const wire::SqlTalk& talk() const { return static_cast<const wire::SqlTalk&>(*main_.dialogue()); }

  /// From the loop, since a conversation may not be destroyed while it tells of its end.
  void check_soon() {
    check_ = net_.at(system_clock().steady(), [this] {
      check_ = 0;
      check();
    });
  }

  void check() {
    if (!route_ && !talk().route_host().empty()) {
      ConversationPlan plan;
      plan.target = target_;
      plan.target.host = talk().route_host();
      plan.target.port = talk().route_port();
      plan.target.address.clear();
      const auto left = std::chrono::ceil<Milliseconds>(end_ - system_clock().steady());
      route_ = std::make_unique<Conversation>(net_, std::move(plan), nullptr,
                                              std::clamp(left, Milliseconds(1), kRedirectTime),
                                              [this] { check_soon(); });
      return;
    }
    const auto done = std::exchange(done_, nullptr);
    if (done) done(tell());
  }

  fact::Observation tell() {
    fact::Observation& seen = head_.seen;
    fill_conversation(main_, seen);
    if (!route_) return head_.finish();
    fact::Observation one;
    one.probe = seen.probe;
    one.target = net::join_host_port(talk().route_host(), talk().route_port());
    one.at = seen.at;
    fill_conversation(*route_, one);
    one.tries.clear();
    one.answered = route_->seen().connected;
    one.summary = one.failure ? failure_line(*one.failure) : "connected";
    seen.facts.insert_or_assign("redirect.reachable", Value::boolean(one.answered));
    if (!one.answered) seen.summary += ", which can't be reached";
    seen.tries.push_back(std::move(one));
    return head_.finish();
  }

  net::Net& net_;
  net::Target target_;
  Head head_;
  SteadyTime end_;
  Done done_;
  net::Net::Timer check_ = 0;
  std::unique_ptr<Conversation> route_;
  Conversation main_;
};

Result<ConversationPlan> plan_of(const Params& params, const net::Net& net, Tls tls) {
  ConversationPlan plan;
  plan.target = target_of(params);
  auto options = tls_options_of(params, net);
  if (!options) return tl::unexpected(options.error());
  plan.tls = std::move(*options);
  if (tls == Tls::strict) {
    plan.tls_first = true;
    plan.tls.alpn = {"tds/8.0"};
    return plan;
  }
  // TLS 1.3 came to TDS with 8.0 (learn.microsoft.com/sql/relational-databases/security/networking/tds-8).
  if (plan.tls.min == net::TlsVersion::tls1_3) return failed("TLS 1.3 goes with 'tls: strict' only");
  if (!plan.tls.max || *plan.tls.max > net::TlsVersion::tls1_2) plan.tls.max = net::TlsVersion::tls1_2;
  plan.tls.framing = std::make_shared<wire::TdsFraming>();
  return plan;
}

std::unique_ptr<Running> start(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  wire::SqlAsked asked;
  const std::string tls = params.text("tls");
  asked.tls = tls == "strict" ? Tls::strict : tls == "off" ? Tls::off : Tls::on;
  asked.server = params.text("host");
  asked.instance = params.text("instance");
  asked.user = params.text("user");
  asked.database = params.text("database");
  if (params.find("password") != nullptr) asked.password = params.text("password");
  auto plan = plan_of(params, net, asked.tls);
  if (!plan) {
    const net::Target target = target_of(params);
    return fail_to_start(net, "sql", net::join_host_port(target.host, target.port), "resolve",
                         plan.error().what, std::move(done));
  }
  return std::make_unique<SqlProbe>(net, std::move(*plan), std::move(asked), timeout, std::move(done));
}

}  // namespace

extern const ProbeSpec kSql;
const ProbeSpec kSql = {
    .name = "sql",
    .summary = "begins a talk with SQL Server: its encryption, certificate, answer to a login, redirect port",
    .params = kParams,
    .facts = kFacts,
    .operations = kOperations,
    .timeout = Milliseconds(15000),
    .intrusive = false,
    .start = start,
};

}  // namespace aztriage::probe
