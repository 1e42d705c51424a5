#include "match/value_tests.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace aztriage::match {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A number between two bounds, each of which may be open.
class Range final : public Test {
 public:
  struct Bound {
    std::optional<Operand> operand;
    bool included = false;
  };
  Range(Bound low, Bound high) : low_(std::move(low)), high_(std::move(high)) {}

  Truth of(const fact::Look& look, const Environment& environment) const override {
    if (!look.value) return without_value(look);
    const double n = look.value->as_number();
    AllOf all;
    if (low_.operand)
      all.add(beyond(low_, environment, [&](double low) { return low < n || (low_.included && low == n); }));
    if (high_.operand) {
      all.add(
          beyond(high_, environment, [&](double high) { return n < high || (high_.included && high == n); }));
    }
    return all.result();
  }
  std::string text() const override {
    return fmt::format("{}{} .. {}{}", low_.included ? "from " : "above ",
                       low_.operand ? low_.operand->text() : "", high_.operand ? high_.operand->text() : "",
                       high_.included ? " included" : "");
  }
  void collect(std::vector<Resolved>& names) const override {
    if (low_.operand) low_.operand->collect(names);
    if (high_.operand) high_.operand->collect(names);
  }
  bool decided() const override {
    return (!low_.operand || low_.operand->is_literal()) && (!high_.operand || high_.operand->is_literal());
  }
  bool covers(const Test& other) const override {
    if (Test::covers(other)) return true;
    const auto* range = dynamic_cast<const Range*>(&other);
    if (range == nullptr || !decided() || !range->decided()) return false;
    const double low = number(low_, -kInfinity), inner_low = number(range->low_, -kInfinity);
    const double high = number(high_, kInfinity), inner_high = number(range->high_, kInfinity);
    const bool below = low < inner_low || (low == inner_low && (low_.included || !range->low_.included));
    const bool above =
        high > inner_high || (high == inner_high && (high_.included || !range->high_.included));
    return below && above;
  }

 private:
  static double number(const Bound& bound, double otherwise) {
    return bound.operand ? bound.operand->literals()[0].as_number() : otherwise;
  }
  template <class F>
  static Truth beyond(const Bound& bound, const Environment& environment, F holds) {
    const auto values = bound.operand->values(environment);
    // A reference may lead to a value that turned out to be no number.
    if (values.values.size() != 1 || values.values[0].kind() != fact::Kind::number) return Truth::unknown;
    return truth_of(holds(values.values[0].as_number()));
  }

  Bound low_, high_;
};

std::optional<Operand> one_number(const source::Node& node, const Resolved& subject, Compiler& compiler) {
  if (node.kind != source::Node::Kind::scalar) {
    compiler.error(source::Code::P022, node, "one number has to stand here");
    return std::nullopt;
  }
  return compiler.operand(node, subject, {.kind = fact::Kind::number});
}

}  // namespace

TestPtr compile_below(const source::Node& node, const Resolved& subject, Compiler& compiler) {
  auto high = one_number(node, subject, compiler);
  if (!high) return nullptr;
  return std::make_shared<Range>(Range::Bound{}, Range::Bound{std::move(high), false});
}

TestPtr compile_above(const source::Node& node, const Resolved& subject, Compiler& compiler) {
  auto low = one_number(node, subject, compiler);
  if (!low) return nullptr;
  return std::make_shared<Range>(Range::Bound{std::move(low), false}, Range::Bound{});
}

TestPtr compile_between(const source::Node& node, const Resolved& subject, Compiler& compiler) {
  if (node.kind != source::Node::Kind::list || node.items.size() != 2) {
    compiler.error(source::Code::P022, node, "'between' takes two numbers", "write 'between: [LOW, HIGH]'");
    return nullptr;
  }
  auto low = one_number(node.items[0], subject, compiler);
  auto high = one_number(node.items[1], subject, compiler);
  if (!low || !high) return nullptr;
  const bool literal = low->is_literal() && high->is_literal();
  if (literal && low->literals()[0].as_number() > high->literals()[0].as_number()) {
    compiler.error(source::Code::P022, node, "the first number of 'between' is larger than the second",
                   "swap the two numbers");
    return nullptr;
  }
  return std::make_shared<Range>(Range::Bound{std::move(low), true}, Range::Bound{std::move(high), true});
}

}  // namespace aztriage::match
