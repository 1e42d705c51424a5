#include "probe/ntp_look.h"

#include "net/connection.h"
#include "probe/head.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

namespace aztriage::probe {

using fact::Failure;
using fact::FailureKind;
using fact::Kind;
using fact::Value;

namespace {

constexpr std::size_t kMostPacket = 2048;
constexpr int kMostIgnored = 1000;
constexpr Milliseconds kAfterLast{1500};
constexpr int kPacketsPerTurn = 20;

double wall_clock() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress socket_address(const net::Address& address, int port) {
  SocketAddress made;
  const auto port_bytes = htons(static_cast<std::uint16_t>(port));
  if (address.family == 6) {
    auto* six = reinterpret_cast<sockaddr_in6*>(&made.storage);
    six->sin6_family = AF_INET6;
    six->sin6_port = port_bytes;
    inet_pton(AF_INET6, address.text.c_str(), &six->sin6_addr);
    made.size = sizeof *six;
  } else {
    auto* four = reinterpret_cast<sockaddr_in*>(&made.storage);
    four->sin_family = AF_INET;
    four->sin_port = port_bytes;
    inet_pton(AF_INET, address.text.c_str(), &four->sin_addr);
    made.size = sizeof *four;
  }
  return made;
}

double rounded(double seconds) {
  return std::round(seconds * 1e6) / 1e6;
}

std::string show_offset(double offset) {
  const double size = std::abs(offset);
  const std::string shown = size < 1 ? fmt::format("{:.1f} ms", size * 1000) : fmt::format("{:.3f} s", size);
  if (size < 0.0005) return "the clocks agree";
  return "this machine's clock is " + shown + (offset > 0 ? " slow" : " fast");
}

}  // namespace

NtpLook::NtpLook(net::Net& net, Plan plan, Milliseconds timeout, std::function<void()> done)
    : net_(net), plan_(std::move(plan)), done_(std::move(done)) {
  deadline_ = net_.at(system_clock().steady() + timeout, [this] {
    deadline_ = 0;
    stop(FailureKind::answer_timeout);
    if (const auto call = std::exchange(done_, nullptr)) call();
  });
  next_ = net_.at(system_clock().steady(), [this] {
    next_ = 0;
    open();
  });
}

NtpLook::~NtpLook() {
  done_ = nullptr;
  finish(std::nullopt);
}

void NtpLook::open() {
  socket_ =
      socket(plan_.address.family == 6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return refuse(errno);
  // The socket stays unconnected, so that answers from elsewhere are seen; this lets it hear refusals all the
  // same.
  const int on = 1;
  if (plan_.address.family == 6) {
    setsockopt(socket_, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
  } else {
    setsockopt(socket_, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
  }
  watch_ = net_.watch(socket_, net::Net::readable, [this](unsigned) { hear(); });
  ask();
}

void NtpLook::ask() {
  Asked one;
  one.cookie = (std::uint64_t{arc4random()} << 32) | arc4random();
  one.since = Steady::now();
  one.at = wall_clock();
  const std::string packet = wire::ntp_request(one.cookie);
  SocketAddress to = socket_address(plan_.address, plan_.port);
  if (sendto(socket_, packet.data(), packet.size(), MSG_NOSIGNAL, to.get(), to.size) < 0 && errno != EAGAIN)
    return refuse(errno);
  asked_.push_back(one);
  const bool last = static_cast<int>(asked_.size()) >= plan_.samples;
  next_ = net_.at(one.since + (last ? kAfterLast : plan_.apart), [this, last] {
    next_ = 0;
    if (!last) return ask();
    if (best_) finish(std::nullopt);  // what is missing now is lost
  });
}

void NtpLook::hear() {
  std::array<char, kMostPacket> buffer;
  for (int i = 0; i < kPacketsPerTurn && !finished_; ++i) {
    SocketAddress source;
    source.size = sizeof source.storage;
    const ssize_t size = recvfrom(socket_, buffer.data(), buffer.size(), 0, source.get(), &source.size);
    const SteadyTime at = Steady::now();
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size < 0) return refuse(errno);
    if (!from_server(&source.storage, source.size)) {
      ++ignored_;
      ignored_why_ = "comes from elsewhere";
    } else {
      take({buffer.data(), static_cast<std::size_t>(size)}, at);
    }
    if (ignored_ > kMostIgnored) {
      finish(Failure{"request", FailureKind::answer_too_large, "packets that are no answers, without end"});
    }
  }
}

bool NtpLook::from_server(const void* source, unsigned size) const {
  SocketAddress server = socket_address(plan_.address, plan_.port);
  if (size < server.size || static_cast<const sockaddr*>(source)->sa_family != server.get()->sa_family)
    return false;
  if (plan_.address.family == 6) {
    const auto* got = static_cast<const sockaddr_in6*>(source);
    const auto* want = reinterpret_cast<const sockaddr_in6*>(&server.storage);
    return got->sin6_port == want->sin6_port &&
           std::memcmp(&got->sin6_addr, &want->sin6_addr, sizeof got->sin6_addr) == 0;
  }
  const auto* got = static_cast<const sockaddr_in*>(source);
  const auto* want = reinterpret_cast<const sockaddr_in*>(&server.storage);
  return got->sin_port == want->sin_port && got->sin_addr.s_addr == want->sin_addr.s_addr;
}

void NtpLook::take(std::string_view bytes, SteadyTime at) {
  std::string_view why = "answers nothing";
  for (Asked& one : asked_) {
    const auto answer = wire::read_ntp(bytes, one.cookie, one.at, why);
    if (!answer) continue;
    if (one.answered) {
      why = "comes twice";
      break;
    }
    one.answered = true;
    if (!answer->kiss.empty()) {
      kiss_ = answer->kiss;
      return finish(Failure{"request", FailureKind::answer_refused,
                            "the server refuses with the code " + kiss_, kiss_});
    }
    const double took = std::chrono::duration<double>(at - one.since).count();
    const wire::NtpSample sample = wire::ntp_sample(*answer, one.at, took);
    offsets_.push_back(sample.offset);
    if (!best_ || sample.delay < best_->sample.delay) best_ = Sample{*answer, sample};
    if (static_cast<int>(offsets_.size()) >= plan_.samples) finish(std::nullopt);
    return;
  }
  ++ignored_;
  ignored_why_ = std::string(why);
}

void NtpLook::refuse(int error) {
  if (best_) return finish(std::nullopt);
  const std::string code = error == ECONNREFUSED ? "ECONNREFUSED" : std::string{};
  const std::string text = error == ECONNREFUSED ? fmt::format("nothing listens on UDP port {}", plan_.port)
                                                 : std::string(std::strerror(error));
  const auto kind = error == ECONNREFUSED ? FailureKind::answer_refused : net::failure_of_errno(error);
  finish(Failure{"request", kind, text, code});
}

void NtpLook::stop(FailureKind kind) {
  if (finished_) return;
  const auto done = std::exchange(done_, nullptr);
  if (best_) {
    finish(std::nullopt);
  } else {
    std::string text = fmt::format(
        "no answer from UDP port {}: the port is blocked, or no time server is there", plan_.port);
    if (ignored_ > 0)
      text = fmt::format("no valid answer; {} packets were ignored: one {}", ignored_, ignored_why_);
    finish(Failure{"request", kind, text});
  }
  done_ = done;
}

void NtpLook::finish(std::optional<Failure> failure) {
  if (finished_) return;
  finished_ = true;
  failure_ = std::move(failure);
  net_.unwatch(std::exchange(watch_, 0));
  net_.cancel(std::exchange(next_, 0));
  net_.cancel(std::exchange(deadline_, 0));
  if (socket_ >= 0) close(std::exchange(socket_, -1));
  if (const auto call = std::exchange(done_, nullptr)) call();
}

void NtpLook::fill(fact::Observation& seen) const {
  auto& facts = seen.facts;
  seen.address = plan_.address.text;
  seen.family = plan_.address.family;
  seen.answered = answered();
  seen.failure = failure_;
  facts["sent"] = Value::number(static_cast<double>(asked_.size()));
  facts["samples"] = Value::number(static_cast<double>(offsets_.size()));
  facts["ignored"] = Value::number(ignored_);
  if (ignored_ > 0) facts["ignored.why"] = Value::text(ignored_why_);
  if (answered()) seen.read.insert("kiss");
  if (!kiss_.empty()) facts["kiss"] = Value::text(kiss_);
  if (!best_) return;
  const wire::NtpAnswer& answer = best_->answer;
  const auto [least, most] = std::ranges::minmax(offsets_);
  facts["synchronized"] = Value::boolean(answer.synchronized());
  if (answer.synchronized()) {  // a clock that is not set tells no time
    facts["offset"] = Value::number(rounded(best_->sample.offset));
    facts["offset.spread"] = Value::number(rounded(most - least));
  }
  facts["delay"] = Value::number(rounded(best_->sample.delay));
  facts["stratum"] = Value::number(answer.stratum);
  facts["leap"] =
      Value::text(std::string(wire::kNtpLeaps[static_cast<std::size_t>(answer.leap)]), Kind::choice);
  facts["version"] = Value::number(answer.version);
  facts["precision"] = Value::number(answer.precision);
  facts["root.delay"] = Value::number(rounded(answer.root_delay));
  facts["root.dispersion"] = Value::number(rounded(answer.root_dispersion));
  if (!answer.reference.empty()) facts["refid"] = Value::text(answer.reference);
  if (answer.set_at) facts["set-ago"] = Value::number(rounded(answer.sent - *answer.set_at));
  seen.summary = summary();
}

std::string NtpLook::summary() const {
  const wire::NtpAnswer& answer = best_->answer;
  std::string out =
      answer.synchronized() ? show_offset(best_->sample.offset) : "the server's own clock is not set";
  out += fmt::format(", stratum {}", answer.stratum);
  if (!answer.reference.empty()) out += " (" + answer.reference + ")";
  out += ", round trip " + show_seconds(best_->sample.delay);
  if (offsets_.size() < asked_.size())
    out += fmt::format(", {} of {} answered", offsets_.size(), asked_.size());
  return out;
}

}  // namespace aztriage::probe
