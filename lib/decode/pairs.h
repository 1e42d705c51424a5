#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::decode {

/// Names and values in the order in which they stand.
struct NameValue {
  std::string name;
  std::string value;
};
using Pairs = std::vector<NameValue>;

inline constexpr std::size_t kMostPairs = 200;

/// `a=1&b=2` as it stands, nothing decoded; pieces without `=` are left out.
Pairs query_pairs(std::string_view query);
/// `A=1;B='x;y'` with the quoting of ADO.NET; a quote may be doubled inside. Nothing when a piece has no `=`.
std::optional<Pairs> semicolon_pairs(std::string_view text);

/// The first value of a name, whatever its case, blanks not counting; nothing when it is not there.
std::optional<std::string> value_of(const Pairs& pairs, std::string_view name);
/// Names, in lower case, that stand there more than once.
std::vector<std::string> repeated_names(const Pairs& pairs);

}  // namespace aztriage::decode
