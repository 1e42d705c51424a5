#include "probe/tls_look.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>

namespace aztriage::probe {

using fact::Failure;
using fact::FailureKind;

namespace {

constexpr Milliseconds kAwaitRefusal{400};

}  // namespace

TlsLook::TlsLook(net::Net& net, TlsPlan plan, Milliseconds timeout, std::function<void()> done)
    : net_(net),
      plan_(std::move(plan)),
      end_(system_clock().steady() + timeout),
      done_(std::move(done)),
      starttls_(plan_.starttls) {
  plan_.options.await_refusal = std::min(kAwaitRefusal, timeout / 4);
  connecting_ =
      net::connect(net_, plan_.target, timeout, [this](net::Connection c) { connected(std::move(c)); });
}

TlsLook::~TlsLook() {
  rest();
}

Milliseconds TlsLook::left() const {
  const auto left = std::chrono::ceil<Milliseconds>(end_ - system_clock().steady());
  return std::max(left, Milliseconds(1));
}

void TlsLook::connected(net::Connection connection) {
  seen_.connection = std::move(connection);
  if (seen_.connection.failure) return finish(seen_.connection.failure);
  seen_.connected = true;
  if (plan_.starttls == wire::StartTlsProtocol::none) return shake();
  timer_ = net_.at(end_, [this] {
    finish(Failure{"starttls", FailureKind::tls_timeout, "the server did not get as far as TLS in time"});
  });
  talk();
}

void TlsLook::talk() {
  watch_ = net_.watch(seen_.connection.socket.fd(), net::Net::readable, [this](unsigned) { hear(); });
  take(starttls_.begin());
}

void TlsLook::hear() {
  char buffer[4096];
  const ssize_t got = recv(seen_.connection.socket.fd(), buffer, sizeof buffer, 0);
  if (got > 0) {
    take(starttls_.feed({buffer, static_cast<std::size_t>(got)}));
  } else if (got == 0) {
    finish(Failure{"starttls", FailureKind::tcp_closed, "the server closed the connection before TLS"});
  } else if (errno != EAGAIN && errno != EINTR) {
    finish(Failure{"starttls", net::failure_of_errno(errno), std::strerror(errno), net::error_name(errno)});
  }
}

/// The talk is a few short lines, so a socket that does not take them is broken.
void TlsLook::take(wire::StartTls::Step step) {
  if (!step.send.empty()) {
    const ssize_t sent = send(seen_.connection.socket.fd(), step.send.data(), step.send.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(step.send.size())) {
      finish(Failure{"starttls", sent < 0 ? net::failure_of_errno(errno) : FailureKind::tcp_closed,
                     sent < 0 ? std::strerror(errno) : "the connection takes no data",
                     sent < 0 ? net::error_name(errno) : ""});
      return;
    }
  }
  if (step.refused) {
    const FailureKind kind = step.strange ? FailureKind::protocol_mismatch : FailureKind::tls_not_tls;
    finish(Failure{"starttls", kind, *step.refused});
    return;
  }
  if (step.ready) shake();
}

void TlsLook::shake() {
  rest();
  stream_ = net::TlsStream::start(net_, seen_.connection.socket.fd(), plan_.options, left(),
                                  [this](const net::Handshake& handshake) {
                                    seen_.handshake = handshake;
                                    finish(handshake.failure);
                                  });
}

void TlsLook::finish(std::optional<Failure> failure) {
  rest();
  seen_.failure = std::move(failure);
  finished_ = true;
  stream_.reset();
  seen_.connection.socket = net::Socket();
  const auto done = std::move(done_);
  done_ = nullptr;
  if (done) done();
}

void TlsLook::stop(FailureKind kind) {
  done_ = nullptr;
  if (finished_) return;
  if (stream_) {
    seen_.handshake = stream_->stop(kind);
    finish(seen_.handshake->failure);
  } else if (seen_.connection.socket) {
    finish(Failure{"starttls", kind, std::string(fact::failure_meaning(kind))});
  } else {
    seen_.connection = connecting_->stop(kind);
    finish(seen_.connection.failure);
  }
}

void TlsLook::rest() {
  net_.unwatch(watch_);
  net_.cancel(timer_);
}

}  // namespace aztriage::probe
