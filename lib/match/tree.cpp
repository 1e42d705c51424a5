#include "match/tree.h"

#include "base/text.h"
#include "fact/merge.h"

#include <algorithm>

namespace aztriage::match {
namespace {

std::string_view op_name(Tree::Op op) {
  switch (op) {
    case Tree::Op::all:
      return "all";
    case Tree::Op::any:
      return "any";
    case Tree::Op::negate:
      return "not";
    case Tree::Op::leaf:
      return "";
  }
  return "";
}

/// A field that a record lacks is known to be missing, unless the record says which groups it has read.
bool known_missing(const fact::Value::Record& record, std::string_view group) {
  const auto groups = record.find(fact::kReadGroups);
  if (groups == record.end() || group.empty()) return true;
  const auto& read = groups->second.as_list();
  return std::any_of(read.begin(), read.end(), [&](const fact::Value& v) { return v.as_text() == group; });
}

fact::Look look_at_item(const fact::Value& item, const Resolved& subject) {
  if (subject.name.empty()) return {item, true};
  const auto& record = item.as_record();
  const auto found = record.find(subject.name);
  if (found == record.end()) return {std::nullopt, known_missing(record, subject.group)};
  if (subject.part.empty()) return {found->second, true};
  fact::Value part;
  if (!fact::part_of(found->second, subject.part, part)) return {std::nullopt, true};
  return {std::move(part), true};
}

/// Gives a value the type that was declared for it (a header is text until a step says that it is a number).
/// False for a value that is not of that type.
bool coerce(fact::Look& look, const fact::Type& type) {
  if (!look.value || look.value->kind() == type.kind) return true;
  if (type.kind == fact::Kind::list || type.kind == fact::Kind::record) return false;
  std::string text = fact::to_text(*look.value);
  if (type.kind != fact::Kind::boolean && type.kind != fact::Kind::number) {
    look.value = fact::Value::text(std::move(text), type.kind);
    return true;
  }
  auto value = fact::parse_value(text, {.kind = type.kind});
  if (value) look.value = *std::move(value);
  return value.has_value();
}

/// Pairs of nodes that one question may compare. Real conditions take a few dozen.
constexpr int kMostComparisons = 20'000;

class Covering {
 public:
  bool covers(const Tree& wide, const Tree& narrow) {
    if (++compared_ > kMostComparisons) return false;
    if (wide.text == narrow.text) return true;
    if (wide.op == Tree::Op::all)
      return every(wide, [&](const Tree& child) { return covers(child, narrow); });
    if (narrow.op == Tree::Op::any)
      return every(narrow, [&](const Tree& child) { return covers(wide, child); });
    if (wide.op == Tree::Op::any && some(wide, [&](const Tree& child) { return covers(child, narrow); }))
      return true;
    if (narrow.op == Tree::Op::all)
      return some(narrow, [&](const Tree& child) { return covers(wide, child); });
    if (wide.op == Tree::Op::negate) return covers_negated(wide.children[0], narrow);
    return wide.op == Tree::Op::leaf && same_subject(wide, narrow) && wide.test->covers(*narrow.test);
  }

 private:
  template <class F>
  static bool every(const Tree& tree, F f) {
    return std::all_of(tree.children.begin(), tree.children.end(), f);
  }
  template <class F>
  static bool some(const Tree& tree, F f) {
    return std::any_of(tree.children.begin(), tree.children.end(), f);
  }
  static bool same_subject(const Tree& a, const Tree& b) {
    return a.op == Tree::Op::leaf && b.op == Tree::Op::leaf && same_place(a.subject, b.subject);
  }

  /// Whether `inner` is surely no wherever `narrow` is yes. Only for single tests that are never unknown once
  /// there is a value.
  static bool covers_negated(const Tree& inner, const Tree& narrow) {
    if (inner.op != Tree::Op::leaf || !inner.test->decided()) return false;
    if (same_subject(inner, narrow)) {
      const auto* values = narrow.test->only_values();
      return values != nullptr && std::all_of(values->begin(), values->end(), [&](const fact::Value& value) {
               const bool plain = value.kind() == fact::Kind::number || value.kind() == fact::Kind::boolean ||
                                  value.kind() == fact::Kind::text || value.kind() == fact::Kind::choice;
               return plain && inner.test->of({value, true}, empty_environment()) == Truth::no;
             });
    }
    if (narrow.op != Tree::Op::negate || !same_subject(inner, narrow.children[0])) return false;
    const Test& outer = *narrow.children[0].test;
    return outer.decided() && outer.needs_value() && inner.test->needs_value() && outer.covers(*inner.test);
  }

  int compared_ = 0;
};

}  // namespace

Tree make_leaf(Resolved subject, TestPtr test) {
  Tree tree;
  tree.text = name_of(subject) + " " + test->text();
  tree.subject = std::move(subject);
  tree.test = std::move(test);
  return tree;
}

Tree make_group(Tree::Op op, std::vector<Tree> children) {
  if (children.size() == 1 && op != Tree::Op::negate) return std::move(children[0]);
  Tree tree;
  tree.op = op;
  tree.text = std::string(op_name(op)) + "(";
  for (const Tree& child : children) tree.text += (tree.text.back() == '(' ? "" : "; ") + child.text;
  tree.text += ")";
  tree.children = std::move(children);
  return tree;
}

Truth evaluate(const Tree& tree, const Environment& environment, const fact::Value* item) {
  if (tree.op == Tree::Op::leaf) {
    fact::Look look = item == nullptr ? environment.value(tree.subject) : look_at_item(*item, tree.subject);
    if (!coerce(look, tree.subject.type) && !tree.test->takes_any_value()) return Truth::unknown;
    return tree.test->of(look, environment);
  }
  if (tree.op == Tree::Op::negate) return !evaluate(tree.children[0], environment, item);
  if (tree.op == Tree::Op::all) {
    AllOf all;
    for (const Tree& child : tree.children) {
      if (!all.add(evaluate(child, environment, item))) break;
    }
    return all.result();
  }
  AnyOf any;
  for (const Tree& child : tree.children) {
    if (!any.add(evaluate(child, environment, item))) break;
  }
  return any.result();
}

void collect(const Tree& tree, bool subjects, std::vector<Resolved>& names) {
  for (const Tree& child : tree.children) collect(child, subjects, names);
  if (tree.op != Tree::Op::leaf) return;
  if (subjects) names.push_back(tree.subject);
  tree.test->collect(names);
}

bool covers(const Tree& wide, const Tree& narrow) {
  return Covering().covers(wide, narrow);
}

}  // namespace aztriage::match
