#include "match/compiler.h"

#include <algorithm>

namespace aztriage::match {
namespace {

/// Records that hold whatever the step, its head and its parameters say of one try.
bool is_try(const Resolved& record) {
  const std::string& name = record.name.empty() ? record.group : record.name;
  return record.from == Resolved::From::fact &&
         (name == "tries" || name == "tries.first" || name == "tries.last");
}

const fact::FactSpec* find(std::span<const fact::FactSpec> specs, std::string_view name) {
  const auto found =
      std::find_if(specs.begin(), specs.end(), [&](const auto& spec) { return spec.name == name; });
  return found == specs.end() ? nullptr : &*found;
}

/// The name itself, or a field and a part of it.
std::optional<Resolved> declared_field(std::span<const fact::FactSpec> specs, std::string_view name) {
  Resolved field;
  if (const auto* spec = find(specs, name)) {
    field.name = name;
    field.type = spec->type;
    return field;
  }
  for (std::size_t dot = name.rfind('.'); dot != std::string_view::npos && dot > 0;
       dot = name.rfind('.', dot - 1)) {
    const auto* spec = find(specs, name.substr(0, dot));
    fact::Kind kind{};
    if (spec == nullptr || !fact::part_kind(spec->type.kind, name.substr(dot + 1), kind)) continue;
    field.name = name.substr(0, dot);
    field.part = name.substr(dot + 1);
    field.type.kind = kind;
    return field;
  }
  return std::nullopt;
}

std::string qualified(const Resolved& record, std::string_view name) {
  return record.step.empty() ? std::string(name) : record.step + "." + std::string(name);
}

}  // namespace

std::optional<Resolved> resolve_field(const Scope& scope, const Resolved& record, std::string_view name) {
  if (auto field = declared_field(record.type.fields, name)) return field;
  if (!is_try(record)) return std::nullopt;
  if (auto field = declared_field(fact::try_fields(), name)) return field;
  // The head comes before the group rule: what is missing from it is always known to be missing.
  if (auto field = declared_field(fact::head_facts(), name)) return field;
  if (const auto type = scope.varied(record.step, name)) {
    Resolved field;
    field.name = name;
    field.type = *type;
    return field;
  }
  auto fact = scope.resolve(qualified(record, name), /*own=*/record.step.empty());
  const bool of_step = fact && fact->from == Resolved::From::fact && fact->step == record.step;
  if (!of_step || fact->name.starts_with("tries") || fact->name.starts_with("by.")) return std::nullopt;
  fact->step.clear();
  if (fact->group.empty()) fact->group = fact->name.substr(0, fact->name.find('.'));
  return fact;
}

std::vector<std::string> known_fields(const Scope& scope, const Resolved& record) {
  std::vector<std::string> names;
  for (const auto& spec : record.type.fields) names.emplace_back(spec.name);
  if (!is_try(record)) return names;
  const auto add = [&](std::string name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  };
  for (const auto& spec : fact::try_fields()) add(std::string(spec.name));
  for (const auto& spec : fact::head_facts()) add(std::string(spec.name));
  const std::string prefix = record.step.empty() ? "" : record.step + ".";
  for (std::string& name : scope.known_names(record.step.empty())) {
    if (name.starts_with(prefix)) add(name.substr(prefix.size()));
  }
  return names;
}

}  // namespace aztriage::match
