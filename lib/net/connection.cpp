#include "net/connection.h"

#include "base/duration.h"
#include "base/text.h"
#include "net/race.h"
#include "net/secure_tunnel.h"
#include "net/tunnel.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace aztriage::net {
namespace {

using fact::Failure;
using fact::FailureKind;

constexpr Milliseconds kLongestResolve{5000};

class ConnectingOnLoop : public Connecting {
 public:
  ConnectingOnLoop(Net& net, const Target& target, Milliseconds timeout, std::function<void(Connection)> done)
      : net_(net), target_(target), timeout_(timeout), done_(std::move(done)), started_(Steady::now()) {
    timer_ = net_.at(started_ + timeout, [this] {
      timer_ = 0;
      give_up();
    });
    begin();
  }
  ~ConnectingOnLoop() override {
    for (const Net::Timer timer : {timer_, later_})
      if (timer != 0) net_.cancel(timer);
  }

  Connection stop(FailureKind kind) override {
    done_ = nullptr;
    take_attempts(kind);
    if (!result_.failure)
      result_.failure = Failure{std::string(operation_), kind, std::string(fact::failure_meaning(kind))};
    return std::move(result_);
  }
  std::string_view operation() const override { return operation_; }

 private:
  void begin() {
    place_ = {target_.host, target_.port};
    if (target_.address.empty()) {
      if (auto other = net_.names().instead_of(target_.host, target_.port)) place_ = std::move(*other);
    } else {
      place_.host = target_.address;
    }
    const std::string& wanted = target_.proxy.empty() ? net_.settings().proxy : target_.proxy;
    const std::string_view scheme = target_.scheme.empty() ? "https" : std::string_view(target_.scheme);
    auto proxy = choose_proxy(wanted, scheme, target_.host, system_environment());
    if (!proxy) {
      operation_ = "proxy";
      return fail_later(FailureKind::proxy_unreachable, proxy.error().what);
    }
    result_.through = std::move(*proxy);
    const bool direct = !result_.through;
    if (!direct) result_.proxy = join_host_port(result_.through->host, result_.through->port);
    connect_to_ = direct ? place_ : Place{result_.through->host, result_.through->port};
    resolving_ = net_.names().resolve(connect_to_.host, connect_to_.port, direct ? target_.family : 0,
                                      std::min(timeout_, kLongestResolve),
                                      [this](Addresses found) { hear(std::move(found)); });
  }

  void hear(Addresses found) {
    result_.resolve_seconds = seconds_since(started_);
    result_.resolved = std::move(found);
    result_.port = connect_to_.port;
    if (result_.resolved.failure) {
      result_.failure = result_.resolved.failure;
      if (result_.through)
        result_.failure = Failure{"proxy", FailureKind::proxy_unreachable, "proxy: " + result_.failure->text,
                                  result_.failure->code};
      return tell();
    }
    operation_ = "connect";
    race_ = std::make_unique<Race>(net_, result_.resolved.list, connect_to_.port, target_.every,
                                   [this] { raced(); });
  }

  void raced() {
    take_attempts(FailureKind::tcp_timeout);
    if (result_.failure) return tell();
    if (!result_.through) return tell();
    operation_ = "proxy";
    const std::string& scheme = result_.through->scheme;
    // Those that want addresses get ours: from --resolve, --dns-server, the hosts file.
    if (scheme == "socks4" || scheme == "socks5") return resolve_for_proxy();
    enter();
  }

  void resolve_for_proxy() {
    const int family = result_.through->scheme == "socks4" ? 4 : target_.family;
    resolving_ = net_.names().resolve(place_.host, place_.port, family, std::min(timeout_, kLongestResolve),
                                      [this](const Addresses& found) {
                                        if (found.failure) {
                                          operation_ = "resolve";
                                          result_.failure = found.failure;
                                          return tell();
                                        }
                                        place_.host = found.list.front().text;
                                        enter();
                                      });
  }

  void enter() {
    const Proxy& proxy = *result_.through;
    result_.behind = place_;
    if (target_.to_proxy) return tell();
    if (proxy.scheme == "https") {
      secure_ = std::make_unique<SecureTunnel>(
          net_, proxy, place_, std::move(result_.socket), [this](SecureTunnel::Result found) {
            tunnelled(std::move(found.socket), std::move(found.failure), found.status);
          });
      return;
    }
    tunnel_ = std::make_unique<Tunnel>(net_, proxy, result_.address, place_, result_.socket.release(),
                                       [this](Socket socket, std::optional<Failure> failure, int status) {
                                         tunnelled(std::move(socket), std::move(failure), status);
                                       });
  }

  void tunnelled(Socket socket, std::optional<Failure> failure, int status) {
    result_.socket = std::move(socket);
    result_.failure = std::move(failure);
    result_.proxy_status = status;
    tell();
  }

  /// What the race has come to; what is still open is a failure of `kind`.
  void take_attempts(FailureKind kind) {
    if (!race_) return;
    result_.attempts = race_->attempts();
    const Attempt* winner = race_->winner();
    if (winner != nullptr) {
      result_.address = winner->address;
      result_.connect_seconds = winner->seconds;
      result_.socket = race_->take();
    } else {
      fail_all(kind);
    }
    race_.reset();
  }

  void fail_all(FailureKind kind) {
    const Failure open{"connect", kind, open_text(kind), kind == FailureKind::tcp_timeout ? "ETIMEDOUT" : ""};
    for (Attempt& attempt : result_.attempts)
      if (!attempt.failure) attempt.failure = open;
    if (result_.attempts.empty()) return;
    // "No route" to one family says less than what the other one met.
    const auto tells = [](const Attempt& a) { return a.failure->kind != FailureKind::network_unreachable; };
    auto best = std::find_if(result_.attempts.begin(), result_.attempts.end(), tells);
    if (best == result_.attempts.end()) best = result_.attempts.begin();
    result_.failure = best->failure;
    result_.address = best->address;
    if (result_.through)
      result_.failure =
          Failure{"proxy", FailureKind::proxy_unreachable,
                  "proxy " + result_.proxy + ": " + result_.failure->text, result_.failure->code};
  }

  std::string open_text(FailureKind kind) const {
    if (kind != FailureKind::tcp_timeout) return std::string(fact::failure_meaning(kind));
    const auto waited = std::chrono::duration_cast<Milliseconds>(Steady::now() - started_);
    return "no answer within " + format_duration(std::min(waited, timeout_));
  }

  void give_up() {
    if (race_) {
      take_attempts(FailureKind::tcp_timeout);
    } else if (operation_ == "proxy") {
      result_.failure =
          Failure{"proxy", FailureKind::proxy_failed,
                  "proxy " + result_.proxy + " did not connect within " + format_duration(timeout_)};
    } else {
      const std::string within = " within " + format_duration(timeout_);
      result_.failure = Failure{"resolve", FailureKind::dns_timeout, "no name server answered" + within};
      if (result_.through)
        result_.failure = Failure{"proxy", FailureKind::proxy_unreachable, "proxy: no address" + within};
    }
    tell();
  }

  void fail_later(FailureKind kind, std::string text) {
    result_.failure = Failure{std::string(operation_), kind, std::move(text)};
    later_ = net_.at(Steady::now(), [this] {
      later_ = 0;
      tell();
    });
  }

  void tell() {
    if (timer_ != 0) net_.cancel(std::exchange(timer_, 0));
    const auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(result_));  // may destroy this
  }

  Net& net_;
  Target target_;
  Milliseconds timeout_;
  std::function<void(Connection)> done_;
  SteadyTime started_;
  std::string_view operation_ = "resolve";
  Place place_;       // the target itself, after --connect-to
  Place connect_to_;  // the target or the proxy
  Connection result_;
  std::unique_ptr<Pending> resolving_;
  std::unique_ptr<Race> race_;
  std::unique_ptr<Tunnel> tunnel_;
  std::unique_ptr<SecureTunnel> secure_;
  Net::Timer timer_ = 0;
  Net::Timer later_ = 0;
};

}  // namespace

Socket::Socket(Socket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), owner_(std::move(other.owner_)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0 && !owner_) close(fd_);
    fd_ = std::exchange(other.fd_, -1);
    owner_ = std::move(other.owner_);
  }
  return *this;
}

Socket::~Socket() {
  if (fd_ >= 0 && !owner_) close(fd_);
}

int Socket::release() {
  return std::exchange(fd_, -1);
}

std::unique_ptr<Connecting> connect(Net& net, const Target& target, Milliseconds timeout,
                                    std::function<void(Connection)> done) {
  return std::make_unique<ConnectingOnLoop>(net, target, timeout, std::move(done));
}

std::string error_name(int error) {
  const char* name = strerrorname_np(error);
  return name != nullptr && error != 0 ? name : "";
}

FailureKind failure_of_errno(int error) {
  switch (error) {
    case ECONNREFUSED:
      return FailureKind::tcp_refused;
    case ETIMEDOUT:
      return FailureKind::tcp_timeout;
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
      return FailureKind::tcp_reset;
    case EHOSTUNREACH:
    case EHOSTDOWN:
      return FailureKind::host_unreachable;
    case ENETUNREACH:
    case ENETDOWN:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
      return FailureKind::network_unreachable;
    case EACCES:
    case EPERM:
      return FailureKind::local_denied;
    default:
      return FailureKind::internal;
  }
}

}  // namespace aztriage::net
