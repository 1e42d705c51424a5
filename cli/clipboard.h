#pragma once

#include "base/result.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::cli {

/// Programs that put their standard input on the clipboard of the desktop that the environment names, in the
/// order in which to try them.
using EnvironmentOf = std::function<const char*(const char*)>;
std::vector<std::vector<std::string>> clipboard_programs(const EnvironmentOf& environment);

/// The escape sequence that makes a terminal copy a text (OSC 52); wrapped for tmux. Terminals drop what is
/// longer than they like, so more than kMostOsc52 bytes are an error.
inline constexpr std::size_t kMostOsc52 = 74'000;
Result<std::string> osc52(std::string_view text, bool in_tmux);

/// Copies by the program that is there, else by the terminal. How it was done, for people.
Result<std::string> copy_to_clipboard(std::string_view text);

}  // namespace aztriage::cli
