#pragma once

#include "base/result.h"
#include "decode/pseudonym.h"

#include <filesystem>
#include <string>
#include <vector>

namespace aztriage::casefile {

/// Beside each case lies what its stand-ins stand for, so that they never change; it is never exported.
std::filesystem::path stand_ins_path(const std::filesystem::path& folder, const std::string& id);

/// An absent file is a new table.
Result<decode::Pseudonyms> read_stand_ins(const std::filesystem::path& path,
                                          const std::vector<std::string>& suffixes);
Result<void> write_stand_ins(const std::filesystem::path& path, const decode::Pseudonyms& names);

}  // namespace aztriage::casefile
