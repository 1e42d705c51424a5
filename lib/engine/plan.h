#pragma once

#include "base/result.h"
#include "engine/environment.h"
#include "engine/source.h"

#include <string>
#include <variant>
#include <vector>

namespace aztriage::engine {

/// A value of another step or input that is not there (yet).
struct Waits {
  std::string on;  // a step's id, when that step may still tell
};
struct NeedsInput {
  std::string input;
};
/// It can't be looked at, and nothing that may still come changes that.
struct CannotLook {
  std::string reason;
};
template <class Ready>
using Planned = std::variant<Ready, Waits, NeedsInput, CannotLook>;

/// Whether a step has told all it will tell.
using Settled = std::function<bool(const std::string& step)>;

/// The looks of a probe step with all that is known now. `timeout` is what the user asked for, or zero.
Planned<StepPlan> plan_looks(const playbook::Playbook& playbook, const playbook::Step& step,
                             const Environment& environment, const Settled& settled, Milliseconds timeout);

/// The argument vector of a command step.
Planned<std::vector<std::string>> plan_command(const playbook::Step& step, const Environment& environment,
                                               const Settled& settled);

inline constexpr std::size_t kMostLooks = 64;
inline constexpr int kMostRepeats = 50;

}  // namespace aztriage::engine
