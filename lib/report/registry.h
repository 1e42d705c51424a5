#pragma once

#include "report/report.h"

namespace aztriage::report {

#define AZTRIAGE_FORMAT(id, name) \
  std::string render_##id(std::span<const engine::RunResult> results, const Style& style);
#include "report/formats.def"
#undef AZTRIAGE_FORMAT

}  // namespace aztriage::report
