#pragma once

#include "base/result.h"
#include "cli/command.h"

#include <optional>
#include <string>
#include <vector>

namespace aztriage::cli {

/// What is wrong with a word of the command line, and what to write instead. `command` is the one that was
/// found, if any; `group` is "playbook" for the commands within it, else empty.
Error unknown_option(std::string word, const CommandSpec* command);
Error unknown_command(const std::string& word, std::string_view group);

/// Checks what can be checked without knowing the command: choices, times, switches, emptiness. `where` names
/// the option as people know it.
std::optional<Error> check_value(const OptionSpec& spec, std::span<const std::string_view> words,
                                 const std::string& value, const std::string& where);

/// Too few or too many words after the command.
std::optional<Error> check_arguments(const CommandSpec& command, const std::vector<std::string>& arguments);

/// What an argument is, with the words it can be: of a choice its words, of a probe every probe.
std::string argument_help(const ArgumentSpec& argument);

/// `aztriage probe KIND [TARGET...]`
std::string usage_of(const CommandSpec& command);

}  // namespace aztriage::cli
