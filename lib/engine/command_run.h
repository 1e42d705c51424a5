#pragma once

#include "engine/source.h"
#include "net/net.h"

#include <memory>
#include <string>
#include <vector>

namespace aztriage::engine {

/// Runs an argument vector that `check_read_only` has passed. The observation has the facts `text` (standard
/// output, at most 1 MiB), `errors` (the end of standard error) and `exit`; a command that can't be started
/// or ends with an error fails with `command-failed`. It is ended with its children when `timeout` is over.
std::unique_ptr<Looking> run_command(const std::vector<std::string>& argv, Milliseconds timeout,
                                     const std::string& here, net::Net& net, SeenDone done);

}  // namespace aztriage::engine
