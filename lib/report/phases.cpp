#include "report/phases.h"

#include <cmath>
#include <optional>

#include <fmt/format.h>

namespace aztriage::report {
namespace {

using fact::Kind;
using fact::Observation;

/// Facts that time a phase, in the order in which phases happen; of two with one name the first counts.
constexpr std::pair<std::string_view, std::string_view> kPhases[] = {
    {"time.dns", "dns"},       {"time.connect", "connect"},       {"connect", "connect"}, {"time.tls", "tls"},
    {"time.handshake", "tls"}, {"time.first-byte", "first byte"}, {"held", "idle"}};

std::optional<double> number(const Observation& seen, std::string_view name) {
  const auto found = seen.facts.find(name);
  if (found == seen.facts.end() || found->second.kind() != Kind::number) return std::nullopt;
  const double value = found->second.as_number();
  return std::isfinite(value) && value >= 0 ? std::optional(value) : std::nullopt;
}

std::string_view name_of_rest(const Observation& seen, const std::vector<Phase>& phases) {
  if (seen.failure) return "until failure";
  const bool answered = !phases.empty() && phases.back().name == "first byte";
  const auto redirects = seen.facts.find("redirects");
  const bool moved = redirects != seen.facts.end() && redirects->second.kind() == Kind::list &&
                     !redirects->second.as_list().empty();
  if (answered && moved) return "redirects";
  return answered ? "body" : phases.empty() ? "in all" : "answer";
}

}  // namespace

double total_seconds(const Observation& seen) {
  return number(seen, "time.total").value_or(static_cast<double>(seen.took.count()) / 1e3);
}

std::vector<Phase> phases_of(const Observation& seen) {
  std::vector<Phase> phases;
  double known = 0;
  for (const auto& [fact_name, name] : kPhases) {
    const auto seconds = number(seen, fact_name);
    if (!seconds || (!phases.empty() && phases.back().name == name)) continue;
    phases.push_back({name, *seconds});
    known += *seconds;
  }
  const double total = total_seconds(seen);
  // `took` counts whole milliseconds, so less than that is no phase of its own, except for a body, which has
  // a total of its own.
  const double least = number(seen, "time.total") ? 0 : known * 0.02 + 0.0015;
  if (!phases.empty() && total - known > least) phases.push_back({name_of_rest(seen, phases), total - known});
  return phases;
}

std::string seconds_text(double seconds) {
  if (seconds < 0.0095) return fmt::format("{:.1f} ms", seconds * 1000);
  if (seconds < 0.9995) return fmt::format("{:.0f} ms", seconds * 1000);
  if (seconds < 120) return fmt::format("{:.2f} s", seconds);
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 7200) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace aztriage::report
