#include "net/datagram_sizes.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace aztriage::net {
namespace {

constexpr int kMostUnclear = 2;
// A size, then a small one, and both once more; then the end of the round.
constexpr std::array<Milliseconds, 4> kShots = {Milliseconds(0), Milliseconds(150), Milliseconds(400),
                                                Milliseconds(550)};
constexpr Milliseconds kRound{950};

}  // namespace

std::vector<int> packet_sizes(int family) {
  std::vector<int> sizes = {576,  1000, 1200, 1280, 1300, 1350, 1380, 1400, 1420,
                            1440, 1460, 1480, 1492, 1500, 1600, 4000, 8900};
  if (family == 6) std::erase_if(sizes, [](int size) { return size < 1280; });
  return sizes;
}

DatagramSizer::DatagramSizer(Net& net, const Address& target, int port, int largest, Milliseconds most,
                             std::function<void()> done)
    : net_(net), target_(target), port_(port), sizes_(packet_sizes(target.family)), done_(std::move(done)) {
  std::erase_if(sizes_, [&](int size) { return size >= largest; });
  sizes_.push_back(largest);
  end_ = net_.at(Steady::now() + most, [this] {
    end_ = 0;
    finish();
  });
  timers_.push_back(net_.at(Steady::now(), [this, largest] { begin_round(largest); }));
}

DatagramSizer::~DatagramSizer() {
  close_shots();
  net_.cancel(end_);
}

void DatagramSizer::close_shots() {
  for (const Net::Timer timer : timers_) net_.cancel(timer);
  timers_.clear();
  for (const auto& shot : shots_) net_.unwatch(shot->watch);
  shots_.clear();
}

void DatagramSizer::begin_round(int size) {
  close_shots();
  wanted_ = size;
  round_ = Steady::now();
  for (std::size_t i = 0; i < kShots.size(); ++i) {
    const int one = i % 2 == 0 ? size : sizes_.front();
    timers_.push_back(net_.at(round_ + kShots[i], [this, one] { shoot(one); }));
  }
  timers_.push_back(net_.at(round_ + kRound, [this] { end_round(); }));
}

void DatagramSizer::shoot(int size) {
  auto opened = open_icmp_socket(target_, port_, {.dont_fragment = true});
  if (!opened.socket) return;
  const std::string payload(static_cast<std::size_t>(std::max(size - udp_headers(target_.family), 1)), '\0');
  auto shot = std::make_unique<Shot>(Shot{size, std::move(opened.socket)});
  const int fd = shot->socket.fd();
  const auto sent = ::send(fd, payload.data(), payload.size(), MSG_NOSIGNAL);
  const int error = errno;
  const std::size_t index = shots_.size();
  shots_.push_back(std::move(shot));
  // Larger than the device takes: what the system knows is in the queue or in the socket.
  if (sent < 0 && error == EMSGSIZE) {
    IcmpError own;
    own.mtu = known_path_mtu(fd, target_.family);
    return too_big(own, size);
  }
  shots_[index]->watch = net_.watch(fd, Net::readable, [this, index](unsigned) { hear(index); });
}

void DatagramSizer::hear(std::size_t index) {
  Shot& shot = *shots_[index];
  const int fd = shot.socket.fd();
  while (const auto error = take_icmp_error(fd)) {
    if (error->what == IcmpError::What::too_big) return too_big(*error, shot.size);
    if (error->what == IcmpError::What::port_closed && error->from == target_) return answered(shot);
  }
  std::array<char, 16> bytes;
  const auto got = recv(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_TRUNC);
  if (got >= 0 || errno == ECONNREFUSED) answered(shot);
}

void DatagramSizer::answered(Shot& shot) {
  shot.answered = true;
  net_.unwatch(std::exchange(shot.watch, 0));
  seen_.answered = true;
  seen_.passed = std::max(seen_.passed, shot.size);
  if (shot.size < wanted_) return;
  go_on();
}

/// A router's word, or the system's, that at most so much passes: the next size to try, when it is news.
void DatagramSizer::too_big(const IcmpError& error, int size) {
  int most = error.mtu;
  if (most <= 0 || most >= size) {
    // It does not say what would pass (routers from before RFC 1191): the next of our sizes.
    most = 0;
    for (const int one : sizes_)
      if (one < size) most = one;
  } else if (!error.local && !error.from.text.empty()) {
    seen_.told = most;
    seen_.told_by = error.from;
  }
  std::erase_if(sizes_, [&](int one) { return one >= size || one > most; });
  if (most > 0) sizes_.push_back(most);
  if (sizes_.empty() || most <= seen_.passed) return finish();
  begin_round(most);
}

void DatagramSizer::end_round() {
  int small = 0;
  for (const auto& shot : shots_)
    if (shot->answered && shot->size == sizes_.front()) ++small;
  const bool silent = small >= 2 && wanted_ > sizes_.front();
  if (silent) {
    unclear_ = 0;
    seen_.silent = wanted_;
  } else if (!seen_.answered || ++unclear_ >= kMostUnclear) {
    return finish();
  }
  if (silent) return go_on();
  begin_round(wanted_);
}

/// Half-way between what passed and what was silent.
void DatagramSizer::go_on() {
  std::vector<int> between;
  for (const int size : sizes_)
    if (size > seen_.passed && (seen_.silent == 0 || size < seen_.silent)) between.push_back(size);
  if (between.empty()) return finish();
  begin_round(between[between.size() / 2]);
}

void DatagramSizer::finish() {
  close_shots();
  net_.cancel(std::exchange(end_, 0));
  if (done_) std::exchange(done_, nullptr)();
}

}  // namespace aztriage::net
