#pragma once

#include "engine/environment.h"

#include <optional>
#include <string>

namespace aztriage::engine {

/// What an observation means for a step.
struct Judged {
  int outcome = -1;  // -1: no outcome matched, so there is no answer
  std::string reason;
};

/// The first outcome whose condition holds. One whose condition is unknown is passed over, and no fine
/// outcome is taken after it: what was not read can't be called fine.
/// `partly`: another tool has looked, which shows less than the step's own probe; then no outcome that
/// catches the rest is taken after an unknown one, either.
Judged judge(const playbook::Step& step, const Environment& environment, bool partly = false);

/// Whether the tool could look at all: its own faults, a deadline and a proxy in the way are no answers of
/// the target. Gives the reason when it could not.
std::optional<std::string> could_not_look(const fact::Observation& observation);

}  // namespace aztriage::engine
