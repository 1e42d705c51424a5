#include "base/text.h"
#include "match/registry.h"

#include <algorithm>

#include <fmt/format.h>

namespace aztriage::match {
namespace {

/// The value is one of these.
class Equal final : public Test {
 public:
  explicit Equal(Operand operand) : operand_(std::move(operand)) {}

  Truth of(const fact::Look& look, const Environment& environment) const override {
    if (!look.value) return without_value(look);
    const auto wanted = operand_.values(environment);
    if (is_one_of(*look.value, wanted.values)) return Truth::yes;
    return wanted.complete ? Truth::no : Truth::unknown;
  }
  std::string text() const override { return "= " + operand_.text(); }
  void collect(std::vector<Resolved>& names) const override { operand_.collect(names); }
  bool decided() const override { return operand_.is_literal(); }
  const std::vector<fact::Value>* only_values() const override {
    return operand_.is_literal() ? &operand_.literals() : nullptr;
  }
  bool covers(const Test& other) const override {
    if (text() == other.text()) return true;
    const auto* values = other.only_values();
    return values != nullptr && decided() &&
           std::all_of(values->begin(), values->end(),
                       [&](const auto& value) { return is_one_of(value, operand_.literals()); });
  }

 private:
  static bool is_one_of(const fact::Value& value, const std::vector<fact::Value>& wanted) {
    return std::any_of(wanted.begin(), wanted.end(), [&](const fact::Value& w) { return value.same_as(w); });
  }

  Operand operand_;
};

}  // namespace

TestPtr compile_equal(const source::Node& node, const Resolved& subject, Compiler& compiler) {
  const std::string name = text::printable(name_of(subject), 80);
  if (subject.type.kind == fact::Kind::list) {
    const bool scalar = node.kind == source::Node::Kind::scalar;
    const std::string value = scalar ? text::printable(node.text, 40) : "...";
    compiler.error(source::Code::P022, node,
                   fmt::format("'{}' is a list and can't be compared with a value", name),
                   fmt::format("write '{{contains: {}}}', or test its items with 'some' or 'every'", value));
    return nullptr;
  }
  if (subject.type.kind == fact::Kind::record) {
    compiler.error(source::Code::P022, node,
                   fmt::format("'{}' is a record and can't be compared with a value", name),
                   "write a map of its fields");
    return nullptr;
  }
  auto operand = compiler.operand(node, subject, subject.type);
  if (!operand) return nullptr;
  return std::make_shared<Equal>(*std::move(operand));
}

}  // namespace aztriage::match
