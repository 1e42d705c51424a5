#pragma once

#include "base/clock.h"
#include "fact/failure.h"
#include "fact/observation.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace aztriage::probe::wire {

/// The client's side of one connection, as a state machine: the server's bytes go in as they come, in pieces
/// of any size, and what to do comes out. It does no I/O and asks no clock, so that it can be fuzzed; what it
/// keeps is bounded whatever the server says.
class Dialogue {
 public:
  struct Step {
    std::string send = {};                      // to be written now
    bool start_tls = false;                     // then TLS begins; `secured` is called when it is there
    bool done = false;                          // then the connection is closed: all is known
    Milliseconds wait{0};                       // not 0: call `woken` when so much time has passed
    std::optional<fact::Failure> failure = {};  // ends it; without an operation: the one under way
  };

  virtual ~Dialogue() = default;
  /// The connection is there, with TLS already if it has TLS from its first byte.
  virtual Step begin() = 0;
  virtual Step take(std::string_view bytes) = 0;
  /// TLS began where a step asked for it.
  virtual Step secured() { return {}; }
  /// The time of a step's `wait` has passed.
  virtual Step woken() { return {}; }
  /// The server ended its side, or (with `failure`) the connection broke.
  virtual Step closed(const std::optional<fact::Failure>& failure);
  /// What is under way, one of the probe's operations.
  virtual std::string_view operation() const = 0;
  /// Facts, groups that were read, `answered` and the summary, also of a talk that failed half-way.
  virtual void fill(fact::Observation& seen) const = 0;
  /// Bytes after which the driver ends a server that does not stop talking.
  virtual std::size_t most_bytes() const { return std::size_t{1} << 20; }

  /// Seconds since the connection was there; the driver sets it before each call.
  void set_now(double seconds) { now_ = seconds; }
  /// Whether the server may hear secrets: TLS with a certificate without problems, or an address of this
  /// machine or a private network. The driver sets it before each call.
  void set_trusted(bool trusted) { trusted_ = trusted; }

 protected:
  double now() const { return now_; }
  bool trusted() const { return trusted_; }

 private:
  double now_ = 0;
  bool trusted_ = false;
};

/// Steps in short.
Dialogue::Step send(std::string bytes);
Dialogue::Step finished(std::string last_words = {});
Dialogue::Step broken(fact::FailureKind kind, std::string text);

}  // namespace aztriage::probe::wire
