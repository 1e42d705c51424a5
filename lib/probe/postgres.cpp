#include "probe/wire/postgres.h"

#include "decode/digest.h"
#include "decode/encoding.h"
#include "decode/fact_list.h"
#include "probe/conversation.h"
#include "probe/head.h"
#include "probe/server_params.h"

#include <array>
#include <utility>

namespace aztriage::probe {
namespace {

using fact::Kind;
using Tls = wire::PostgresAsked::Tls;

constexpr std::array<std::string_view, 4> kTls = {"auto", "on", "off", "direct"};
constexpr auto kParams =
    param_list(kPlaceParams, kTlsParams,
               std::array<fact::ParamSpec, 5>{{
                   {.name = "port",
                    .type = fact::kPort,
                    .help = "port to connect to; Azure's PgBouncer listens on 6432",
                    .default_value = "5432"},
                   {.name = "tls",
                    .type = {.kind = Kind::choice, .words = kTls},
                    .help = "auto: TLS where the server offers it; direct: TLS from the first byte",
                    .default_value = "auto"},
                   {.name = "user",
                    .type = {Kind::text},
                    .help = "user to ask for; without a password nothing is tried that could lock it",
                    .default_value = "aztriage"},
                   {.name = "database",
                    .type = {Kind::text},
                    .help = "database to ask for; the user's name unless said"},
                   {.name = "password",
                    .type = {Kind::text},
                    .help = "password or token; goes to a trusted server only",
                    .secret = true},
               }});

constexpr auto kFacts = decode::fact_list(kConnectionFacts, kConnectTimeFact, net::kHandshakeFacts,
                                          net::kServerCertificateFacts, wire::kPostgresFacts);
constexpr std::array<std::string_view, 6> kOperations = {"resolve",  "connect",   "proxy",
                                                         "starttls", "handshake", "login"};

Result<ConversationPlan> plan_of(const Params& params, const net::Net& net, Tls tls) {
  ConversationPlan plan;
  plan.target = target_of(params);
  auto options = tls_options_of(params, net);
  if (!options) return tl::unexpected(options.error());
  plan.tls = std::move(*options);
  plan.tls_first = tls == Tls::direct;
  if (plan.tls_first) plan.tls.alpn = {"postgresql"};
  return plan;
}

std::unique_ptr<Running> start(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  wire::PostgresAsked asked;
  const std::string tls = params.text("tls");
  asked.tls = tls == "on"       ? Tls::on
              : tls == "off"    ? Tls::off
              : tls == "direct" ? Tls::direct
                                : Tls::automatic;
  asked.user = params.text("user");
  asked.database = params.text("database");
  if (params.find("password") != nullptr) {
    asked.password = params.text("password");
    asked.nonce = decode::base64_encode(decode::random_bytes(18));
  }
  auto plan = plan_of(params, net, asked.tls);
  if (!plan) {
    const net::Target target = target_of(params);
    return fail_to_start(net, "postgres", net::join_host_port(target.host, target.port), "resolve",
                         plan.error().what, std::move(done));
  }
  return start_conversation(net, "postgres", std::move(*plan),
                            std::make_unique<wire::PostgresTalk>(std::move(asked)), timeout, std::move(done));
}

}  // namespace

extern const ProbeSpec kPostgres;
const ProbeSpec kPostgres = {
    .name = "postgres",
    .summary = "asks a PostgreSQL server for TLS and a login, and tells its answer or error",
    .params = kParams,
    .facts = kFacts,
    .operations = kOperations,
    .timeout = Milliseconds(15000),
    .intrusive = false,
    .start = start,
};

}  // namespace aztriage::probe
