#include "fact/failure.h"

#include <algorithm>

namespace aztriage::fact {

std::string_view failure_name(FailureKind kind) {
  switch (kind) {
#define AZTRIAGE_FAILURE(id, name, meaning) \
  case FailureKind::id:                     \
    return name;
#include "fact/failure.def"
#undef AZTRIAGE_FAILURE
  }
  return "";
}

std::string_view failure_meaning(FailureKind kind) {
  switch (kind) {
#define AZTRIAGE_FAILURE(id, name, meaning) \
  case FailureKind::id:                     \
    return meaning;
#include "fact/failure.def"
#undef AZTRIAGE_FAILURE
  }
  return "";
}

const std::vector<std::string_view>& failure_names() {
  static const std::vector<std::string_view> names{
#define AZTRIAGE_FAILURE(id, name, meaning) name,
#include "fact/failure.def"
#undef AZTRIAGE_FAILURE
  };
  return names;
}

std::optional<FailureKind> failure_from_name(std::string_view name) {
  // The enumerators count from 0 in the order of the list.
  const auto& names = failure_names();
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) return std::nullopt;
  return static_cast<FailureKind>(at - names.begin());
}

}  // namespace aztriage::fact
