#include "probe/wire/mysql.h"

#include "decode/fact_list.h"
#include "probe/conversation.h"
#include "probe/head.h"
#include "probe/server_params.h"

#include <array>
#include <utility>

namespace aztriage::probe {
namespace {

using fact::Kind;
using Tls = wire::MysqlAsked::Tls;

constexpr std::array<std::string_view, 3> kTls = {"auto", "on", "off"};
constexpr auto kParams = param_list(
    kPlaceParams, kTlsParams,
    std::array<fact::ParamSpec, 5>{{
        {.name = "port", .type = fact::kPort, .help = "port to connect to", .default_value = "3306"},
        {.name = "tls",
         .type = {.kind = Kind::choice, .words = kTls},
         .help = "auto: TLS where the server offers it",
         .default_value = "auto"},
        {.name = "user",
         .type = {Kind::text},
         .help = "user to log in as; tried without a password unless one is given",
         .default_value = "aztriage"},
        {.name = "database", .type = {Kind::text}, .help = "database to ask for"},
        {.name = "password",
         .type = {Kind::text},
         .help = "password or token; goes to a trusted server only",
         .secret = true},
    }});

constexpr auto kFacts = decode::fact_list(kConnectionFacts, kConnectTimeFact, net::kHandshakeFacts,
                                          net::kServerCertificateFacts, wire::kMysqlFacts);
constexpr std::array<std::string_view, 6> kOperations = {"resolve",  "connect",   "proxy",
                                                         "greeting", "handshake", "login"};

std::unique_ptr<Running> start(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  ConversationPlan plan;
  plan.target = target_of(params);
  auto options = tls_options_of(params, net);
  if (!options) {
    return fail_to_start(net, "mysql", net::join_host_port(plan.target.host, plan.target.port), "resolve",
                         options.error().what, std::move(done));
  }
  plan.tls = std::move(*options);
  wire::MysqlAsked asked;
  const std::string tls = params.text("tls");
  asked.tls = tls == "on" ? Tls::on : tls == "off" ? Tls::off : Tls::automatic;
  asked.user = params.text("user");
  asked.database = params.text("database");
  if (params.find("password") != nullptr) asked.password = params.text("password");
  return start_conversation(net, "mysql", std::move(plan),
                            std::make_unique<wire::MysqlTalk>(std::move(asked)), timeout, std::move(done));
}

}  // namespace

extern const ProbeSpec kMysql;
const ProbeSpec kMysql = {
    .name = "mysql",
    .summary = "hears a MySQL or MariaDB server's greeting, asks for TLS and a login, and tells its answer",
    .params = kParams,
    .facts = kFacts,
    .operations = kOperations,
    .timeout = Milliseconds(15000),
    .intrusive = false,
    .start = start,
};

}  // namespace aztriage::probe
