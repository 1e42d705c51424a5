#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aztriage::cli {

/// Breaks a text at spaces so that no line is wider than `columns`, where words allow it; the first line
/// begins with `label`, the others are indented below the text.
std::vector<std::string> wrap(std::string_view label, std::string_view text, std::size_t columns);

}  // namespace aztriage::cli
