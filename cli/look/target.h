#pragma once

#include "base/result.h"
#include "cli/command.h"
#include "decode/mask.h"
#include "probe/probe.h"

#include <map>
#include <string>
#include <vector>

namespace aztriage::cli {

inline constexpr std::size_t kMostTargets = 500;

/// What one probe looks at.
struct Target {
  std::string text;  // as it was written; empty when the probe needs none
  probe::Params params;
};

/// Values of parameters as people wrote them, and the secrets among them.
struct GivenParams {
  std::map<std::string, std::string> values;
  std::vector<std::string> from_file;  // names whose values came from NAME=@FILE
  std::vector<std::string> on_line;    // secret-only parameters that were written on the command line
  decode::SecretSet secrets;
};

/// The probe of that name, or an error with the nearest.
Result<const probe::ProbeSpec*> find_kind(const std::string& kind);
/// "decode, dns, http, ...": all probes.
const std::string& probe_names();

/// NAME=VALUE pairs of --with. A parameter that takes secrets is read from a file by NAME=@FILE (`@-` is
/// standard input). `option` is how people know the pairs.
Result<GivenParams> given_params(const probe::ProbeSpec& spec, const std::vector<std::string>& pairs,
                                 std::string_view option);

/// The target into the parameter that it means for this probe (url, text, name, host and port, or the first
/// that it must have); what `given` says stands. An empty text is for probes that can do without.
Result<Target> make_target(const probe::ProbeSpec& spec, const std::string& text, const GivenParams& given);
/// True when the probe has a parameter that must be given.
bool needs_target(const probe::ProbeSpec& spec);

/// A warning for secrets that everybody on this machine could read; empty when there are none.
std::string exposed_secrets(const GivenParams& given);

}  // namespace aztriage::cli
