#pragma once

#include "engine/coverage.h"

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace aztriage::cli {

/// What the cases of one playbook reached.
struct PlaybookCoverage {
  std::string playbook;
  engine::Coverage coverage;
};

/// A row for each playbook, and below it what no case reached.
std::string coverage_text(const std::vector<PlaybookCoverage>& all);
nlohmann::ordered_json coverage_json(const std::vector<PlaybookCoverage>& all);

}  // namespace aztriage::cli
