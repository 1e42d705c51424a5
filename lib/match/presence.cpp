#include "match/value_tests.h"

#include <fmt/format.h>

namespace aztriage::match {
namespace {

class Exists final : public Test {
 public:
  explicit Exists(bool wanted) : wanted_(wanted) {}

  Truth of(const fact::Look& look, const Environment&) const override {
    if (!look.value && !look.known) return Truth::unknown;
    return truth_of(look.value.has_value() == wanted_);
  }
  std::string text() const override { return wanted_ ? "exists" : "exists not"; }
  void collect(std::vector<Resolved>&) const override {}
  bool needs_value() const override { return wanted_; }
  bool decided() const override { return true; }
  bool takes_any_value() const override { return true; }
  bool covers(const Test& other) const override {
    return Test::covers(other) || (wanted_ && other.needs_value());
  }

 private:
  bool wanted_;
};

/// What is known to be missing has nothing in it.
class Empty final : public Test {
 public:
  explicit Empty(bool wanted) : wanted_(wanted) {}

  Truth of(const fact::Look& look, const Environment&) const override {
    if (!look.value) return look.known ? truth_of(wanted_) : Truth::unknown;
    const bool list = look.value->kind() == fact::Kind::list;
    const bool empty = list ? look.value->as_list().empty() : fact::to_text(*look.value).empty();
    return truth_of(empty == wanted_);
  }
  std::string text() const override { return wanted_ ? "empty" : "empty not"; }
  void collect(std::vector<Resolved>&) const override {}
  bool needs_value() const override { return !wanted_; }
  bool decided() const override { return true; }

 private:
  bool wanted_;
};

std::optional<bool> yes_or_no(const source::Node& node, Compiler& compiler) {
  if (node.kind != source::Node::Kind::scalar) {
    compiler.error(source::Code::P022, node, "true or false has to stand here");
    return std::nullopt;
  }
  auto value = fact::parse_value(node.text, {.kind = fact::Kind::boolean});
  if (value) return value->as_bool();
  compiler.error(source::Code::P022, node, std::move(value.error().what), std::move(value.error().hint));
  return std::nullopt;
}

}  // namespace

TestPtr compile_exists(const source::Node& node, const Resolved&, Compiler& compiler) {
  const auto wanted = yes_or_no(node, compiler);
  return wanted ? std::make_shared<Exists>(*wanted) : nullptr;
}

TestPtr compile_empty(const source::Node& node, const Resolved&, Compiler& compiler) {
  const auto wanted = yes_or_no(node, compiler);
  return wanted ? std::make_shared<Empty>(*wanted) : nullptr;
}

}  // namespace aztriage::match
