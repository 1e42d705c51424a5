#pragma once

namespace aztriage::cli {

/// The one list of exit codes, decided before anything is rendered.
enum class ExitCode : int {
  ok = 0,        // healthy, or the command did what it was asked
  fault = 1,     // a cause is isolated, or a probe's target is bad
  usage = 2,     // bad usage, bad input, bad playbook
  unsure = 3,    // inconclusive, or a probe that could not run
  internal = 4,  // the tool itself failed
  interrupted = 130
};

/// Of several results the first present of 130 4 2 1 3 0 counts.
constexpr ExitCode worse(ExitCode a, ExitCode b) {
  constexpr ExitCode kOrder[] = {ExitCode::interrupted, ExitCode::internal, ExitCode::usage, ExitCode::fault,
                                 ExitCode::unsure};
  for (const ExitCode code : kOrder) {
    if (a == code || b == code) return code;
  }
  return ExitCode::ok;
}

}  // namespace aztriage::cli
