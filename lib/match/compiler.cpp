#include "match/compiler.h"

#include "base/suggest.h"
#include "base/text.h"
#include "match/registry.h"
#include "match/value_tests.h"

#include <fmt/format.h>

namespace aztriage::match {
namespace {

using source::Code;
using source::Node;

constexpr int kMostLevels = 16;

std::optional<Tree::Op> group_op(std::string_view key) {
  if (key == "all") return Tree::Op::all;
  if (key == "any") return Tree::Op::any;
  if (key == "not") return Tree::Op::negate;
  return std::nullopt;
}

std::string shown(std::string_view s) {
  return "'" + text::printable(s, 80) + "'";
}

/// The item of a list, as its tests see it.
std::string subject_name(const Resolved& subject) {
  return subject.name.empty() ? "an item of the list" : shown(name_of(subject));
}

std::string parts_hint(const Scope& scope, std::string_view name) {
  for (std::size_t dot = name.rfind('.'); dot != std::string_view::npos && dot > 0;
       dot = name.rfind('.', dot - 1)) {
    const auto whole = scope.resolve(name.substr(0, dot), true);
    if (!whole || !whole->part.empty()) continue;
    switch (whole->type.kind) {
      case fact::Kind::url:
        return "a url has the parts scheme, host, port, path and query.NAME";
      case fact::Kind::host:
        return "a host has the parts label and parent";
      case fact::Kind::endpoint:
        return "an endpoint has the parts host and port";
      default:
        return {};
    }
  }
  return {};
}

}  // namespace

void Compiler::error(Code code, const Node& node, std::string message, std::string hint) {
  error(code, node.span, std::move(message), std::move(hint));
}

void Compiler::error(Code code, source::Span span, std::string message, std::string hint) {
  diagnostics_.error(code, span, std::move(message),
                     hint.empty() ? std::vector<std::string>{} : std::vector{std::move(hint)});
}

/// One level of nesting, left when it goes out of scope.
class Compiler::Level {
 public:
  Level(Compiler& compiler, const Node& node) : compiler_(compiler), fits_(++compiler.depth_ <= kMostLevels) {
    if (!fits_) compiler.error(Code::P025, node, "condition is nested more than 16 levels deep");
  }
  ~Level() { --compiler_.depth_; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;
  bool fits() const { return fits_; }

 private:
  Compiler& compiler_;
  bool fits_;
};

std::optional<Tree> Compiler::condition(const Node& node, const Resolved* item) {
  const Level level(*this, node);
  if (!level.fits()) return std::nullopt;
  if (node.kind == Node::Kind::missing || (node.kind == Node::Kind::map && node.entries.empty())) {
    error(Code::P024, node, "a condition without a test", "write 'fact: test'");
    return std::nullopt;
  }
  if (node.kind != Node::Kind::map) {
    error(Code::P013, node, "a condition is a map of facts", "write 'fact: test'");
    return std::nullopt;
  }
  std::vector<Tree> children;
  bool good = true;
  for (const Node::Entry& entry : node.entries) {
    auto child = clause(entry, item);
    good = good && child;
    if (child) children.push_back(*std::move(child));
  }
  if (!good) return std::nullopt;
  return make_group(Tree::Op::all, std::move(children));
}

std::optional<Tree> Compiler::clause(const Node::Entry& entry, const Resolved* item) {
  if (const auto op = group_op(entry.key)) return group(*op, entry, nullptr, item);
  const auto subject =
      item == nullptr ? scope_.resolve(entry.key, true) : resolve_field(scope_, *item, entry.key);
  if (subject) return tests(entry.value, *subject);
  const auto known = item == nullptr ? scope_.known_names(true) : known_fields(scope_, *item);
  std::string hint = item == nullptr ? parts_hint(scope_, entry.key) : std::string{};
  if (hint.empty()) hint = did_you_mean(entry.key, known);
  if (hint.empty() && find_test(entry.key) != nullptr)
    hint = "name the fact first: 'fact: {" + entry.key + ": ...}'";
  const std::string what = item == nullptr ? "unknown fact " : "unknown field ";
  error(Code::P020, entry.key_span, what + shown(entry.key), std::move(hint));
  return std::nullopt;
}

std::optional<Tree> Compiler::group(Tree::Op op, const Node::Entry& entry, const Resolved* subject,
                                    const Resolved* item) {
  const Node& node = entry.value;
  if (op != Tree::Op::negate) return of_list(op, entry, subject, item);
  auto child = subject != nullptr ? tests(node, *subject) : condition(node, item);
  if (!child) return std::nullopt;
  std::vector<Tree> children;
  children.push_back(*std::move(child));
  return make_group(op, std::move(children));
}

std::optional<Tree> Compiler::of_list(Tree::Op op, const Node::Entry& entry, const Resolved* subject,
                                      const Resolved* item) {
  const Node& list = entry.value;
  if (list.kind == Node::Kind::missing || (list.kind == Node::Kind::list && list.items.empty())) {
    error(Code::P024, entry.key_span, fmt::format("'{}' without a test", entry.key),
          "write a list of tests under it");
    return std::nullopt;
  }
  if (list.kind != Node::Kind::list) {
    error(Code::P013, list, fmt::format("'{}' takes a list", entry.key), "start each test with '- '");
    return std::nullopt;
  }
  std::vector<Tree> children;
  for (const Node& one : list.items) {
    auto child = subject != nullptr ? tests(one, *subject) : condition(one, item);
    if (child) children.push_back(*std::move(child));
  }
  if (children.size() != list.items.size()) return std::nullopt;
  return make_group(op, std::move(children));
}

std::optional<Tree> Compiler::tests(const Node& node, const Resolved& subject) {
  const Level level(*this, node);
  if (!level.fits()) return std::nullopt;
  const bool empty = node.kind == Node::Kind::missing ||
                     (node.kind == Node::Kind::map && node.entries.empty()) ||
                     (node.kind == Node::Kind::list && node.items.empty());
  if (empty) {
    error(Code::P024, node, fmt::format("no test for {}", subject_name(subject)),
          "write the value it must have, or 'exists: true'");
    return std::nullopt;
  }
  if (node.kind != Node::Kind::map) {
    auto test = compile_equal(node, subject, *this);
    if (!test) return std::nullopt;
    return make_leaf(subject, std::move(test));
  }
  if (subject.type.kind == fact::Kind::record) return record(node, subject);
  std::vector<Tree> children;
  for (const Node::Entry& entry : node.entries) {
    const auto op = group_op(entry.key);
    auto child = op ? group(*op, entry, &subject, nullptr) : named_test(entry, subject);
    if (child) children.push_back(*std::move(child));
  }
  if (children.size() != node.entries.size()) return std::nullopt;
  return make_group(Tree::Op::all, std::move(children));
}

std::optional<Tree> Compiler::record(const Node& node, const Resolved& subject) {
  const Node::Entry& first = node.entries[0];
  if (node.entries.size() == 1 && first.key == "exists" && !resolve_field(scope_, subject, first.key)) {
    return named_test(first, subject);
  }
  auto inner = condition(node, &subject);
  if (!inner) return std::nullopt;
  return make_leaf(subject, record_test(*std::move(inner)));
}

std::optional<Tree> Compiler::named_test(const Node::Entry& entry, const Resolved& subject) {
  const TestSpec* spec = find_test(entry.key);
  if (spec == nullptr) {
    error(Code::P021, entry.key_span, fmt::format("unknown test {}", shown(entry.key)),
          hint_for_test(entry.key));
    return std::nullopt;
  }
  if (!spec->fits(subject.type)) {
    const fact::Type& type = subject.type;
    std::string hint;
    if (type.kind == fact::Kind::list) hint = "test its items with 'some' or 'every'";
    if (type.kind == fact::Kind::text && spec->due == "a number") {
      hint = "if it is a number, say so under the step's 'facts'";
    }
    error(Code::P022, entry.key_span,
          fmt::format("'{}' needs {}, but {} is a {}", spec->name, spec->due, subject_name(subject),
                      fact::describe(type)),
          std::move(hint));
    return std::nullopt;
  }
  if (entry.value.kind == Node::Kind::missing) {
    error(Code::P024, entry.key_span, fmt::format("'{}' without a value", spec->name));
    return std::nullopt;
  }
  auto test = spec->compile(entry.value, subject, *this);
  if (!test) return std::nullopt;
  return make_leaf(subject, std::move(test));
}

}  // namespace aztriage::match
