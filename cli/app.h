#pragma once

#include "base/result.h"
#include "cli/command.h"

#include <optional>
#include <string>
#include <vector>

namespace aztriage::cli {

/// A command line, read against the tables. With an error the options read so far still stand, so that the
/// error can be told in the format that was asked for.
struct Parsed {
  const CommandSpec* command = nullptr;  // none: the tool as a whole (help, version)
  Options options;
  bool help = false;
  bool version = false;
  std::optional<Error> error;
};

/// `arguments` without the program's name. Options may stand before or after the command; what the line does
/// not say is taken from the AZTRIAGE_ environment. Unknown words get the nearest known ones.
Parsed parse(std::vector<std::string> arguments);

}  // namespace aztriage::cli
