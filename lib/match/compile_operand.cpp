#include "base/text.h"
#include "match/compiler.h"

#include <fmt/format.h>

namespace aztriage::match {
namespace {

using fact::Kind;
using source::Code;
using source::Node;

bool is_text(Kind kind) {
  return kind == Kind::text || kind == Kind::choice;
}

bool is_scalar(Kind kind) {
  return kind != Kind::list && kind != Kind::record;
}

/// Whether values of these kinds can be the same at all.
bool comparable(Kind a, Kind b) {
  if (a == b) return true;
  const bool numbers = a == Kind::number || b == Kind::number || a == Kind::boolean || b == Kind::boolean;
  if (numbers || !is_scalar(a) || !is_scalar(b)) return false;
  const auto host_like = [](Kind k) { return k == Kind::host || k == Kind::ip; };
  const auto address_like = [](Kind k) { return k == Kind::network || k == Kind::ip; };
  return is_text(a) || is_text(b) || (host_like(a) && host_like(b)) || (address_like(a) && address_like(b));
}

/// Names on certificates may be patterns; what people look at may not.
Result<fact::Value> literal_value(std::string_view text, const fact::Type& type) {
  if (type.kind != Kind::host || !text.starts_with("*.")) return fact::parse_value(text, type);
  auto rest = fact::parse_value(text.substr(2), type);
  if (!rest) return rest;
  return fact::Value::text(std::string(text), Kind::host);
}

}  // namespace

std::optional<Operand> Compiler::operand(const Node& node, const Resolved& subject, const fact::Type& type,
                                         bool pieces) {
  Operand operand;
  if (node.kind == Node::Kind::scalar) {
    if (!add_value(operand, node, subject, type, pieces)) return std::nullopt;
    return operand;
  }
  if (node.kind != Node::Kind::list) {
    error(Code::P013, node, "a value or a list of values has to stand here");
    return std::nullopt;
  }
  if (node.items.empty()) {
    error(Code::P024, node, "an empty list of values", "write at least one value");
    return std::nullopt;
  }
  bool good = true;
  for (const Node& item : node.items) {
    if (item.kind == Node::Kind::scalar) {
      good = add_value(operand, item, subject, type, pieces) && good;
    } else {
      error(Code::P013, item, "a value has to stand here");
      good = false;
    }
  }
  return good ? std::optional(std::move(operand)) : std::nullopt;
}

bool Compiler::add_value(Operand& operand, const Node& node, const Resolved& subject, const fact::Type& type,
                         bool pieces) {
  if (node.text.find("${") != std::string::npos) return add_reference(operand, node, subject, type, pieces);
  if (pieces && node.text.empty()) {
    error(Code::P024, node, "an empty text is a part of every text", "write what has to be in it");
    return false;
  }
  auto value = literal_value(node.text, pieces ? fact::Type{.kind = Kind::text} : type);
  if (value) {
    operand.add(*std::move(value));
    return true;
  }
  error(Code::P022, node, std::move(value.error().what), std::move(value.error().hint));
  return false;
}

bool Compiler::add_reference(Operand& operand, const Node& node, const Resolved& subject,
                             const fact::Type& type, bool pieces) {
  const int before = diagnostics_.error_count();
  Template reference = Template::parse(node, scope_, /*own=*/true, diagnostics_);
  if (diagnostics_.error_count() > before) return false;
  const Reference* sole = reference.sole_reference();
  for (const Reference* part : reference.references()) {
    const fact::Type& given = part->target.type;
    const Kind kind = given.kind == Kind::list && sole != nullptr ? given.item : given.kind;
    const bool fits = sole == nullptr || pieces ? is_scalar(kind) : comparable(kind, type.kind);
    if (fits) continue;
    error(Code::P022, node,
          fmt::format("'${{{}}}' is a {}, which can't be compared with the {} '{}'", name_of(part->target),
                      fact::describe(given), fact::describe(type), text::printable(name_of(subject), 80)));
    return false;
  }
  operand.add(std::move(reference), pieces ? fact::Type{.kind = Kind::text} : type);
  return true;
}

}  // namespace aztriage::match
