#pragma once

#include "cli/console.h"
#include "fact/observation.h"

#include <string>

namespace aztriage::cli {

/// One observation for people: what was learnt first, then why it failed, the certificate chain, where the
/// time went, and the facts. With --verbose bodies and headers too.
std::string probe_text(const fact::Observation& observation, const Console& console);

/// Seconds as people read them: `38 ms`, `1.24 s`.
std::string seconds_text(double seconds);

}  // namespace aztriage::cli
