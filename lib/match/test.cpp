#include "match/test.h"

#include <algorithm>

namespace aztriage::match {
namespace {

struct EmptyEnvironment final : Environment {
  fact::Look value(const Resolved&) const override { return {}; }
};

/// Kinds whose equal values are spelt alike, so that what holds for one spelling holds for the value.
bool one_spelling(fact::Kind kind) {
  return kind == fact::Kind::number || kind == fact::Kind::boolean || kind == fact::Kind::text ||
         kind == fact::Kind::choice;
}

}  // namespace

Truth operator!(Truth truth) {
  if (truth == Truth::unknown) return truth;
  return truth == Truth::yes ? Truth::no : Truth::yes;
}

bool AllOf::add(Truth truth) {
  if (truth != Truth::yes && result_ != Truth::no) result_ = truth;
  return result_ != Truth::no;
}

bool AnyOf::add(Truth truth) {
  if (truth != Truth::no && result_ != Truth::yes) result_ = truth;
  return result_ != Truth::yes;
}

const Environment& empty_environment() {
  static const EmptyEnvironment environment;
  return environment;
}

bool Test::covers(const Test& other) const {
  if (text() == other.text()) return true;
  const std::vector<fact::Value>* values = other.only_values();
  if (values == nullptr || !decided()) return false;
  return std::all_of(values->begin(), values->end(), [&](const fact::Value& value) {
    return one_spelling(value.kind()) && of({value, true}, empty_environment()) == Truth::yes;
  });
}

}  // namespace aztriage::match
