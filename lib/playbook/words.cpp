#include "playbook/words.h"

#include "fact/value.h"

namespace aztriage::playbook {

std::optional<double> likelihood_of(std::string_view word, bool exact) {
  struct Row {
    std::string_view word;
    double number;
    bool exact;
  };
  static constexpr Row kRows[] = {
      {"always", 0.95, false}, {"usually", 0.78, false}, {"sometimes", 0.35, false},  {"rarely", 0.08, false},
      {"never", 0.02, false},  {"certain", 0.999, true}, {"impossible", 0.0002, true}};
  for (const Row& row : kRows) {
    if (row.word == word) return row.exact && !exact ? std::nullopt : std::optional(row.number);
  }
  const auto number = fact::parse_value(word, {.kind = fact::Kind::number, .least = 0, .most = 1});
  return number ? std::optional(number->as_number()) : std::nullopt;
}

double weight_of(Seen seen) {
  switch (seen) {
    case Seen::very_common:
      return 30;
    case Seen::common:
      return 10;
    case Seen::occasional:
      return 3;
    case Seen::rare:
      return 1;
  }
  return 0;
}

}  // namespace aztriage::playbook
