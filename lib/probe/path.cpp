#include "decode/fact_list.h"
#include "fact/url.h"
#include "probe/head.h"
#include "probe/path_facts.h"
#include "probe/wire/client_hello.h"

#include <algorithm>
#include <array>
#include <utility>

#include <stdlib.h>

namespace aztriage::probe {
namespace {

using fact::FailureKind;
using fact::Kind;
using fact::Value;

constexpr int kDatagramPort = 33434;  // where nobody listens, as traceroute has it
constexpr int kLargestDatagram = 65535;
constexpr Milliseconds kReserve{500};  // of the time-out, for what was begun to end

constexpr std::array<std::string_view, 2> kProtocols = {"tcp", "udp"};

constexpr std::array<fact::ParamSpec, 7> kParams = {{
    {.name = "host", .type = {Kind::host}, .help = "host name or address at the end of the path"},
    {.name = "port",
     .type = fact::kPort,
     .help = "port to connect to, or to send datagrams to",
     .default_value = "443"},
    {.name = "target", .type = {Kind::endpoint}, .help = "host and port in one, instead of both"},
    {.name = "protocol",
     .type = {.kind = Kind::choice, .words = kProtocols},
     .help = "what to send: attempts to connect, or datagrams",
     .default_value = "tcp"},
    {.name = "max-hops",
     .type = {.kind = Kind::number, .least = 1, .most = 64, .whole = true},
     .help = "hops after which to stop",
     .default_value = "30"},
    {.name = "address", .type = {Kind::ip}, .help = "go to this address instead of the host's"},
    {.name = "family",
     .type = {.kind = Kind::choice, .words = kFamilies},
     .help = "address family to use",
     .default_value = "any"},
}};

constexpr auto kFacts = decode::fact_list(kConnectionFacts, kPathFacts);
constexpr std::array<std::string_view, 2> kOperations = {"resolve", "trace"};

struct PathPlan {
  std::string host;
  int port = 443;
  bool tcp = true;
  int most_hops = 30;
  int family = 0;
  std::string address;
};

class PathLook : public Running {
 public:
  PathLook(PathPlan plan, Milliseconds timeout, net::Net& net, Done done)
      : net_(net),
        head_("path", net::join_host_port(plan.host, plan.port)),
        plan_(std::move(plan)),
        done_(std::move(done)) {
    end_ = Steady::now() + timeout;
    timer_ = net_.at(end_, [this] {
      timer_ = 0;
      tell();
    });
    std::string host = plan_.address.empty() ? plan_.host : plan_.address;
    if (plan_.address.empty())
      if (const auto other = net_.names().instead_of(host, plan_.port)) {
        host = other->host;
        plan_.port = other->port;
      }
    resolving_ = net_.names().resolve(host, plan_.port, plan_.family, timeout,
                                      [this](net::Addresses found) { resolved(std::move(found)); });
  }
  ~PathLook() override {
    net_.cancel(timer_);
    net_.cancel(told_);
  }

  fact::Observation stop(FailureKind kind) override {
    done_ = nullptr;
    auto seen = observe();
    if (seen.failure && !all_done()) {
      seen.failure->kind = kind;
      seen.failure->code.clear();
    }
    return seen;
  }

 private:
  void resolved(net::Addresses found) {
    const net::Address first = fill_resolved(std::move(found), head_);
    if (head_.seen.failure) return tell();
    address_ = first;
    trace_ = std::make_unique<net::Trace>(net_, address_, plan_.port, plan_.tcp, plan_.most_hops,
                                          [this] { traced(); });
    const auto way = net::open_icmp_socket(address_, kDatagramPort, {.dont_fragment = true});
    if (way.socket) local_mtu_ = net::device_mtu(way.socket.fd());
    if (local_mtu_ == 0 && way.socket) local_mtu_ = net::known_path_mtu(way.socket.fd(), address_.family);
    if (plan_.tcp) {
      try_datagrams(kDatagramPort);
      try_segments();
    }
  }

  Milliseconds left() const {
    const auto left = std::chrono::ceil<Milliseconds>(end_ - Steady::now()) - kReserve;
    return std::max(left, Milliseconds(1));
  }

  void traced() {
    traced_ = true;
    // Not both at once: the answers that say that a port is closed are rationed.
    if (!plan_.tcp) try_datagrams(plan_.port);
    tell_when_done();
  }

  void try_datagrams(int port) {
    const int largest = std::min(local_mtu_, kLargestDatagram);
    if (largest == 0) return;
    datagrams_ = std::make_unique<net::DatagramSizer>(net_, address_, port, largest, left(), [this] {
      datagrams_done_ = true;
      tell_when_done();
    });
  }

  void try_segments() {
    std::array<char, 96> random;
    arc4random_buf(random.data(), random.size());
    const std::string name = net::parse_address(plan_.host) ? "" : plan_.host;
    const auto hello = [random = std::string(random.data(), random.size()), name](std::size_t size) {
      return wire::client_hello(name, size, random);
    };
    if (local_mtu_ == 0) return;
    segments_ =
        std::make_unique<net::SegmentSizer>(net_, address_, plan_.port, local_mtu_, left(), hello, [this] {
          segments_done_ = true;
          tell_when_done();
        });
  }

  bool all_done() const {
    return traced_ && (!datagrams_ || datagrams_done_) && (!segments_ || segments_done_);
  }

  /// From a turn of its own: what has ended is still at work.
  void tell_when_done() {
    if (!all_done() || told_ != 0) return;
    told_ = net_.at(Steady::now(), [this] {
      told_ = 0;
      tell();
    });
  }

  fact::Observation observe() {
    if (trace_) {
      PathSeen path;
      path.trace = trace_->result();
      path.traced = traced_;
      if (datagrams_) path.datagrams = datagrams_->result();
      if (segments_) path.segments = segments_->result();
      path.local_mtu = local_mtu_;
      path.tcp = plan_.tcp;
      fill_path(path, head_.seen);
    } else if (!head_.seen.failure) {
      head_.seen.failure =
          fact::Failure{"resolve", FailureKind::dns_timeout, "no name server answered in time"};
    }
    return head_.finish();
  }

  void tell() {
    net_.cancel(std::exchange(timer_, 0));
    const auto done = std::exchange(done_, nullptr);
    if (done) done(observe());  // may destroy this
  }

  net::Net& net_;
  Head head_;
  PathPlan plan_;
  Done done_;
  SteadyTime end_;
  net::Address address_;
  int local_mtu_ = 0;
  std::unique_ptr<net::Pending> resolving_;
  std::unique_ptr<net::Trace> trace_;
  std::unique_ptr<net::DatagramSizer> datagrams_;
  std::unique_ptr<net::SegmentSizer> segments_;
  bool traced_ = false, datagrams_done_ = false, segments_done_ = false;
  net::Net::Timer timer_ = 0;
  net::Net::Timer told_ = 0;
};

std::unique_ptr<Running> start_path(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  PathPlan plan;
  plan.host = params.text("host");
  plan.port = static_cast<int>(params.number("port", 443));
  const std::string target = params.text("target");
  if (const auto both = fact::parse_endpoint(target)) {
    plan.host = std::string(both->host);
    plan.port = both->port;
  }
  if (plan.host.empty())
    return fail_to_start(net, "path", {}, "resolve", "give host, or target", std::move(done));
  plan.tcp = params.text("protocol") != "udp";
  plan.most_hops = static_cast<int>(params.number("max-hops", 30));
  plan.family = family_of(params);
  plan.address = params.text("address");
  return std::make_unique<PathLook>(std::move(plan), timeout, net, std::move(done));
}

}  // namespace

extern const ProbeSpec kPath;
const ProbeSpec kPath = {.name = "path",
                         .summary = "finds the routers on the way, and the largest packet that passes",
                         .params = kParams,
                         .facts = kFacts,
                         .operations = kOperations,
                         .timeout = Milliseconds(10000),
                         .start = start_path};

}  // namespace aztriage::probe
