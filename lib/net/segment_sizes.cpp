#include "net/segment_sizes.h"

#include "net/race.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <linux/tcp.h>
#include <netinet/in.h>

namespace aztriage::net {
namespace {

constexpr int kLargest = 8900;           // what the payload's protocol can fill
constexpr Milliseconds kLook{40};        // between two looks at the connections
constexpr Milliseconds kPatience{2500};  // TCP itself sends what was lost three times more in that time
constexpr double kQuiet = 0.3;           // seconds after which an answer counts as whole
constexpr int kTimestamps = 12;          // bytes of the option (RFC 7323) in every segment

tcp_info info_of(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) info = {};
  return info;
}

/// The payload of the largest segment that the connection sends.
int segment_of(int fd) {
  int segment = 0;
  socklen_t size = sizeof segment;
  return getsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, &size) == 0 ? segment : 0;
}

}  // namespace

struct SegmentSizer::Shot {
  Socket socket = {};
  Net::Watch watch = 0;
  bool connected = false;
  bool over = false;
  int wanted = 0;          // the size of the packet that was asked for
  int size = 0;            // that became of it: the target may take less
  int segment = 0;         // its payload
  std::size_t length = 0;  // of what was sent
  SteadyTime begin = {};
  SteadyTime sent = {};
  SteadyTime heard = {};
  bool acknowledged = false;
  bool broken = false;  // reset before it was known
  std::size_t received = 0;
  bool large_received = false;  // a packet of that size came
  bool gap = false;             // what came later is there, what came before it is not
};

SegmentSizer::SegmentSizer(Net& net, const Address& target, int port, int largest, Milliseconds most,
                           Payload payload, std::function<void()> done)
    : net_(net),
      target_(target),
      port_(port),
      largest_(std::min(largest, kLargest)),
      payload_(std::move(payload)),
      done_(std::move(done)),
      end_(Steady::now() + most) {
  open(largest_);
  if (const int least = packet_sizes(target.family).front(); least < largest_) open(least);
  timer_ = net_.at(Steady::now() + kLook, [this] { look(); });
}

SegmentSizer::~SegmentSizer() {
  net_.cancel(timer_);
  for (const auto& shot : shots_) net_.unwatch(shot->watch);
}

void SegmentSizer::open(int size) {
  auto shot = std::make_unique<Shot>();
  shot->wanted = size;
  shot->begin = Steady::now();
  const bool bounded = !shots_.empty() || largest_ == kLargest;
  auto opened = open_icmp_socket(
      target_, port_,
      {.tcp = true, .dont_fragment = true, .most_segment = bounded ? size - tcp_headers(target_.family) : 0});
  if (opened.socket) {
    shot->socket = std::move(opened.socket);
    Shot& watched = *shot;
    shot->watch = net_.watch(shot->socket.fd(), Net::writable, [this, &watched](unsigned) { hear(watched); });
  }
  shot->over = !shot->socket;
  shots_.push_back(std::move(shot));
}

void SegmentSizer::hear(Shot& shot) {
  if (!shot.connected) {
    if (take_socket_error(shot.socket.fd()) == 0) return connected(shot);
    shot.over = true;
    net_.unwatch(std::exchange(shot.watch, 0));
    return;
  }
  std::array<char, 16384> bytes;
  const auto got = recv(shot.socket.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (got > 0) {
    shot.received += static_cast<std::size_t>(got);
    shot.heard = Steady::now();
    return;
  }
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  settled(shot);
  shot.broken = got < 0 && !shot.acknowledged;
  shot.over = true;
  net_.unwatch(std::exchange(shot.watch, 0));
}

void SegmentSizer::connected(Shot& shot) {
  const int fd = shot.socket.fd();
  net_.unwatch(std::exchange(shot.watch, 0));
  seen_.connected = shot.connected = true;
  shot.segment = segment_of(fd);
  const auto info = info_of(fd);
  const bool stamped = (info.tcpi_options & TCPI_OPT_TIMESTAMPS) != 0;
  shot.size = shot.segment + tcp_headers(target_.family) + (stamped ? kTimestamps : 0);
  if (shots_.front().get() == &shot) seen_.mss = shot.segment + (stamped ? kTimestamps : 0);
  shot.sent = Steady::now();
  const std::string payload = payload_(static_cast<std::size_t>(shot.segment));
  shot.length = payload.size();
  const auto sent = ::send(fd, payload.data(), payload.size(), MSG_NOSIGNAL);
  shot.over = sent != static_cast<ssize_t>(payload.size());
  shot.watch = net_.watch(fd, Net::readable, [this, &shot](unsigned) { hear(shot); });
}

void SegmentSizer::look() {
  timer_ = 0;
  const auto now = Steady::now();
  bool all = true;
  for (const auto& shot : shots_) {
    if (shot->over) continue;
    const auto begin = shot->connected ? shot->sent : shot->begin;
    shot->over = (shot->connected && settled(*shot)) || now > begin + kPatience;
    all = all && shot->over;
  }
  if (all || now > end_) return end_round();
  timer_ = net_.at(now + kLook, [this] { look(); });
}

/// Reads what the system knows of the connection; true when there is nothing more to wait for.
bool SegmentSizer::settled(Shot& shot) {
  const int fd = shot.socket.fd();
  const auto info = info_of(fd);
  shot.acknowledged = shot.acknowledged || info.tcpi_bytes_acked >= shot.length;
  shot.gap = info.tcpi_rcv_ooopack > 0 && seconds_since(shot.heard) > kQuiet;
  shot.large_received = static_cast<int>(info.tcpi_rcv_mss) >= shot.segment &&
                        shot.received >= static_cast<std::size_t>(shot.segment);
  // A router told the system, which sends smaller ones now.
  const int told = static_cast<int>(info.tcpi_pmtu);
  if (segment_of(fd) < shot.segment && told > 0 && told < shot.size) {
    shot.size = told;
    seen_.told = seen_.told == 0 ? told : std::min(seen_.told, told);
  }
  return shot.acknowledged && shot.received > 0 && seconds_since(shot.heard) > kQuiet && !shot.gap;
}

void SegmentSizer::end_round() {
  for (const auto& shot : shots_) net_.unwatch(std::exchange(shot->watch, 0));
  judge();
  if (ladder_ || seen_.silent == 0 || Steady::now() >= end_) return finish();
  ladder_ = true;
  const int least = shots_[1]->size;
  const int most = shots_[0]->size;
  for (const int size : packet_sizes(target_.family))
    if (size > least && size < most) open(size);
  timer_ = net_.at(Steady::now() + kLook, [this] { look(); });
}

/// Each size beside the smallest, which shows what a connection on which everything passes looks like.
void SegmentSizer::judge() {
  seen_.passed = seen_.silent = 0;
  seen_.sent_silent = seen_.received_silent = seen_.received_tried = false;
  const Shot& least = *shots_[shots_.size() > 1 ? 1 : 0];
  if (!least.connected || !least.acknowledged || least.broken) return;
  for (const auto& shot : shots_) {
    if (!shot->connected || shot->broken) continue;
    const bool sent = shot->acknowledged;
    const bool received = shot->received > 0 || least.received == 0;
    const bool whole = received && !(shot->gap && shot->received < least.received);
    if (sent && whole) {
      if (shot->size > seen_.passed) seen_.received_tried = shot->large_received;
      seen_.passed = std::max(seen_.passed, shot->size);
    } else if (shot.get() != &least) {
      seen_.silent = seen_.silent == 0 ? shot->size : std::min(seen_.silent, shot->size);
      seen_.sent_silent = seen_.sent_silent || !sent;
      seen_.received_silent = seen_.received_silent || (sent && !whole);
    }
  }
  // A larger one that passes: it was not the size.
  if (seen_.silent > 0 && seen_.passed > seen_.silent) {
    seen_.silent = 0;
    seen_.sent_silent = seen_.received_silent = false;
  }
}

void SegmentSizer::finish() {
  for (const auto& shot : shots_) shot->socket = Socket();
  if (done_) std::exchange(done_, nullptr)();
}

}  // namespace aztriage::net
