#pragma once

#include "match/operand.h"
#include "match/tree.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::match {

/// Turns what people wrote into trees, and reports every mistake on the way. Functions that return nothing
/// have reported why.
class Compiler {
 public:
  Compiler(const Scope& scope, source::Diagnostics& diagnostics) : scope_(scope), diagnostics_(diagnostics) {}

  /// A map of facts; with `item`, of the fields of that record.
  std::optional<Tree> condition(const source::Node& node, const Resolved* item = nullptr);
  /// What one fact must be: a value, a list of values, or a map of tests.
  std::optional<Tree> tests(const source::Node& node, const Resolved& subject);
  /// A value or a list of values of `type`, `${...}` included. With `pieces`, these are parts of texts, which
  /// need not be whole values of the type, but can't be empty.
  std::optional<Operand> operand(const source::Node& node, const Resolved& subject, const fact::Type& type,
                                 bool pieces = false);

  void error(source::Code code, const source::Node& node, std::string message, std::string hint = {});
  void error(source::Code code, source::Span span, std::string message, std::string hint = {});

 private:
  class Level;
  std::optional<Tree> clause(const source::Node::Entry& entry, const Resolved* item);
  std::optional<Tree> group(Tree::Op op, const source::Node::Entry& entry, const Resolved* subject,
                            const Resolved* item);
  std::optional<Tree> of_list(Tree::Op op, const source::Node::Entry& entry, const Resolved* subject,
                              const Resolved* item);
  std::optional<Tree> record(const source::Node& node, const Resolved& subject);
  std::optional<Tree> named_test(const source::Node::Entry& entry, const Resolved& subject);
  bool add_value(Operand& operand, const source::Node& node, const Resolved& subject, const fact::Type& type,
                 bool pieces);
  bool add_reference(Operand& operand, const source::Node& node, const Resolved& subject,
                     const fact::Type& type, bool pieces);

  const Scope& scope_;
  source::Diagnostics& diagnostics_;
  int depth_ = 0;
};

/// A field of a list's record or of a record; nothing when it has none of that name. Of the tries of a step,
/// every fact of the step and every parameter is a field.
std::optional<Resolved> resolve_field(const Scope& scope, const Resolved& record, std::string_view name);
std::vector<std::string> known_fields(const Scope& scope, const Resolved& record);

}  // namespace aztriage::match
