#include "fact/address.h"
#include "match/value_tests.h"

#include <algorithm>

namespace aztriage::match {
namespace {

/// An address in one of these ranges. A host that is a name is in none.
class InNetwork final : public Test {
 public:
  explicit InNetwork(Operand operand) : operand_(std::move(operand)) {}

  Truth of(const fact::Look& look, const Environment& environment) const override {
    if (!look.value) return without_value(look);
    const auto address = fact::parse_address(fact::to_text(*look.value));
    if (!address) return Truth::no;
    const auto ranges = operand_.values(environment);
    AnyOf any;
    if (!ranges.complete) any.add(Truth::unknown);
    for (const fact::Value& range : ranges.values) any.add(holds(fact::to_text(range), *address));
    return any.result();
  }
  std::string text() const override { return "in-network " + operand_.text(); }
  void collect(std::vector<Resolved>& names) const override { operand_.collect(names); }
  bool decided() const override { return operand_.is_literal(); }
  bool covers(const Test& other) const override {
    if (Test::covers(other)) return true;
    const auto* inner = dynamic_cast<const InNetwork*>(&other);
    if (inner == nullptr || !decided() || !inner->decided()) return false;
    const auto& ranges = inner->operand_.literals();
    return std::all_of(ranges.begin(), ranges.end(),
                       [&](const fact::Value& range) { return includes(range); });
  }

 private:
  static Truth holds(const std::string& range, const fact::Address& address) {
    if (const auto network = fact::parse_network(range)) return truth_of(network->contains(address));
    const auto single = fact::parse_address(range);
    return single ? truth_of(*single == address) : Truth::unknown;
  }
  bool includes(const fact::Value& range) const {
    const auto inner = fact::parse_network(range.as_text());
    return inner &&
           std::any_of(operand_.literals().begin(), operand_.literals().end(), [&](const auto& value) {
             const auto outer = fact::parse_network(value.as_text());
             return outer && outer->prefix <= inner->prefix && outer->contains(inner->address);
           });
  }

  Operand operand_;
};

}  // namespace

TestPtr compile_in_network(const source::Node& node, const Resolved& subject, Compiler& compiler) {
  auto operand = compiler.operand(node, subject, {.kind = fact::Kind::network});
  if (!operand) return nullptr;
  return std::make_shared<InNetwork>(*std::move(operand));
}

}  // namespace aztriage::match
