#include "probe/wire/websocket.h"

#include "base/text.h"
#include "decode/encoding.h"
#include "decode/fact_list.h"
#include "decode/mask.h"
#include "fact/url.h"
#include "probe/conversation.h"
#include "probe/head.h"
#include "probe/http_facts.h"
#include "probe/http_request.h"
#include "probe/websocket_way.h"

#include <algorithm>
#include <array>
#include <utility>

namespace aztriage::probe {
namespace {

using fact::FailureKind;
using fact::Kind;

constexpr double kLongestHold = 3600;

constexpr std::array<fact::ParamSpec, 13> kParams = {{
    {.name = "url",
     .type = {Kind::url},
     .help = "the WebSocket: ws, wss, or http and https in their place",
     .required = true,
     .secret = true},
    {.name = "headers", .type = {Kind::text}, .help = "request headers", .secret = true, .map = true},
    {.name = "protocols", .type = {Kind::text}, .help = "subprotocols to offer", .list = true},
    {.name = "hold",
     .type = {.kind = Kind::number, .least = 0, .most = kLongestHold},
     .help = "seconds to leave it open and idle, to see whether it is cut",
     .default_value = "0"},
    {.name = "ping",
     .type = {Kind::boolean},
     .help = "ping it once it is open, and again after `hold`",
     .default_value = "true"},
    {.name = "host", .type = {Kind::text}, .help = "Host header, when it is not the URL's host"},
    {.name = "sni",
     .type = {Kind::host},
     .help = "name for the TLS handshake, when it is not the URL's host"},
    {.name = "connect", .type = {Kind::endpoint}, .help = "host and port to connect to instead of the URL's"},
    {.name = "user-agent", .type = {Kind::text}, .help = "User-Agent header", .default_value = "aztriage"},
    {.name = "ca", .type = {Kind::text}, .help = "file with the only authorities to trust"},
    {.name = "address", .type = {Kind::ip}, .help = "connect to this address instead of the host's"},
    {.name = "family",
     .type = {.kind = Kind::choice, .words = kFamilies},
     .help = "address family to use",
     .default_value = "any"},
    {.name = "proxy", .type = {Kind::text}, .help = "proxy to go through: a URL, or none"},
}};

constexpr std::array<std::string_view, 3> kEnds = {"close-frame", "closed", "reset"};

constexpr auto kOwnFacts = std::array<fact::FactSpec, 15>{{
    {"accepted", {Kind::boolean}, "whether the server opened the WebSocket"},
    {"withheld", {Kind::boolean}, "whether secrets were left out, since the host is not verified"},
    {"time.connect", {Kind::number}, "seconds until the connection was there"},
    {"time.upgrade", {Kind::number}, "seconds from the request to the head of the answer"},
    {"subprotocol", {Kind::text}, "the subprotocol that the server chose"},
    {"ping.rtt", {Kind::number}, "seconds until the first ping was answered"},
    {"held", {Kind::number}, "seconds that the idle WebSocket lasted, when `hold` asks for it"},
    {"idle-cut-after",
     {Kind::number},
     "seconds without a byte after which the server or something between cut it"},
    {"alive", {Kind::boolean}, "whether a ping was answered after `hold`; if not, it was cut without a word"},
    {"ended-by", {.kind = Kind::choice, .words = kEnds}, "how it was ended before we did"},
    {"closed-with", {Kind::number}, "the code of the server's close frame; 1005 when it has none"},
    {"closed-reason", {Kind::text}, "the words beside it", "closed-with"},
    {"messages", {Kind::number}, "messages that the server sent unasked"},
    {"message", {Kind::text}, "the first text among them, at most 4 KiB"},
    {"pings", {Kind::number}, "pings that the server sent"},
}};

constexpr auto kFacts = decode::fact_list(kOwnFacts, kResponseFacts, kConnectionFacts, net::kHandshakeFacts,
                                          net::kServerCertificateFacts);

constexpr std::array<std::string_view, 8> kOperations = {"resolve", "connect", "proxy", "handshake",
                                                         "upgrade", "ping",    "hold",  "close"};

/// The probe's own headers; the others are the caller's.
bool is_own_header(std::string_view name) {
  const std::string lower = text::lower(name);
  return lower == "upgrade" || lower == "connection" || lower.starts_with("sec-websocket-") ||
         lower == "content-length" || lower == "transfer-encoding";
}

Result<void> check_headers(const Params& params) {
  for (const auto& [key, value] : params.values) {
    if (key.starts_with("headers.") && is_own_header(std::string_view(key).substr(8)))
      return failed("header '" + key.substr(8) + "' is the probe's own");
  }
  for (const auto& protocol : list_of(params, "protocols")) {
    if (protocol.find_first_of("\r\n,; \t\"") != std::string::npos)
      return failed("'" + text::printable(protocol, 60) + "' can't be the name of a subprotocol");
  }
  return {};
}

class WebSocketLook : public Running {
 public:
  WebSocketLook(net::Net& net, Params params, ConversationPlan plan, wire::WebSocket::Plan talk,
                const std::string& target, Milliseconds timeout, Done done)
      : net_(net),
        params_(std::move(params)),
        head_("websocket", target),
        done_(std::move(done)),
        conversation_(net, std::move(plan), std::make_unique<wire::WebSocket>(std::move(talk)), timeout,
                      [this] { tell(); }) {}
  ~WebSocketLook() override { net_.cancel(tell_); }

  fact::Observation stop(FailureKind kind) override {
    done_ = nullptr;
    conversation_.stop(kind);
    return observe();
  }

 private:
  fact::Observation observe() {
    fill_conversation(conversation_, head_.seen);
    auto seen = head_.finish();
    if (!params_.secret.empty()) decode::mask(seen, secrets_of(params_));
    return seen;
  }
  void tell() {
    tell_ = net_.at(system_clock().steady(), [this] {
      tell_ = 0;
      const auto done = std::exchange(done_, nullptr);
      if (done) done(observe());  // may destroy this
    });
  }

  net::Net& net_;
  Params params_;
  Head head_;
  Done done_;
  net::Net::Timer tell_ = 0;
  Conversation conversation_;
};

std::unique_ptr<Running> start(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  const std::string target = decode::mask(params.text("url")).text;
  const auto bad = [&](const std::string& why) {
    return fail_to_start(net, "websocket", target, "upgrade", why, std::move(done));
  };
  if (const auto good = check_headers(params); !good) return bad(good.error().what);
  auto way = websocket_way(params, net);
  if (!way) return bad(way.error().what);
  wire::WebSocket::Plan talk;
  talk.upgrade = way->upgrade;
  talk.untrusted = way->untrusted;
  talk.ping = params.flag("ping", true);
  talk.hold = params.number("hold", 0);
  talk.random = random_number;
  const auto hold = Milliseconds(static_cast<long>(talk.hold * 1000));
  return std::make_unique<WebSocketLook>(net, params, std::move(way->plan), std::move(talk), target,
                                         timeout + hold, std::move(done));
}

}  // namespace

extern const ProbeSpec kWebsocket;
const ProbeSpec kWebsocket = {.name = "websocket",
                              .summary = "opens a WebSocket, pings it and sees how long it may be idle",
                              .params = kParams,
                              .facts = kFacts,
                              .operations = kOperations,
                              .timeout = Milliseconds(15000),
                              .start = start};

}  // namespace aztriage::probe
