#include "playbook/overlay.h"

#include "base/text.h"

#include <algorithm>
#include <system_error>

namespace aztriage::playbook {
namespace {

namespace fs = std::filesystem;

/// Entries of a folder that are looked at; a folder with more is not one of playbooks.
constexpr std::size_t kMostEntries = 5000;

std::string quoted(const fs::path& path) {
  return "'" + text::printable(path.string(), 300) + "'";
}

Result<std::vector<fs::path>> entries_of(const fs::path& folder) {
  std::error_code ec;
  fs::directory_iterator it(folder, ec);
  if (ec) {
    return failed("cannot read the folder " + quoted(folder) + ": " + text::lower(ec.message()),
                  "--playbooks takes a folder of FAMILY/SCENARIO.yaml files");
  }
  std::vector<fs::path> entries;
  for (; it != fs::directory_iterator(); it.increment(ec)) {
    if (entries.size() == kMostEntries) {
      return failed(
          "the folder " + quoted(folder) + " has more than " + std::to_string(kMostEntries) + " entries",
          "name a folder that holds playbooks only");
    }
    if (!it->path().filename().string().starts_with('.')) entries.push_back(it->path());
    if (ec) return failed("cannot read the folder " + quoted(folder) + ": " + text::lower(ec.message()));
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

}  // namespace

Result<std::vector<OverlayFile>> scan_overlay(const fs::path& folder) {
  const auto families = entries_of(folder);
  if (!families) return tl::unexpected<Error>(families.error());
  std::vector<OverlayFile> files;
  for (const fs::path& family : *families) {
    std::error_code ec;
    if (family.filename() == "inputs.yaml" && fs::is_regular_file(family, ec)) {
      files.push_back({"", "inputs", family});
    }
    if (!fs::is_directory(family, ec)) continue;
    const auto scenarios = entries_of(family);
    if (!scenarios) return tl::unexpected<Error>(scenarios.error());
    for (const fs::path& scenario : *scenarios) {
      if (scenario.extension() != ".yaml" && scenario.extension() != ".yml") continue;
      if (!fs::is_regular_file(scenario, ec)) continue;
      files.push_back({family.filename().string(), scenario.stem().string(), scenario});
      if (files.size() > kMostEntries) {
        return failed(
            "the folder " + quoted(folder) + " has more than " + std::to_string(kMostEntries) + " files",
            "name a folder that holds playbooks only");
      }
    }
  }
  return files;
}

}  // namespace aztriage::playbook
