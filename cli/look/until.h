#pragma once

#include "base/result.h"
#include "cli/exit_code.h"
#include "match/condition.h"
#include "probe/probe.h"

#include <optional>
#include <string>
#include <string_view>

namespace aztriage::cli {

/// What ends a watch: `recovered` (every target is good), `broken` or `fails` (some target is bad), or a
/// condition on the probe's facts as a playbook's `when` has it, on one line (every target meets it).
class Until {
 public:
  enum class What { nothing, recovered, broken, condition };
  static constexpr std::string_view kWords[] = {"recovered", "broken", "fails"};

  Until() = default;
  /// The error has the place of the mistake.
  static Result<Until> parse(const std::string& text, const probe::ProbeSpec& spec);

  What what() const { return what_; }
  const std::string& text() const { return text_; }
  /// Of the latest look at one target, which was judged as `code`; a look that could not be had is neither
  /// good nor bad.
  bool holds(const fact::Observation& seen, ExitCode code) const;
  /// One target is enough.
  bool any() const { return what_ == What::broken; }

 private:
  What what_ = What::nothing;
  std::string text_;
  std::optional<match::Condition> condition_;
};

}  // namespace aztriage::cli
