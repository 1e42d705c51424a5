#pragma once

#include "source/diagnostic.h"

namespace aztriage::playbook {

/// Reports an RE2 expression that is none (the scalar is what people wrote).
bool check_expression(const source::Node& scalar, source::Diagnostics& diagnostics);
/// Capturing groups of a valid expression.
int group_count(std::string_view expression);

}  // namespace aztriage::playbook
