#include "match/operand.h"

#include <fmt/format.h>

namespace aztriage::match {
namespace {

/// One text for one value: quoted, so that no two values run into each other.
std::string canonical(const fact::Value& value) {
  if (value.kind() == fact::Kind::number) return fmt::format("{}", value.as_number());
  return fmt::format("{}:{:?}", fact::kind_name(value.kind()), fact::to_text(value));
}

std::string canonical(const Template& reference) {
  std::string text;
  for (const auto& piece : reference.pieces()) {
    text +=
        piece.reference ? "${" + name_of(piece.reference->target) + "}" : fmt::format("{:?}", piece.literal);
  }
  return text;
}

}  // namespace

Operand::Values Operand::values(const Environment& environment) const {
  Values out{literals_, true};
  for (const Open& open : references_) {
    if (const Reference* sole = open.reference.sole_reference()) {
      fact::Look look = environment.value(sole->target);
      if (!look.value) {
        out.complete = false;
      } else if (look.value->kind() == fact::Kind::list) {
        const auto& items = look.value->as_list();
        out.values.insert(out.values.end(), items.begin(), items.end());
      } else {
        out.values.push_back(*std::move(look.value));
      }
      continue;
    }
    const auto filled = open.reference.fill(environment);
    const bool usable = !filled.missing && !filled.left_out;
    auto value = usable ? fact::parse_value(filled.text, open.type) : failed("not known");
    if (value) {
      out.values.push_back(*std::move(value));
    } else {
      out.complete = false;
    }
  }
  return out;
}

std::string Operand::text() const {
  std::string text = "[";
  for (const auto& value : literals_) text += canonical(value) + ",";
  for (const Open& open : references_) text += canonical(open.reference) + ",";
  return text + "]";
}

void Operand::collect(std::vector<Resolved>& names) const {
  for (const Open& open : references_) {
    for (const Reference* reference : open.reference.references()) names.push_back(reference->target);
  }
}

}  // namespace aztriage::match
