#pragma once

#include "fact/observation.h"
#include "report/phases.h"

#include <string>
#include <string_view>
#include <vector>

namespace aztriage::cli {

using report::Phase;
using report::phases_of;
using report::seconds_text;
using report::total_seconds;

/// Where the time went, as lines of at most 80 columns: one bar a phase, each beginning where the one before
/// it ended. Without `utf8` the bars are ASCII. Empty when nothing was timed.
struct Bar {
  std::string name;
  std::string bar;  // kBar columns
  double seconds = 0;
};
inline constexpr std::size_t kBar = 50;
std::vector<Bar> waterfall(const fact::Observation& seen, bool utf8);

}  // namespace aztriage::cli
