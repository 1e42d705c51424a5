#pragma once

#include "net/net.h"

#include <functional>

namespace aztriage::test {

/// Turns the loop until `done`, at most so long; false when it never was.
inline bool turn_until(net::Net& net, const std::function<bool()>& done,
                       Milliseconds most = Milliseconds(20000)) {
  const auto end = Steady::now() + most;
  while (Steady::now() < end) {
    if (done()) return true;
    net.turn(Milliseconds(50));
  }
  return done();
}

}  // namespace aztriage::test
