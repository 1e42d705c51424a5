#include "probe/wire/smb.h"

#include "decode/fact_list.h"
#include "probe/conversation.h"
#include "probe/server_params.h"

#include <algorithm>
#include <array>
#include <utility>

namespace aztriage::probe {
namespace {

using fact::Kind;
using fact::Value;
using wire::SmbTalk;

constexpr std::array<std::string_view, 2> kSmb1States = {"accepted", "refused"};

constexpr auto kParams = param_list(
    kPlaceParams,
    std::array<fact::ParamSpec, 5>{{
        {.name = "port", .type = fact::kPort, .help = "port to connect to", .default_value = "445"},
        {.name = "session",
         .type = {Kind::boolean},
         .help = "ask for a session as nobody, so that the server says who it is",
         .default_value = "true"},
        {.name = "dialects",
         .type = {Kind::boolean},
         .help = "offer each version alone, SMB 1 too, to know which are accepted",
         .default_value = "false"},
        {.name = "ciphers",
         .type = {Kind::boolean},
         .help = "offer each cipher alone, to know which are accepted",
         .default_value = "false"},
        {.name = "max",
         .type = {.kind = Kind::choice, .words = std::span(wire::kSmbVersions).subspan(1)},
         .help = "newest version to offer, as an older client",
         .default_value = "3.1.1"},
    }});

constexpr auto kFacts = decode::fact_list(
    kConnectionFacts, wire::kSmbTalkFacts, wire::kNtlmFacts,
    std::array<fact::FactSpec, 3>{{
        {"accepted",
         {.kind = Kind::list, .item = Kind::choice, .words = wire::kSmbVersions},
         "the versions that the server accepts, when `dialects` asks for it"},
        {"smb1",
         {.kind = Kind::choice, .words = kSmb1States},
         "whether it still speaks SMB 1, when `dialects` asks for it or nothing else worked"},
        {"encryption.ciphers",
         {.kind = Kind::list, .item = Kind::choice, .words = wire::kSmbCipherNames},
         "the ciphers that it accepts, when `ciphers` asks for it",
         "ciphers"},
    }});

constexpr std::array<std::string_view, 5> kOperations = {"resolve", "connect", "proxy", "negotiate",
                                                         "session"};

struct Asked {
  ConversationPlan plan;
  bool session = true;
  bool dialects = false;
  bool ciphers = false;
  std::uint16_t max = 0;
};

double utc_seconds() {
  return std::chrono::duration<double>(system_clock().utc().time_since_epoch()).count();
}

/// One connection that goes as far as it can; and short ones, each for one question.
class SmbProbe : public Running {
 public:
  SmbProbe(net::Net& net, Asked asked, Milliseconds timeout, Done done)
      : net_(net),
        asked_(std::move(asked)),
        head_("smb", net::join_host_port(asked_.plan.target.host, asked_.plan.target.port)),
        end_(system_clock().steady() + timeout),
        done_(std::move(done)) {
    wire::SmbPlan say = everything();
    std::erase_if(say.offer.dialects, [&](std::uint16_t one) { return one > asked_.max; });
    say.session = asked_.session;
    first_ = talk(asked_.plan, std::move(say), [this] { first_done(); });
  }
  ~SmbProbe() override { net_.cancel(timer_); }

  fact::Observation stop(fact::FailureKind kind) override {
    done_ = nullptr;
    net_.cancel(std::exchange(timer_, 0));
    first_->stop(kind);
    for (const auto* list : {&dialects_, &ciphers_}) {
      for (const auto& one : *list) one->stop(kind);
    }
    if (smb1_) smb1_->stop(kind);
    return tell();
  }

 private:
  wire::SmbPlan everything() const {
    wire::SmbPlan say;
    for (const auto& one : wire::kSmbDialects) say.offer.dialects.push_back(one.number);
    for (const auto& one : wire::kSmbCiphers) say.offer.ciphers.push_back(one.number);
    say.offer.server_name = asked_.plan.target.host;
    say.utc = utc_seconds;
    return say;
  }
  std::unique_ptr<Conversation> talk(const ConversationPlan& plan, wire::SmbPlan say,
                                     std::function<void()> done) {
    const auto left = std::chrono::ceil<Milliseconds>(end_ - system_clock().steady());
    return std::make_unique<Conversation>(net_, plan, std::make_unique<SmbTalk>(std::move(say)),
                                          std::max(left, Milliseconds(1)), std::move(done));
  }
  static const SmbTalk& talk_of(const Conversation& conversation) {
    return static_cast<const SmbTalk&>(*conversation.dialogue());
  }

  void first_done() {
    const SmbTalk& first = talk_of(*first_);
    if (!first_->seen().connected) return check();
    const net::Connection& connection = first_->seen().connection;
    ConversationPlan plan = asked_.plan;
    if (connection.proxy.empty()) {
      plan.target.address = connection.address.text;
      plan.target.port = connection.port;
    }
    if (asked_.dialects && first.negotiated()) {
      for (const auto& dialect : wire::kSmbDialects) {
        wire::SmbPlan say = everything();
        say.session = false;
        say.offer.dialects = {dialect.number};
        dialects_.push_back(talk(plan, std::move(say), [this] { check(); }));
      }
    }
    if (asked_.ciphers && first.negotiated()) {
      for (const auto& cipher : wire::kSmbCiphers) {
        wire::SmbPlan say = everything();
        say.session = false;
        say.offer.dialects = {wire::kSmbDialects.back().number};
        say.offer.ciphers = {cipher.number};
        ciphers_.push_back(talk(plan, std::move(say), [this] { check(); }));
      }
    }
    // A server of SMB 1 alone ends the connection, as it can't read what it is asked.
    const auto& failure = first_->seen().failure;
    const bool ended =
        failure && !first.negotiated() && !first.refused() &&
        (failure->kind == fact::FailureKind::tcp_closed || failure->kind == fact::FailureKind::tcp_reset);
    if (asked_.dialects || ended) {
      wire::SmbPlan say;
      say.smb1 = true;
      smb1_ = talk(plan, std::move(say), [this] { check(); });
    }
    check();
  }

  /// Told from the loop, since whoever is told may destroy the conversations that call here.
  void check() {
    const auto finished = [](const auto& one) { return one->finished(); };
    const bool all = first_->finished() && std::ranges::all_of(dialects_, finished) &&
                     std::ranges::all_of(ciphers_, finished) && (!smb1_ || smb1_->finished());
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
    const std::optional<bool> smb1 = smb1_ ? talk_of(*smb1_).smb1() : talk_of(*first_).smb1();
    if (smb1) {
      seen.read.insert("smb1");
      seen.facts["smb1"] = Value::text(*smb1 ? "accepted" : "refused", Kind::choice);
    }
    if (smb1.value_or(false) && !talk_of(*first_).negotiated()) only_smb1(seen);
    if (!dialects_.empty()) add_dialects(smb1, seen);
    if (!ciphers_.empty()) add_ciphers(seen);
    return seen;
  }

  static void only_smb1(fact::Observation& seen) {
    seen.answered = true;
    seen.facts["dialect"] = Value::text("1.0", Kind::choice);
    seen.failure = fact::Failure{"negotiate", fact::FailureKind::answer_refused,
                                 "the server speaks only SMB 1, which current clients refuse"};
    seen.summary = "only SMB 1, which current clients refuse";
  }

  /// Only known when each was answered in one way or the other; to close is a way to refuse.
  static std::optional<bool> answer(const Conversation& one) {
    const auto& failure = one.seen().failure;
    if (talk_of(one).negotiated()) return true;
    const bool ended =
        failure && one.seen().connected &&
        (failure->kind == fact::FailureKind::tcp_closed || failure->kind == fact::FailureKind::tcp_reset);
    if (talk_of(one).refused() || ended) return false;
    return std::nullopt;
  }

  void add_dialects(std::optional<bool> smb1, fact::Observation& seen) const {
    std::vector<std::string> accepted;
    if (!smb1) return;
    if (*smb1) accepted.emplace_back("1.0");
    for (std::size_t i = 0; i < dialects_.size(); ++i) {
      const auto one = answer(*dialects_[i]);
      if (!one) return;
      if (*one) accepted.emplace_back(wire::kSmbDialects[i].name);
    }
    seen.read.insert("accepted");
    seen.facts["accepted"] = Value::list_of(Kind::choice, accepted);
  }

  void add_ciphers(fact::Observation& seen) const {
    std::vector<std::string> accepted;
    for (std::size_t i = 0; i < ciphers_.size(); ++i) {
      const auto one = answer(*ciphers_[i]);
      if (!one) return;
      const auto& chosen = talk_of(*ciphers_[i]).negotiated();
      if (*one && chosen->cipher == wire::kSmbCiphers[i].number) {
        accepted.emplace_back(wire::kSmbCiphers[i].name);
      }
    }
    seen.read.insert("ciphers");
    seen.facts["encryption.ciphers"] = Value::list_of(Kind::choice, accepted);
  }

  net::Net& net_;
  Asked asked_;
  Head head_;
  SteadyTime end_;
  Done done_;
  std::unique_ptr<Conversation> first_, smb1_;
  std::vector<std::unique_ptr<Conversation>> dialects_;  // in the order of kSmbDialects
  std::vector<std::unique_ptr<Conversation>> ciphers_;   // in the order of kSmbCiphers
  net::Net::Timer timer_ = 0;
};

std::unique_ptr<Running> start(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  Asked asked;
  asked.plan.target = target_of(params);
  asked.session = params.flag("session", true);
  asked.dialects = params.flag("dialects", false);
  asked.ciphers = params.flag("ciphers", false);
  const std::string max = params.text("max");
  for (const auto& one : wire::kSmbDialects) {
    if (one.name == max || max.empty()) asked.max = one.number;
  }
  return std::make_unique<SmbProbe>(net, std::move(asked), timeout, std::move(done));
}

}  // namespace

extern const ProbeSpec kSmb;
const ProbeSpec kSmb = {
    .name = "smb",
    .summary = "speaks SMB to a file server: versions, signing, encryption, and a session of nobody",
    .params = kParams,
    .facts = kFacts,
    .operations = kOperations,
    .timeout = Milliseconds(10000),
    .intrusive = false,
    .start = start,
};

}  // namespace aztriage::probe
