#include "net/trace.h"

#include "net/race.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace aztriage::net {
namespace {

constexpr Milliseconds kPace{20};
constexpr Milliseconds kAgain{
    1000};  // a datagram is sent once more after so much silence; TCP does it itself
constexpr Milliseconds kLongest{2500};     // of silence, after the last one was sent
constexpr Milliseconds kAfterTarget{500};  // for the routers, once the target has answered
constexpr std::array<char, 12> kPayload{};

}  // namespace

Trace::Trace(Net& net, const Address& target, int port, bool tcp, int most_hops, std::function<void()> done)
    : net_(net),
      target_(target),
      port_(port),
      tcp_(tcp),
      done_(std::move(done)),
      runners_(static_cast<std::size_t>(most_hops)),
      hops_(static_cast<std::size_t>(most_hops)),
      end_(Steady::now() + kLongest + kPace * most_hops) {
  pace_ = net_.at(Steady::now(), [this] { go_on(); });
  if (!tcp_) again_ = net_.at(Steady::now() + kAgain, [this] { send_again(); });
  end_at(end_);
}

Trace::~Trace() {
  for (const Net::Timer timer : {pace_, again_, timer_}) net_.cancel(timer);
  for (Runner& runner : runners_) stop(runner);
}

void Trace::end_at(SteadyTime when) {
  net_.cancel(timer_);
  end_ = when;
  timer_ = net_.at(when, [this] {
    timer_ = 0;
    for (Runner& runner : runners_) stop(runner);
    settle();
  });
}

void Trace::go_on() {
  pace_ = 0;
  const bool over = next_ > static_cast<int>(runners_.size()) || seen_.reached > 0 || seen_.end;
  if (over || seen_.error != 0 || !seen_.limited.empty()) return settle();
  start(next_++);
  pace_ = net_.at(Steady::now() + kPace, [this] { go_on(); });
}

void Trace::start(int number) {
  Runner& runner = runners_[static_cast<std::size_t>(number - 1)];
  runner.sent = Steady::now();
  auto opened = open_icmp_socket(target_, port_, {.tcp = tcp_, .hops = number});
  seen_.limited = opened.refused;
  if (opened.error != 0) seen_.error = opened.error;
  if (!opened.socket) return;
  seen_.asked = number;
  runner.socket = std::move(opened.socket);
  if (!tcp_) send(runner);
  const unsigned ready = tcp_ ? unsigned{Net::writable} : unsigned{Net::readable};
  runner.watch = net_.watch(runner.socket.fd(), ready, [this, number](unsigned) { hear(number); });
}

void Trace::send(Runner& runner) {
  runner.sent = Steady::now();
  // An error is heard where every other is: in the queue.
  [[maybe_unused]] const auto sent =
      ::send(runner.socket.fd(), kPayload.data(), kPayload.size(), MSG_NOSIGNAL);
}

void Trace::send_again() {
  again_ = 0;
  for (Runner& runner : runners_)
    if (runner.watch != 0 && !runner.again) {
      runner.again = true;
      send(runner);
    }
}

void Trace::hear(int number) {
  if (!hear_icmp(number)) {
    if (tcp_)
      hear_tcp(number);
    else
      hear_udp(number);
  }
  settle();
}

/// Whether a message says all there is to say of this number of hops.
bool Trace::hear_icmp(int number) {
  Runner& runner = runners_[static_cast<std::size_t>(number - 1)];
  while (const auto error = take_icmp_error(runner.socket.fd())) {
    const bool about_size = error->what == IcmpError::What::too_big || error->what == IcmpError::What::other;
    if (error->local || about_size || error->from.text.empty()) continue;
    const Hop hop{number, error->from, seconds_since(runner.sent)};
    if (error->what == IcmpError::What::time_exceeded) {
      hops_[static_cast<std::size_t>(number - 1)] = hop;
    } else if (error->what == IcmpError::What::port_closed && error->from == target_) {
      seen_.refused = true;
      reached(number);
    } else {
      if (!seen_.end) end_at(Steady::now() + kAfterTarget);
      if (!seen_.end || seen_.end->number > number) {
        seen_.end = hop;
        seen_.why = error->what;
        seen_.error = error->error;
      }
    }
    stop(runner);
    return true;
  }
  return false;
}

void Trace::hear_tcp(int number) {
  Runner& runner = runners_[static_cast<std::size_t>(number - 1)];
  const int error = take_socket_error(runner.socket.fd());
  if (error == 0 || error == ECONNREFUSED || error == ECONNRESET) {
    seen_.refused = error != 0;
    reached(number);
  } else if (error == EHOSTUNREACH || error == ENETUNREACH) {
    ++nameless_;
  } else if (seen_.error == 0 && error != ETIMEDOUT) {
    seen_.error = error;
  }
  stop(runner);
}

void Trace::hear_udp(int number) {
  Runner& runner = runners_[static_cast<std::size_t>(number - 1)];
  std::array<char, 64> bytes;
  const auto got = recv(runner.socket.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_TRUNC);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got < 0 && errno != ECONNREFUSED) {
    // Where the system does not say who refused, at least it says that somebody did.
    ++nameless_;
    return stop(runner);
  }
  seen_.refused = got < 0;
  reached(number);
  stop(runner);
}

void Trace::reached(int number) {
  Runner& runner = runners_[static_cast<std::size_t>(number - 1)];
  const double seconds = seconds_since(runner.sent);
  hops_[static_cast<std::size_t>(number - 1)] = Hop{number, target_, seconds};
  if (seen_.reached > 0 && seen_.reached <= number) return;
  if (seen_.reached == 0) {
    seen_.seconds = seconds;
    const auto wait = std::max(kAfterTarget, Milliseconds(static_cast<int>(seconds * 3000)));
    end_at(std::min(end_, Steady::now() + wait));
  }
  seen_.reached = number;
  seen_.seconds = std::min(seen_.seconds, seconds);
  for (std::size_t i = static_cast<std::size_t>(number); i < runners_.size(); ++i) stop(runners_[i]);
}

void Trace::stop(Runner& runner) {
  net_.unwatch(std::exchange(runner.watch, 0));
  runner.socket = Socket();
}

void Trace::settle() {
  const bool open = std::ranges::any_of(runners_, [](const Runner& r) { return r.watch != 0; });
  if (!done_ || (timer_ != 0 && (pace_ != 0 || open))) return;
  net_.cancel(std::exchange(pace_, 0));
  net_.cancel(std::exchange(again_, 0));
  net_.cancel(std::exchange(timer_, 0));
  std::exchange(done_, nullptr)();
}

TraceResult Trace::result() const {
  TraceResult out = seen_;
  for (const auto& hop : hops_)
    if (hop && (seen_.reached == 0 || hop->number <= seen_.reached)) out.hops.push_back(*hop);
  if (out.reached > 0) out.error = 0;
  if (out.limited.empty() && out.hops.empty() && nameless_ > 0)
    out.limited = "the system tells that routers answered, but not which";
  return out;
}

}  // namespace aztriage::net
