#pragma once

#include "cli/exit_code.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::cli {

class Console;

/// What a value can be, for checks, help and completion.
enum class ValueKind {
  flag,
  text,
  number,
  duration,
  file,
  folder,
  choice,        // one of `words`
  playbook,      // an id, an unambiguous part of one, or a file
  input_value,   // NAME=VALUE, NAME an input of the playbook
  bare_value,    // fills the next required input of the playbook before it
  step_outcome,  // STEP=OUTCOME or STEP=@FILE
  report,        // FORMAT=FILE, FORMAT one of `words`
  probe,
  probe_value,   // NAME=VALUE, NAME a parameter of the probe
  until,         // recovered, broken, fails, or a condition on the probe's facts
  compare_side,  // a probe, or a file
  explained,     // a failure or a code
  case_id,       // a recorded case
  case_file,     // the same, or an exported one
};

/// Which part of a command's help an option belongs to. A command names the groups that matter to it; the
/// others are accepted and change nothing.
enum class Group : unsigned { general = 1, playbooks = 2, inputs = 4, network = 8, place = 16, result = 32 };
constexpr unsigned operator|(Group a, Group b) {
  return static_cast<unsigned>(a) | static_cast<unsigned>(b);
}
constexpr unsigned operator|(unsigned a, Group b) {
  return a | static_cast<unsigned>(b);
}
constexpr bool has(unsigned groups, Group group) {
  return (groups & static_cast<unsigned>(group)) != 0;
}

struct OptionSpec {
  std::string_view name = {};  // every spelling, separated by commas, the long one to go by first: "--set,-s"
  std::string_view placeholder = {};  // "NAME=VALUE"; empty for a flag
  ValueKind kind = ValueKind::flag;
  std::string_view help = {};
  std::span<const std::string_view> words = {};
  bool repeatable = false;
  std::string_view default_value = {};
  Group group = Group::general;
};
/// "set" of "--set,-s".
std::string_view long_name(const OptionSpec& option);
/// "AZTRIAGE_CA_FILE" of "--ca-file". A repeatable option takes one value a line from there.
std::string environment_name(const OptionSpec& option);

struct ArgumentSpec {
  std::string_view name;  // "PLAYBOOK"
  ValueKind kind = ValueKind::text;
  std::string_view help = {};
  std::span<const std::string_view> words = {};
  bool required = false;
  bool repeatable = false;
};

/// What the command line said, with the environment's values filled in.
struct Options {
  std::map<std::string, std::vector<std::string>, std::less<>> values;  // by long name; no entry: not given
  std::vector<std::string> arguments;
  bool has(std::string_view name) const { return values.contains(name); }
  bool flag(std::string_view name) const { return values.contains(name); }
  /// The last one counts.
  std::string get(std::string_view name, std::string_view otherwise = {}) const;
  const std::vector<std::string>& all(std::string_view name) const;
  /// A machine format whose errors are JSON, too.
  bool json() const { return get("output", "text") == "json" || lines(); }
  /// One JSON document a line.
  bool lines() const { return get("output", "text") == "jsonl"; }
};

/// What most commands can write.
inline constexpr std::string_view kTextAndJson[] = {"text", "json"};

/// A command is data; help, parsing, completion and docs come from it. A group (`playbook`) has no `run`; its
/// commands follow it in the table and are named "playbook list".
struct CommandSpec {
  std::string_view name;
  std::string_view summary = {};
  std::string_view details = {};
  std::span<const ArgumentSpec> arguments = {};
  std::span<const OptionSpec> options = {};
  std::span<const std::string_view> examples = {};
  unsigned groups = static_cast<unsigned>(Group::general);
  std::span<const std::string_view> formats = kTextAndJson;  // of --output; the first is the default
  ExitCode (*run)(const Options& options, Console& console) = nullptr;
  /// Help about what the arguments already name, such as one probe; empty: the command's own.
  std::string (*help)(const Options& options, std::size_t width) = nullptr;
};

/// Every command, in the order of the help. Each is one constant in its own file under commands/.
std::span<const CommandSpec* const> all_commands();
const CommandSpec* find_command(std::string_view name);
/// Options that mean the same everywhere.
std::span<const OptionSpec> common_options();

}  // namespace aztriage::cli
