#include "probe/wire/redis.h"

#include "base/text.h"
#include "decode/fact_list.h"
#include "decode/redis_info.h"
#include "probe/conversation.h"
#include "probe/head.h"
#include "probe/server_params.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace aztriage::probe {
namespace {

using fact::Failure;
using fact::FailureKind;
using fact::Kind;
using fact::Value;

constexpr std::size_t kNodesAtOnce = 32;
constexpr std::size_t kMostNodes = 200;
constexpr Milliseconds kNodeTime{5000};
/// How long a server may be silent before it is asked the other way, with or without TLS.
constexpr Milliseconds kPatience{2500};

constexpr std::array<std::string_view, 3> kTls = {"auto", "on", "off"};
constexpr auto kParams = param_list(
    kPlaceParams, kTlsParams,
    std::array<fact::ParamSpec, 6>{{
        {.name = "port",
         .type = fact::kPort,
         .help = "6380 (Azure Cache for Redis), 10000 (Azure Managed Redis and Enterprise), 6379 without TLS",
         .default_value = "6380"},
        {.name = "tls",
         .type = {.kind = Kind::choice, .words = kTls},
         .help = "whether to speak TLS; auto: on 6380, 10000, 8500-8599 and 15000-15999",
         .default_value = "auto"},
        {.name = "user",
         .type = {Kind::text},
         .help = "user to log in as with the password; with Entra ID the object id"},
        {.name = "password",
         .type = {Kind::text},
         .help = "access key, password or token; goes to a trusted server only",
         .secret = true},
        {.name = "commands",
         .type = {Kind::text},
         .help = "commands to try, of those that only read, such as 'GET shop:1'",
         .list = true},
        {.name = "pings",
         .type = {.kind = Kind::number, .least = 1, .most = 100, .whole = true},
         .help = "how many round trips to measure",
         .default_value = "5"},
    }});

constexpr auto kFacts = decode::fact_list(
    kConnectionFacts, kConnectTimeFact, net::kHandshakeFacts, net::kServerCertificateFacts,
    wire::kRedisTalkFacts, decode::kRedisInfoFacts,
    std::array<fact::FactSpec, 4>{{
        {"tls", {Kind::boolean}, "whether the port speaks TLS, whatever it was asked in"},
        {"node", {Kind::endpoint}, "of a try: the cluster's node, as the cluster announces it"},
        {"cluster.unreachable",
         {Kind::list, Kind::endpoint},
         "nodes that did not answer a connection of their own",
         "nodes-tried"},
        {"cluster.certificate-mismatch",
         {Kind::list, Kind::endpoint},
         "nodes whose certificate is not for the name or address that the cluster announces",
         "nodes-tried"},
    }});

constexpr std::array<std::string_view, 8> kOperations = {"resolve", "connect", "proxy", "handshake",
                                                         "auth",    "ping",    "info",  "command"};

struct Asked {
  ConversationPlan plan;
  wire::RedisAsked talk;
};

bool tls_port(int port) {
  return port == 6380 || port == 10000 || (port >= 8500 && port <= 8599) || (port >= 15000 && port <= 15999);
}

/// The main connection; the port asked the other way, with or without TLS, if that fails; and a connection to
/// each node of a cluster.
class RedisProbe : public Running {
 public:
  RedisProbe(net::Net& net, Asked asked, Milliseconds timeout, Done done)
      : net_(net),
        plan_(asked.plan),
        head_("redis", net::join_host_port(plan_.target.host, plan_.target.port)),
        end_(system_clock().steady() + timeout),
        done_(std::move(done)) {
    main_ =
        std::make_unique<Conversation>(net_, plan_, std::make_unique<wire::RedisTalk>(std::move(asked.talk)),
                                       timeout, [this] { check_soon(); });
    patience_ = net_.at(system_clock().steady() + std::min(kPatience, timeout / 3), [this] {
      patience_ = 0;
      if (silent()) ask_other_way();
    });
  }
  ~RedisProbe() override {
    net_.cancel(patience_);
    net_.cancel(check_);
  }

  fact::Observation stop(FailureKind kind) override {
    done_ = nullptr;
    main_->stop(kind);
    if (other_) other_->stop(kind);
    for (Node& node : nodes_) {
      if (!node.conversation) continue;
      node.conversation->stop(kind);
      harvest(node);
    }
    return tell();
  }

 private:
  struct Node {
    std::string place;
    std::unique_ptr<Conversation> conversation = {};  // while it is under way
    std::optional<fact::Observation> seen = {};
    bool other_name = false;
    SteadyTime begin{};
  };

  static const wire::RedisTalk& talk_of(const Conversation& conversation) {
    return static_cast<const wire::RedisTalk&>(*conversation.dialogue());
  }
  Milliseconds left() const {
    return std::max(std::chrono::ceil<Milliseconds>(end_ - system_clock().steady()), Milliseconds(1));
  }

  /// Connected, but what the port is asked in is not what it speaks, as far as can be seen yet.
  bool silent() const {
    const ConversationSeen& seen = main_->seen();
    if (!seen.connected || seen.failure.value_or(Failure{}).kind == FailureKind::tls_version) return false;
    if (plan_.tls_first)
      return !seen.handshake || (!seen.handshake->complete && seen.handshake->alert.empty());
    return !talk_of(*main_).answered();
  }

  void ask_other_way() {
    if (other_) return;
    ConversationPlan plan = plan_;
    plan.tls_first = !plan_.tls_first;
    if (main_->seen().connection.proxy.empty()) plan.target.address = main_->seen().connection.address.text;
    std::unique_ptr<wire::Dialogue> talk;
    if (!plan.tls_first)
      talk = std::make_unique<wire::RedisTalk>(wire::RedisAsked{.pings = 1, .look = false});
    other_ = std::make_unique<Conversation>(net_, std::move(plan), std::move(talk),
                                            std::min(left(), kNodeTime), [this] { check_soon(); });
  }

  bool other_way_works() const {
    if (!other_ || !other_->finished()) return false;
    const auto& handshake = other_->seen().handshake;
    return plan_.tls_first ? talk_of(*other_).answered()
                           : handshake && (handshake->complete || !handshake->alert.empty());
  }

  void start_nodes() {
    if (listed_) return;
    listed_ = true;
    const wire::RedisTalk& talk = talk_of(*main_);
    for (const wire::RedisNode& node : talk.nodes()) {
      if (nodes_.size() < kMostNodes) nodes_.push_back({.place = net::join_host_port(node.host, node.port)});
    }
    if (nodes_.empty() && !talk.moved_to().empty()) nodes_.push_back({.place = talk.moved_to()});
    if (nodes_.size() < 2 && talk.moved_to().empty()) nodes_.clear();  // the only one has answered already
  }

  /// Starts as many as may run at once. True when all have ended.
  bool run_nodes() {
    std::size_t running = 0;
    for (Node& node : nodes_) {
      if (node.conversation && node.conversation->finished()) harvest(node);
      running += node.conversation ? 1 : 0;
    }
    for (Node& node : nodes_) {
      if (node.conversation || node.seen) continue;
      if (running >= kNodesAtOnce) return false;
      start_node(node);
      ++running;
    }
    return running == 0;
  }

  /// No password goes to a node: NOAUTH is an answer, too.
  void start_node(Node& node) {
    const std::size_t colon = node.place.rfind(':');
    std::string host = node.place.substr(0, colon);
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    ConversationPlan plan = plan_;
    plan.target.host = host;
    plan.target.port = std::atoi(node.place.c_str() + colon + 1);
    plan.target.address.clear();
    plan.tls.check_name = host;
    node.begin = system_clock().steady();
    node.conversation = std::make_unique<Conversation>(
        net_, std::move(plan), std::make_unique<wire::RedisTalk>(wire::RedisAsked{.pings = 1, .look = false}),
        std::min(left(), kNodeTime), [this] { check_soon(); });
  }

  /// From the loop, since a conversation may not be destroyed while it tells of its end.
  void check_soon() {
    if (!done_ || check_ != 0) return;
    check_ = net_.at(system_clock().steady(), [this] {
      check_ = 0;
      check();
    });
  }

  void check() {
    if (other_way_works() && !main_->finished())
      main_->stop(plan_.tls_first ? FailureKind::tls_timeout : FailureKind::answer_timeout);
    if (!main_->finished()) return;
    net_.cancel(std::exchange(patience_, 0));
    if (silent()) ask_other_way();
    if (other_ && !other_->finished()) return;
    start_nodes();
    if (!run_nodes()) return;
    const auto done = std::exchange(done_, nullptr);
    done(tell());
  }

  fact::Observation tell() {
    fact::Observation& seen = head_.seen;
    fill_conversation(*main_, seen);
    tell_tls(seen);
    tell_nodes(seen);
    return head_.finish();
  }

  void tell_tls(fact::Observation& seen) const {
    const ConversationSeen& main = main_->seen();
    const bool works =
        plan_.tls_first ? main.handshake && main.handshake->complete : talk_of(*main_).answered();
    if (works) seen.facts.insert_or_assign("tls", Value::boolean(plan_.tls_first));
    if (works || !other_way_works()) return;
    seen.facts.insert_or_assign("tls", Value::boolean(!plan_.tls_first));
    seen.summary.clear();
    if (plan_.tls_first) {
      seen.failure = Failure{"handshake", FailureKind::tls_not_tls, "the port speaks Redis without TLS"};
    } else {
      net::fill_facts(*other_->seen().handshake, seen);
      seen.failure =
          Failure{"ping", FailureKind::protocol_mismatch, "the port wants TLS from the first byte"};
    }
  }

  /// What a node told, without all that its certificates hold: there may be many.
  void harvest(Node& node) const {
    fact::Observation one;
    one.probe = head_.seen.probe;
    one.target = node.place;
    one.at = head_.seen.at;
    fill_conversation(*node.conversation, one);
    one.tries.clear();
    for (const char* large : {"chain", "client-authorities"}) one.facts.erase(large);
    one.facts.insert_or_assign("node", Value::text(node.place, Kind::endpoint));
    if (one.summary.empty() && one.failure) one.summary = failure_line(*one.failure);
    one.read.erase("chain");
    one.took = std::chrono::duration_cast<Milliseconds>(system_clock().steady() - node.begin);
    node.other_name = has_other_name(*node.conversation);
    node.conversation.reset();
    node.seen = std::move(one);
  }

  void tell_nodes(fact::Observation& seen) {
    if (nodes_.empty()) return;
    std::vector<std::string> unreachable, mismatch;
    for (Node& node : nodes_) {
      if (!node.seen) continue;  // ended before its turn
      if (!node.seen->answered) unreachable.push_back(node.place);
      if (node.other_name) mismatch.push_back(node.place);
      seen.tries.push_back(std::move(*node.seen));
    }
    seen.read.insert("nodes-tried");
    seen.facts.insert_or_assign("cluster.unreachable", Value::list_of(Kind::endpoint, unreachable));
    seen.facts.insert_or_assign("cluster.certificate-mismatch", Value::list_of(Kind::endpoint, mismatch));
    if (!unreachable.empty())
      seen.summary += fmt::format("; {} of {} nodes did not answer", unreachable.size(), nodes_.size());
  }

  static bool has_other_name(const Conversation& conversation) {
    const auto& handshake = conversation.seen().handshake;
    return handshake && handshake->certificate &&
           handshake->certificate->has(net::CertificateProblem::name_mismatch);
  }

  net::Net& net_;
  ConversationPlan plan_;
  Head head_;
  SteadyTime end_;
  Done done_;
  std::unique_ptr<Conversation> main_;
  std::unique_ptr<Conversation> other_;
  std::vector<Node> nodes_;
  bool listed_ = false;
  net::Net::Timer patience_ = 0;
  net::Net::Timer check_ = 0;
};

Result<Asked> ask(const Params& params, const net::Net& net) {
  Asked asked;
  asked.plan.target = target_of(params);
  auto tls = tls_options_of(params, net);
  if (!tls) return tl::unexpected(tls.error());
  asked.plan.tls = std::move(*tls);
  const std::string how = params.text("tls");
  asked.plan.tls_first = how == "on" || (how == "auto" && tls_port(asked.plan.target.port));
  asked.talk.self = asked.plan.target.host;
  asked.talk.user = params.text("user");
  if (params.find("password") != nullptr) asked.talk.password = params.text("password");
  asked.talk.pings = static_cast<int>(params.number("pings", 5));
  const Value* commands = params.find("commands");
  if (commands == nullptr || commands->kind() != Kind::list) return asked;
  if (commands->as_list().size() > 50) return failed("at most 50 commands at once");
  for (const Value& one : commands->as_list()) {
    auto words = wire::read_redis_command(one.as_text());
    if (!words) return tl::unexpected(words.error());
    asked.talk.commands.push_back(std::move(*words));
  }
  return asked;
}

std::unique_ptr<Running> start(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  Result<Asked> asked = ask(params, net);
  if (!asked) {
    const net::Target target = target_of(params);
    return fail_to_start(net, "redis", net::join_host_port(target.host, target.port), "resolve",
                         asked.error().what, std::move(done));
  }
  return std::make_unique<RedisProbe>(net, std::move(*asked), timeout, std::move(done));
}

}  // namespace

extern const ProbeSpec kRedis;
const ProbeSpec kRedis = {
    .name = "redis",
    .summary = "speaks with a Redis server: login, round trips, its state, every node of its cluster",
    .params = kParams,
    .facts = kFacts,
    .operations = kOperations,
    .timeout = Milliseconds(15000),
    .intrusive = false,
    .start = start,
};

}  // namespace aztriage::probe
