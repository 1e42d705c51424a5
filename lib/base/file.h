#pragma once

#include "base/result.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace aztriage {

/// Reads a regular file, or standard input for `-`, of at most `max_bytes`. Folders, devices, too large and
/// unreadable files are errors that name the path.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t max_bytes);
/// Writes beside the target, syncs, then renames over it, so that a reader never sees half a file.
Result<void> write_file(const std::filesystem::path& path, std::string_view text);
/// The same for what others on the machine must not read: the file is 0600. A link is refused, since it may
/// lead anywhere; devices and pipes, such as /dev/stdout, are written to.
Result<void> write_private_file(const std::filesystem::path& path, std::string_view text);

}  // namespace aztriage
