#include "net/race.h"

#include "net/icmp_socket.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace aztriage::net {
namespace {

constexpr Milliseconds kHeadStart{250};  // RFC 8305, 5

}  // namespace

double seconds_since(SteadyTime begin) {
  return std::chrono::duration<double>(Steady::now() - begin).count();
}

Race::Race(Net& net, const std::vector<Address>& addresses, int port, bool every, std::function<void()> done)
    : net_(net), every_(every), done_(std::move(done)) {
  runners_.resize(addresses.size());
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    runners_[i].attempt.address = addresses[i];
    runners_[i].attempt.port = port;
  }
  start_next();
}

Race::~Race() {
  if (timer_ != 0) net_.cancel(timer_);
  for (const Runner& runner : runners_)
    if (runner.watch != 0) net_.unwatch(runner.watch);
}

void Race::start_next() {
  if (timer_ != 0) net_.cancel(std::exchange(timer_, 0));
  // One that fails at once does not hold up the next.
  while (next_ < runners_.size() && winner_ < 0) {
    Runner& runner = runners_[next_++];
    start(runner);
    if (!every_ && !runner.ended) break;
  }
  const bool open =
      std::any_of(runners_.begin(), runners_.end(), [](const Runner& r) { return r.watch != 0; });
  if (winner_ >= 0 || (next_ == runners_.size() && !open)) return settle();
  if (next_ < runners_.size())
    timer_ = net_.at(Steady::now() + kHeadStart, [this] {
      timer_ = 0;
      start_next();
    });
}

void Race::start(Runner& runner) {
  runner.begin = Steady::now();
  const int family = runner.attempt.address.family == 6 ? AF_INET6 : AF_INET;
  const int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return end(runner, errno);
  runner.socket = Socket(fd);
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_storage to;
  const socklen_t length = to_system_address(runner.attempt.address, runner.attempt.port, to);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), length) == 0) return end(runner, 0);
  if (errno != EINPROGRESS) return end(runner, errno);
  const auto index = static_cast<std::size_t>(&runner - runners_.data());
  runner.watch = net_.watch(fd, Net::writable, [this, index](unsigned) { hear(index); });
}

void Race::hear(std::size_t index) {
  Runner& runner = runners_[index];
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(runner.socket.fd(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
  net_.unwatch(std::exchange(runner.watch, 0));
  end(runner, error);
  if (every_) {
    const bool open =
        std::any_of(runners_.begin(), runners_.end(), [](const Runner& r) { return r.watch != 0; });
    if (!open) settle();
  } else if (winner_ >= 0) {
    settle();
  } else {
    start_next();
  }
}

void Race::end(Runner& runner, int error) {
  runner.ended = true;
  runner.attempt.seconds = seconds_since(runner.begin);
  if (error == 0) {
    runner.connected = true;
    if (winner_ < 0) winner_ = static_cast<int>(&runner - runners_.data());
    return;
  }
  runner.attempt.failure =
      fact::Failure{"connect", failure_of_errno(error), std::strerror(error), error_name(error)};
  runner.socket = Socket();
}

/// Tells from a turn of its own, since the first attempt may have ended inside the constructor.
void Race::settle() {
  if (std::exchange(settled_, true)) return;
  if (timer_ != 0) net_.cancel(timer_);
  timer_ = net_.at(Steady::now(), [this] {
    timer_ = 0;
    const auto done = std::exchange(done_, nullptr);
    if (done) done();  // may destroy this
  });
}

std::vector<Attempt> Race::attempts() const {
  std::vector<Attempt> out;
  for (std::size_t i = 0; i < next_; ++i) {
    const Runner& runner = runners_[i];
    out.push_back(runner.attempt);
    if (runner.ended) continue;
    out.back().seconds = seconds_since(runner.begin);
    out.back().overtaken = winner_ >= 0 && !every_;
  }
  return out;
}

const Attempt* Race::winner() const {
  return winner_ < 0 ? nullptr : &runners_[static_cast<std::size_t>(winner_)].attempt;
}

Socket Race::take() {
  return winner_ < 0 ? Socket() : std::move(runners_[static_cast<std::size_t>(winner_)].socket);
}

}  // namespace aztriage::net
