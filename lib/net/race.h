#pragma once

#include "net/connection.h"

#include <functional>
#include <vector>

namespace aztriage::net {

double seconds_since(SteadyTime begin);

/// Connection attempts to the addresses of one host: one after the other with head starts until the first is
/// connected, or all at once until the last one has ended.
class Race {
 public:
  Race(Net& net, const std::vector<Address>& addresses, int port, bool every, std::function<void()> done);
  ~Race();
  Race(const Race&) = delete;
  Race& operator=(const Race&) = delete;

  /// Those that were started; the ones still under way have no failure and their time so far.
  std::vector<Attempt> attempts() const;
  /// The first that is connected, or null.
  const Attempt* winner() const;
  /// The winner's socket.
  Socket take();

 private:
  struct Runner {
    Attempt attempt;
    Socket socket;
    SteadyTime begin;
    Net::Watch watch = 0;
    bool connected = false;
    bool ended = false;
  };
  void start_next();
  void start(Runner& runner);
  void hear(std::size_t index);
  void end(Runner& runner, int error);
  void settle();

  Net& net_;
  bool every_;
  std::function<void()> done_;
  std::vector<Runner> runners_;
  std::size_t next_ = 0;
  int winner_ = -1;
  Net::Timer timer_ = 0;
  bool settled_ = false;
};

}  // namespace aztriage::net
