#pragma once

#include "fact/type.h"

#include <array>
#include <cstddef>

namespace aztriage::decode {

/// Several lists of declared facts as one, at compile time: a probe declares its own and those it shares.
template <std::size_t... N>
constexpr auto fact_list(const std::array<fact::FactSpec, N>&... lists) {
  std::array<fact::FactSpec, (N + ... + 0)> all{};
  std::size_t at = 0;
  (
      [&] {
        for (const auto& spec : lists) all[at++] = spec;
      }(),
      ...);
  return all;
}

}  // namespace aztriage::decode
