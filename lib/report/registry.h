#pragma once

#include "report/case_report.h"

namespace aztriage::report {

#define AZTRIAGE_FORMAT(id, name) \
  std::string render_##id(std::span<const engine::RunResult> results, const Style& style);
#include "report/formats.def"
#undef AZTRIAGE_FORMAT

/// A whole case; `run` objects are those of `render_json`.
std::string case_json(const CaseReport& report, Audience audience);

}  // namespace aztriage::report
