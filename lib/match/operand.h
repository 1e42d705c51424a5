#pragma once

#include "match/test.h"

#include <optional>
#include <string>
#include <vector>

namespace aztriage::match {

/// What a fact is compared with: values that were written, or `${...}` that are looked up each time. Several
/// stand for "one of these"; so does a `${...}` that leads to a list.
class Operand {
 public:
  struct Values {
    std::vector<fact::Value> values;
    bool complete = true;  // false when a `${...}` has no value now
  };
  Values values(const Environment& environment) const;
  void add(fact::Value value) { literals_.push_back(std::move(value)); }
  void add(Template reference, const fact::Type& type) {
    references_.push_back({std::move(reference), type});
  }
  const std::vector<fact::Value>& literals() const { return literals_; }
  bool is_literal() const { return references_.empty(); }
  std::string text() const;
  void collect(std::vector<Resolved>& names) const;

 private:
  struct Open {
    Template reference;
    fact::Type type;
  };
  std::vector<fact::Value> literals_;
  std::vector<Open> references_;
};

}  // namespace aztriage::match
