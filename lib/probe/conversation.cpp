#include "probe/conversation.h"

#include "base/text.h"
#include "probe/address_class.h"
#include "probe/head.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/socket.h>

namespace aztriage::probe {

using fact::Failure;
using fact::FailureKind;

namespace {

constexpr std::size_t kPiece = 16 * 1024;
constexpr Milliseconds kAwaitRefusal{400};

class ConversationProbe : public Running {
 public:
  ConversationProbe(net::Net& net, std::string_view probe, ConversationPlan plan,
                    std::unique_ptr<wire::Dialogue> dialogue, Milliseconds timeout, Done done)
      : net_(net),
        head_(probe, net::join_host_port(plan.target.host, plan.target.port)),
        done_(std::move(done)),
        conversation_(net, std::move(plan), std::move(dialogue), timeout, [this] { tell(); }) {}
  ~ConversationProbe() override { net_.cancel(tell_); }

  fact::Observation stop(FailureKind kind) override {
    done_ = nullptr;
    conversation_.stop(kind);
    return observe();
  }

 private:
  fact::Observation observe() {
    fill_conversation(conversation_, head_.seen);
    return head_.finish();
  }
  /// Not at once: whoever hears it may destroy the conversation, which is still at work.
  void tell() {
    tell_ = net_.at(system_clock().steady(), [this] {
      tell_ = 0;
      const auto done = std::exchange(done_, nullptr);
      if (done) done(observe());
    });
  }

  net::Net& net_;
  Head head_;
  Done done_;
  net::Net::Timer tell_ = 0;
  Conversation conversation_;
};

}  // namespace

Conversation::Conversation(net::Net& net, ConversationPlan plan, std::unique_ptr<wire::Dialogue> dialogue,
                           Milliseconds timeout, std::function<void()> done)
    : net_(net),
      plan_(std::move(plan)),
      dialogue_(std::move(dialogue)),
      end_(system_clock().steady() + timeout),
      done_(std::move(done)) {
  connecting_ =
      net::connect(net_, plan_.target, timeout, [this](net::Connection c) { connected(std::move(c)); });
}

Conversation::~Conversation() {
  rest();
}

std::string_view Conversation::operation() const {
  if (!seen_.connected) return connecting_ ? connecting_->operation() : "connect";
  if (seen_.handshake ? !seen_.handshake->complete : stream_ != nullptr) return "handshake";
  return dialogue_ ? dialogue_->operation() : "handshake";
}

Milliseconds Conversation::left() const {
  return std::max(std::chrono::ceil<Milliseconds>(end_ - system_clock().steady()), Milliseconds(1));
}

void Conversation::tell_state() {
  dialogue_->set_now(std::chrono::duration<double>(system_clock().steady() - open_).count());
  dialogue_->set_trusted(trusted());
}

bool Conversation::trusted() const {
  const net::Connection& connection = seen_.connection;
  if (!stream_) return connection.proxy.empty() && is_private(connection.address.text);
  if (!seen_.handshake || !seen_.handshake->certificate || plan_.tls.check_name.empty()) return false;
  const net::CertificateReport& certificate = *seen_.handshake->certificate;
  return certificate.judged && certificate.problems.empty();
}

void Conversation::connected(net::Connection connection) {
  seen_.connection = std::move(connection);
  if (seen_.connection.failure) return finish(seen_.connection.failure);
  seen_.connected = true;
  open_ = system_clock().steady();
  if (plan_.tls_first) return shake(true);
  talk();
}

void Conversation::shake(bool first) {
  rest();
  plan_.tls.await_refusal = dialogue_ ? Milliseconds(0) : std::min(kAwaitRefusal, left() / 4);
  stream_ = net::TlsStream::start(net_, seen_.connection.socket.fd(), plan_.tls, left(),
                                  [this, first](const net::Handshake& handshake) {
                                    seen_.handshake = handshake;
                                    if (handshake.failure) return finish(handshake.failure);
                                    if (first) return talk();
                                    deadline_ = net_.at(end_, [this] { broke(std::nullopt); });
                                    listen();
                                    tell_state();
                                    take(dialogue_->secured());
                                  });
}

void Conversation::talk() {
  if (!dialogue_) return finish(std::nullopt);
  deadline_ = net_.at(end_, [this] { broke(std::nullopt); });
  listen();
  tell_state();
  take(dialogue_->begin());
}

/// The deadline (without a failure) or a broken connection.
void Conversation::broke(std::optional<Failure> failure) {
  if (last_) return finish(std::nullopt);  // only last words were not taken
  if (!failure) {
    failure = Failure{
        {}, FailureKind::answer_timeout, std::string(fact::failure_meaning(FailureKind::answer_timeout))};
    return finish(std::move(failure));
  }
  tell_state();
  wire::Dialogue::Step step = dialogue_->closed(failure);
  if (step.failure) return finish(std::move(step.failure));
  finish(step.done ? std::nullopt : std::move(failure));
}

void Conversation::listen() {
  const auto hear_some = [this](unsigned) { hear(); };
  if (stream_) {
    stream_->when_ready([this] { hear(); });
    return;
  }
  net_.unwatch(std::exchange(watch_, 0));
  const unsigned ready = net::Net::readable | (queue_.empty() ? 0U : net::Net::writable);
  watch_ = net_.watch(seen_.connection.socket.fd(), ready, hear_some);
}

void Conversation::hear() {
  if (!write()) return;
  if (stream_ && !queue_.empty())
    return;  // TLS waits for one thing at a time, and it is the socket's room now
  if (shake_next_) return;
  std::array<char, kPiece> buffer;
  // A few pieces a turn, so that a server that never stops does not hold up the others.
  for (int pieces = 0; pieces < 4 && !finished_ && !last_; ++pieces) {
    std::size_t bytes = 0;
    if (stream_) {
      auto got = stream_->read(buffer.data(), buffer.size());
      if (got.again) break;
      if (got.closed) got.failure.reset();
      if (got.closed || got.failure) {
        tell_state();
        auto step = dialogue_->closed(got.failure);
        return finish(step.failure ? step.failure : step.done ? std::nullopt : got.failure);
      }
      bytes = got.bytes;
    } else {
      const ssize_t got = recv(seen_.connection.socket.fd(), buffer.data(), buffer.size(), 0);
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) break;
      if (got < 0)
        return broke(Failure{{}, net::failure_of_errno(errno), std::strerror(errno), net::error_name(errno)});
      if (got == 0) {
        tell_state();
        auto step = dialogue_->closed(std::nullopt);
        return finish(std::move(step.failure));
      }
      bytes = static_cast<std::size_t>(got);
    }
    heard_ += bytes;
    if (heard_ > dialogue_->most_bytes()) {
      return finish(Failure{{}, FailureKind::answer_too_large, "the server does not stop talking"});
    }
    tell_state();
    const bool plain = stream_ == nullptr;
    take(dialogue_->take({buffer.data(), bytes}));
    if (plain && (stream_ || shake_next_)) return;  // what follows is TLS
  }
  if (!finished_ && !last_ && stream_) stream_->when_ready([this] { hear(); });
}

void Conversation::take(wire::Dialogue::Step step) {
  if (finished_) return;
  queue_ += step.send;
  if (step.failure) return finish(std::move(step.failure));
  last_ = step.done;
  shake_next_ = step.start_tls;
  if (step.wait.count() > 0) {
    net_.cancel(std::exchange(wake_, 0));
    wake_ = net_.at(system_clock().steady() + step.wait, [this] {
      wake_ = 0;
      tell_state();
      take(dialogue_->woken());
    });
  }
  write();
}

/// Writes what is queued. False when the conversation ended over it.
bool Conversation::write() {
  const bool had = !queue_.empty();
  while (!queue_.empty()) {
    if (stream_) {
      const auto sent = stream_->write(queue_);
      if (sent.failure || sent.closed) {
        broke(sent.failure ? sent.failure
                           : Failure{{}, FailureKind::tcp_closed, "the server closed the connection"});
        return false;
      }
      if (sent.again) {
        stream_->when_ready([this] { hear(); });
        return true;
      }
      queue_.erase(0, sent.bytes);
      continue;
    }
    const ssize_t sent = ::send(seen_.connection.socket.fd(), queue_.data(), queue_.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) {
      listen();
      return true;
    }
    if (sent < 0) {
      broke(Failure{{}, net::failure_of_errno(errno), std::strerror(errno), net::error_name(errno)});
      return false;
    }
    queue_.erase(0, static_cast<std::size_t>(sent));
  }
  if (last_) {
    finish(std::nullopt);
    return false;
  }
  if (shake_next_) {
    shake_next_ = false;
    shake(false);
    return false;
  }
  if (had && !stream_) listen();
  return true;
}

void Conversation::finish(std::optional<Failure> failure) {
  if (finished_) return;
  if (failure && failure->operation.empty()) failure->operation = std::string(operation());
  rest();
  seen_.failure = std::move(failure);
  finished_ = true;
  stream_.reset();
  seen_.connection.socket = net::Socket();
  const auto done = std::move(done_);
  done_ = nullptr;
  if (done) done();
}

void Conversation::stop(FailureKind kind) {
  done_ = nullptr;
  if (finished_) return;
  if (!seen_.connected) {
    seen_.connection = connecting_->stop(kind);
    finish(seen_.connection.failure);
  } else if (stream_ && !seen_.handshake) {
    seen_.handshake = stream_->stop(kind);
    finish(seen_.handshake->failure);
  } else {
    finish(Failure{{}, kind, std::string(fact::failure_meaning(kind))});
  }
}

void Conversation::rest() {
  net_.unwatch(std::exchange(watch_, 0));
  net_.cancel(std::exchange(deadline_, 0));
  net_.cancel(std::exchange(wake_, 0));
}

void fill_conversation(const Conversation& conversation, fact::Observation& seen) {
  const ConversationSeen& heard = conversation.seen();
  fill_connection(heard.connection, "time.connect", seen);
  seen.failure = heard.failure;
  if (heard.connected) {
    seen.facts.insert_or_assign("time.connect", fact::Value::number(heard.connection.connect_seconds));
  }
  if (heard.handshake) net::fill_facts(*heard.handshake, seen);
  if (conversation.dialogue() != nullptr && heard.connected) conversation.dialogue()->fill(seen);
}

std::unique_ptr<Running> start_conversation(net::Net& net, std::string_view probe, ConversationPlan plan,
                                            std::unique_ptr<wire::Dialogue> dialogue, Milliseconds timeout,
                                            Done done) {
  return std::make_unique<ConversationProbe>(net, probe, std::move(plan), std::move(dialogue), timeout,
                                             std::move(done));
}

net::Target target_of(const Params& params) {
  net::Target target;
  target.host = params.text("host");
  target.port = static_cast<int>(params.number("port", 0));
  target.address = params.text("address");
  target.family = family_of(params);
  target.proxy = params.text("proxy");
  return target;
}

Result<net::TlsOptions> tls_options_of(const Params& params, const net::Net& net) {
  net::TlsOptions options;
  const std::string host = params.text("host");
  const std::string sni = params.text("sni");
  const bool none = text::equal_ignoring_case(sni, "none");
  options.server_name = none ? "" : sni.empty() ? host : sni;
  options.check_name = none ? host : options.server_name;
  options.min = net::version_from_name(params.text("min"));
  options.max = net::version_from_name(params.text("max"));
  if (options.min && options.max && *options.min > *options.max) return failed("'min' is newer than 'max'");
  const std::string ca = params.text("ca");
  auto trust = ca.empty() ? net::Trust::system_and(net.settings().ca_file) : net::Trust::only(ca);
  if (!trust) return tl::unexpected(trust.error());
  options.trust = *trust;
  return options;
}

}  // namespace aztriage::probe
