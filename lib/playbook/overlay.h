#pragma once

#include "base/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace aztriage::playbook {

struct OverlayFile {
  std::string family;  // empty for inputs.yaml, which stands in the folder itself
  std::string name;    // without its ending: "5xx-from-edge", "family", "codes", "inputs"
  std::filesystem::path path;
  std::string id() const { return family.empty() ? name : family + "/" + name; }
};

/// inputs.yaml, then the .yaml files exactly one folder below, in order; nothing deeper, so that a circle of
/// links can't matter. Hidden files and folders are left out. A folder that can't be read, or that holds more
/// than anybody writes, is an error.
Result<std::vector<OverlayFile>> scan_overlay(const std::filesystem::path& folder);

}  // namespace aztriage::playbook
