#pragma once

#include "isolation/select.h"

#include <optional>
#include <string_view>

namespace aztriage::isolation {

enum class Symptom { seen, not_seen, not_tested };
enum class Verdict { isolated, healthy, inconclusive, unlisted };
enum class Reason { none, vantage, not_tested, probable, open, deadline };
std::string_view name_of(Symptom s);  // "seen", "not-seen", "not-tested"
std::string_view name_of(Verdict v);  // "isolated", ...
std::string_view name_of(Reason r);   // "vantage", ...; empty for none

/// How far the isolation has come: is there a cause, is asking still worth it? While it has not ended the
/// verdict is what it would be if it ended here.
struct State {
  bool ended = false;  // isolated, unlisted, or no step worth its seconds
  Verdict verdict = Verdict::inconclusive;
  Reason reason = Reason::open;
  int cause = -1;  // the isolated or probable one
  double probability =
      0;  // of that cause, of the unlisted when the verdict says so, else of the likeliest listed
  std::optional<Choice> next;  // the best step left, also when it is not worth its seconds
};
State judge(const Problem& problem, const Known& known, const std::vector<bool>& allowed);

}  // namespace aztriage::isolation
