#pragma once

#include "base/result.h"
#include "playbook/model.h"

#include <string_view>

namespace aztriage::playbook {

/// Sets the value type that an input type of inputs.yaml stands for; `choices` must be there already.
void set_input_type(Input& input, std::string_view type_name);

/// Reads what a person gave for an input. Beyond its type: a path begins with '/', a resource id with
/// '/subscriptions/', an e-mail address has one '@', and nothing has control characters or is longer than 32
/// KiB.
Result<fact::Value> parse_input(const Input& input, std::string_view text);

/// A value that an input of this type could have, to try a text with.
std::string sample_of(const Input& input);

}  // namespace aztriage::playbook
