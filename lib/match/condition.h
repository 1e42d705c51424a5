#pragma once

#include "match/reference.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aztriage::match {

/// Unknown is not no: it says that the fact was never read.
enum class Truth { no, yes, unknown };

struct ConditionTree;

/// A `when`, compiled and type-checked at load. Immutable, cheap to copy.
///
/// Missing facts: a test of a fact that was not read is unknown. One that is known to be missing does not
/// hold (no), except that it is `exists: false`, `empty: true` and has a `count` of 0. `every` wants at least
/// one item. `not` of unknown is unknown; `any` with a yes is yes; `all` with a no is no. A `${...}` without
/// a value makes its test unknown.
class Condition {
 public:
  /// Reports every mistake (unknown fact or test, a test that does not fit the type, a bad RE2 expression, an
  /// empty list, too deep) and then returns nothing.
  static std::optional<Condition> compile(const source::Node& when, const Scope& scope,
                                          source::Diagnostics& diagnostics);

  Truth evaluate(const Environment& environment) const;
  /// Facts of other steps, inputs and cloud entries it needs, in order of appearance, without repeats.
  const std::vector<Resolved>& needs() const;
  /// All facts it looks at, the step's own included.
  const std::vector<Resolved>& facts() const;
  /// True when `other` can't be yes where this one is not: used to find outcomes that can't be reached. May
  /// say false when unsure.
  bool covers(const Condition& other) const;

 private:
  std::shared_ptr<const ConditionTree> tree_;
};

}  // namespace aztriage::match
