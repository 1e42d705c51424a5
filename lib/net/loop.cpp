#include "net/loop.h"

#include "net/names_impl.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <limits>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace aztriage::net {
namespace {

std::uint32_t to_epoll(unsigned ready) {
  std::uint32_t events = 0;
  if ((ready & Net::readable) != 0) events |= EPOLLIN;
  if ((ready & Net::writable) != 0) events |= EPOLLOUT;
  return events;
}

unsigned from_epoll(std::uint32_t events) {
  unsigned ready = 0;
  if ((events & EPOLLIN) != 0) ready |= Net::readable;
  if ((events & EPOLLOUT) != 0) ready |= Net::writable;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) ready |= Net::readable | Net::writable;
  return ready;
}

}  // namespace

Result<std::unique_ptr<Loop>> Loop::make(const Settings& settings) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return failed(std::string("the system gives no epoll: ") + std::strerror(errno));
  const int waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (waker < 0) {
    const int error = errno;
    close(epoll);
    return failed(std::string("the system gives no eventfd: ") + std::strerror(error));
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = waker;
  epoll_ctl(epoll, EPOLL_CTL_ADD, waker, &event);
  return std::unique_ptr<Loop>(new Loop(settings, epoll, waker));
}

Loop::Loop(const Settings& settings, int epoll, int waker)
    : settings_(settings), epoll_(epoll), waker_(waker) {}

void Loop::open(Routes routes, const CurlApi& api) {
  names_ = make_names(*this, std::move(routes));
  transfers_ = std::make_unique<Transfers>(*this, api);
}

Loop::~Loop() {
  // Both hang on this loop while they close what they have open.
  transfers_.reset();
  names_.reset();
  close(waker_);
  close(epoll_);
}

Net::Watch Loop::watch(int fd, unsigned ready, std::function<void(unsigned)> call) {
  const Watch id = ++last_;
  watches_.emplace(id, std::make_shared<Watched>(Watched{fd, ready, std::move(call)}));
  Descriptor& descriptor = descriptors_[fd];
  descriptor.watches.push_back(id);
  update(fd, descriptor, descriptor.watches.size() == 1);
  return id;
}

void Loop::unwatch(Watch watch) {
  const auto found = watches_.find(watch);
  if (found == watches_.end()) return;
  const int fd = found->second->fd;
  watches_.erase(found);
  Descriptor& descriptor = descriptors_[fd];
  std::erase(descriptor.watches, watch);
  if (!descriptor.watches.empty()) return update(fd, descriptor, false);
  if (descriptor.always)
    --always_ready_;
  else
    epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
  descriptors_.erase(fd);
}

void Loop::update(int fd, Descriptor& descriptor, bool fresh) {
  if (descriptor.always) return;
  epoll_event event{};
  event.data.fd = fd;
  for (const Watch id : descriptor.watches) event.events |= to_epoll(watches_.at(id)->ready);
  int done = epoll_ctl(epoll_, fresh ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event);
  if (done != 0 && errno == EEXIST) done = epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event);
  if (done != 0 && errno == ENOENT) done = epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  if (done != 0) {
    // EPERM: a regular file. A descriptor that is not open is ready too: its user finds out by using it.
    descriptor.always = true;
    ++always_ready_;
  }
}

Net::Timer Loop::at(SteadyTime when, std::function<void()> call) {
  const Timer id = ++last_;
  timers_.emplace(std::pair(when, id), std::move(call));
  times_.emplace(id, when);
  return id;
}

void Loop::cancel(Timer timer) {
  const auto found = times_.find(timer);
  if (found == times_.end()) return;
  timers_.erase(std::pair(found->second, timer));
  times_.erase(found);
}

void Loop::soon(std::function<void()> call) {
  soon_.push_back(std::move(call));
}

int Loop::wait_time(Milliseconds most) const {
  if (!soon_.empty() || always_ready_ > 0) return 0;
  auto wait = std::max(most, Milliseconds(0));
  if (!timers_.empty()) {
    // Rounded up, or the last fraction of a millisecond would be spent turning.
    const auto left = std::chrono::ceil<Milliseconds>(timers_.begin()->first.first - Steady::now());
    wait = std::min(wait, std::max(left, Milliseconds(0)));
  }
  return static_cast<int>(std::min<Milliseconds::rep>(wait.count(), std::numeric_limits<int>::max()));
}

void Loop::wait(Milliseconds most) {
  std::array<epoll_event, 256> events;
  const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait_time(most));
  due_.clear();
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.fd == waker_) {
      std::uint64_t times = 0;
      [[maybe_unused]] const auto got = read(waker_, &times, sizeof times);
      continue;
    }
    const auto found = descriptors_.find(event.data.fd);
    if (found == descriptors_.end()) continue;
    for (const Watch id : found->second.watches) due_.emplace_back(id, from_epoll(event.events));
  }
  if (always_ready_ == 0) return;
  for (const auto& [fd, descriptor] : descriptors_)
    if (descriptor.always)
      for (const Watch id : descriptor.watches) due_.emplace_back(id, readable | writable);
}

void Loop::run_ready() {
  // By the watches' own numbers, which are never used again: one that a callback ends is not found any more,
  // and one on a new descriptor of the same number is not meant.
  const auto due = std::exchange(due_, {});
  for (const auto& [id, ready] : due) {
    const auto found = watches_.find(id);
    if (found == watches_.end()) continue;
    const auto watched = found->second;
    if ((ready & watched->ready) != 0) watched->call(ready & watched->ready);
  }
}

void Loop::run_timers() {
  const auto now = Steady::now();
  const Timer last = last_;  // timers that these callbacks set wait for the next turn
  while (!timers_.empty()) {
    auto first = timers_.begin();
    while (first != timers_.end() && first->first.first <= now && first->first.second > last) ++first;
    if (first == timers_.end() || first->first.first > now) return;
    const auto call = std::move(first->second);
    times_.erase(first->first.second);
    timers_.erase(first);
    call();
  }
}

void Loop::run_soon() {
  const auto calls = std::exchange(soon_, {});
  for (const auto& call : calls) call();
}

bool Loop::turn(Milliseconds most) {
  if (watches_.empty() && timers_.empty() && soon_.empty()) return false;
  wait(most);
  run_soon();
  run_ready();
  run_timers();
  return !watches_.empty() || !timers_.empty() || !soon_.empty();
}

void Loop::wake() {
  const int error = errno;  // a signal handler leaves it as it was
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto put = write(waker_, &one, sizeof one);
  errno = error;
}

}  // namespace aztriage::net
