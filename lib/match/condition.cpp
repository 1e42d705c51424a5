#include "match/condition.h"

#include "match/compiler.h"

#include <algorithm>

namespace aztriage::match {
namespace {

void add_once(std::vector<Resolved>& names, const Resolved& name) {
  const bool there =
      std::any_of(names.begin(), names.end(), [&](const Resolved& n) { return same_place(n, name); });
  if (!there) names.push_back(name);
}

}  // namespace

std::optional<Condition> Condition::compile(const source::Node& when, const Scope& scope,
                                            source::Diagnostics& diagnostics) {
  const int before = diagnostics.error_count();
  auto root = Compiler(scope, diagnostics).condition(when);
  if (!root || diagnostics.error_count() > before) return std::nullopt;
  auto tree = std::make_shared<ConditionTree>();
  std::vector<Resolved> names;
  collect(*root, /*subjects=*/true, names);
  for (const Resolved& name : names) {
    const bool own = name.from == Resolved::From::fact && name.step.empty();
    if (name.from == Resolved::From::fact) add_once(tree->facts, name);
    if (!own) add_once(tree->needs, name);
  }
  tree->root = *std::move(root);
  Condition condition;
  condition.tree_ = std::move(tree);
  return condition;
}

Truth Condition::evaluate(const Environment& environment) const {
  return match::evaluate(tree_->root, environment, nullptr);
}

const std::vector<Resolved>& Condition::needs() const {
  return tree_->needs;
}
const std::vector<Resolved>& Condition::facts() const {
  return tree_->facts;
}

bool Condition::covers(const Condition& other) const {
  return match::covers(tree_->root, other.tree_->root);
}

}  // namespace aztriage::match
