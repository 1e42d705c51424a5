#pragma once

#include "playbook/model.h"

#include <optional>
#include <string_view>

namespace aztriage::playbook {

/// always 0.95, usually 0.78, sometimes 0.35, rarely 0.08, never 0.02, or a number from 0 to 1; only with
/// `exact` also certain 0.999 and impossible 0.0002.
std::optional<double> likelihood_of(std::string_view word, bool exact);
/// very-common 30, common 10, occasional 3, rare 1.
double weight_of(Seen seen);

}  // namespace aztriage::playbook
