#pragma once

#include "source/diagnostic.h"

#include <cstddef>

namespace aztriage::playbook {

/// Bounds of every YAML file that people give us, aliases counted as what they stand for.
inline constexpr std::size_t kMaxFileBytes = 1024 * 1024;
inline constexpr int kMaxDepth = 32;
inline constexpr std::size_t kMaxNodes = 20'000;
inline constexpr std::size_t kMaxExpandedBytes = 4 * 1024 * 1024;

/// Text -> tree. Never throws, on any bytes. After a mistake that leaves no tree (bad UTF-8, bad YAML, a
/// bound) the node's kind is `missing`; a duplicate key, a tag or a second document is reported and left out.
/// JSON is YAML, so it reads JSON too.
source::Node read_yaml(const source::Source& source, source::Diagnostics& diagnostics);

}  // namespace aztriage::playbook
