#pragma once

#include "fact/failure.h"

#include <string_view>
#include <vector>

namespace aztriage::fact {

/// What to look at after a failure: a probe with what it tells, or something that no probe sees (then `probe`
/// is empty).
struct NextLook {
  std::string_view probe;
  std::string_view what;
};

/// What people who know Azure's networks think of when they see a failure: the usual causes, the likeliest
/// first, and what tells them apart. A kind of failure without any has empty lists.
struct FailureAdvice {
  std::vector<std::string_view> causes;
  std::vector<NextLook> next;
};
const FailureAdvice& failure_advice(FailureKind kind);

/// The failure that a system's or resolver's own code stands for: ECONNRESET, WSAETIMEDOUT, 10061, NXDOMAIN;
/// case does not matter.
std::optional<FailureKind> failure_of_code(std::string_view code);

}  // namespace aztriage::fact
