#include "probe/wire/rdp.h"

#include "base/text.h"
#include "decode/fact_list.h"
#include "probe/conversation.h"
#include "probe/server_params.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace aztriage::probe {
namespace {

using fact::Kind;
using fact::Value;
using wire::RdpTalk;

constexpr auto kParams = param_list(
    kPlaceParams, kTlsParams,
    std::array<fact::ParamSpec, 5>{{
        {.name = "port", .type = fact::kPort, .help = "port to connect to", .default_value = "3389"},
        {.name = "offer",
         .type = {.kind = Kind::choice, .words = wire::kRdpProtocols},
         .help = "protections to offer; as a current client unless said: tls, hybrid, hybrid-ex",
         .list = true},
        {.name = "offers",
         .type = {Kind::boolean},
         .help = "offer each protection alone, too, to know which are accepted",
         .default_value = "false"},
        {.name = "versions",
         .type = {Kind::boolean},
         .help = "try each TLS version alone, to know which are accepted",
         .default_value = "false"},
        {.name = "credssp",
         .type = {Kind::boolean},
         .help = "begin CredSSP when it is selected, so that the server says who it is",
         .default_value = "true"},
    }});

constexpr std::array<std::string_view, 3> kNla = {"required", "offered", "none"};

constexpr auto kFacts = decode::fact_list(
    kConnectionFacts, wire::kRdpTalkFacts, wire::kNtlmFacts, net::kHandshakeFacts,
    net::kServerCertificateFacts,
    std::array<fact::FactSpec, 4>{{
        {"accepted",
         {.kind = Kind::list, .item = Kind::choice, .words = wire::kRdpProtocols},
         "the protections that the server accepts, when `offers` asks for it"},
        {"refusals",
         {Kind::list, Kind::text},
         "those that it refuses, each with its reason, when `offers` asks for it",
         "accepted"},
        {"nla",
         {.kind = Kind::choice, .words = kNla},
         "network level authentication: required, offered besides others, or none; when `offers` asks for it",
         "accepted"},
        {"versions",
         {.kind = Kind::list, .item = Kind::choice, .words = net::kTlsVersions},
         "the TLS versions that the server accepts, when `versions` asks for it"},
    }});

constexpr std::array<std::string_view, 6> kOperations = {"resolve",   "connect",   "proxy",
                                                         "negotiate", "handshake", "credssp"};

struct Asked {
  ConversationPlan plan;
  std::uint32_t offer = wire::RdpPlan().offer;
  bool offers = false;
  bool versions = false;
  bool credssp = true;
};

double utc_seconds() {
  return std::chrono::duration<double>(system_clock().utc().time_since_epoch()).count();
}

/// One connection that goes as far as it can; and short ones, each for one question, when they are asked for.
class RdpProbe : public Running {
 public:
  RdpProbe(net::Net& net, Asked asked, Milliseconds timeout, Done done)
      : net_(net),
        asked_(std::move(asked)),
        head_("rdp", net::join_host_port(asked_.plan.target.host, asked_.plan.target.port)),
        end_(system_clock().steady() + timeout),
        done_(std::move(done)) {
    first_ = talk(asked_.plan, asked_.offer, false, [this] { first_done(); });
  }
  ~RdpProbe() override { net_.cancel(timer_); }

  fact::Observation stop(fact::FailureKind kind) override {
    done_ = nullptr;
    net_.cancel(std::exchange(timer_, 0));
    first_->stop(kind);
    for (const auto& one : offers_) one->stop(kind);
    for (const auto& one : versions_) one->stop(kind);
    return tell();
  }

 private:
  std::unique_ptr<Conversation> talk(const ConversationPlan& plan, std::uint32_t offer, bool only_negotiate,
                                     std::function<void()> done) {
    wire::RdpPlan say;
    say.offer = offer;
    say.only_negotiate = only_negotiate;
    say.credssp = asked_.credssp;
    say.utc = utc_seconds;
    const auto left = std::chrono::ceil<Milliseconds>(end_ - system_clock().steady());
    return std::make_unique<Conversation>(net_, plan, std::make_unique<RdpTalk>(std::move(say)),
                                          std::max(left, Milliseconds(1)), std::move(done));
  }
  static const RdpTalk& talk_of(const Conversation& conversation) {
    return static_cast<const RdpTalk&>(*conversation.dialogue());
  }

  void first_done() {
    const net::Connection& connection = first_->seen().connection;
    const RdpTalk& first = talk_of(*first_);
    ConversationPlan plan = asked_.plan;
    if (connection.proxy.empty()) {
      plan.target.address = connection.address.text;
      plan.target.port = connection.port;
    }
    const bool answered = first.selected() || first.refused();
    if (answered && asked_.offers) {
      for (const std::string_view name : wire::kRdpProtocols) {
        // CredSSP is to be offered with TLS ([MS-RDPBCGR] 2.2.1.1.1), its later form with the first.
        std::uint32_t bits = wire::rdp_bit(name);
        if (name == "hybrid") bits |= wire::rdp_bit("tls");
        if (name == "hybrid-ex") bits |= wire::rdp_bit("tls") | wire::rdp_bit("hybrid");
        offers_.push_back(talk(plan, bits, true, [this] { check(); }));
      }
    }
    if (first.selected().value_or(0) != 0 && asked_.versions) {
      for (const net::TlsVersion version : {net::TlsVersion::tls1_0, net::TlsVersion::tls1_1,
                                            net::TlsVersion::tls1_2, net::TlsVersion::tls1_3}) {
        plan.tls.min = plan.tls.max = version;
        asked_.credssp = false;
        versions_.push_back(talk(plan, asked_.offer, false, [this] { check(); }));
      }
    }
    check();
  }

  /// Told from the loop, since whoever is told may destroy the conversations that call here.
  void check() {
    const auto finished = [](const auto& one) { return one->finished(); };
    const bool all = first_->finished() && std::ranges::all_of(offers_, finished) &&
                     std::ranges::all_of(versions_, finished);
    if (!done_ || timer_ != 0 || !all) return;
    timer_ = net_.at(system_clock().steady(), [this] {
      timer_ = 0;
      const auto done = std::exchange(done_, nullptr);
      done(tell());
    });
  }

  fact::Observation tell() {
    fill_conversation(*first_, head_.seen);
    fact::Observation seen = head_.finish();
    if (!offers_.empty()) add_offers(seen);
    if (!versions_.empty()) add_versions(seen);
    add_certificate(seen);
    return seen;
  }

  static bool turned_away(const Conversation& one) {
    const auto& failure = one.seen().failure;
    return failure && one.seen().connected &&
           (failure->kind == fact::FailureKind::answer_refused ||
            failure->kind == fact::FailureKind::tcp_closed || failure->kind == fact::FailureKind::tcp_reset);
  }

  /// Only known when each offer was answered in one way or the other.
  void add_offers(fact::Observation& seen) const {
    std::vector<std::string> accepted;
    std::vector<std::string> refusals;
    for (std::size_t i = 0; i < offers_.size(); ++i) {
      const RdpTalk& one = talk_of(*offers_[i]);
      const std::string_view name = wire::kRdpProtocols[i];
      if (one.selected()) {
        if (*one.selected() == wire::rdp_bit(name)) accepted.emplace_back(name);
        continue;
      }
      if (!one.refused() && !turned_away(*offers_[i])) return;
      const std::string reason =
          one.refused() ? wire::rdp_refusal_name(*one.refused()) : "ended the connection";
      refusals.push_back(fmt::format("{}: {}", name, reason));
    }
    const auto has = [&](std::string_view name) {
      return std::ranges::find(accepted, name) != accepted.end();
    };
    const bool hybrid = has("hybrid") || has("hybrid-ex");
    const bool other = has("rdp") || has("tls");
    seen.read.insert("accepted");
    seen.facts["nla"] = Value::text(!hybrid ? "none" : other ? "offered" : "required", Kind::choice);
    seen.facts["accepted"] = Value::list_of(Kind::choice, accepted);
    seen.facts["refusals"] = Value::list_of(Kind::text, refusals);
  }

  /// A version is refused when the server said so; when it only went silent, nobody knows.
  void add_versions(fact::Observation& seen) const {
    std::vector<std::string> accepted;
    for (std::size_t i = 0; i < versions_.size(); ++i) {
      const auto& shake = versions_[i]->seen().handshake;
      const auto& failure = versions_[i]->seen().failure;
      const bool told = shake && (shake->complete || !shake->alert.empty() || !shake->cut.empty() ||
                                  (failure && failure->kind == fact::FailureKind::tls_version));
      if (!told) return;
      if (shake->complete) accepted.emplace_back(net::kTlsVersions[i]);
    }
    seen.read.insert("versions");
    seen.facts["versions"] = Value::list_of(Kind::choice, accepted);
  }

  /// A self-signed certificate is what a session host has unless it got another; one that has ended is news.
  static void add_certificate(fact::Observation& seen) {
    const auto problems = seen.facts.find("certificate.problems");
    if (seen.failure || problems == seen.facts.end()) return;
    for (const Value& one : problems->second.as_list()) {
      if (one.as_text() == "expired" || one.as_text() == "not-yet-valid") {
        seen.summary = "certificate " + one.as_text() + "; " + seen.summary;
      }
    }
  }

  net::Net& net_;
  Asked asked_;
  Head head_;
  SteadyTime end_;
  Done done_;
  std::unique_ptr<Conversation> first_;
  std::vector<std::unique_ptr<Conversation>> offers_;    // in the order of kRdpProtocols
  std::vector<std::unique_ptr<Conversation>> versions_;  // in the order of kTlsVersions
  net::Net::Timer timer_ = 0;
};

std::unique_ptr<Running> start(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  Asked asked;
  asked.plan.target = target_of(params);
  auto tls = tls_options_of(params, net);
  if (!tls) {
    return fail_to_start(net, "rdp", net::join_host_port(asked.plan.target.host, asked.plan.target.port),
                         "resolve", tls.error().what, std::move(done));
  }
  asked.plan.tls = std::move(*tls);
  if (const Value* offer = params.find("offer"); offer != nullptr && offer->kind() == Kind::list) {
    asked.offer = 0;
    for (const Value& one : offer->as_list()) asked.offer |= wire::rdp_bit(one.as_text());
  }
  asked.offers = params.flag("offers", false);
  asked.versions = params.flag("versions", false);
  asked.credssp = params.flag("credssp", true);
  return std::make_unique<RdpProbe>(net, std::move(asked), timeout, std::move(done));
}

}  // namespace

extern const ProbeSpec kRdp;
const ProbeSpec kRdp = {
    .name = "rdp",
    .summary = "negotiates with a remote desktop: protections, TLS, and who the server says it is",
    .params = kParams,
    .facts = kFacts,
    .operations = kOperations,
    .timeout = Milliseconds(10000),
    .intrusive = false,
    .start = start,
};

}  // namespace aztriage::probe
