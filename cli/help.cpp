#include "cli/help.h"

#include "base/text.h"
#include "cli/usage.h"

#include <algorithm>

namespace aztriage::cli {
namespace {

constexpr std::size_t kWidest = 110;

/// Words of `text` in lines of at most `width` columns, all but the first indented.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string result;
  std::size_t column = indent;
  bool first = true;
  for (const auto word : text::split(text, ' ')) {
    const std::size_t size = text::width(word);
    if (!first && column + 1 + size > width) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!first) {
      result += ' ';
      ++column;
    }
    result += word;
    column += size;
    first = false;
  }
  return result + "\n";
}

using Row = HelpRow;

/// `-s, --set NAME=VALUE`, the short spelling first.
std::string spelled(const OptionSpec& option) {
  std::string short_one = "  ";
  std::string long_one;
  for (const auto spelling : text::split(option.name, ',')) {
    std::string& place = spelling.starts_with("--") ? long_one : short_one;
    if (text::trim(place).empty()) place = spelling;
  }
  std::string result = short_one + (short_one == "  " ? "  " : ", ") + long_one;
  return option.placeholder.empty() ? result : result + " " + std::string(option.placeholder);
}

Row row_of(const OptionSpec& option, std::span<const std::string_view> words) {
  std::string right(option.help);
  std::vector<std::string> extra;
  if (option.kind == ValueKind::choice && !words.empty()) {
    extra.push_back(text::join({words.begin(), words.end()}, ", "));
  }
  if (!option.default_value.empty()) extra.push_back("default " + std::string(option.default_value));
  if (option.repeatable) extra.emplace_back("may be repeated");
  if (!extra.empty()) right += " (" + text::join(extra, "; ") + ")";
  return {spelled(option), std::move(right)};
}

std::string options_of(const CommandSpec* command, std::size_t width) {
  std::string result;
  if (command != nullptr) {
    std::vector<Row> own;
    for (const auto& option : command->options) own.push_back(row_of(option, option.words));
    result += help_table("options", own, width);
  }
  const std::pair<Group, std::string_view> sections[] = {{Group::inputs, "inputs and answers"},
                                                         {Group::playbooks, "playbooks"},
                                                         {Group::place, "what may be done"},
                                                         {Group::network, "how the network is used"},
                                                         {Group::result, "result"},
                                                         {Group::general, "general"}};
  for (const auto& [group, title] : sections) {
    if (command != nullptr && !has(command->groups, group)) continue;
    std::vector<Row> rows;
    for (const auto& option : common_options()) {
      if (option.group != group) continue;
      const bool format = long_name(option) == "output";
      rows.push_back(row_of(option, format && command != nullptr ? command->formats
                                    : format ? std::span<const std::string_view>(kTextAndJson)
                                             : option.words));
    }
    result += help_table(title, rows, width);
  }
  return result;
}

std::string examples_of(const CommandSpec& command) {
  if (command.examples.empty()) return {};
  std::string result = "\nexamples\n";
  for (const auto example : command.examples) result += "  " + std::string(example) + "\n";
  return result;
}

std::vector<Row> commands_in(std::string_view group) {
  std::vector<Row> rows;
  for (const CommandSpec* command : all_commands()) {
    const bool nested = command->name.find(' ') != std::string_view::npos;
    if (group.empty() ? nested : !command->name.starts_with(std::string(group) + " ")) continue;
    rows.push_back({std::string(command->name), std::string(command->summary)});
  }
  return rows;
}

std::string tool_help(std::size_t width) {
  std::string result =
      "aztriage - isolates the cause of an Azure failure while the customer is on the call\n\n";
  result += "usage: aztriage COMMAND [options]\n";
  result += help_table("commands", commands_in(""), width);
  result += "\nOptions that mean the same everywhere, before or after the command:\n";
  result += options_of(nullptr, width);
  result += "\n" +
            wrapped(
                "Each option can be set in the environment, such as AZTRIAGE_CA_FILE for --ca-file, and each "
                "input as AZTRIAGE_INPUT_NAME. 'aztriage COMMAND --help' tells about one command.",
                0, width);
  result +=
      "\nexit codes\n"
      "  0  healthy, or done      1  a fault was found     2  bad usage or input\n"
      "  3  could not tell        4  the tool failed       130  interrupted\n";
  return result;
}

}  // namespace

std::size_t help_width(std::size_t columns) {
  return std::clamp<std::size_t>(columns, 40, kWidest);
}

std::string help_table(std::string_view title, const std::vector<HelpRow>& rows, std::size_t width) {
  if (rows.empty()) return {};
  constexpr std::size_t kMostLeft = 34;
  std::size_t left = 0;
  for (const auto& row : rows) left = std::max(left, std::min(row.left.size(), kMostLeft));
  std::string result = "\n" + std::string(title) + "\n";
  for (const auto& row : rows) {
    result += "  " + row.left;
    if (row.left.size() > left) {
      result += "\n" + std::string(left + 4, ' ');
    } else {
      result += std::string(left - row.left.size() + 2, ' ');
    }
    result += wrapped(row.right, left + 4, width);
  }
  return result;
}

std::string help_text(const CommandSpec* command, std::size_t width) {
  width = help_width(width);
  if (command == nullptr) return tool_help(width);
  std::string result = "aztriage " + std::string(command->name) + " - " + wrapped(command->summary, 2, width);
  result += "\nusage: " + usage_of(*command) + " [options]\n";
  if (!command->details.empty()) result += "\n" + wrapped(command->details, 0, width);
  std::vector<Row> arguments;
  for (const auto& argument : command->arguments) {
    arguments.push_back({std::string(argument.name), argument_help(argument)});
  }
  result += help_table("arguments", arguments, width);
  if (command->run == nullptr) {
    result += help_table("commands", commands_in(command->name), width);
  } else {
    result += options_of(command, width);
  }
  result += examples_of(*command);
  return result;
}

}  // namespace aztriage::cli
