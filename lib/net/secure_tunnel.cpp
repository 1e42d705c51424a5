#include "net/secure_tunnel.h"

#include "net/tls.h"
#include "net/trust.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

namespace aztriage::net {
namespace {

using fact::Failure;
using fact::FailureKind;

constexpr std::size_t kMostQueued = std::size_t{64}
                                    << 10;  // in each direction, before the other side has to wait
constexpr Milliseconds kLongest{300000};    // the caller's time-out counts

}  // namespace

/// Lives as long as the tunnel, and then as long as the socket that it gave out.
class SecureTunnel::Pump : public std::enable_shared_from_this<Pump> {
 public:
  Pump(Net& net, const Proxy& proxy, const Place& target, Socket socket, Done done)
      : net_(net), proxy_(proxy), target_(target), socket_(std::move(socket)), done_(std::move(done)) {}
  ~Pump() {
    for (const Net::Watch watch : {near_, far_}) net_.unwatch(watch);
    net_.cancel(timer_);
    stream_.reset();
    for (const int fd : ends_)
      if (fd >= 0) close(fd);
  }
  Pump(const Pump&) = delete;
  Pump& operator=(const Pump&) = delete;

  void begin() {
    auto trust = Trust::system_and(net_.settings().ca_file);
    if (!trust) {
      const std::string words = trust.error().what;
      timer_ = net_.at(Steady::now(), [this, words] { fail(FailureKind::internal, words, {}); });
      return;
    }
    TlsOptions options;
    options.trust = std::move(*trust);
    options.server_name = options.check_name = proxy_.host;
    stream_ = TlsStream::start(net_, socket_.fd(), std::move(options), kLongest,
                               [this](const Handshake& handshake) { shaken(handshake); });
  }
  /// Nobody waits for the outcome any more.
  void forget() { done_ = nullptr; }

 private:
  std::string who() const { return "proxy " + join_host_port(proxy_.host, proxy_.port); }

  void fail(FailureKind kind, const std::string& words, std::string code, int status = 0) {
    tell({{}, Failure{"proxy", kind, words, std::move(code)}, status});
  }
  void tell(Result result) {
    for (Net::Watch* watch : {&near_, &far_})
      if (result.failure) net_.unwatch(std::exchange(*watch, 0));
    const auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(result));  // may destroy this
  }

  void shaken(const Handshake& handshake) {
    if (handshake.failure)
      return fail(FailureKind::proxy_failed, who() + ": TLS: " + handshake.failure->text,
                  handshake.failure->code);
    if (!handshake.certificate || !handshake.certificate->judged ||
        !handshake.certificate->problems.empty()) {
      const std::string why = handshake.certificate ? handshake.certificate->error : "none was sent";
      return fail(FailureKind::proxy_failed, who() + ": its certificate can't be trusted: " + why, {});
    }
    to_proxy_ = connect_request(proxy_, join_host_port(target_.host, target_.port));
    work();
  }

  void watch_far() {
    const bool reads = !far_closed_ && to_user_.size() < kMostQueued;
    const unsigned ready =
        (reads ? unsigned{Net::readable} : 0U) | (to_proxy_.empty() ? 0U : unsigned{Net::writable});
    if (ready == far_ready_) return;
    net_.unwatch(std::exchange(far_, 0));
    far_ready_ = ready;
    if (ready != 0) far_ = net_.watch(socket_.fd(), ready, [this](unsigned) { work(); });
  }

  void watch_near() {
    if (ends_[0] < 0) return;
    const bool reads = !near_closed_ && to_proxy_.size() < kMostQueued;
    const unsigned ready =
        (reads ? unsigned{Net::readable} : 0U) | (to_user_.empty() ? 0U : unsigned{Net::writable});
    if (ready == near_ready_) return;
    net_.unwatch(std::exchange(near_, 0));
    near_ready_ = ready;
    if (ready != 0) near_ = net_.watch(ends_[0], ready, [this](unsigned) { work(); });
  }

  /// All that can be done now, both ways.
  void work() {
    const auto alive = shared_from_this();
    read_near();
    write_far();
    read_far();
    if (ends_[0] < 0 && !hear_answer()) return;
    write_near();
    if (far_closed_ && to_user_.empty() && ends_[0] >= 0) shutdown(ends_[0], SHUT_WR);
    watch_far();
    watch_near();
  }

  void write_far() {
    while (!to_proxy_.empty() && !far_closed_) {
      const auto sent = stream_->write(to_proxy_);
      if (sent.again) return;
      far_closed_ = sent.failure.has_value() || sent.closed;
      to_proxy_.erase(0, sent.bytes);
    }
    if (far_closed_) to_proxy_.clear();
  }

  void read_far() {
    std::array<char, 16384> bytes;
    while (!far_closed_ && to_user_.size() < kMostQueued) {
      const auto got = stream_->read(bytes.data(), bytes.size());
      if (got.again) return;
      far_closed_ = got.closed || got.failure.has_value();
      to_user_.append(bytes.data(), got.bytes);
    }
  }

  void read_near() {
    std::array<char, 16384> bytes;
    while (ends_[0] >= 0 && !near_closed_ && to_proxy_.size() < kMostQueued) {
      const ssize_t got = recv(ends_[0], bytes.data(), bytes.size(), MSG_DONTWAIT);
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
      near_closed_ = got <= 0;
      if (got > 0) to_proxy_.append(bytes.data(), static_cast<std::size_t>(got));
    }
  }

  void write_near() {
    while (!to_user_.empty()) {
      const ssize_t sent = send(ends_[0], to_user_.data(), to_user_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (sent < 0) return to_user_.clear();  // the user has gone
      to_user_.erase(0, static_cast<std::size_t>(sent));
    }
  }

  /// Whether the way is open, or still to be waited for; false when this told a failure.
  bool hear_answer() {
    const ProxyHead head = read_proxy_head(to_user_);
    if (head.malformed) {
      fail(FailureKind::proxy_failed, who() + " answers something other than HTTP to CONNECT", {});
      return false;
    }
    if (!head.whole) {
      if (far_closed_) fail(FailureKind::proxy_failed, who() + " closed the connection", {});
      if (!far_closed_) watch_far();
      return false;
    }
    const int status = head.answer.status;
    if (status < 200 || status > 299) {
      tell({{}, failure_of_proxy_status(head.answer, proxy_), status});
      return false;
    }
    to_user_.erase(0, head.size);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends_.data()) != 0) {
      ends_ = {-1, -1};
      fail(FailureKind::internal, std::strerror(errno), error_name(errno), status);
      return false;
    }
    tell({Socket(ends_[1], shared_from_this()), std::nullopt, status});
    return true;
  }

  Net& net_;
  Proxy proxy_;
  Place target_;
  Socket socket_;
  Done done_;
  std::unique_ptr<TlsStream> stream_;
  std::array<int, 2> ends_ = {-1, -1};  // ours, and the user's
  std::string to_user_, to_proxy_;
  bool near_closed_ = false, far_closed_ = false;
  unsigned near_ready_ = 0, far_ready_ = 0;
  Net::Watch near_ = 0, far_ = 0;
  Net::Timer timer_ = 0;
};

SecureTunnel::SecureTunnel(Net& net, const Proxy& proxy, const Place& target, Socket socket, Done done)
    : pump_(std::make_shared<Pump>(net, proxy, target, std::move(socket), std::move(done))) {
  pump_->begin();
}

SecureTunnel::~SecureTunnel() {
  pump_->forget();
}

}  // namespace aztriage::net
