#include "playbook/names.h"

#include "base/text.h"

#include <algorithm>

namespace aztriage::playbook {
namespace {

using fact::FactSpec;
using match::Resolved;

/// More names than this are no help to anybody, and hints must stay cheap in a file made to be slow.
constexpr std::size_t kMostNames = 3000;

/// `headers.*` is an open group, `headers.` its prefix.
bool is_open(std::string_view name) {
  return name.ends_with(".*");
}
std::string_view prefix_of(std::string_view open) {
  return open.substr(0, open.size() - 1);
}

/// Header names have no case; observations have them in lower case.
std::string normal(std::string_view name) {
  const std::string lower = text::lower(name);
  return lower.starts_with("headers.") || lower.starts_with("header-values.") ? lower : std::string(name);
}

/// A value's part, when there is such a part.
std::optional<Resolved> part_of(const fact::Type& type, std::string_view part) {
  fact::Kind kind{};
  if (!fact::part_kind(type.kind, part, kind)) return std::nullopt;
  Resolved resolved;
  resolved.part = part;
  resolved.type = {.kind = kind};
  return resolved;
}

}  // namespace

void StepNames::declare(const DeclaredFact& fact, std::string_view group) {
  own_[normal(fact.name)] = {std::string(group), {.kind = fact.kind}};
}

void StepNames::refine(std::string_view name, const fact::Type& type) {
  if (const auto known = exact(name)) own_[std::string(name)] = {known->group, type};
}

void StepNames::vary(std::string_view param, const fact::Type& type) {
  varied_[std::string(param)] = type;
}

std::optional<fact::Type> StepNames::varied(std::string_view param) const {
  const auto found = varied_.find(param);
  if (found == varied_.end()) return std::nullopt;
  return found->second;
}

std::optional<StepNames::Known> StepNames::exact(std::string_view name) const {
  if (const auto own = own_.find(name); own != own_.end()) return own->second;
  for (const auto& set : sets_) {
    for (const FactSpec& spec : set) {
      if (spec.name == name && !is_open(name)) return Known{std::string(group_of(spec)), spec.type};
    }
  }
  return std::nullopt;
}

std::optional<Resolved> StepNames::with_part(std::string_view name) const {
  for (std::size_t dot = name.rfind('.'); dot != std::string_view::npos && dot > 0;
       dot = name.rfind('.', dot - 1)) {
    const auto known = exact(name.substr(0, dot));
    if (!known) continue;
    auto resolved = part_of(known->type, name.substr(dot + 1));
    if (!resolved) continue;
    resolved->name = name.substr(0, dot);
    resolved->group = known->group;
    return resolved;
  }
  return std::nullopt;
}

std::optional<Resolved> StepNames::member(std::string_view name) const {
  const FactSpec* best = nullptr;
  for (const auto& set : sets_) {
    for (const FactSpec& spec : set) {
      if (!is_open(spec.name)) continue;
      const std::string_view prefix = prefix_of(spec.name);
      if (!name.starts_with(prefix) || name.size() == prefix.size()) continue;
      if (best == nullptr || best->name.size() < spec.name.size()) best = &spec;
    }
  }
  if (best == nullptr) return std::nullopt;
  Resolved resolved;
  resolved.name = name;
  resolved.group = group_of(*best);
  resolved.type = best->type;
  return resolved;
}

std::optional<Resolved> StepNames::find(std::string_view written) const {
  const std::string name = normal(written);
  if (const auto known = exact(name)) {
    Resolved resolved;
    resolved.name = name;
    resolved.group = known->group;
    resolved.type = known->type;
    return resolved;
  }
  if (auto resolved = with_part(name)) return resolved;
  return member(name);
}

std::vector<std::string> StepNames::known() const {
  std::vector<std::string> names;
  for (const auto& [name, known] : own_) names.push_back(name);
  for (const auto& set : sets_) {
    for (const FactSpec& spec : set) {
      names.push_back(is_open(spec.name) ? std::string(prefix_of(spec.name)) + "NAME"
                                         : std::string(spec.name));
    }
  }
  return names;
}

std::vector<std::string> StepNames::first_parts() const {
  std::vector<std::string> parts;
  const auto add = [&](std::string_view name, const fact::Type& type) {
    const std::size_t dot = name.find('.');
    const bool has_parts =
        type.kind == fact::Kind::url || type.kind == fact::Kind::host || type.kind == fact::Kind::endpoint;
    if (dot != std::string_view::npos || has_parts) parts.emplace_back(name.substr(0, dot));
  };
  for (const auto& [name, known] : own_) add(name, known.type);
  for (const auto& set : sets_) {
    for (const FactSpec& spec : set) add(spec.name, spec.type);
  }
  return parts;
}

const StepNames* NameScope::step_named(std::string_view id) const {
  if (id == "vantage" && names_.vantage) return &*names_.vantage;
  const auto found = names_.step_of.find(id);
  return found == names_.step_of.end() ? nullptr : &names_.steps[static_cast<std::size_t>(found->second)];
}

std::optional<Resolved> NameScope::of_step(std::string_view name, bool own) const {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const StepNames* step = step_named(name.substr(0, dot));
  if (step == nullptr) return std::nullopt;
  auto resolved = step->find(name.substr(dot + 1));
  const bool itself = step_ >= 0 && step == &names_.steps[static_cast<std::size_t>(step_)];
  if (resolved && !(own && itself)) resolved->step = step->id();
  return resolved;
}

std::optional<Resolved> NameScope::of_input(std::string_view name) const {
  const std::size_t dot = name.find('.');
  const auto found = names_.inputs.find(name.substr(0, dot));
  if (found == names_.inputs.end()) return std::nullopt;
  Resolved resolved;
  resolved.type = found->second->type;
  if (dot != std::string_view::npos) {
    auto part = part_of(found->second->type, name.substr(dot + 1));
    if (!part) return std::nullopt;
    resolved = *std::move(part);
  }
  resolved.from = Resolved::From::input;
  resolved.name = found->first;
  return resolved;
}

std::optional<Resolved> NameScope::of_cloud(std::string_view name) const {
  constexpr std::string_view kPrefix = "cloud.";
  if (!name.starts_with(kPrefix) || names_.clouds == nullptr) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  for (const auto& [cloud, entries] : names_.clouds->clouds) {
    for (const std::string_view whole : {name, name.substr(0, name.find('.'))}) {
      const auto entry = entries.find(whole);
      if (entry == entries.end()) continue;
      Resolved resolved;
      resolved.type = {.kind = entry->second.kind()};
      if (whole.size() < name.size()) {
        auto part = part_of(resolved.type, name.substr(whole.size() + 1));
        if (!part) continue;
        resolved = *std::move(part);
      }
      resolved.from = Resolved::From::cloud;
      resolved.name = whole;
      return resolved;
    }
  }
  return std::nullopt;
}

std::optional<Resolved> NameScope::resolve(std::string_view name, bool own) const {
  if (facts_ && own && step_ >= 0) {
    if (auto resolved = names_.steps[static_cast<std::size_t>(step_)].find(name)) return resolved;
  }
  if (facts_) {
    if (auto resolved = of_step(name, own)) return resolved;
  }
  if (auto resolved = of_input(name)) return resolved;
  return of_cloud(name);
}

std::vector<std::string> NameScope::known_names(bool own) const {
  std::vector<std::string> names;
  if (facts_ && own && step_ >= 0) names = names_.steps[static_cast<std::size_t>(step_)].known();
  for (const auto& [name, input] : names_.inputs) names.push_back(name);
  if (names_.clouds != nullptr && !names_.clouds->clouds.empty()) {
    for (const auto& [name, value] : names_.clouds->clouds.begin()->second) names.push_back("cloud." + name);
  }
  if (!facts_) return names;
  for (const StepNames& step : names_.steps) {
    if (names.size() > kMostNames) break;
    for (const std::string& fact : step.known()) names.push_back(step.id() + "." + fact);
  }
  return names;
}

std::optional<fact::Type> NameScope::varied(std::string_view step, std::string_view name) const {
  const StepNames* found =
      step.empty() && step_ >= 0 ? &names_.steps[static_cast<std::size_t>(step_)] : step_named(step);
  return found == nullptr ? std::nullopt : found->varied(name);
}

}  // namespace aztriage::playbook
