#include "cli/overlays.h"

#include <cstdlib>

namespace aztriage::cli {

std::filesystem::path user_folder() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  // The XDG specification wants relative paths to be ignored.
  if (config != nullptr && *config == '/') return std::filesystem::path(config) / "aztriage/playbooks";
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home != '/') return {};
  return std::filesystem::path(home) / ".config/aztriage/playbooks";
}

std::vector<std::filesystem::path> overlay_folders(const std::vector<std::string>& given) {
  std::vector<std::filesystem::path> folders;
  std::error_code ignored;
  const auto own = user_folder();
  if (!own.empty() && std::filesystem::is_directory(own, ignored)) folders.push_back(own);
  folders.insert(folders.end(), given.begin(), given.end());
  return folders;
}

}  // namespace aztriage::cli
