#pragma once

#include "fact/failure.h"
#include "playbook/model.h"

#include <string>
#include <vector>

namespace aztriage::playbook {

/// An outcome that looks at a kind of failure.
struct FailureUse {
  int step = 0;
  int outcome = 0;
};

/// The outcomes whose conditions ask for this kind and not for every other one, in the order of the file:
/// such a failure makes the condition likelier than no failure does, and some other kind does not.
std::vector<FailureUse> failure_uses(const Playbook& playbook, fact::FailureKind kind);

/// The outcomes of this cause that speak for it: written as likelier under it than otherwise.
std::vector<FailureUse> outcomes_for(const Playbook& playbook, int cause);

}  // namespace aztriage::playbook
