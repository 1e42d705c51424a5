#include "cli/command.h"

namespace aztriage::cli {

std::string_view long_name(const OptionSpec& option) {
  const std::string_view first = option.name.substr(0, option.name.find(','));
  return first.substr(2);
}

std::string environment_name(const OptionSpec& option) {
  std::string name = "AZTRIAGE_";
  for (const char c : long_name(option)) {
    name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return name;
}

std::string Options::get(std::string_view name, std::string_view otherwise) const {
  const auto found = values.find(name);
  if (found == values.end() || found->second.empty()) return std::string(otherwise);
  return found->second.back();
}

const std::vector<std::string>& Options::all(std::string_view name) const {
  static const std::vector<std::string> none;
  const auto found = values.find(name);
  return found == values.end() ? none : found->second;
}

const CommandSpec* find_command(std::string_view name) {
  for (const CommandSpec* command : all_commands()) {
    if (command->name == name) return command;
  }
  return nullptr;
}

}  // namespace aztriage::cli
