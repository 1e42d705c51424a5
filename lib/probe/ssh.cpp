#include "probe/wire/ssh.h"

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
using wire::SshTalk;

constexpr auto kParams = param_list(
    kPlaceParams,
    std::array<fact::ParamSpec, 4>{{
        {.name = "port", .type = fact::kPort, .help = "port to connect to", .default_value = "22"},
        {.name = "user",
         .type = {Kind::text},
         .help = "ask which ways to log in this user has; the server's log shows it as an attempt"},
        {.name = "known",
         .type = {Kind::text},
         .help =
             "the host key that is expected: its SHA256 fingerprint, its public key or a known_hosts line"},
        {.name = "all-keys",
         .type = {Kind::boolean},
         .help = "look at the host's keys of every kind, one connection each",
         .default_value = "false"},
    }});

constexpr auto kFacts = decode::fact_list(
    kConnectionFacts, wire::kSshTalkFacts,
    std::array<fact::FactSpec, 2>{{
        {"hostkey.matches", {Kind::boolean}, "whether one of the host's keys is the expected one", "known"},
        {"fingerprints",
         {.kind = Kind::list, .item = Kind::text},
         "fingerprints of all the host's keys that were looked at",
         "hostkey"},
    }});

constexpr std::array<std::string_view, 7> kOperations = {"resolve",    "connect",  "proxy", "banner",
                                                         "algorithms", "exchange", "login"};

/// Those of our host key algorithms whose key is of this type.
wire::SshNames algorithms_for(std::string_view type) {
  wire::SshNames names;
  for (const std::string& name : wire::ssh_offer().hostkeys) {
    if (wire::key_type_of(name) == type) names.push_back(name);
  }
  return names;
}

struct Asked {
  ConversationPlan plan;
  std::string user;
  std::optional<wire::KnownHostKey> known;
  bool all_keys = false;
};

/// One connection for everything, and when another key is expected, or all are, one for each other kind of
/// key that the host has: which one it shows is the client's choice.
class SshProbe : public Running {
 public:
  SshProbe(net::Net& net, Asked asked, Milliseconds timeout, Done done)
      : net_(net),
        asked_(std::move(asked)),
        head_("ssh", net::join_host_port(asked_.plan.target.host, asked_.plan.target.port)),
        end_(system_clock().steady() + timeout),
        done_(std::move(done)) {
    wire::SshPlan plan;
    plan.user = asked_.user;
    if (asked_.known && !asked_.known->type.empty()) prefer(plan.offer.hostkeys, asked_.known->type);
    first_ = std::make_unique<Conversation>(net_, asked_.plan, std::make_unique<SshTalk>(std::move(plan)),
                                            timeout, [this] { first_done(); });
  }
  ~SshProbe() override { net_.cancel(timer_); }

  fact::Observation stop(fact::FailureKind kind) override {
    done_ = nullptr;
    net_.cancel(std::exchange(timer_, 0));
    first_->stop(kind);
    for (const auto& other : others_) other->stop(kind);
    return tell();
  }

 private:
  static const SshTalk& talk_of(const Conversation& conversation) {
    return static_cast<const SshTalk&>(*conversation.dialogue());
  }
  static void prefer(wire::SshNames& names, std::string_view type) {
    std::stable_partition(names.begin(), names.end(),
                          [&](const std::string& name) { return wire::key_type_of(name) == type; });
  }

  void first_done() {
    const SshTalk& talk = talk_of(*first_);
    const auto& key = talk.host_key();
    const bool other_expected = asked_.known && key && key->fingerprint != asked_.known->fingerprint;
    if (key && talk.theirs() && (asked_.all_keys || other_expected)) start_others(talk);
    check();
  }

  void start_others(const SshTalk& talk) {
    ConversationPlan plan = asked_.plan;
    const net::Connection& connection = first_->seen().connection;
    if (connection.proxy.empty()) {
      plan.target.address = connection.address.text;
      plan.target.port = connection.port;
    }
    std::vector<std::string> types;
    for (const std::string& name : wire::common_names(wire::ssh_offer().hostkeys, talk.theirs()->hostkeys)) {
      const std::string type(wire::key_type_of(name));
      const bool seen = type == talk.host_key()->type || std::ranges::find(types, type) != types.end();
      if (!seen) types.push_back(type);
    }
    for (const std::string& type : types) {
      wire::SshPlan one;
      one.only_key = true;
      one.offer.hostkeys = algorithms_for(type);
      const auto left = std::chrono::ceil<Milliseconds>(end_ - system_clock().steady());
      others_.push_back(std::make_unique<Conversation>(net_, plan, std::make_unique<SshTalk>(std::move(one)),
                                                       std::max(left, Milliseconds(1)), [this] { check(); }));
    }
  }

  /// Told from the loop, since whoever is told may destroy the conversations that call here.
  void check() {
    const bool all = first_->finished() &&
                     std::ranges::all_of(others_, [](const auto& other) { return other->finished(); });
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
    const auto& key = talk_of(*first_).host_key();
    if (!key) return seen;
    std::vector<std::string> prints = {key->fingerprint};
    bool whole = true;
    for (const auto& other : others_) {
      const auto& one = talk_of(*other).host_key();
      whole = whole && one.has_value();
      if (one) prints.push_back(one->fingerprint);
    }
    if (asked_.known) judge(prints, whole, seen);
    if (asked_.all_keys && whole) seen.facts["fingerprints"] = Value::list_of(Kind::text, prints);
    return seen;
  }

  /// That no key is the expected one is only known when each was seen.
  void judge(const std::vector<std::string>& prints, bool whole, fact::Observation& seen) const {
    const bool matches = std::ranges::find(prints, asked_.known->fingerprint) != prints.end();
    if (!matches && !whole) return;
    seen.read.insert("known");
    seen.facts["hostkey.matches"] = Value::boolean(matches);
    if (!matches && !seen.failure) seen.summary = "not the expected host key: " + seen.summary;
  }

  net::Net& net_;
  Asked asked_;
  Head head_;
  SteadyTime end_;
  Done done_;
  std::unique_ptr<Conversation> first_;
  std::vector<std::unique_ptr<Conversation>> others_;
  net::Net::Timer timer_ = 0;
};

std::unique_ptr<Running> start(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  Asked asked;
  asked.plan.target = target_of(params);
  asked.user = params.text("user");
  asked.all_keys = params.flag("all-keys", false);
  const std::string known = params.text("known");
  if (!known.empty()) {
    asked.known = wire::read_known_host_key(known);
    if (!asked.known) {
      return fail_to_start(net, "ssh", net::join_host_port(asked.plan.target.host, asked.plan.target.port),
                           "resolve", "'known' holds no SHA256 fingerprint and no public key",
                           std::move(done));
    }
  }
  return std::make_unique<SshProbe>(net, std::move(asked), timeout, std::move(done));
}

}  // namespace

extern const ProbeSpec kSsh;
const ProbeSpec kSsh = {
    .name = "ssh",
    .summary = "speaks SSH up to the login: banner, algorithms, the host's key, ways to log in",
    .params = kParams,
    .facts = kFacts,
    .operations = kOperations,
    .timeout = Milliseconds(10000),
    .intrusive = false,
    .start = start,
};

}  // namespace aztriage::probe
