#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace aztriage::cli {

/// The user's own, $XDG_CONFIG_HOME/aztriage/playbooks, whether it exists or not; empty where nothing says
/// where it would be.
std::filesystem::path user_folder();

/// Folders of playbooks beside the built-in ones, later ones win: the user's own
/// ($XDG_CONFIG_HOME/aztriage/playbooks) when it exists, then `given`.
std::vector<std::filesystem::path> overlay_folders(const std::vector<std::string>& given);

}  // namespace aztriage::cli
