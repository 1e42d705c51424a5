#pragma once

#include "fact/observation.h"

#include <string>
#include <string_view>
#include <vector>

namespace aztriage::report {

/// One part of the time that a look took; the parts follow each other.
struct Phase {
  std::string_view name;  // "dns", "connect", "tls", "first byte", "idle", "body", "answer", "until failure"
  double seconds = 0;
};
/// In the order in which they happened. What the probe did not time is the last one.
std::vector<Phase> phases_of(const fact::Observation& seen);
double total_seconds(const fact::Observation& seen);

/// `9.4 ms`, `35 ms`, `1.25 s`, `4 min 5 s`.
std::string seconds_text(double seconds);

}  // namespace aztriage::report
