#pragma once

#include "base/result.h"
#include "cli/context.h"
#include "cli/given.h"
#include "engine/session.h"

#include <memory>
#include <string>
#include <vector>

namespace aztriage::cli {

/// One playbook with the inputs of one run, ready to start.
struct Planned {
  playbook::Playbook playbook;
  engine::Inputs inputs;
  std::vector<std::string> missing;  // required inputs without a value
  std::vector<GivenAnswer> answers;
};

/// Everything that the words and options of `run` and `walk` ask for. A mistake in a playbook's file is told
/// in `diagnostics` besides.
Result<std::vector<Planned>> plan_runs(const Options& options, const playbook::Catalog& catalog,
                                       const std::vector<Selection>& selections, std::string& diagnostics);

/// A session of it, with its answers given.
Result<std::unique_ptr<engine::Session>> make_session(const Planned& planned,
                                                      const engine::SessionOptions& options,
                                                      engine::SessionData data, engine::Source& source);

/// "input 'endpoint' is missing" with how to give it.
Error missing_inputs(const Planned& planned);

}  // namespace aztriage::cli
