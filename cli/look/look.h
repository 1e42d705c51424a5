#pragma once

#include "cli/console.h"
#include "cli/look/target.h"
#include "fact/observation.h"
#include "net/net.h"

#include <string>
#include <vector>

namespace aztriage::cli {

/// What the observation says of its target: good, bad, or that we could not look.
ExitCode judge(const fact::Observation& seen);
/// The same for people, the same words for the same state: `good`, the kind of failure, `status 503`,
/// `certificate expired`, `token expired`.
std::string state_of(const fact::Observation& seen);

/// What every look of one command shares.
struct LookPlan {
  const probe::ProbeSpec* spec = nullptr;
  std::vector<Target> targets;
  Milliseconds timeout{};
  std::optional<Milliseconds> deadline;
  std::string here;
  decode::SecretSet secrets;
};
LookPlan look_plan(const probe::ProbeSpec& spec, std::vector<Target> targets, const GivenParams& given,
                   const Options& options);

/// `here` filled in and secrets masked: what may be shown.
fact::Observation shown(fact::Observation seen, const LookPlan& plan);

/// All targets together, until they are done, the deadline is over or somebody ends them; in their order.
std::vector<fact::Observation> look_once(const LookPlan& plan, net::Net& net, Console& console);

/// One observation is the document itself, several are listed in it.
std::string looks_json(const std::vector<fact::Observation>& looks);
/// The document of one observation as one line.
std::string look_line(const fact::Observation& look);

}  // namespace aztriage::cli
