#include "cli/coverage_view.h"

#include "cli/columns.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace aztriage::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string share(int reached, int all) {
  return std::to_string(reached) + " of " + std::to_string(all);
}

constexpr std::size_t kNumber = 14;

}  // namespace

std::string coverage_text(const std::vector<PlaybookCoverage>& all) {
  std::size_t width = 8;
  for (const auto& one : all) width = std::max(width, one.playbook.size());
  std::string text = padded("playbook", width + 2) + padded("outcomes", kNumber) + padded("causes", kNumber) +
                     padded("cases", 7) + padded("healthy", 9) + "inconclusive\n";
  for (const auto& [id, coverage] : all) {
    const auto outcomes = coverage.outcomes_missing();
    const auto causes = coverage.causes_missing();
    const int reached = coverage.outcomes() - static_cast<int>(outcomes.size());
    const int isolated = coverage.causes() - static_cast<int>(causes.size());
    text += padded(id, width + 2) + padded(share(reached, coverage.outcomes()), kNumber) +
            padded(share(isolated, coverage.causes()), kNumber) +
            padded(std::to_string(coverage.cases()), 7) + padded(std::to_string(coverage.healthy()), 9) +
            std::to_string(coverage.inconclusive()) + "\n";
    for (const auto& one : outcomes)
      text += "  no case reaches outcome '" + one.outcome + "' of step '" + one.step + "'\n";
    for (const auto& cause : causes) text += "  no case isolates cause '" + cause + "'\n";
    if (coverage.healthy() == 0) text += "  no case is healthy\n";
  }
  return text;
}

Json coverage_json(const std::vector<PlaybookCoverage>& all) {
  Json list = Json::array();
  for (const auto& [id, coverage] : all) {
    Json outcomes = Json::array();
    for (const auto& one : coverage.outcomes_missing())
      outcomes.push_back({{"step", one.step}, {"outcome", one.outcome}});
    list.push_back({{"playbook", id},
                    {"cases", coverage.cases()},
                    {"healthy", coverage.healthy()},
                    {"inconclusive", coverage.inconclusive()},
                    {"outcomes", coverage.outcomes()},
                    {"outcomes_missing", std::move(outcomes)},
                    {"causes", coverage.causes()},
                    {"causes_missing", coverage.causes_missing()}});
  }
  return list;
}

}  // namespace aztriage::cli
