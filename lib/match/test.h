#pragma once

#include "match/condition.h"

#include <memory>
#include <string>
#include <vector>

namespace aztriage::match {

Truth operator!(Truth truth);
inline Truth truth_of(bool b) {
  return b ? Truth::yes : Truth::no;
}

/// `all` of nothing is yes, `any` of nothing is no; a sure answer wins over unknown ones.
class AllOf {
 public:
  /// False as soon as the answer can't change any more.
  bool add(Truth truth);
  Truth result() const { return result_; }

 private:
  Truth result_ = Truth::yes;
};
class AnyOf {
 public:
  bool add(Truth truth);
  Truth result() const { return result_; }

 private:
  Truth result_ = Truth::no;
};

/// What one fact must be: one entry of the registry, compiled. Immutable.
class Test {
 public:
  virtual ~Test() = default;
  /// Three-valued, as `Condition` says.
  virtual Truth of(const fact::Look& look, const Environment& environment) const = 0;
  /// The test in its one canonical form: equal texts are equal tests.
  virtual std::string text() const = 0;
  /// Names in its `${...}`.
  virtual void collect(std::vector<Resolved>& names) const = 0;
  /// True when this holds wherever `other` holds, on the same fact. May say false when unsure.
  virtual bool covers(const Test& other) const;
  /// True when it can hold only where there is a value.
  virtual bool needs_value() const { return true; }
  /// The values that alone satisfy it, when these are known at load and few; otherwise nothing.
  virtual const std::vector<fact::Value>* only_values() const { return nullptr; }
  /// True when it asks nothing of the value itself. Others are not asked about a value that is not of its
  /// type.
  virtual bool takes_any_value() const { return false; }
  /// True when it is yes or no for every value of the type, whatever the environment.
  virtual bool decided() const { return false; }
};
using TestPtr = std::shared_ptr<const Test>;

/// The answer for a value that is not there, where the test needs one.
inline Truth without_value(const fact::Look& look) {
  return look.known ? Truth::no : Truth::unknown;
}

/// Knows no value at all.
const Environment& empty_environment();

}  // namespace aztriage::match
