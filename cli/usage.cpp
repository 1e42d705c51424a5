#include "cli/usage.h"

#include "base/duration.h"
#include "base/suggest.h"
#include "base/text.h"
#include "cli/look/target.h"

#include <algorithm>

namespace aztriage::cli {
namespace {

using Strings = std::vector<std::string>;

bool spells(const OptionSpec& spec, std::string_view word) {
  const auto spellings = text::split(spec.name, ',');
  return std::find(spellings.begin(), spellings.end(), word) != spellings.end();
}

}  // namespace

Error unknown_option(std::string word, const CommandSpec* command) {
  word = word.substr(0, word.find('='));
  Strings known;
  const auto add = [&](std::span<const OptionSpec> options) {
    for (const auto& spec : options) {
      for (const auto spelling : text::split(spec.name, ',')) known.emplace_back(spelling);
    }
  };
  add(common_options());
  if (command != nullptr) add(command->options);
  for (const CommandSpec* other : all_commands()) {
    for (const auto& spec : other->options) {
      if (!spells(spec, word)) continue;
      return {"option '" + word + "' belongs to the command '" + std::string(other->name) + "'",
              command == other ? "put it after the command"
                               : "see 'aztriage " + std::string(other->name) + " --help'"};
    }
  }
  std::string hint = did_you_mean(word, known);
  if (hint.empty()) {
    hint = command == nullptr ? "see 'aztriage --help'"
                              : "see 'aztriage " + std::string(command->name) + " --help'";
  }
  return {"unknown option '" + word + "'", std::move(hint)};
}

Error unknown_command(const std::string& word, std::string_view group) {
  Strings known;
  for (const CommandSpec* command : all_commands()) {
    const std::string_view name = command->name;
    if (group.empty() ? name.find(' ') == name.npos : name.starts_with(std::string(group) + " ")) {
      known.emplace_back(group.empty() ? name : name.substr(group.size() + 1));
    }
  }
  std::string hint = did_you_mean(word, known);
  if (hint.empty()) hint = "one of " + text::join(known, ", ");
  const std::string what = group.empty() ? "command" : std::string(group) + " command";
  if (word.empty()) return {"'" + std::string(group) + "' needs a command of its own", std::move(hint)};
  return {"unknown " + what + " '" + text::printable(word) + "'", std::move(hint)};
}

std::optional<Error> check_value(const OptionSpec& spec, std::span<const std::string_view> words,
                                 const std::string& value, const std::string& where) {
  if (spec.kind == ValueKind::choice) {
    Strings known(words.begin(), words.end());
    if (std::find(known.begin(), known.end(), value) != known.end()) return std::nullopt;
    std::string hint = did_you_mean(value, known);
    if (hint.empty()) hint = "one of " + text::join(known, ", ");
    return Error{where + " can't be '" + text::printable(value) + "'", std::move(hint)};
  }
  if (spec.kind == ValueKind::duration) {
    auto duration = parse_duration(value);
    if (duration && duration->count() > 0) return std::nullopt;
    return Error{where + ": '" + text::printable(value) + "' is not a time above zero",
                 "such as 500ms, 5s or 2m"};
  }
  if (spec.kind == ValueKind::flag) {
    static const Strings known = {"1", "true", "yes", "on", "0", "false", "no", "off", ""};
    if (std::find(known.begin(), known.end(), text::lower(value)) != known.end()) return std::nullopt;
    return Error{where + " can't be '" + text::printable(value) + "'", "use 1 or 0"};
  }
  if (value.empty()) return Error{where + " is empty", "give it a value: " + std::string(spec.placeholder)};
  return std::nullopt;
}

std::string argument_help(const ArgumentSpec& argument) {
  std::string help(argument.help);
  if (argument.kind == ValueKind::probe) return help + ": " + probe_names();
  if (!argument.words.empty())
    help += ": " + text::join({argument.words.begin(), argument.words.end()}, ", ");
  return help;
}

std::string usage_of(const CommandSpec& command) {
  std::string line = "aztriage " + std::string(command.name);
  if (command.run == nullptr) return line + " COMMAND";
  for (const auto& argument : command.arguments) {
    std::string word(argument.name);
    if (argument.repeatable) word += "...";
    line += argument.required ? " " + word : " [" + word + "]";
  }
  return line;
}

std::optional<Error> check_arguments(const CommandSpec& command, const Strings& arguments) {
  std::size_t most = 0;
  for (std::size_t i = 0; i < command.arguments.size(); ++i) {
    const ArgumentSpec& spec = command.arguments[i];
    if (spec.required && arguments.size() <= i) {
      return Error{std::string(spec.name) + " is missing: " + argument_help(spec),
                   "usage: " + usage_of(command)};
    }
    if (spec.repeatable) return std::nullopt;
    ++most;
  }
  if (arguments.size() <= most) return std::nullopt;
  return Error{"'" + text::printable(arguments[most]) + "' is one word too many",
               "usage: " + usage_of(command)};
}

}  // namespace aztriage::cli
