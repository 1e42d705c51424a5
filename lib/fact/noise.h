#pragma once

#include "fact/type.h"

#include <string>
#include <string_view>

namespace aztriage::fact {

/// A fact that is another one in each look at the same thing: seconds, time left, clocks, ids of requests,
/// values of cookies. `spec` may be nullptr.
bool is_noise(std::string_view name, const FactSpec* spec);

/// Whether two values of a text fact differ only in what is another one in each answer: of bodies and
/// messages GUIDs, times and long numbers, of addresses the values that a login makes up (state, nonce, ...).
bool same_without_noise(std::string_view name, std::string_view a, std::string_view b);

/// A text with everything replaced that is another one in each answer: GUIDs, times, long numbers and
/// hexadecimal ids.
std::string without_noise(std::string_view text);

}  // namespace aztriage::fact
