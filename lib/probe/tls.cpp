#include "net/tls.h"

#include "base/text.h"
#include "decode/fact_list.h"
#include "net/names.h"
#include "probe/head.h"
#include "probe/tls_facts.h"
#include "probe/tls_look.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace aztriage::probe {
namespace {

using fact::Failure;
using fact::FailureKind;
using fact::Kind;
using fact::Value;

constexpr std::size_t kMostAddresses = 8;
/// How long the host's other addresses may take after the first has answered, or twice its time: one lost
/// packet is allowed for, a dead address does not hold up the look.
constexpr Milliseconds kGrace{2500};

constexpr std::array<fact::ParamSpec, 12> kParams = {{
    {.name = "host", .type = {Kind::host}, .help = "host name or address of the server", .required = true},
    {.name = "port", .type = fact::kPort, .help = "port to connect to", .default_value = "443"},
    {.name = "sni",
     .type = {Kind::text},
     .help = "name to ask for and to check the certificate against, or none; the host unless said"},
    {.name = "ca",
     .type = {Kind::text},
     .help = "PEM file: trust only these authorities, as a client that pins them"},
    {.name = "min",
     .type = {.kind = Kind::choice, .words = net::kTlsVersions},
     .help = "oldest version to offer"},
    {.name = "max",
     .type = {.kind = Kind::choice, .words = net::kTlsVersions},
     .help = "newest version to offer"},
    {.name = "versions",
     .type = {Kind::boolean},
     .help = "try each version alone, to know which are accepted",
     .default_value = "false"},
    {.name = "starttls",
     .type = {.kind = Kind::choice, .words = wire::kStartTlsNames},
     .help = "protocol that begins in plain text",
     .default_value = "none"},
    {.name = "alpn", .type = {Kind::text}, .help = "protocols to offer, such as h2", .list = true},
    {.name = "address", .type = {Kind::ip}, .help = "connect to this address instead of the host's"},
    {.name = "family",
     .type = {.kind = Kind::choice, .words = kFamilies},
     .help = "address family to use",
     .default_value = "any"},
    {.name = "proxy", .type = {Kind::text}, .help = "proxy to go through: a URL, or none"},
}};

constexpr auto kFacts =
    decode::fact_list(net::kHandshakeFacts, net::kServerCertificateFacts,
                      std::array<fact::FactSpec, 4>{{
                          {"accepted",
                           {.kind = Kind::list, .item = Kind::choice, .words = net::kTlsVersions},
                           "the versions that the server accepts, when `versions` asks for it"},
                          {"time.dns", {Kind::number}, "seconds until the addresses were known"},
                          {"time.connect", {Kind::number}, "seconds until the connection was there"},
                          {"proxy.status", {Kind::number}, "the proxy's answer to CONNECT, such as 407"},
                      }});

constexpr std::array<std::string_view, 5> kOperations = {"resolve", "connect", "proxy", "starttls",
                                                         "handshake"};

/// What of a look is the same for every address: the plan, and whether to try each version.
struct Asked {
  TlsPlan plan;
  bool versions = false;
};

/// What one connection saw, as an observation of its own.
fact::Observation observe(const TlsSeen& seen, const std::string& target, UtcTime at) {
  fact::Observation one;
  one.probe = "tls";
  one.target = target;
  one.at = at;
  one.proxy = seen.connection.proxy;
  if (seen.connection.proxy_status > 0)
    one.facts["proxy.status"] = Value::number(seen.connection.proxy_status);
  if (one.proxy.empty()) {
    one.address = seen.connection.address.text;
    one.family = seen.connection.address.family;
  }
  double took = seen.connection.resolve_seconds + seen.connection.connect_seconds;
  one.facts["time.dns"] = Value::number(seen.connection.resolve_seconds);
  if (seen.connection.connect_seconds > 0) {
    one.facts["time.connect"] = Value::number(seen.connection.connect_seconds);
  }
  if (seen.handshake) {
    took += seen.handshake->seconds;
    net::fill_facts(*seen.handshake, one);
    one.answered = seen.handshake->complete;
  }
  one.failure = seen.failure;
  one.took = Milliseconds(std::llround(took * 1000));
  if (one.failure) {
    one.summary = failure_line(*one.failure);
  } else if (seen.handshake) {
    one.summary = tls_summary(*seen.handshake);
  }
  return one;
}

/// The host's addresses at once, and each version if asked, after the first address has been found by a race.
class TlsProbe : public Running {
 public:
  TlsProbe(net::Net& net, Asked asked, Milliseconds timeout, Done done)
      : net_(net),
        asked_(std::move(asked)),
        head_("tls", net::join_host_port(asked_.plan.target.host, asked_.plan.target.port)),
        end_(system_clock().steady() + timeout),
        done_(std::move(done)) {
    first_ = std::make_unique<TlsLook>(net_, asked_.plan, timeout, [this] { first_done(); });
  }
  ~TlsProbe() override { net_.cancel(timer_); }

  fact::Observation stop(FailureKind kind) override {
    done_ = nullptr;
    net_.cancel(timer_);
    end_all(kind);
    return tell();
  }

 private:
  struct Version {
    net::TlsVersion version;
    std::unique_ptr<TlsLook> look;
  };

  Milliseconds left() const {
    return std::max(std::chrono::ceil<Milliseconds>(end_ - system_clock().steady()), Milliseconds(1));
  }

  void first_done() {
    const net::Connection& connection = first_->seen().connection;
    if (connection.proxy.empty() && first_->seen().connected) {
      start_others(connection);
      if (asked_.versions) start_versions(connection);
    } else if (asked_.versions && first_->seen().connected) {
      start_versions(connection);
    }
    check();
  }

  void start_others(const net::Connection& connection) {
    const auto twice = Milliseconds(std::llround(head_.seconds() * 2000));
    const Milliseconds grace = std::min(left(), std::max(kGrace, twice));
    for (const net::Address& address : connection.resolved.list) {
      if (others_.size() + 1 >= kMostAddresses) return;
      if (address == connection.address || has_failed(connection, address)) continue;
      TlsPlan plan = asked_.plan;
      plan.target.address = address.text;
      plan.target.port = connection.port;
      others_.push_back(std::make_unique<TlsLook>(net_, std::move(plan), grace, [this] { check(); }));
    }
  }

  static bool has_failed(const net::Connection& connection, const net::Address& address) {
    return std::any_of(connection.attempts.begin(), connection.attempts.end(),
                       [&](const net::Attempt& attempt) {
                         return attempt.address == address && attempt.failure && !attempt.overtaken;
                       });
  }

  void start_versions(const net::Connection& connection) {
    for (const net::TlsVersion version : {net::TlsVersion::tls1_0, net::TlsVersion::tls1_1,
                                          net::TlsVersion::tls1_2, net::TlsVersion::tls1_3}) {
      TlsPlan plan = asked_.plan;
      plan.options.min = version;
      plan.options.max = version;
      if (connection.proxy.empty()) {
        plan.target.address = connection.address.text;
        plan.target.port = connection.port;
      }
      versions_.push_back(
          {version, std::make_unique<TlsLook>(net_, std::move(plan), left(), [this] { check(); })});
    }
  }

  bool all_done() const {
    return first_->finished() &&
           std::all_of(others_.begin(), others_.end(), [](const auto& look) { return look->finished(); }) &&
           std::all_of(versions_.begin(), versions_.end(),
                       [](const auto& one) { return one.look->finished(); });
  }

  /// Told from the loop, since whoever is told may destroy the looks that call here.
  void check() {
    if (!done_ || timer_ != 0 || !all_done()) return;
    timer_ = net_.at(system_clock().steady(), [this] {
      timer_ = 0;
      const auto done = std::move(done_);
      done_ = nullptr;
      done(tell());
    });
  }

  void end_all(FailureKind kind) {
    first_->stop(kind);
    for (const auto& look : others_) look->stop(kind);
    for (const Version& one : versions_) one.look->stop(kind);
  }

  /// The address that tells most: one with a bad certificate is a fault although others are fine; one that is
  /// dead is not while another answers.
  const TlsLook& telling() const {
    const TlsLook* best = first_.get();
    const auto weight = [](const TlsLook& look) {
      if (!look.complete()) return 0;
      return look.seen().handshake->certificate && !look.seen().handshake->certificate->problems.empty() ? 2
                                                                                                         : 1;
    };
    for (const auto& look : others_) {
      if (weight(*look) > weight(*best)) best = look.get();
    }
    return *best;
  }

  fact::Observation tell() const {
    const TlsLook& best = telling();
    fact::Observation all = observe(best.seen(), head_.seen.target, head_.seen.at);
    all.took = head_.finish().took;
    add_tries(all);
    if (asked_.versions) add_versions(all);
    return all;
  }

  void add_tries(fact::Observation& all) const {
    const net::Connection& connection = first_->seen().connection;
    if (!connection.proxy.empty()) return;
    std::vector<fact::Observation> tries;
    for (const net::Attempt& attempt : connection.attempts) {
      if (!attempt.failure || attempt.overtaken) continue;
      TlsSeen seen;
      seen.connection.address = attempt.address;
      seen.connection.connect_seconds = attempt.seconds;
      seen.failure = attempt.failure;
      tries.push_back(observe(seen, net::join_host_port(attempt.address.text, attempt.port), all.at));
    }
    const auto add = [&](const TlsLook& look) {
      const net::Connection& one = look.seen().connection;
      tries.push_back(observe(look.seen(), net::join_host_port(one.address.text, one.port), all.at));
    };
    if (first_->seen().connected) add(*first_);
    for (const auto& look : others_) add(*look);
    if (tries.size() < 2) return;
    const auto failed =
        std::count_if(tries.begin(), tries.end(), [](const auto& one) { return !one.answered; });
    if (all.answered && failed > 0) {
      all.summary += fmt::format("; {} of {} addresses did not answer", failed, tries.size());
    }
    all.tries = std::move(tries);
  }

  /// A version is refused when the server said so; when it only went silent, nobody knows.
  void add_versions(fact::Observation& all) const {
    std::vector<std::string> accepted;
    bool known = !versions_.empty();
    for (const Version& one : versions_) {
      const TlsSeen& seen = one.look->seen();
      if (one.look->complete()) accepted.emplace_back(net::version_name(one.version));
      const bool told = seen.handshake && (seen.handshake->complete || !seen.handshake->alert.empty() ||
                                           !seen.handshake->cut.empty() ||
                                           (seen.failure && seen.failure->kind == FailureKind::tls_version));
      known = known && told;
    }
    if (!known) return;
    all.facts["accepted"] = Value::list_of(Kind::choice, accepted);
    all.read.insert("accepted");
  }

  net::Net& net_;
  Asked asked_;
  Head head_;
  SteadyTime end_;
  Done done_;
  std::unique_ptr<TlsLook> first_;
  std::vector<std::unique_ptr<TlsLook>> others_;
  std::vector<Version> versions_;
  net::Net::Timer timer_ = 0;
};

Result<Asked> ask(const Params& params, const net::Net& net) {
  Asked asked;
  net::Target& target = asked.plan.target;
  target.host = params.text("host");
  target.port = static_cast<int>(params.number("port", 443));
  target.address = params.text("address");
  target.family = family_of(params);
  target.proxy = params.text("proxy");
  net::TlsOptions& options = asked.plan.options;
  const std::string sni = params.text("sni");
  const bool none = text::equal_ignoring_case(sni, "none");
  options.server_name = none ? "" : sni.empty() ? target.host : sni;
  options.check_name = none ? target.host : options.server_name;
  options.min = net::version_from_name(params.text("min"));
  options.max = net::version_from_name(params.text("max"));
  if (options.min && options.max && *options.min > *options.max) return failed("'min' is newer than 'max'");
  if (const Value* alpn = params.find("alpn"); alpn != nullptr && alpn->kind() == Kind::list) {
    for (const Value& one : alpn->as_list()) options.alpn.push_back(one.as_text());
  }
  const std::string ca = params.text("ca");
  auto trust = ca.empty() ? net::Trust::system_and(net.settings().ca_file) : net::Trust::only(ca);
  if (!trust) return tl::unexpected(trust.error());
  options.trust = *trust;
  const auto name =
      std::find(wire::kStartTlsNames.begin(), wire::kStartTlsNames.end(), params.text("starttls"));
  if (name != wire::kStartTlsNames.end()) {
    asked.plan.starttls = static_cast<wire::StartTlsProtocol>(name - wire::kStartTlsNames.begin());
  }
  asked.versions = params.flag("versions", false);
  return asked;
}

std::unique_ptr<Running> start(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  Result<Asked> asked = ask(params, net);
  if (!asked) {
    const std::string target =
        net::join_host_port(params.text("host"), static_cast<int>(params.number("port", 443)));
    return fail_to_start(net, "tls", target, "resolve", asked.error().what, std::move(done));
  }
  return std::make_unique<TlsProbe>(net, std::move(*asked), timeout, std::move(done));
}

}  // namespace

extern const ProbeSpec kTls;
const ProbeSpec kTls = {
    .name = "tls",
    .summary = "shakes hands by TLS: versions, the whole chain and everything that is wrong with it",
    .params = kParams,
    .facts = kFacts,
    .operations = kOperations,
    .timeout = Milliseconds(10000),
    .intrusive = false,
    .start = start,
};

}  // namespace aztriage::probe
