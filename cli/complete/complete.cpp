#include "cli/complete/complete.h"

#include "base/text.h"
#include "cli/command.h"
#include "cli/complete/values.h"
#include "cli/terminal.h"

#include <algorithm>

namespace aztriage::cli {
namespace {

bool takes_value(const OptionSpec& option) {
  return option.kind != ValueKind::flag;
}

bool spells(const OptionSpec& option, std::string_view word) {
  const auto spellings = text::split(option.name, ',');
  return std::find(spellings.begin(), spellings.end(), word) != spellings.end();
}

const OptionSpec* find_option(const Line& line, std::string_view word) {
  if (line.command != nullptr) {
    for (const auto& option : line.command->options) {
      if (spells(option, word)) return &option;
    }
  }
  for (const auto& option : common_options()) {
    if (spells(option, word)) return &option;
  }
  return nullptr;
}

/// A whole word that starts with a dash. Returns the option that takes the next word as its value.
const OptionSpec* read_option(Line& line, std::string_view word) {
  if (word.starts_with("--")) {
    const auto equals = word.find('=');
    const OptionSpec* option = find_option(line, word.substr(0, equals));
    if (option == nullptr) return nullptr;
    if (equals != word.npos) line.given.emplace_back(option, word.substr(equals + 1));
    if (equals != word.npos || takes_value(*option)) return equals == word.npos ? option : nullptr;
    line.given.emplace_back(option, "1");
    return nullptr;
  }
  for (std::size_t i = 1; i < word.size(); ++i) {
    const OptionSpec* option = find_option(line, std::string("-") + word[i]);
    if (option == nullptr) return nullptr;
    if (!takes_value(*option)) {
      line.given.emplace_back(option, "1");
      continue;
    }
    if (i + 1 == word.size()) return option;
    line.given.emplace_back(option, word.substr(i + 1));
    return nullptr;
  }
  return nullptr;
}

void read_word(Line& line, const std::string& word) {
  if (line.command == nullptr) {
    line.command = find_command(word);
    if (line.command == nullptr) line.lost = true;
    return;
  }
  if (line.command->run == nullptr) {
    const CommandSpec* nested = find_command(std::string(line.command->name) + " " + word);
    if (nested == nullptr) line.lost = true;
    if (nested != nullptr) line.command = nested;
    return;
  }
  line.arguments.push_back(word);
}

struct Read {
  Line line;
  const OptionSpec* pending = nullptr;
  bool plain = false;
};

Read read_line(const std::vector<std::string>& words) {
  Read read;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string& word = words[i];
    if (read.pending != nullptr) {
      read.line.given.emplace_back(read.pending, word);
      read.pending = nullptr;
    } else if (!read.plain && word == "--") {
      read.plain = true;
    } else if (!read.plain && word.size() > 1 && word[0] == '-') {
      read.pending = read_option(read.line, word);
    } else {
      read_word(read.line, word);
    }
  }
  return read;
}

void option_names(const Line& line, std::string_view current, Completions& result) {
  const auto add = [&](std::span<const OptionSpec> options, bool all) {
    for (const auto& option : options) {
      const bool relevant = all || line.command == nullptr || has(line.command->groups, option.group);
      if (!relevant) continue;
      const bool given = std::any_of(line.given.begin(), line.given.end(),
                                     [&](const auto& one) { return one.first == &option; });
      if (given && !option.repeatable) continue;
      const auto spellings = text::split(option.name, ',');
      for (const auto spelling : spellings) {
        // One spelling each, unless somebody has begun to write another.
        if (!spelling.starts_with(current) || (spelling != spellings.front() && current.size() < 3)) continue;
        result.candidates.push_back({std::string(spelling), std::string(option.help)});
        break;
      }
    }
  };
  if (line.command != nullptr) add(line.command->options, true);
  add(common_options(), false);
}

void command_names(const Line& line, std::string_view current, Completions& result) {
  const std::string group = line.command == nullptr ? "" : std::string(line.command->name) + " ";
  for (const CommandSpec* command : all_commands()) {
    std::string_view name = command->name;
    if (!name.starts_with(group)) continue;
    name.remove_prefix(group.size());
    if (name.find(' ') != name.npos || !name.starts_with(current)) continue;
    result.candidates.push_back({std::string(name), std::string(command->summary)});
  }
}

/// `--name=value` and `-nvalue`, the value being written. False when it is not one of them.
bool attached_value(const Line& line, std::string_view current, Completions& result) {
  const auto equals = current.find('=');
  if (current.starts_with("--")) {
    if (equals == current.npos) return false;
    const OptionSpec* option = find_option(line, current.substr(0, equals));
    if (option != nullptr && takes_value(*option)) option_values(line, *option, current, equals + 1, result);
    return true;
  }
  if (current.size() < 3) return false;
  const OptionSpec* option = find_option(line, current.substr(0, 2));
  if (option == nullptr || !takes_value(*option)) return false;
  option_values(line, *option, current, 2, result);
  return true;
}

}  // namespace

Completions complete(const std::vector<std::string>& words) {
  Completions result;
  if (words.empty()) return result;
  const Read read = read_line(words);
  const std::string& current = words.back();
  const Line& line = read.line;
  if (read.pending != nullptr) {
    option_values(line, *read.pending, current, 0, result);
  } else if (!read.plain && current.starts_with('-') && current != "-") {
    if (!attached_value(line, current, result)) option_names(line, current, result);
  } else if (current == "-" && !read.plain) {
    option_names(line, current, result);
  } else if (line.lost) {
    return result;
  } else if (line.command == nullptr || line.command->run == nullptr) {
    command_names(line, current, result);
  } else {
    argument_values(line, current, result);
  }
  return result;
}

std::string protocol_text(const Completions& completions) {
  std::string text = ":";
  if (completions.files) text += 'f';
  if (completions.folders) text += 'd';
  if (completions.open) text += 'n';
  text += "\t" + completions.prefix + "\n";
  for (const auto& candidate : completions.candidates) text += candidate.value + "\t" + candidate.help + "\n";
  return text;
}

int complete_main(const std::vector<std::string>& arguments) {
  bool fresh = false;
  std::size_t i = 0;
  for (; i < arguments.size() && arguments[i] != "--"; ++i) fresh = fresh || arguments[i] == "--new";
  std::vector<std::string> words;
  if (i < arguments.size())
    words.assign(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, arguments.end());
  if (fresh || words.empty()) words.emplace_back();
  const std::string text = protocol_text(complete(words));
  return write_all(1, text.data(), text.size()) == 0 ? 0 : 4;
}

}  // namespace aztriage::cli
