#pragma once

#include "cli/cases.h"
#include "cli/prompt.h"
#include "engine/source.h"

#include <memory>
#include <optional>

namespace aztriage::cli {

/// The last session of a case, restored and open for more. Only one process can have it.
struct LiveCase {
  OpenCase open;
  OpenPart part;
  std::unique_ptr<engine::Session> session;
  std::unique_ptr<Recording> recording;  // goes before the session
};

/// What a live case is made with; all of it must outlive the case.
struct LiveWorld {
  const Options& options;
  const Library& library;
  engine::SessionData data;
  engine::Source& source;
  Prompt* prompt = nullptr;  // asks for hidden inputs again; nullptr: nobody is asked
  Console& console;
  bool interactive = false;
};

/// Inputs that are hidden come from -s, --inputs and the environment, or are asked for; one without a value
/// is left open.
Result<std::unique_ptr<LiveCase>> open_live(const LiveWorld& world, OpenCase open, OpenPart part);

}  // namespace aztriage::cli
