#include "cli/waterfall.h"

#include <algorithm>
#include <cmath>

namespace aztriage::cli {

std::vector<Bar> waterfall(const fact::Observation& seen, bool utf8) {
  const auto phases = phases_of(seen);
  double whole = 0;
  for (const auto& phase : phases) whole += phase.seconds;
  std::vector<Bar> bars;
  if (phases.empty() || !(whole > 0)) return bars;
  double begin = 0;
  constexpr auto kWide = static_cast<double>(kBar);
  for (const auto& phase : phases) {
    const auto from = std::min(static_cast<std::size_t>(std::floor(begin / whole * kWide)), kBar - 1);
    begin += phase.seconds;
    const auto to = std::clamp(static_cast<std::size_t>(std::lround(begin / whole * kWide)), from + 1, kBar);
    std::string bar(from, ' ');
    for (std::size_t i = from; i < to; ++i) bar += utf8 ? "\u2588" : "#";
    bars.push_back({std::string(phase.name), bar + std::string(kBar - to, ' '), phase.seconds});
  }
  bars.push_back({"in all", std::string(kBar, ' '), std::max(whole, total_seconds(seen))});
  return bars;
}

}  // namespace aztriage::cli
