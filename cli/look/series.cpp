#include "cli/look/series.h"

#include "cli/look/look.h"
#include "cli/waterfall.h"

#include <algorithm>
#include <cmath>

namespace aztriage::cli {
namespace {

constexpr double kLeast = 1e-6;
constexpr double kStep = 1.02;
constexpr std::size_t kBuckets = 1273;  // kLeast * kStep^1273 is more than a day

std::size_t bucket_of(double seconds) {
  if (!(seconds > kLeast)) return 0;
  const double index = std::floor(std::log(seconds / kLeast) / std::log(kStep));
  return std::min(static_cast<std::size_t>(index), kBuckets - 1);
}

double middle_of(std::size_t bucket) {
  return kLeast * std::pow(kStep, static_cast<double>(bucket) + 0.5);
}

}  // namespace

void Percentiles::add(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return;
  least_ = count_ == 0 ? seconds : std::min(least_, seconds);
  most_ = count_ == 0 ? seconds : std::max(most_, seconds);
  ++count_;
  sum_ += seconds;
  if (buckets_.empty() && exact_.size() < kExact) {
    exact_.push_back(seconds);
    return;
  }
  if (buckets_.empty()) {
    buckets_.resize(kBuckets);
    for (const double one : exact_) ++buckets_[bucket_of(one)];
    exact_ = {};
  }
  ++buckets_[bucket_of(seconds)];
}

double Percentiles::at(double share) const {
  if (count_ == 0) return 0;
  const double wanted = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_));
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
  if (!exact_.empty()) {
    std::vector<double> sorted = exact_;
    std::sort(sorted.begin(), sorted.end());
    return sorted[rank - 1];
  }
  if (rank == 1) return least_;
  if (rank >= count_) return most_;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= rank) return std::clamp(middle_of(i), least_, most_);
  }
  return most_;
}

void Series::count_state(const std::string& state) {
  const bool room = bad_states_.size() < kMostStates || bad_states_.contains(state);
  ++bad_states_[room ? state : "other"];
}

void Series::add_times(const fact::Observation& seen) {
  const auto place = [&](std::string_view name) -> Percentiles& {
    for (auto& [known, percentiles] : times_) {
      if (known == name) return percentiles;
    }
    // The total stays last.
    const auto at = times_.empty() || times_.back().first != "total" ? times_.end() : times_.end() - 1;
    return times_.insert(at, {std::string(name), {}})->second;
  };
  for (const auto& phase : phases_of(seen)) place(phase.name).add(phase.seconds);
  place("total").add(total_seconds(seen));
}

bool Series::add(fact::Observation seen) {
  const std::string state = state_of(seen);
  const ExitCode code = judge(seen);
  ++count_;
  worst_ = worse(worst_, code);
  if (code == ExitCode::ok) {
    ++good_;
    add_times(seen);
  } else {
    count_state(state);
  }
  recent_.push_back(code == ExitCode::ok ? total_seconds(seen) : -1);
  if (recent_.size() > kMostRecent) recent_.pop_front();
  const bool changed = state != state_;
  if (changed) {
    changes_.push_back({seen.at, state_, state});
    state_ = state;
    if (changes_.size() > kMostChanges) {
      changes_.erase(changes_.begin() + 1);
      ++changes_left_out_;
    }
  }
  if (code != ExitCode::ok && !first_bad_) first_bad_ = seen;
  last_ = std::move(seen);
  return changed;
}

void Series::add_unfinished(fact::Observation seen) {
  if (!last_) last_ = std::move(seen);
}

std::string sparkline(const std::deque<double>& recent, std::size_t most, bool utf8) {
  static constexpr std::string_view kBars[] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                               "\u2585", "\u2586", "\u2587", "\u2588"};
  static constexpr std::string_view kPlain = "._-=+*#@";
  const std::size_t from = recent.size() > most ? recent.size() - most : 0;
  double slowest = 0;
  for (std::size_t i = from; i < recent.size(); ++i) slowest = std::max(slowest, recent[i]);
  std::string line;
  for (std::size_t i = from; i < recent.size(); ++i) {
    if (recent[i] < 0) {
      line += utf8 ? "\u00d7" : "x";
      continue;
    }
    const double share = slowest > 0 ? recent[i] / slowest : 0;
    const auto level = std::min<std::size_t>(7, static_cast<std::size_t>(share * 8));
    if (utf8) {
      line += kBars[level];
    } else {
      line += kPlain[level];
    }
  }
  return line;
}

}  // namespace aztriage::cli
