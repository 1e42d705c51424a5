#include "match/registry.h"
#include "match/value_tests.h"

namespace aztriage::match {
namespace {

using fact::Kind;

/// Names in the tests of items; the items' own fields are nobody else's names.
void collect_references(const Tree& tree, std::vector<Resolved>& names) {
  collect(tree, /*subjects=*/false, names);
}

/// A list of which some or every item is as `item_` says. Nothing holds for every item of an empty list: it
/// would be true of anything.
class Items final : public Test {
 public:
  Items(bool every, Tree item) : every_(every), item_(std::move(item)) {}

  Truth of(const fact::Look& look, const Environment& environment) const override {
    if (!look.value) return without_value(look);
    const auto& items = look.value->as_list();
    if (items.empty()) return Truth::no;
    AllOf all;
    AnyOf any;
    for (const fact::Value& item : items) {
      const Truth truth = evaluate(item_, environment, &item);
      if (every_ ? !all.add(truth) : !any.add(truth)) break;
    }
    return every_ ? all.result() : any.result();
  }
  std::string text() const override { return (every_ ? "every (" : "some (") + item_.text + ")"; }
  void collect(std::vector<Resolved>& names) const override { collect_references(item_, names); }
  bool covers(const Test& other) const override {
    const auto* items = dynamic_cast<const Items*>(&other);
    // What holds for every item holds for some, since there is one.
    return Test::covers(other) ||
           (items != nullptr && (items->every_ || !every_) && match::covers(item_, items->item_));
  }

 private:
  bool every_;
  Tree item_;
};

/// The number of items; none when the list is known to be missing.
class Count final : public Test {
 public:
  explicit Count(Tree number) : number_(std::move(number)) {}

  Truth of(const fact::Look& look, const Environment& environment) const override {
    if (!look.value && !look.known) return Truth::unknown;
    const std::size_t items = look.value ? look.value->as_list().size() : 0;
    const auto count = fact::Value::number(static_cast<double>(items));
    return evaluate(number_, environment, &count);
  }
  std::string text() const override { return "count (" + number_.text + ")"; }
  void collect(std::vector<Resolved>& names) const override { collect_references(number_, names); }
  bool needs_value() const override { return false; }
  bool covers(const Test& other) const override {
    const auto* count = dynamic_cast<const Count*>(&other);
    return Test::covers(other) || (count != nullptr && match::covers(number_, count->number_));
  }

 private:
  Tree number_;
};

/// A record whose fields are as `inner_` says.
class Record final : public Test {
 public:
  explicit Record(Tree inner) : inner_(std::move(inner)) {}

  Truth of(const fact::Look& look, const Environment& environment) const override {
    if (!look.value) return without_value(look);
    return evaluate(inner_, environment, &*look.value);
  }
  std::string text() const override { return "record (" + inner_.text + ")"; }
  void collect(std::vector<Resolved>& names) const override { collect_references(inner_, names); }
  bool covers(const Test& other) const override {
    const auto* record = dynamic_cast<const Record*>(&other);
    return Test::covers(other) || (record != nullptr && match::covers(inner_, record->inner_));
  }

 private:
  Tree inner_;
};

/// The item of a list as a subject: no name of its own; the list's name says whose fields it has.
Resolved item_of(const Resolved& list) {
  Resolved item;
  item.step = list.step;
  item.group = list.name;
  item.type = list.type;
  item.type.kind = list.type.item;
  item.type.item = Kind::text;
  return item;
}

TestPtr compile_items(bool every, const source::Node& node, const Resolved& subject, Compiler& compiler) {
  auto item = compiler.tests(node, item_of(subject));
  if (!item) return nullptr;
  return std::make_shared<Items>(every, *std::move(item));
}

}  // namespace

TestPtr compile_some(const source::Node& node, const Resolved& subject, Compiler& compiler) {
  return compile_items(false, node, subject, compiler);
}

TestPtr compile_every(const source::Node& node, const Resolved& subject, Compiler& compiler) {
  return compile_items(true, node, subject, compiler);
}

/// `contains` on a list is `some` with a value or one of several.
TestPtr compile_item(const source::Node& node, const Resolved& subject, Compiler& compiler) {
  const Resolved item = item_of(subject);
  if (node.kind == source::Node::Kind::map || item.type.kind == Kind::record) {
    compiler.error(source::Code::P022, node, "'contains' takes a value of the list",
                   "use 'some' for tests of the items");
    return nullptr;
  }
  auto test = compile_equal(node, item, compiler);
  if (!test) return nullptr;
  return std::make_shared<Items>(false, make_leaf(item, std::move(test)));
}

TestPtr compile_count(const source::Node& node, const Resolved& subject, Compiler& compiler) {
  Resolved number = item_of(subject);
  number.type = {.kind = Kind::number};
  auto test = compiler.tests(node, number);
  if (!test) return nullptr;
  return std::make_shared<Count>(*std::move(test));
}

TestPtr record_test(Tree inner) {
  return std::make_shared<Record>(std::move(inner));
}

}  // namespace aztriage::match
