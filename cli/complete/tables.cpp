#include "cli/complete/tables.h"

#include "base/text.h"
#include "cli/overlays.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace aztriage::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostEntries = 2000;  // TAB must not wait for a huge folder

/// `folder/family/scenario.yaml` is the playbook `family/scenario`; data files of a family are none.
void list_folder(const fs::path& folder, std::vector<std::string>& ids) {
  std::error_code error;
  std::size_t seen = 0;
  for (fs::directory_iterator family(folder, error), end; !error && family != end; family.increment(error)) {
    std::error_code inner;
    if (!family->is_directory(inner) || inner) continue;
    for (fs::directory_iterator file(family->path(), inner); !inner && file != end; file.increment(inner)) {
      if (++seen > kMostEntries) return;
      const fs::path path = file->path();
      const std::string stem = path.stem().string();
      if (path.extension() != ".yaml" || stem == "family" || stem == "codes") continue;
      ids.push_back(text::printable(family->path().filename().string() + "/" + stem));
    }
  }
}

}  // namespace

const playbook::EmbeddedPlaybook* embedded_by_id(std::string_view id) {
  for (const auto& playbook : playbook::embedded_playbooks()) {
    if (playbook.id == id) return &playbook;
  }
  return nullptr;
}

const playbook::EmbeddedPlaybook* embedded_by_name(std::string_view name) {
  if (const playbook::EmbeddedPlaybook* exact = embedded_by_id(name)) return exact;
  const playbook::EmbeddedPlaybook* found = nullptr;
  for (const auto& playbook : playbook::embedded_playbooks()) {
    if (playbook.id.find(name) == playbook.id.npos) continue;
    if (found != nullptr) return nullptr;
    found = &playbook;
  }
  return found;
}

std::vector<std::string> overlay_ids(std::vector<std::string> folders) {
  if (folders.empty()) {
    if (const char* listed = std::getenv("AZTRIAGE_PLAYBOOKS")) {
      for (const auto line : text::split(listed, '\n')) {
        if (!line.empty()) folders.emplace_back(line);
      }
    }
  }
  std::vector<std::string> ids;
  for (const auto& folder : overlay_folders(folders)) list_folder(folder, ids);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace aztriage::cli
