#include "decode/fact_list.h"
#include "fact/url.h"
#include "net/icmp_socket.h"
#include "net/race.h"
#include "probe/head.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/resource.h>

namespace aztriage::probe {
namespace {

using fact::Failure;
using fact::FailureKind;
using fact::Kind;
using fact::Value;

constexpr double kMostConnections = 1200;  // a little more than the 1,024 ports that Azure may give one host
constexpr std::size_t kEnoughFailures = 32;
constexpr std::size_t kCurvePoints = 16;
constexpr Milliseconds kTick{20};
constexpr Milliseconds kLongestConnect{5000};
constexpr Milliseconds kReserve{500};

constexpr std::array<fact::ParamSpec, 8> kParams = {{
    {.name = "host", .type = {Kind::host}, .help = "host name or address to connect to"},
    {.name = "port", .type = fact::kPort, .help = "port to connect to", .default_value = "443"},
    {.name = "target", .type = {Kind::endpoint}, .help = "host and port in one, instead of both"},
    {.name = "connections",
     .type = {.kind = Kind::number, .least = 1, .most = kMostConnections, .whole = true},
     .help = "connections to open, all to one address and port",
     .default_value = "256"},
    {.name = "rate",
     .type = {.kind = Kind::number, .least = 1, .most = 500},
     .help = "connections to open each second",
     .default_value = "100"},
    {.name = "hold",
     .type = {.kind = Kind::number, .least = 0, .most = 300},
     .help = "seconds to keep all of them open",
     .default_value = "5"},
    {.name = "address", .type = {Kind::ip}, .help = "connect to this address instead of the host's"},
    {.name = "family",
     .type = {.kind = Kind::choice, .words = kFamilies},
     .help = "address family to use",
     .default_value = "any"},
}};

constexpr std::array<fact::FactSpec, 4> kFailureFields = {{
    {"kind", {Kind::text}, "the kind of failure"},
    {"code", {Kind::text}, "the system's own code"},
    {"count", {Kind::number}, "how many failed so"},
    {"first", {Kind::number}, "the number of the first that did"},
}};
constexpr std::array<fact::FactSpec, 5> kCurveFields = {{
    {"from", {Kind::number}, "the number of the first connection of this part"},
    {"opened", {Kind::number}, "how many of it were opened"},
    {"failed", {Kind::number}, "how many were not"},
    {"median", {Kind::number}, "seconds that the middle one took"},
    {"slowest", {Kind::number}, "seconds that the slowest took"},
}};
constexpr auto kFacts = decode::fact_list(
    kConnectionFacts,
    std::array<fact::FactSpec, 13>{{
        {"asked", {Kind::number}, "how many connections were tried: fewer when many fail"},
        {"opened", {Kind::number}, "how many were opened"},
        {"failed", {Kind::number}, "how many were not"},
        {"failed-from",
         {Kind::number},
         "the number of the first that failed; missing when none did",
         "failures"},
        {"failed-share",
         {Kind::number},
         "the share of failures from there on: near 1 where ports are used up, near 0 by chance",
         "failures"},
        {"failures", {Kind::list, Kind::record, kFailureFields}, "the failures by kind"},
        {"ports-used", {Kind::number}, "different source ports of this machine among the opened"},
        {"connect.median", {Kind::number}, "seconds that the middle connection took"},
        {"connect.slowest", {Kind::number}, "seconds that the slowest took"},
        {"curve", {Kind::list, Kind::record, kCurveFields}, "how it went, in order of the attempts"},
        {"held", {Kind::number}, "seconds for which the connections were kept open", "held"},
        {"cut", {Kind::number}, "how many of them the other side cut meanwhile", "held"},
        {"limited", {Kind::text}, "why this machine itself can't open more"},
    }});
constexpr std::array<std::string_view, 3> kOperations = {"resolve", "connect", "hold"};

struct SnatPlan {
  std::string host;
  int port = 443;
  std::size_t connections = 256;
  double rate = 100;
  double hold = 5;
  std::string address;
  int family = 0;
};

/// Lets this process have as many descriptors as the system allows it.
void allow_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int own_port(int fd) {
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) != 0) return 0;
  in_port_t port = 0;  // at the same place in both families
  std::memcpy(&port, reinterpret_cast<const char*>(&own) + offsetof(sockaddr_in, sin_port), sizeof port);
  return ntohs(port);
}

double median_of(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct One {
  net::Socket socket;
  net::Net::Watch watch = 0;
  SteadyTime begin;
  double seconds = 0;
  bool opened = false;
  bool cut = false;
  int error = 0;  // 0 while it is under way, too
};

/// What the attempts came to so far; those still under way count as neither.
void fill_attempts(const std::vector<One>& all, std::set<int> ports, fact::Observation& seen) {
  const auto put = [&](std::string_view name, Value value) {
    seen.facts.insert_or_assign(std::string(name), std::move(value));
  };
  struct Group {
    std::size_t count = 0;
    std::size_t first = 0;
  };
  std::map<int, Group> groups;
  std::vector<double> times;
  std::size_t failed = 0, first = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].opened) times.push_back(all[i].seconds);
    if (all[i].error == 0) continue;
    ++failed;
    if (first == 0) first = i + 1;
    Group& group = groups[all[i].error];
    if (group.count++ == 0) group.first = i + 1;
  }
  put("asked", Value::number(static_cast<double>(all.size())));
  put("opened", Value::number(static_cast<double>(times.size())));
  put("failed", Value::number(static_cast<double>(failed)));
  put("ports-used", Value::number(static_cast<double>(ports.size())));
  if (!times.empty()) {
    put("connect.median", Value::number(median_of(times)));
    put("connect.slowest", Value::number(std::ranges::max(times)));
  }
  Value::List kinds;
  for (const auto& [error, group] : groups)
    kinds.push_back(
        Value::record({{"kind", Value::text(std::string(fact::failure_name(net::failure_of_errno(error))))},
                       {"code", Value::text(net::error_name(error))},
                       {"count", Value::number(static_cast<double>(group.count))},
                       {"first", Value::number(static_cast<double>(group.first))}}));
  put("failures", Value::list(std::move(kinds)));
  seen.read.insert("failures");
  if (first == 0) return;
  put("failed-from", Value::number(static_cast<double>(first)));
  put("failed-share",
      Value::number(static_cast<double>(failed) / static_cast<double>(all.size() - first + 1)));
}

Value curve_of(const std::vector<One>& all) {
  Value::List points;
  const std::size_t step = std::max<std::size_t>((all.size() + kCurvePoints - 1) / kCurvePoints, 1);
  for (std::size_t begin = 0; begin < all.size(); begin += step) {
    std::vector<double> times;
    std::size_t failed = 0;
    for (std::size_t i = begin; i < std::min(begin + step, all.size()); ++i) {
      if (all[i].opened) times.push_back(all[i].seconds);
      if (all[i].error != 0) ++failed;
    }
    Value::Record point = {{"from", Value::number(static_cast<double>(begin + 1))},
                           {"opened", Value::number(static_cast<double>(times.size()))},
                           {"failed", Value::number(static_cast<double>(failed))}};
    if (!times.empty()) {
      point["median"] = Value::number(median_of(times));
      point["slowest"] = Value::number(std::ranges::max(times));
    }
    points.push_back(Value::record(std::move(point)));
  }
  return Value::list(std::move(points));
}

class SnatLook : public Running {
 public:
  SnatLook(SnatPlan plan, Milliseconds timeout, net::Net& net, Done done)
      : net_(net),
        head_("snat", net::join_host_port(plan.host, plan.port)),
        plan_(std::move(plan)),
        done_(std::move(done)) {
    all_.reserve(plan_.connections);  // the watches keep references
    end_ = Steady::now() + timeout;
    end_timer_ = net_.at(end_, [this] {
      end_timer_ = 0;
      tell();
    });
    const std::string host = plan_.address.empty() ? plan_.host : plan_.address;
    resolving_ = net_.names().resolve(host, plan_.port, plan_.family, timeout,
                                      [this](net::Addresses found) { resolved(std::move(found)); });
  }
  ~SnatLook() override { let_go(); }

  fact::Observation stop(FailureKind kind) override {
    done_ = nullptr;
    auto seen = observe();
    if (!seen.answered && !seen.failure)
      seen.failure = Failure{std::string(address_.text.empty() ? "resolve" : "connect"), kind,
                             std::string(fact::failure_meaning(kind))};
    let_go();
    return seen;
  }

 private:
  void resolved(net::Addresses found) {
    const net::Address first = fill_resolved(std::move(found), head_);
    if (head_.seen.failure) return tell();
    address_ = first;
    allow_descriptors();
    begin_ = Steady::now();
    tick();
  }

  /// As many more as the rate allows by now; and those that took too long are given up.
  void tick() {
    const double since = std::chrono::duration<double>(Steady::now() - begin_).count();
    const auto due = std::min(plan_.connections, static_cast<std::size_t>(since * plan_.rate) + 1);
    while (all_.size() < due && failures_ < kEnoughFailures && limited_.empty()) open();
    for (One& one : all_)
      if (!one.opened && one.error == 0 && Steady::now() > one.begin + kLongestConnect) end(one, ETIMEDOUT);
    const bool more = all_.size() < plan_.connections && failures_ < kEnoughFailures && limited_.empty();
    const bool open_ones = std::ranges::any_of(all_, [](const One& o) { return !o.opened && o.error == 0; });
    if (!more && !open_ones) return hold();
    timer_ = net_.at(Steady::now() + kTick, [this] { tick(); });
  }

  void open() {
    auto opened = net::open_icmp_socket(address_, plan_.port, {.tcp = true});
    const bool ours = opened.error == EMFILE || opened.error == ENFILE || opened.error == EADDRNOTAVAIL ||
                      opened.error == ENOBUFS || opened.error == ENOMEM;
    if (ours || !opened.refused.empty()) {
      limited_ = ours ? std::strerror(opened.error) : opened.refused;
      return;
    }
    One& one = all_.emplace_back();
    one.begin = Steady::now();
    if (!opened.socket) return end(one, opened.error);
    one.socket = std::move(opened.socket);
    one.watch = net_.watch(one.socket.fd(), net::Net::writable,
                           [this, &one](unsigned) { end(one, net::take_socket_error(one.socket.fd())); });
  }

  void end(One& one, int error) {
    net_.unwatch(std::exchange(one.watch, 0));
    one.seconds = net::seconds_since(one.begin);
    one.error = error;
    one.opened = error == 0;
    if (error != 0) {
      ++failures_;
      one.socket = net::Socket();
      return;
    }
    ports_.insert(own_port(one.socket.fd()));
    one.watch = net_.watch(one.socket.fd(), net::Net::readable, [this, &one](unsigned) { read(one); });
  }

  void read(One& one) {
    std::array<char, 4096> bytes;
    const auto got = recv(one.socket.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR))) return;
    one.cut = true;
    net_.unwatch(std::exchange(one.watch, 0));
    one.socket = net::Socket();
  }

  void hold() {
    const bool any = std::ranges::any_of(all_, [](const One& o) { return o.opened; });
    if (!any || plan_.hold <= 0) return tell();
    held_since_ = Steady::now();
    const auto wait = std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(plan_.hold));
    timer_ = net_.at(std::min(held_since_ + wait, end_ - kReserve), [this] { tell(); });
  }

  fact::Observation observe() {
    auto& seen = head_.seen;
    if (!limited_.empty()) seen.facts.insert_or_assign("limited", Value::text(limited_));
    if (all_.empty()) {
      if (!limited_.empty() && !seen.failure)
        seen.failure = Failure{"connect", FailureKind::internal, limited_};
      return head_.finish();
    }
    fill_attempts(all_, ports_, seen);
    seen.facts.insert_or_assign("curve", curve_of(all_));
    if (held_since_ != SteadyTime()) {
      const auto cut = std::ranges::count_if(all_, [](const One& o) { return o.cut; });
      seen.facts.insert_or_assign("held", Value::number(net::seconds_since(held_since_)));
      seen.facts.insert_or_assign("cut", Value::number(static_cast<double>(cut)));
      seen.read.insert("held");
    }
    summarize();
    return head_.finish();
  }

  void summarize() {
    auto& seen = head_.seen;
    const auto opened = std::ranges::count_if(all_, [](const One& o) { return o.opened; });
    const auto failed = std::ranges::find_if(all_, [](const One& o) { return o.error != 0; });
    seen.answered = opened > 0;
    if (failed == all_.end()) {
      seen.summary = fmt::format("all {} connections opened", opened);
      if (!limited_.empty()) seen.summary += ", then this machine could open no more";
      return;
    }
    const auto kind = net::failure_of_errno(failed->error);
    if (opened == 0) {
      seen.failure = Failure{"connect", kind, std::strerror(failed->error), net::error_name(failed->error)};
      return;
    }
    seen.summary = fmt::format("{} of {} connections opened, failing from number {} on: {}", opened,
                               all_.size(), failed - all_.begin() + 1, fact::failure_name(kind));
  }

  void let_go() {
    for (const auto timer : {timer_, end_timer_}) net_.cancel(timer);
    for (One& one : all_) net_.unwatch(std::exchange(one.watch, 0));
    all_.clear();
  }

  void tell() {
    const auto done = std::exchange(done_, nullptr);
    auto seen = observe();
    let_go();
    if (done) done(std::move(seen));  // may destroy this
  }

  net::Net& net_;
  Head head_;
  SnatPlan plan_;
  Done done_;
  SteadyTime end_, begin_{}, held_since_{};
  net::Address address_;
  std::unique_ptr<net::Pending> resolving_;
  std::vector<One> all_;
  std::set<int> ports_;
  std::size_t failures_ = 0;
  std::string limited_;
  net::Net::Timer timer_ = 0;
  net::Net::Timer end_timer_ = 0;
};

std::unique_ptr<Running> start_snat(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  SnatPlan plan;
  plan.host = params.text("host");
  plan.port = static_cast<int>(params.number("port", 443));
  const std::string target = params.text("target");
  if (const auto both = fact::parse_endpoint(target)) {
    plan.host = std::string(both->host);
    plan.port = both->port;
  }
  if (plan.host.empty())
    return fail_to_start(net, "snat", {}, "resolve", "give host, or target", std::move(done));
  plan.connections = static_cast<std::size_t>(params.number("connections", 256));
  plan.rate = params.number("rate", 100);
  plan.hold = params.number("hold", 5);
  plan.address = params.text("address");
  plan.family = family_of(params);
  return std::make_unique<SnatLook>(std::move(plan), timeout, net, std::move(done));
}

}  // namespace

extern const ProbeSpec kSnat;
const ProbeSpec kSnat = {.name = "snat",
                         .summary = "opens many connections to one target and tells where they begin to fail",
                         .params = kParams,
                         .facts = kFacts,
                         .operations = kOperations,
                         .timeout = Milliseconds(60000),
                         .intrusive = true,
                         .start = start_snat};

}  // namespace aztriage::probe
