#include "probe/head.h"
#include "probe/ntp_look.h"
#include "probe/probe.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace aztriage::probe {
namespace {

using fact::FailureKind;
using fact::Kind;

constexpr std::size_t kMostAddresses = 8;
constexpr Milliseconds kApart{500};

constexpr std::array<fact::ParamSpec, 5> kParams = {{
    {.name = "host",
     .type = {Kind::host},
     .help = "host name or address of the time server",
     .required = true},
    {.name = "port", .type = fact::kPort, .help = "UDP port", .default_value = "123"},
    {.name = "samples",
     .type = {.kind = Kind::number, .least = 1, .most = 8, .whole = true},
     .help = "how often to ask, half a second apart; the answer with the shortest way counts",
     .default_value = "3"},
    {.name = "address", .type = {Kind::ip}, .help = "ask this address instead of the host's"},
    {.name = "family",
     .type = {.kind = Kind::choice, .words = kFamilies},
     .help = "address family to use",
     .default_value = "any"},
}};

constexpr std::array<fact::FactSpec, 20> kFacts = {{
    {"offset", {Kind::number}, "seconds that the server's clock is ahead of this machine's"},
    {"offset.spread", {Kind::number}, "seconds by which the samples differ"},
    {"delay", {Kind::number}, "seconds of the round trip"},
    {"synchronized", {Kind::boolean}, "whether the server says that its own clock is set"},
    {"stratum", {Kind::number}, "how far it is from a reference clock: 1 has one, 16 is not set"},
    {"refid", {Kind::text}, "what sets its clock: GPS, PPS, or an address"},
    {"leap",
     {.kind = Kind::choice, .words = wire::kNtpLeaps},
     "whether a leap second is near, or the clock not set"},
    {"kiss", {Kind::text}, "the code with which it refuses to answer: RATE, DENY, RSTR, ..."},
    {"version", {Kind::number}, "of the protocol in its answer"},
    {"precision", {Kind::number}, "seconds of its clock's precision"},
    {"root.delay", {Kind::number}, "seconds of the way from it to the reference clock"},
    {"root.dispersion", {Kind::number}, "seconds by which it can be wrong against that"},
    {"set-ago", {Kind::number}, "seconds since its clock was set"},
    {"sent", {Kind::number}, "how many requests were sent"},
    {"samples", {Kind::number}, "how many were answered"},
    {"ignored", {Kind::number}, "packets that were no answers: from elsewhere, or to another request"},
    {"ignored.why", {Kind::text}, "what was wrong with the last of them"},
    {"addresses", {.kind = Kind::list, .item = Kind::ip}, "the addresses that were asked"},
    kConnectionFacts[0],
    kConnectionFacts[1],
}};

constexpr std::array<std::string_view, 2> kOperations = {"resolve", "request"};

/// All addresses of the host at once.
class NtpProbe : public Running {
 public:
  NtpProbe(net::Net& net, const Params& params, Milliseconds timeout, Done done)
      : net_(net),
        host_(params.text("host")),
        port_(static_cast<int>(params.number("port", 123))),
        samples_(static_cast<int>(params.number("samples", 3))),
        head_("ntp", net::join_host_port(host_, port_)),
        end_(system_clock().steady() + timeout),
        done_(std::move(done)) {
    const auto instead = net_.names().instead_of(host_, port_);
    std::string host = instead ? instead->host : host_;
    if (instead) port_ = instead->port;
    if (const std::string address = params.text("address"); !address.empty()) host = address;
    resolving_ = net_.names().resolve(host, port_, family_of(params), timeout,
                                      [this](net::Addresses found) { resolved(std::move(found)); });
  }
  ~NtpProbe() override { net_.cancel(tell_); }

  fact::Observation stop(FailureKind kind) override {
    done_ = nullptr;
    net_.cancel(std::exchange(tell_, 0));
    if (resolving_) {
      resolving_.reset();
      head_.seen.failure = fact::Failure{"resolve", kind, std::string(fact::failure_meaning(kind))};
    }
    for (const auto& one : looks_) one->stop(kind);
    return observe();
  }

 private:
  void resolved(net::Addresses found) {
    resolving_.reset();
    head_.seen.facts["time.dns"] = fact::Value::number(head_.seconds());
    if (found.failure) head_.seen.failure = found.failure;
    if (!found.list.empty()) {
      const auto source = net::kAddressSources[static_cast<std::size_t>(found.source)];
      head_.seen.facts["resolved-by"] = fact::Value::text(std::string(source), Kind::choice);
    }
    const auto left = std::chrono::ceil<Milliseconds>(end_ - system_clock().steady());
    std::vector<std::string> asked;
    for (const net::Address& address : found.list) {
      if (looks_.size() >= kMostAddresses) break;
      asked.push_back(address.text);
      looks_.push_back(std::make_unique<NtpLook>(net_, NtpLook::Plan{address, port_, samples_, kApart},
                                                 std::max(left, Milliseconds(1)), [this] { check(); }));
    }
    if (!asked.empty()) head_.seen.facts["addresses"] = fact::Value::list_of(Kind::ip, asked);
    check();
  }

  void check() {
    const bool all = std::ranges::all_of(looks_, [](const auto& one) { return one->finished(); });
    if (!done_ || tell_ != 0 || !all) return;
    tell_ = net_.at(system_clock().steady(), [this] {
      tell_ = 0;
      const auto done = std::exchange(done_, nullptr);
      done(observe());  // may destroy this
    });
  }

  fact::Observation observe() {
    const auto best = std::ranges::find_if(looks_, [](const auto& one) { return one->answered(); });
    if (best != looks_.end()) {
      (*best)->fill(head_.seen);
    } else if (!looks_.empty()) {
      looks_.front()->fill(head_.seen);
    }
    if (looks_.size() > 1) add_tries();
    return head_.finish();
  }

  void add_tries() {
    auto& seen = head_.seen;
    std::size_t silent = 0;
    for (const auto& look : looks_) {
      fact::Observation one;
      one.probe = seen.probe;
      one.target = net::join_host_port(look->address().text, port_);
      one.at = seen.at;
      look->fill(one);
      if (one.failure) one.summary = failure_line(*one.failure);
      if (!one.answered) ++silent;
      seen.tries.push_back(std::move(one));
    }
    if (seen.answered && silent > 0)
      seen.summary +=
          ", " + std::to_string(silent) + " of " + std::to_string(looks_.size()) + " addresses are silent";
  }

  net::Net& net_;
  std::string host_;
  int port_;
  int samples_;
  Head head_;
  SteadyTime end_;
  Done done_;
  std::unique_ptr<net::Pending> resolving_;
  net::Net::Timer tell_ = 0;
  std::vector<std::unique_ptr<NtpLook>> looks_;
};

std::unique_ptr<Running> start(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  return std::make_unique<NtpProbe>(net, params, timeout, std::move(done));
}

}  // namespace

extern const ProbeSpec kNtp;
const ProbeSpec kNtp = {.name = "ntp",
                        .summary = "asks a time server how far this machine's clock is off",
                        .params = kParams,
                        .facts = kFacts,
                        .operations = kOperations,
                        .timeout = Milliseconds(5000),
                        .start = start};

}  // namespace aztriage::probe
