#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aztriage::decode {

/// Names and values of a PowerShell list (`Name : value`), of YAML's top level, and of the first row of a
/// table whose head is underlined with dashes (`az -o table`, Format-Table). At most 1000.
std::vector<std::pair<std::string, std::string>> labels_of(std::string_view text);

}  // namespace aztriage::decode
