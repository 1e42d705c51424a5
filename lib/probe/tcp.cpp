#include "base/text.h"
#include "decode/fact_list.h"
#include "fact/url.h"
#include "probe/head.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <sys/socket.h>

namespace aztriage::probe {
namespace {

using fact::Failure;
using fact::FailureKind;
using fact::Kind;
using fact::Value;

constexpr std::size_t kMostPreface = 1024;
constexpr double kLongestHold = 3600;

constexpr std::array<fact::ParamSpec, 9> kParams = {{
    {.name = "host", .type = {Kind::host}, .help = "host name or address to connect to"},
    {.name = "port", .type = fact::kPort, .help = "port to connect to"},
    {.name = "target", .type = {Kind::endpoint}, .help = "host and port in one, instead of both"},
    {.name = "hold",
     .type = {.kind = Kind::number, .least = 0, .most = kLongestHold},
     .help = "seconds to keep the connection open and idle, to see whether it is cut"},
    {.name = "listen",
     .type = {.kind = Kind::number, .least = 0, .most = 60},
     .help = "seconds to wait for what the server sends unasked"},
    {.name = "address", .type = {Kind::ip}, .help = "connect to this address instead of the host's"},
    {.name = "family",
     .type = {.kind = Kind::choice, .words = kFamilies},
     .help = "address family to use",
     .default_value = "any"},
    {.name = "proxy", .type = {Kind::text}, .help = "proxy to go through: a URL, or none"},
    {.name = "every",
     .type = {Kind::boolean},
     .help = "try every address of the host, not only until the first answers",
     .default_value = "true"},
}};

constexpr auto kFacts = decode::fact_list(
    kConnectionFacts,
    std::array<fact::FactSpec, 3>{{
        {"connect", {Kind::number}, "seconds until the connection was there"},
        {"preface", {Kind::text}, "what the server sent unasked, when `listen` asks for it", "preface"},
        {"held", {Kind::number}, "seconds that the idle connection lasted, when `hold` asks for it"},
    }});

constexpr std::array<std::string_view, 4> kOperations = {"resolve", "connect", "proxy", "hold"};

class TcpLook : public Running {
 public:
  TcpLook(const net::Target& target, double listen, double hold, Milliseconds timeout, net::Net& net,
          Done done)
      : net_(net),
        head_("tcp", net::join_host_port(target.host, target.port)),
        listen_(listen),
        hold_(hold),
        done_(std::move(done)) {
    connecting_ = net::connect(net, target, timeout, [this](net::Connection c) { connected(std::move(c)); });
  }
  ~TcpLook() override { end_waiting(); }

  fact::Observation stop(FailureKind kind) override {
    done_ = nullptr;
    if (connecting_) {
      take(connecting_->stop(kind));
      connecting_.reset();
    } else {
      fill_held();
      head_.seen.failure = Failure{"hold", kind, std::string(fact::failure_meaning(kind))};
    }
    end_waiting();
    return head_.finish();
  }

 private:
  void take(net::Connection connection) {
    auto& seen = head_.seen;
    fill_connection(connection, "connect", seen);
    seen.failure = connection.failure;
    seen.answered = static_cast<bool>(connection.socket);
    if (seen.answered) seen.facts.emplace("connect", Value::number(connection.connect_seconds));
    socket_ = std::move(connection.socket);
    summarize(connection);
  }

  void summarize(const net::Connection& connection) {
    auto& seen = head_.seen;
    const auto failed = std::ranges::count_if(seen.tries, [](const auto& t) { return !t.answered; });
    if (!seen.answered) return;
    seen.summary = fmt::format("connected in {}", show_seconds(connection.connect_seconds));
    if (!seen.proxy.empty()) seen.summary += " by proxy " + seen.proxy;
    if (failed > 0) seen.summary += fmt::format(", but {} of {} addresses failed", failed, seen.tries.size());
  }

  void connected(net::Connection connection) {
    connecting_.reset();
    take(std::move(connection));
    if (!socket_ || (listen_ <= 0 && hold_ <= 0)) return tell();
    waiting_since_ = Steady::now();
    watch_ = net_.watch(socket_.fd(), net::Net::readable, [this](unsigned) { read(); });
    const auto wait = std::chrono::duration<double>(std::max(listen_, hold_));
    timer_ = net_.at(waiting_since_ + std::chrono::duration_cast<Steady::duration>(wait), [this] {
      timer_ = 0;
      fill_held();
      tell();
    });
  }

  void read() {
    std::array<char, kMostPreface> bytes;
    const auto count = recv(socket_.fd(), bytes.data(), bytes.size(), 0);
    if (count > 0) {
      preface_.append(bytes.data(),
                      std::min(static_cast<std::size_t>(count), kMostPreface - preface_.size()));
      if (hold_ <= 0) {  // what was waited for
        fill_held();
        tell();
      }
      return;
    }
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    fill_held();
    const bool cut = count < 0;
    head_.seen.failure = Failure{"hold", cut ? net::failure_of_errno(errno) : FailureKind::tcp_closed,
                                 cut ? std::strerror(errno) : "the server closed the connection",
                                 cut ? net::error_name(errno) : ""};
    head_.seen.summary.clear();
    tell();
  }

  void fill_held() {
    auto& seen = head_.seen;
    if (listen_ > 0) {
      seen.read.insert("preface");
      if (!preface_.empty()) seen.facts.emplace("preface", Value::text(text::to_utf8(preface_)));
    }
    if (hold_ > 0) {
      const std::chrono::duration<double> held = Steady::now() - waiting_since_;
      seen.facts.emplace("held", Value::number(held.count()));
      seen.summary += fmt::format(", held {}", show_seconds(held.count()));
    }
  }

  void end_waiting() {
    if (watch_ != 0) net_.unwatch(std::exchange(watch_, 0));
    if (timer_ != 0) net_.cancel(std::exchange(timer_, 0));
    socket_ = net::Socket();
  }

  void tell() {
    end_waiting();
    const auto done = std::exchange(done_, nullptr);
    if (done) done(head_.finish());  // may destroy this
  }

  net::Net& net_;
  Head head_;
  double listen_;
  double hold_;
  Done done_;
  std::unique_ptr<net::Connecting> connecting_;
  net::Socket socket_;
  SteadyTime waiting_since_;
  std::string preface_;
  net::Net::Watch watch_ = 0;
  net::Net::Timer timer_ = 0;
};

std::unique_ptr<Running> start_tcp(const Params& params, Milliseconds timeout, net::Net& net, Done done) {
  net::Target target;
  target.host = params.text("host");
  target.port = static_cast<int>(params.number("port", 0));
  const std::string endpoint = params.text("target");
  if (const auto both = fact::parse_endpoint(endpoint)) {
    target.host = std::string(both->host);
    target.port = both->port;
  }
  if (target.host.empty() || target.port == 0)
    return fail_to_start(net, "tcp", target.host, "resolve", "give host and port, or target",
                         std::move(done));
  target.address = params.text("address");
  target.family = family_of(params);
  target.proxy = params.text("proxy");
  target.every = params.flag("every", true);
  return std::make_unique<TcpLook>(target, params.number("listen", 0), params.number("hold", 0), timeout, net,
                                   std::move(done));
}

}  // namespace

extern const ProbeSpec kTcp;
const ProbeSpec kTcp = {.name = "tcp",
                        .summary = "connects to every address of a host and port",
                        .params = kParams,
                        .facts = kFacts,
                        .operations = kOperations,
                        .timeout = Milliseconds(5000),
                        .start = start_tcp};

}  // namespace aztriage::probe
