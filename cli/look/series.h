#pragma once

#include "cli/exit_code.h"
#include "fact/observation.h"

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aztriage::cli {

/// Percentiles of a stream of seconds in bounded memory: exact up to kExact values, after that within 1 % of
/// the value, from a microsecond to a day.
class Percentiles {
 public:
  static constexpr std::size_t kExact = 1000;
  void add(double seconds);
  /// `share` from 0 to 1; the nearest rank. 0 when there is none.
  double at(double share) const;
  std::uint64_t count() const { return count_; }
  double least() const { return least_; }
  double most() const { return most_; }
  double mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }

 private:
  std::vector<double> exact_;           // let go of when there are more
  std::vector<std::uint64_t> buckets_;  // each 2 % wider than the one before
  std::uint64_t count_ = 0;
  double sum_ = 0;
  double least_ = 0;
  double most_ = 0;
};

/// From one state to another; the first look comes from nothing.
struct Change {
  UtcTime at{};
  std::string from;
  std::string to;
};

/// Everything that is kept of the looks at one target, however many there are.
class Series {
 public:
  static constexpr std::size_t kMostChanges = 200;  // the first and the newest
  static constexpr std::size_t kMostStates = 50;    // the rest counts as "other"
  static constexpr std::size_t kMostRecent = 120;

  /// A finished look. True when it changed the state.
  bool add(fact::Observation seen);
  /// One that was cut off by the end of the watch: kept when there is nothing else.
  void add_unfinished(fact::Observation seen);

  std::uint64_t count() const { return count_; }
  std::uint64_t good() const { return good_; }
  std::uint64_t bad() const { return count_ - good_; }
  const std::map<std::string, std::uint64_t>& bad_states() const { return bad_states_; }
  const std::deque<Change>& changes() const { return changes_; }
  std::uint64_t changes_left_out() const { return changes_left_out_; }
  const std::string& state() const { return state_; }
  ExitCode worst() const { return worst_; }
  /// Seconds of each phase of good looks, "total" last.
  const std::vector<std::pair<std::string, Percentiles>>& times() const { return times_; }
  /// The newest looks in their order: seconds, or below 0 for a bad one.
  const std::deque<double>& recent() const { return recent_; }
  const std::optional<fact::Observation>& first_bad() const { return first_bad_; }
  const std::optional<fact::Observation>& last() const { return last_; }

 private:
  void count_state(const std::string& state);
  void add_times(const fact::Observation& seen);
  std::uint64_t count_ = 0;
  std::uint64_t good_ = 0;
  std::map<std::string, std::uint64_t> bad_states_;
  std::deque<Change> changes_;
  std::uint64_t changes_left_out_ = 0;
  std::string state_;
  ExitCode worst_ = ExitCode::ok;
  std::vector<std::pair<std::string, Percentiles>> times_;
  std::deque<double> recent_;
  std::optional<fact::Observation> first_bad_;
  std::optional<fact::Observation> last_;
};

/// One sign a look, the newest `most`: a bar by its time, scaled to the slowest of them, and a cross for a
/// bad one.
std::string sparkline(const std::deque<double>& recent, std::size_t most, bool utf8);

}  // namespace aztriage::cli
