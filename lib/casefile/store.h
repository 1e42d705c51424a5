#pragma once

#include "casefile/record.h"

#include <filesystem>
#include <string>
#include <vector>

namespace aztriage::casefile {

/// Where cases lie: `$XDG_STATE_HOME/aztriage/cases`, or `~/.local/state/aztriage/cases`.
Result<std::filesystem::path> cases_folder();
Result<void> make_folder(const std::filesystem::path& folder);
std::filesystem::path path_of(const std::filesystem::path& folder, const std::string& id);

/// Four characters, the first a digit, none of them easily taken for another; longer after many tries.
std::string new_id(int tries);
bool is_id(std::string_view text);

/// Every case, newest first. A file that is no case is named in `warnings`.
std::vector<Summary> list_cases(const std::filesystem::path& folder, std::vector<std::string>& warnings);

/// What the first lines of the last written cases say, quickly, for TAB: no verdicts.
std::vector<Summary> newest_cases(const std::filesystem::path& folder, std::size_t most = 40);

/// The id that a word stands for: itself, or the only one that begins with it; empty: the newest. Otherwise
/// an error with the nearest.
Result<std::string> find_case(const std::filesystem::path& folder, const std::string& word);

Result<std::string> read_text(const std::filesystem::path& folder, const std::string& id);

/// Puts a checked text there under its own id, or another one when that is taken by another text. The bytes
/// stay the same. `there`: exactly this case was there already.
struct Imported {
  std::string id;
  bool there = false;
};
Result<Imported> import_text(const std::filesystem::path& folder, const std::string& id,
                             const std::string& text);

/// Refuses while a process has it open.
Result<void> delete_case(const std::filesystem::path& folder, const std::string& id);

}  // namespace aztriage::casefile
