#pragma once

#include "cli/command.h"
#include "decode/mask.h"

#include <string>
#include <string_view>

namespace aztriage::cli {

/// The secrets that this process was started with: passwords of --proxy and of the environment's proxies, and
/// what else the environment holds under a name or in a form that says so (AZURE_CLIENT_SECRET, a connection
/// string). They belong on no screen and in no file, whoever says them.
decode::SecretSet started_with(const Options& options);

/// Overwrites what looks like a secret in the arguments themselves, which every user of the machine can read
/// as long as the process lives. After this only copies that were made before are whole. The arguments must
/// live as long as the process, as those of `main` do.
void scrub_arguments(int count, char** arguments);
/// The same for a value of which is known now that it is a secret.
void scrub_arguments(std::string_view secret);

/// A warning about a proxy's password on the command line, or empty.
std::string exposed_proxy(const Options& options);

}  // namespace aztriage::cli
