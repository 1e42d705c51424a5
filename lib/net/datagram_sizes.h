#pragma once

#include "net/icmp_socket.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace aztriage::net {

/// The sizes that are told apart, packets with all their headers: what tunnels and clouds are known to let
/// through, from the least that IPv6 asks of a link (RFC 8200, 5) down to what every host takes.
std::vector<int> packet_sizes(int family);

struct DatagramSizes {
  bool answered = false;  // the target answers datagrams, so their sizes could be tried
  int passed = 0;         // the largest that was answered; 0: none
  int silent = 0;         // the smallest that was not, while small ones before and after it were
  int told = 0;           // what a router says would pass; 0: nobody said so
  Address told_by;
};

/// Finds the largest datagram that reaches an address unfragmented, by what comes back: an answer, the
/// target's word that the port is closed, or a router's that the packet is too big (RFC 1191, RFC 8201). A
/// size counts as silent only when small datagrams sent after it are answered, since answers are rationed.
class DatagramSizer {
 public:
  /// Begins with `largest`, a packet's size. `done` comes from the loop, once; the sizer must not be
  /// destroyed in it.
  DatagramSizer(Net& net, const Address& target, int port, int largest, Milliseconds most,
                std::function<void()> done);
  ~DatagramSizer();
  DatagramSizer(const DatagramSizer&) = delete;
  DatagramSizer& operator=(const DatagramSizer&) = delete;
  const DatagramSizes& result() const { return seen_; }

 private:
  struct Shot {
    int size;
    Socket socket;
    Net::Watch watch = 0;
    bool answered = false;
  };
  void begin_round(int size);
  void shoot(int size);
  void hear(std::size_t index);
  void answered(Shot& shot);
  void too_big(const IcmpError& error, int size);
  void end_round();
  void go_on();
  void finish();
  void close_shots();

  Net& net_;
  Address target_;
  int port_;
  std::vector<int> sizes_;
  std::function<void()> done_;
  DatagramSizes seen_;
  std::vector<std::unique_ptr<Shot>> shots_;
  std::vector<Net::Timer> timers_;
  Net::Timer end_ = 0;
  SteadyTime round_;
  int wanted_ = 0;   // the size of this round
  int unclear_ = 0;  // rounds that said nothing
};

}  // namespace aztriage::net
