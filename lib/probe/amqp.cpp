#include "probe/wire/amqp.h"

#include "base/text.h"
#include "decode/fact_list.h"
#include "decode/mask.h"
#include "probe/conversation.h"
#include "probe/head.h"
#include "probe/http_request.h"
#include "probe/server_params.h"
#include "probe/websocket_way.h"
#include "probe/wire/websocket_carrier.h"

#include <array>
#include <utility>

namespace aztriage::probe {
namespace {

using fact::FailureKind;
using fact::Kind;

constexpr double kLongestHold = 3600;
constexpr double kTlsPort = 5671;
constexpr double kPlainPort = 5672;
constexpr double kHttpsPort = 443;

constexpr std::array<std::string_view, 3> kMechanisms = {"PLAIN", "ANONYMOUS", "EXTERNAL"};
constexpr std::array<std::string_view, 2> kRoles = {"receive", "send"};

constexpr auto kParams = param_list(
    kPlaceParams, kTlsParams,
    std::array<fact::ParamSpec, 12>{{
        {.name = "port",
         .type = fact::kPort,
         .help = "port to connect to; over a WebSocket 443 unless given otherwise",
         .default_value = "5671"},
        {.name = "tls",
         .type = {Kind::boolean},
         .help = "whether TLS comes first; unless said, but on port 5672"},
        {.name = "websocket",
         .type = {Kind::boolean},
         .help = "over a WebSocket, as clients do it where only HTTPS passes",
         .default_value = "false"},
        {.name = "path",
         .type = {Kind::text},
         .help = "path of the WebSocket",
         .default_value = "/$servicebus/websocket"},
        {.name = "sasl",
         .type = {Kind::boolean},
         .help = "log in by SASL first, as most servers want",
         .default_value = "true"},
        {.name = "mechanism",
         .type = {.kind = Kind::choice, .words = kMechanisms},
         .help = "how to log in; PLAIN with a user, else what is offered"},
        {.name = "user", .type = {Kind::text}, .help = "user, or name of the shared access policy"},
        {.name = "password", .type = {Kind::text}, .help = "password, or key of the policy", .secret = true},
        {.name = "virtual-host", .type = {Kind::text}, .help = "host name to open, when it is not the host"},
        {.name = "entity",
         .type = {Kind::text},
         .help = "queue, topic, subscription or event hub to attach to"},
        {.name = "role",
         .type = {.kind = Kind::choice, .words = kRoles},
         .help = "as what to attach to it; no message is taken or sent",
         .default_value = "receive"},
        {.name = "hold",
         .type = {.kind = Kind::number, .least = 0, .most = kLongestHold},
         .help = "seconds to be idle once it is open, to see whether it is cut",
         .default_value = "0"},
    }});

constexpr auto kOwnFacts = std::array<fact::FactSpec, 21>{{
    {"versions",
     {Kind::list, Kind::text},
     "the protocol headers that the server sent: 1.0, 1.0 with SASL, 0-9-1"},
    {"offered", {Kind::list, Kind::text}, "the ways to log in (SASL mechanisms) that the server offers"},
    {"mechanism", {Kind::text}, "the one that was tried"},
    {"logged-in", {Kind::boolean}, "whether the server took the login"},
    {"refused-with",
     {Kind::text},
     "the error condition, such as amqp:unauthorized-access, or of a login auth, sys, sys-perm, sys-temp"},
    {"error.text", {Kind::text}, "the words beside it", "refused-with"},
    {"container", {Kind::text}, "the server's own name"},
    {"max-frame", {Kind::number}, "the largest frame that it takes, in bytes"},
    {"idle-timeout", {Kind::number}, "seconds after which it ends a silent connection"},
    {"properties.*", {Kind::text}, "what it says of itself, such as product and version"},
    {"attached", {Kind::boolean}, "whether it let us attach to `entity`"},
    {"held", {Kind::number}, "seconds that the idle connection lasted, when `hold` asks for it"},
    {"idle-cut-after", {Kind::number}, "seconds without a byte after which it was ended"},
    {"withheld", {Kind::boolean}, "whether the password was left out, since the host is not verified"},
    {"accepted", {Kind::boolean}, "whether the WebSocket was opened"},
    {"closed-with", {Kind::number}, "the code with which the server closed the WebSocket"},
    {"closed-reason", {Kind::text}, "the words beside it", "closed-with"},
    {"time.connect", {Kind::number}, "seconds until the connection was there"},
    {"time.upgrade", {Kind::number}, "seconds until the WebSocket was answered"},
    {"time.header", {Kind::number}, "seconds until the first protocol header came"},
    {"time.open", {Kind::number}, "seconds until the connection was open"},
}};

constexpr auto kFacts = decode::fact_list(kOwnFacts, kResponseFacts, kConnectionFacts, net::kHandshakeFacts,
                                          net::kServerCertificateFacts);

constexpr std::array<std::string_view, 12> kOperations = {"resolve", "connect", "proxy",      "handshake",
                                                          "upgrade", "header",  "mechanisms", "login",
                                                          "open",    "attach",  "hold",       "close"};

struct Asked {
  ConversationPlan plan;
  std::unique_ptr<wire::Dialogue> dialogue;
};

wire::Amqp::Plan talk_of(const Params& params) {
  wire::Amqp::Plan talk;
  talk.container = "aztriage-" + std::to_string(random_number());
  const std::string virtual_host = params.text("virtual-host");
  talk.host = virtual_host.empty() ? params.text("host") : virtual_host;
  talk.sasl = params.flag("sasl", true);
  talk.mechanism = params.text("mechanism");
  talk.user = params.text("user");
  talk.password = params.text("password");
  talk.entity = params.text("entity");
  talk.receive = params.text("role") != "send";
  talk.hold = params.number("hold", 0);
  return talk;
}

Result<Asked> asked_of(const Params& params, const net::Net& net) {
  Asked asked;
  double port = params.number("port", kTlsPort);
  const bool socket = params.flag("websocket", false);
  if (socket && port == kTlsPort) port = kHttpsPort;
  const bool tls = params.flag("tls", socket || port != kPlainPort);
  asked.dialogue = std::make_unique<wire::Amqp>(talk_of(params));
  if (!socket) {
    asked.plan.target = target_of(params);
    asked.plan.tls_first = tls;
    if (!tls) return asked;
    auto options = tls_options_of(params, net);
    if (!options) return tl::unexpected(options.error());
    asked.plan.tls = std::move(*options);
    return asked;
  }
  Params web = params;
  const std::string path = params.text("path");
  const std::string url = (tls ? "wss://" : "ws://") +
                          net::join_host_port(params.text("host"), static_cast<int>(port)) +
                          (path.starts_with('/') ? "" : "/") + path;
  web.values.erase("host");  // there it is a header
  web.values.insert_or_assign("url", fact::Value::text(url, Kind::url));
  web.values.insert_or_assign("protocols", fact::Value::list_of(Kind::text, {"AMQPWSB10"}));
  auto way = websocket_way(web, net);
  if (!way) return tl::unexpected(way.error());
  asked.plan = std::move(way->plan);
  asked.dialogue = std::make_unique<wire::WebSocketCarrier>(std::move(way->upgrade),
                                                            std::move(asked.dialogue), random_number);
  return asked;
}

std::unique_ptr<Running> start(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  auto asked = asked_of(params, net);
  if (!asked) {
    const std::string target =
        net::join_host_port(params.text("host"), static_cast<int>(params.number("port", kTlsPort)));
    return fail_to_start(net, "amqp", target, "resolve", asked.error().what, std::move(done));
  }
  const auto hold = Milliseconds(static_cast<long>(params.number("hold", 0) * 1000));
  return start_conversation(net, "amqp", std::move(asked->plan), std::move(asked->dialogue), timeout + hold,
                            std::move(done));
}

}  // namespace

extern const ProbeSpec kAmqp;
const ProbeSpec kAmqp = {
    .name = "amqp",
    .summary = "opens an AMQP 1.0 connection, as to Service Bus, Event Hubs and RabbitMQ",
    .params = kParams,
    .facts = kFacts,
    .operations = kOperations,
    .timeout = Milliseconds(15000),
    .start = start};

}  // namespace aztriage::probe
