#pragma once

#include "base/text.h"

#include <string>
#include <string_view>

namespace aztriage::cli {

/// `text` and as many spaces as fill `width` columns, one at least.
inline std::string padded(std::string_view text, std::size_t width) {
  const std::size_t used = text::width(text);
  return std::string(text) + std::string(used < width ? width - used : 1, ' ');
}

}  // namespace aztriage::cli
