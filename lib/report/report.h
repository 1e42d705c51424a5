#pragma once

#include "engine/result.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::report {

/// How a screen is written to; machine formats do not look at it.
struct Style {
  bool color = false;      // only repeats what the words say
  std::size_t width = 80;  // columns; 0: lines are as long as they are
  /// A moment for people; `14:02 UTC` without it.
  std::function<std::string(UtcTime)> time = {};
};

enum class Format {
#define AZTRIAGE_FORMAT(id, name) id,
#include "report/formats.def"
#undef AZTRIAGE_FORMAT
};
std::string_view name_of(Format format);
std::optional<Format> format_from_name(std::string_view name);
/// In the order of the help, for options and completion.
const std::vector<std::string_view>& format_names();

/// The results as one whole document that ends with a new line. What servers and people wrote in them is made
/// safe for the format: a screen gets no control characters, a document stays well-formed.
std::string render(Format format, std::span<const engine::RunResult> results, const Style& style);

}  // namespace aztriage::report
