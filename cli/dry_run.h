#pragma once

#include "cli/console.h"
#include "cli/runs.h"

namespace aztriage::cli {

/// Says which hosts, ports and commands a run would touch, and touches none.
ExitCode dry_run(const std::vector<Planned>& runs, const engine::SessionOptions& options,
                 const playbook::Catalog& catalog, Console& console);

}  // namespace aztriage::cli
