#pragma once

#include "net/datagram_sizes.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace aztriage::net {

struct SegmentSizes {
  bool connected = false;  // the target takes connections, so their sizes could be tried
  int mss = 0;             // the largest segment that the target takes, as it announced (RFC 9293, 3.7.1)
  int passed = 0;          // the largest packet that passed in each direction that could be tried; 0: none
  int silent = 0;  // the smallest after which nothing comes, while smaller ones pass; 0: there is none
  int told = 0;    // what the system learnt of the path from routers; 0: nothing
  bool sent_silent = false;      // what does not pass is what we send
  bool received_silent = false;  // or what the target sends
  bool received_tried = false;   // the target sent at least one packet of that size
};

/// Finds the largest packet that passes on a TCP connection, in both directions: connections with segments
/// bounded to one size each, on which one segment of that size is sent; whether it is acknowledged, and
/// whether an answer of large segments comes whole, tells whether the size passes. Two connections, the
/// largest and the smallest; only where they differ, one more for each size between.
class SegmentSizer {
 public:
  /// What to send, so that it is of that many bytes and the target has an answer.
  using Payload = std::function<std::string(std::size_t)>;
  /// `largest` is a packet's size. `done` comes from the loop, once; the sizer must not be destroyed in it.
  SegmentSizer(Net& net, const Address& target, int port, int largest, Milliseconds most, Payload payload,
               std::function<void()> done);
  ~SegmentSizer();
  SegmentSizer(const SegmentSizer&) = delete;
  SegmentSizer& operator=(const SegmentSizer&) = delete;
  const SegmentSizes& result() const { return seen_; }

 private:
  struct Shot;
  void open(int size);
  void hear(Shot& shot);
  void connected(Shot& shot);
  void look();
  bool settled(Shot& shot);
  void end_round();
  void judge();
  void finish();

  Net& net_;
  Address target_;
  int port_;
  int largest_;
  Payload payload_;
  std::function<void()> done_;
  SegmentSizes seen_;
  std::vector<std::unique_ptr<Shot>> shots_;
  bool ladder_ = false;
  SteadyTime end_;
  Net::Timer timer_ = 0;
};

}  // namespace aztriage::net
