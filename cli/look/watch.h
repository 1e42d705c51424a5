#pragma once

#include "cli/look/look.h"
#include "cli/look/series.h"
#include "cli/look/until.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aztriage::cli {

/// Looking again and again.
struct WatchPlan {
  LookPlan looks;
  Milliseconds every{};                // from the start of a look to the start of the next; 0: at once
  std::uint64_t repeat = 0;            // looks at each target; 0: no limit
  std::optional<Milliseconds> length;  // after this no look begins
  Until until;
  bool tell_changes = false;  // a line for each, as it comes
  bool tell_looks = false;    // each observation as one line of JSON
};

struct Watched {
  enum class Ended { repeat, until, length, deadline, interrupted, bad_target };
  Ended ended = Ended::repeat;
  UtcTime started{};
  Milliseconds took{};
  std::vector<Series> series;  // by target
};

/// Until the plan or the user ends it. Memory does not grow with the number of looks.
Watched watch(const WatchPlan& plan, net::Net& net, Console& console);

/// 130 when interrupted. With `--until recovered` or `broken` what the last looks say; with a condition 0
/// when it came and 3 when not; otherwise the worst of all looks.
ExitCode exit_code(const WatchPlan& plan, const Watched& watched);

/// The first look and each change of state, in one line.
std::string change_line(const WatchPlan& plan, std::size_t target, const Series& series,
                        const Console& console);
/// The one line that is redrawn on a terminal.
std::string status_line(const WatchPlan& plan, const Watched& watched, const Console& console);
std::string watched_text(const WatchPlan& plan, const Watched& watched, const Console& console);
std::string watched_json(const WatchPlan& plan, const Watched& watched, bool one_line);

}  // namespace aztriage::cli
