#include "probe/wire/kafka.h"

#include "decode/fact_list.h"
#include "probe/conversation.h"
#include "probe/head.h"
#include "probe/server_params.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace aztriage::probe {
namespace {

using fact::FailureKind;
using fact::Kind;

constexpr double kLongestHold = 3600;
constexpr double kPlainPort = 9092;
constexpr std::size_t kMostBrokers = 20;
/// How long all brokers together may take to take a connection.
constexpr Milliseconds kBrokerTime{5000};

constexpr std::array<std::string_view, 5> kMechanisms = {"PLAIN", "OAUTHBEARER", "SCRAM-SHA-256",
                                                         "SCRAM-SHA-512", "GSSAPI"};

constexpr auto kParams = param_list(
    kPlaceParams, kTlsParams,
    std::array<fact::ParamSpec, 8>{{
        {.name = "port", .type = fact::kPort, .help = "port to connect to", .default_value = "9093"},
        {.name = "tls",
         .type = {Kind::boolean},
         .help = "whether TLS comes first; unless said, but on port 9092"},
        {.name = "mechanism",
         .type = {.kind = Kind::choice, .words = kMechanisms},
         .help = "the login to ask for; PLAIN and OAUTHBEARER are carried out",
         .default_value = "PLAIN"},
        {.name = "user", .type = {Kind::text}, .help = "user; for Event Hubs $ConnectionString"},
        {.name = "password",
         .type = {Kind::text},
         .help = "password; for Event Hubs the connection string; for OAUTHBEARER the token",
         .secret = true},
        {.name = "topic", .type = {Kind::text}, .help = "topic or event hub to ask for"},
        {.name = "brokers",
         .type = {Kind::boolean},
         .help = "connect to each broker that the cluster names",
         .default_value = "true"},
        {.name = "hold",
         .type = {.kind = Kind::number, .least = 0, .most = kLongestHold},
         .help = "seconds to be idle at the end, to see whether it is cut",
         .default_value = "0"},
    }});

constexpr auto kOwnFacts = std::array<fact::FactSpec, 19>{{
    {"versions",
     {Kind::list, Kind::text},
     "the requests that the broker knows, with their versions: Metadata 0-5"},
    {"login-wanted", {Kind::boolean}, "whether this port wants a login (SASL)"},
    {"offered", {Kind::list, Kind::text}, "the ways to log in (SASL mechanisms) that it offers"},
    {"logged-in", {Kind::boolean}, "whether the broker took the login"},
    {"refused-with", {Kind::text}, "the error by its name, such as SASL_AUTHENTICATION_FAILED"},
    {"error.text", {Kind::text}, "the words beside it", "refused-with"},
    {"brokers",
     {Kind::list, Kind::endpoint},
     "the brokers that the cluster names; each was tried, see `tries`"},
    {"brokers.failed", {Kind::number}, "how many of those that were tried could not be reached"},
    {"controller", {Kind::endpoint}, "the broker that controls the cluster"},
    {"cluster", {Kind::text}, "the cluster's id"},
    {"topic.error", {Kind::text}, "what the cluster says of the topic, NONE when it is well"},
    {"topic.partitions", {Kind::number}, "how many partitions it has"},
    {"topic.leaderless", {Kind::number}, "how many of them have no leader"},
    {"held", {Kind::number}, "seconds that the idle connection lasted, when `hold` asks for it"},
    {"idle-cut-after", {Kind::number}, "seconds without a byte after which it was ended"},
    {"withheld", {Kind::boolean}, "whether the password was left out, since the host is not verified"},
    {"time.connect", {Kind::number}, "seconds until the connection was there"},
    {"time.versions", {Kind::number}, "seconds until the broker's first answer"},
    {"time.metadata", {Kind::number}, "seconds until the brokers were known"},
}};

constexpr auto kFacts =
    decode::fact_list(kOwnFacts, kConnectionFacts, net::kHandshakeFacts, net::kServerCertificateFacts);

constexpr std::array<std::string_view, 9> kOperations = {
    "resolve", "connect", "proxy", "handshake", "versions", "mechanisms", "login", "metadata", "hold"};

/// The bootstrap server, then a connection to every broker that it names.
class KafkaProbe : public Running {
 public:
  KafkaProbe(net::Net& net, ConversationPlan plan, wire::Kafka::Plan talk, bool brokers, Milliseconds timeout,
             Done done)
      : net_(net),
        plan_(std::move(plan)),
        head_("kafka", net::join_host_port(plan_.target.host, plan_.target.port)),
        end_(system_clock().steady() + timeout),
        follow_(brokers),
        done_(std::move(done)) {
    auto dialogue = std::make_unique<wire::Kafka>(std::move(talk));
    talk_ = dialogue.get();
    first_ =
        std::make_unique<Conversation>(net_, plan_, std::move(dialogue), timeout, [this] { first_done(); });
  }
  ~KafkaProbe() override { net_.cancel(tell_); }

  fact::Observation stop(FailureKind kind) override {
    done_ = nullptr;
    net_.cancel(std::exchange(tell_, 0));
    first_->stop(kind);
    for (const auto& one : brokers_) one->stop(kind);
    return observe();
  }

 private:
  void first_done() {
    if (follow_ && talk_->metadata()) start_brokers();
    check();
  }

  void start_brokers() {
    const auto left = std::chrono::ceil<Milliseconds>(end_ - system_clock().steady());
    const Milliseconds time = std::clamp(left, Milliseconds(1), kBrokerTime);
    for (const auto& broker : talk_->metadata()->brokers) {
      if (brokers_.size() >= kMostBrokers) return;
      if (broker.host.empty() || broker.port < 1 || broker.port > 65535) continue;
      ConversationPlan plan = plan_;
      plan.target.host = broker.host;
      plan.target.port = broker.port;
      plan.target.address.clear();
      plan.tls.server_name = plan.tls.check_name = broker.host;
      targets_.push_back(net::join_host_port(broker.host, broker.port));
      brokers_.push_back(
          std::make_unique<Conversation>(net_, std::move(plan), nullptr, time, [this] { check(); }));
    }
  }

  void check() {
    const bool all =
        first_->finished() && std::ranges::all_of(brokers_, [](const auto& one) { return one->finished(); });
    if (!done_ || tell_ != 0 || !all) return;
    tell_ = net_.at(system_clock().steady(), [this] {
      tell_ = 0;
      const auto done = std::exchange(done_, nullptr);
      done(observe());  // may destroy this
    });
  }

  fact::Observation observe() {
    fill_conversation(*first_, head_.seen);
    if (!brokers_.empty()) add_brokers();
    return head_.finish();
  }

  void add_brokers() {
    auto& seen = head_.seen;
    seen.tries.clear();  // the addresses of the bootstrap server: one of them has answered
    std::size_t failed = 0;
    for (std::size_t i = 0; i < brokers_.size(); ++i) {
      fact::Observation one;
      one.probe = seen.probe;
      one.target = targets_[i];
      one.at = seen.at;
      fill_conversation(*brokers_[i], one);
      one.tries.clear();
      one.answered = !one.failure;
      if (one.failure) {
        ++failed;
        one.summary = failure_line(*one.failure);
      }
      seen.tries.push_back(std::move(one));
    }
    seen.facts["brokers.failed"] = fact::Value::number(static_cast<double>(failed));
    if (failed > 0) seen.summary += ", " + std::to_string(failed) + " of them can't be reached";
  }

  net::Net& net_;
  ConversationPlan plan_;
  Head head_;
  SteadyTime end_;
  bool follow_;
  Done done_;
  const wire::Kafka* talk_ = nullptr;
  net::Net::Timer tell_ = 0;
  std::unique_ptr<Conversation> first_;
  std::vector<std::string> targets_;
  std::vector<std::unique_ptr<Conversation>> brokers_;
};

std::unique_ptr<Running> start(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  ConversationPlan plan;
  plan.target = target_of(params);
  plan.tls_first = params.flag("tls", plan.target.port != kPlainPort);
  if (plan.tls_first) {
    auto tls = tls_options_of(params, net);
    if (!tls) {
      return fail_to_start(net, "kafka", net::join_host_port(plan.target.host, plan.target.port), "resolve",
                           tls.error().what, std::move(done));
    }
    plan.tls = std::move(*tls);
  }
  wire::Kafka::Plan talk;
  talk.mechanism = params.text("mechanism");
  talk.user = params.text("user");
  talk.password = params.text("password");
  talk.topic = params.text("topic");
  talk.hold = params.number("hold", 0);
  const auto hold = Milliseconds(static_cast<long>(talk.hold * 1000));
  return std::make_unique<KafkaProbe>(net, std::move(plan), std::move(talk), params.flag("brokers", true),
                                      timeout + hold, std::move(done));
}

}  // namespace

extern const ProbeSpec kKafka;
const ProbeSpec kKafka = {.name = "kafka",
                          .summary = "asks a Kafka broker what it knows, logs in, and reaches each broker",
                          .params = kParams,
                          .facts = kFacts,
                          .operations = kOperations,
                          .timeout = Milliseconds(15000),
                          .start = start};

}  // namespace aztriage::probe
