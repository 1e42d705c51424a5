#pragma once

#include "cli/command.h"
#include "cli/complete/complete.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aztriage::cli {

/// The line before the word that is being written.
struct Line {
  const CommandSpec* command = nullptr;
  std::vector<std::string> arguments;                            // words after the command
  std::vector<std::pair<const OptionSpec*, std::string>> given;  // options and their values
  bool lost = false;                                             // an unknown command
};

/// Candidates for the value that starts at `start` of `word`; whole words are offered.
void option_values(const Line& line, const OptionSpec& option, std::string_view word, std::size_t start,
                   Completions& result);
/// Candidates for the next argument of the command.
void argument_values(const Line& line, std::string_view word, Completions& result);

}  // namespace aztriage::cli
