#pragma once

#include "fact/type.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace aztriage::probe {

/// A list of declared facts without some, at compile time: for a probe that means something else by them. A
/// name that is not in the list does not compile.
template <std::size_t N, typename... Names>
consteval auto facts_without(const std::array<fact::FactSpec, N>& list, Names... names) {
  std::array<fact::FactSpec, N - sizeof...(names)> rest{};
  std::size_t at = 0;
  for (const auto& spec : list)
    if (((spec.name != std::string_view(names)) && ...)) rest.at(at++) = spec;
  if (at != rest.size()) throw "a name is not in the list";
  return rest;
}

}  // namespace aztriage::probe
