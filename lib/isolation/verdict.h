#pragma once

#include <optional>
#include <string_view>

#include "isolation/select.h"

namespace aztriage::isolation {

enum class Symptom { seen, not_seen, not_tested };
enum class Verdict { isolated, healthy, inconclusive, unlisted };
enum class Reason { none, vantage, not_tested, probable, open, deadline };
std::string_view name_of(Symptom s);   // "seen", "not-seen", "not-tested"
std::string_view name_of(Verdict v);
std::string_view name_of(Reason r);

/// How far the isolation has come, by the rules of "Ending": is there a cause, is asking still worth it?
struct State {
  bool ended = false;  // isolated, unlisted, or no step worth its seconds
  Verdict verdict = Verdict::inconclusive;
  Reason reason = Reason::open;
  int cause = -1;      // the isolated or probable one
  double probability = 0;
  std::optional<Choice> next;  // the step that would decide
};
State judge(const Problem& problem, const Known& known, const std::vector<bool>& allowed);

}  // namespace aztriage::isolation
