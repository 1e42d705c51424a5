#include "probe/probe.h"

#include "base/suggest.h"
#include "base/text.h"

#include <algorithm>

namespace aztriage::probe {
namespace {

const fact::ParamSpec* find_param(const ProbeSpec& spec, std::string_view name) {
  const auto found = std::ranges::find(spec.params, name, &fact::ParamSpec::name);
  return found == spec.params.end() ? nullptr : &*found;
}

/// `headers.NAME` belongs to the map parameter `headers`.
const fact::ParamSpec* find_map(const ProbeSpec& spec, std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos || dot + 1 == name.size()) return nullptr;
  const auto* param = find_param(spec, name.substr(0, dot));
  return param != nullptr && param->map ? param : nullptr;
}

tl::unexpected<Error> unknown_name(const ProbeSpec& spec, const std::string& name) {
  std::vector<std::string> known;
  for (const auto& param : spec.params) known.emplace_back(param.name);
  std::string hint = did_you_mean(name, known);
  if (hint.empty()) hint = "it takes " + text::join(known, ", ");
  return failed("probe '" + std::string(spec.name) + "' has no parameter '" + text::printable(name, 80) + "'",
                std::move(hint));
}

tl::unexpected<Error> wrong_value(const std::string& name, Error error) {
  return failed("parameter '" + name + "': " + error.what, std::move(error.hint));
}

}  // namespace

const fact::Value* Params::find(std::string_view name) const {
  const auto found = values.find(name);
  return found == values.end() ? nullptr : &found->second;
}

std::string Params::text(std::string_view name) const {
  const auto* value = find(name);
  return value == nullptr ? std::string() : fact::to_text(*value);
}

double Params::number(std::string_view name, double otherwise) const {
  const auto* value = find(name);
  return value != nullptr && value->kind() == fact::Kind::number ? value->as_number() : otherwise;
}

bool Params::flag(std::string_view name, bool otherwise) const {
  const auto* value = find(name);
  return value != nullptr && value->kind() == fact::Kind::boolean ? value->as_bool() : otherwise;
}

Result<Params> check_params(const ProbeSpec& spec, const std::map<std::string, std::string>& given) {
  Params params;
  for (const auto& [name, text] : given) {
    const auto* param = find_param(spec, name);
    if (param != nullptr && param->map)
      return failed("parameter '" + name + "' takes names and values", "give each as '" + name + ".NAME'");
    if (param == nullptr) param = find_map(spec, name);
    if (param == nullptr) return unknown_name(spec, name);
    fact::Type type = param->type;
    if (param->list && type.kind != fact::Kind::list) {
      type.item = type.kind;
      type.kind = fact::Kind::list;
    }
    auto value = fact::parse_value(text, type);
    if (!value) return wrong_value(name, value.error());
    params.values.emplace(name, std::move(*value));
  }
  for (const auto& param : spec.params) {
    if (params.find(param.name) != nullptr || param.map) continue;
    if (param.required)
      return failed(
          "probe '" + std::string(spec.name) + "' needs the parameter '" + std::string(param.name) + "'",
          std::string(param.help));
    if (param.default_value.empty()) continue;
    auto value = fact::parse_value(param.default_value, param.type);
    if (!value) return wrong_value(std::string(param.name), value.error());
    params.values.emplace(param.name, std::move(*value));
  }
  return params;
}

}  // namespace aztriage::probe
