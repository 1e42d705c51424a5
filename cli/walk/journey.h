#pragma once

#include "cli/prompt.h"
#include "cli/runs.h"
#include "cli/walk/walk.h"
#include "engine/source.h"
#include "playbook/catalog.h"

#include <memory>
#include <string>
#include <vector>

namespace aztriage::cli {

/// What walks are made with; all of it must outlive them.
struct JourneyWorld {
  const Options& options;
  const playbook::Catalog& catalog;
  engine::SessionData data;
  engine::Source& source;
  net::Net& net;
  Prompt& prompt;
  Console& console;
  engine::SessionOptions settings;
};

/// Where a walk was left to go on in another playbook.
struct Left {
  std::unique_ptr<casefile::Writer> writer;  // of its case; nullptr: the next one begins a case
  bool recorded = true;                      // false: there is no case, and none is begun
  std::vector<report::Note> notes;
};

/// Asks for the required inputs that nobody gave; false when the input is over.
bool ask_inputs(Planned& planned, const playbook::Catalog& catalog, const std::string& cloud, Prompt& prompt,
                Console& console);

/// Walks in one playbook after the other, as long as somebody goes on in another, all on one case.
ExitCode walk_on(const JourneyWorld& world, Planned chosen, Left left);
/// The same after a walk that was left for `playbook`; asks for inputs that it does not share.
ExitCode walk_on_in(const JourneyWorld& world, const std::string& playbook, const engine::Session& from,
                    Left left);

}  // namespace aztriage::cli
