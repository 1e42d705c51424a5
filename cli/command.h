#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::cli {

/// What a value can be, for checks, help and completion.
enum class ValueKind { flag, text, number, duration, file, folder, choice, playbook, step_outcome, input_value, probe, shell };

struct OptionSpec {
  std::string_view name;         // "--set", with every spelling separated by commas: "-s,--set"
  std::string_view placeholder;  // "NAME=VALUE"; empty for a flag
  ValueKind kind = ValueKind::flag;
  std::span<const std::string_view> words = {};  // of a choice
  bool repeatable = false;
  std::string_view help;
  std::string_view example = {};
  std::string_view environment = {};  // "AZTRIAGE_OUTPUT"
  std::string_view default_value = {};
};

struct ArgumentSpec {
  std::string_view name;  // "PLAYBOOK"
  ValueKind kind = ValueKind::text;
  std::span<const std::string_view> words = {};
  bool required = false;
  bool repeatable = false;
  std::string_view help;
};

/// What the command line said, with the environment's values filled in.
struct Options {
  std::map<std::string, std::vector<std::string>, std::less<>> values;  // by long name without dashes
  std::vector<std::string> arguments;
  bool flag(std::string_view name) const;
  std::string get(std::string_view name, std::string_view otherwise = {}) const;
  const std::vector<std::string>& all(std::string_view name) const;
};

enum class ExitCode : int { ok = 0, fault = 1, usage = 2, unsure = 3, internal = 4, interrupted = 130 };

/// A command is data; help, parsing, completion and docs come from it.
struct CommandSpec {
  std::string_view name;  // "playbook lint" for a nested one
  std::string_view summary;
  std::string_view details = {};
  std::span<const ArgumentSpec> arguments = {};
  std::span<const OptionSpec> options = {};
  std::span<const std::string_view> examples = {};
  ExitCode (*run)(const Options& options) = nullptr;
};

/// Every command, in the order of the help. Each is defined in its own file under commands/.
std::span<const CommandSpec* const> all_commands();
/// Options that mean the same everywhere.
std::span<const OptionSpec> common_options();

}  // namespace aztriage::cli
