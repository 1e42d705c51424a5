#pragma once

#include "net/icmp_socket.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace aztriage::net {

/// A router, or the target, that answered what was sent with so many hops to live.
struct Hop {
  int number = 0;
  Address address;
  double seconds = 0;
};

struct TraceResult {
  std::vector<Hop> hops;   // those that answered, in order, the target's last
  int asked = 0;           // up to which number
  int reached = 0;         // the number of the target's hop; 0: it did not answer
  double seconds = 0;      // until the target answered
  bool refused = false;    // the target answered that nothing listens there
  std::optional<Hop> end;  // who says that it goes no further
  IcmpError::What why = IcmpError::What::other;
  int error = 0;        // the system's number for why the target was not reached; 0: silence
  std::string limited;  // what the system refuses, or keeps to itself
};

/// The routers on the way to a port of an address: one packet, or connection attempt, for each number of
/// hops, in quick succession until the target answers, without waiting for one another.
class Trace {
 public:
  /// `done` comes from the loop, once; the trace must not be destroyed in it. It takes at most 4 s and the
  /// round trip.
  Trace(Net& net, const Address& target, int port, bool tcp, int most_hops, std::function<void()> done);
  ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;
  TraceResult result() const;

 private:
  struct Runner {
    Socket socket;
    SteadyTime sent;
    Net::Watch watch = 0;
    bool again = false;  // a datagram was sent once more
  };
  void go_on();
  void start(int number);
  void send(Runner& runner);
  void hear(int number);
  bool hear_icmp(int number);
  void hear_tcp(int number);
  void hear_udp(int number);
  void reached(int number);
  void stop(Runner& runner);
  void send_again();
  void settle();
  void end_at(SteadyTime when);

  Net& net_;
  Address target_;
  int port_;
  bool tcp_;
  std::function<void()> done_;
  std::vector<Runner> runners_;  // number 1 at 0
  std::vector<std::optional<Hop>> hops_;
  TraceResult seen_;
  int nameless_ = 0;  // errors that did not say who sent them
  int next_ = 1;
  SteadyTime end_;
  Net::Timer pace_ = 0;
  Net::Timer again_ = 0;
  Net::Timer timer_ = 0;
};

}  // namespace aztriage::net
