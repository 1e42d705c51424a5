#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aztriage::net {

/// How this process reaches the network; the same for every probe.
struct Settings {
  std::string proxy;                    // --proxy; empty: the environment's; "none": no proxy at all
  std::string ca_file;                  // --ca-file, trusted besides the system's store
  std::vector<std::string> connect_to;  // HOST:PORT:HOST2:PORT2 as in curl
  std::vector<std::string> resolve;     // HOST:PORT:ADDRESS[,ADDRESS] as in curl
  std::string dns_server;               // IP[:PORT]; empty: the system's
};

class Names;
class Transfers;

/// One loop in one thread, in which everything that waits, waits: our own descriptors and timers, c-ares, and
/// libcurl's multi interface. The work of a turn grows with what is ready, not with what is open. Callbacks
/// may watch, unwatch, cancel and destroy whatever they like.
class Net {
 public:
  /// Fails with a hint when libcurl is missing or is not built on OpenSSL, or when a setting can't be used (a
  /// --ca-file that is a folder, a malformed --connect-to).
  static Result<std::unique_ptr<Net>> create(const Settings& settings);
  virtual ~Net() = default;

  enum Ready : unsigned { readable = 1, writable = 2 };
  using Watch = std::uint64_t;
  using Timer = std::uint64_t;
  /// Calls back whenever `fd` is ready, until `unwatch`, which comes before `fd` is closed. A descriptor can
  /// have several watches. Files and devices that can't be waited for count as ready all the time. A closed
  /// or broken peer counts as everything that was asked for.
  virtual Watch watch(int fd, unsigned ready, std::function<void(unsigned)> call) = 0;
  virtual void unwatch(Watch watch) = 0;
  virtual Timer at(SteadyTime when, std::function<void()> call) = 0;
  virtual void cancel(Timer timer) = 0;
  /// Calls back from the next turn of the loop.
  virtual void soon(std::function<void()> call) = 0;
  /// One turn: waits at most `most` for something to happen, then does all that is due. False when nothing is
  /// watched, timed or under way.
  virtual bool turn(Milliseconds most) = 0;
  /// Ends a `turn` that waits. The only function that may be called from a signal handler or another thread.
  virtual void wake() = 0;
  virtual const Settings& settings() const = 0;
  virtual Names& names() = 0;          // net/names.h
  virtual Transfers& transfers() = 0;  // net/transfer.h
};

}  // namespace aztriage::net
