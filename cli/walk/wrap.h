#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aztriage::cli {

/// Breaks a text at spaces so that no line is wider than `columns`, where words allow it; the first line
/// begins with `label`, the others are indented below the text.
std::vector<std::string> wrap(std::string_view label, std::string_view text, std::size_t columns);

/// Keys with what they do, set apart by two spaces or more: broken only between them, each line behind a
/// margin.
std::vector<std::string> wrap_keys(std::string_view keys, std::size_t columns);

}  // namespace aztriage::cli
