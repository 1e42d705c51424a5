#include "cli/app.h"

#include "base/text.h"
#include "cli/usage.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <deque>

#include <CLI/CLI.hpp>

namespace aztriage::cli {
namespace {

using Strings = std::vector<std::string>;

/// One option of the tables as CLI11 filled it.
struct Bound {
  const OptionSpec* spec = nullptr;
  const CommandSpec* command = nullptr;  // none: common to all
  CLI::Option* option = nullptr;
  Strings values;
};

/// The tables as a CLI11 application. CLI11 finds commands and options; positional words and unknown options
/// come back as its extras, and are judged here.
class Application {
 public:
  Application() : root_("", "aztriage") {
    configure(root_);
    for (const auto& spec : common_options()) bind(root_, spec, nullptr);
    for (const CommandSpec* command : all_commands()) add(*command);
  }

  /// Words that are neither a command nor a known option, in their order.
  Result<Strings> parse(Strings arguments) {
    std::reverse(arguments.begin(), arguments.end());
    try {
      root_.parse(std::move(arguments));
      return root_.remaining(true);
    } catch (const CLI::ArgumentMismatch& error) {
      // CLI11 begins with the option: "--output: 1 required TEXT missing".
      const std::string what = error.what();
      return failed("'" + what.substr(0, what.find(':')) + "' needs a value", "see 'aztriage --help'");
    } catch (const CLI::ParseError& error) {
      return failed(lowered(error.what()), "see 'aztriage --help'");
    }
  }

  const CommandSpec* command() const {
    const CommandSpec* found = nullptr;
    for (const auto& [app, spec] : commands_) {
      if (app->parsed() && (found == nullptr || spec->name.size() > found->name.size())) found = spec;
    }
    return found;
  }

  const std::deque<Bound>& options() const { return options_; }

 private:
  static void configure(CLI::App& app) {
    app.set_help_flag();
    app.allow_extras();
    app.fallthrough();
    app.require_subcommand(0, 1);
  }

  static std::string lowered(std::string text) {
    if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
    return text;
  }

  void bind(CLI::App& app, const OptionSpec& spec, const CommandSpec* command) {
    Bound& bound = options_.emplace_back(Bound{&spec, command, nullptr, {}});
    if (spec.kind == ValueKind::flag) {
      bound.option = app.add_flag(std::string(spec.name));
    } else {
      bound.option = app.add_option(std::string(spec.name), bound.values);
      bound.option->allow_extra_args(false);
    }
  }

  void add(const CommandSpec& command) {
    const auto space = command.name.find(' ');
    CLI::App* parent = &root_;
    if (space != std::string_view::npos)
      parent = root_.get_subcommand(std::string(command.name.substr(0, space)));
    const auto word = space == std::string_view::npos ? command.name : command.name.substr(space + 1);
    CLI::App* app = parent->add_subcommand(std::string(word));
    configure(*app);
    commands_.emplace_back(app, &command);
    for (const auto& spec : command.options) bind(*app, spec, &command);
  }

  CLI::App root_;
  std::vector<std::pair<CLI::App*, const CommandSpec*>> commands_;
  std::deque<Bound> options_;  // CLI11 keeps references to the values
};

/// `--name=` is an empty value, which CLI11 would take from the next word; everything behind `--` is a plain
/// word.
void prepare(Strings& arguments, Strings& plain) {
  Strings result;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string& word = arguments[i];
    if (word == "--") {
      plain.assign(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, arguments.end());
      break;
    }
    if (word.size() > 3 && word.starts_with("--") && word.find('=') == word.size() - 1) {
      word.pop_back();
      result.push_back(std::move(word));
      result.emplace_back();
      continue;
    }
    result.push_back(std::move(word));
  }
  arguments = std::move(result);
}

std::span<const std::string_view> words_of(const OptionSpec& spec, const CommandSpec* command) {
  if (long_name(spec) != "output") return spec.words;
  return command == nullptr ? std::span<const std::string_view>(kTextAndJson) : command->formats;
}

/// What the environment says about one option; nothing when it says nothing, or names a format that this
/// command does not have.
Result<Strings> from_environment(const OptionSpec& spec, const CommandSpec* command) {
  const std::string name = environment_name(spec);
  const char* text = std::getenv(name.c_str());
  if (text == nullptr || *text == '\0') return Strings{};
  Strings values;
  if (spec.repeatable) {
    for (const auto line : text::split(text, '\n')) {
      if (!text::trim(line).empty()) values.emplace_back(line);
    }
  } else {
    values.emplace_back(text);
  }
  for (const auto& value : values) {
    auto problem = check_value(spec, words_of(spec, command), value, "the environment's " + name);
    if (!problem) continue;
    if (long_name(spec) == "output" && (value == "text" || value == "json")) return Strings{};
    return tl::unexpected<Error>(std::move(*problem));
  }
  if (spec.kind == ValueKind::flag) {
    const std::string word = text::lower(values.front());
    if (word == "0" || word == "false" || word == "no" || word == "off") return Strings{};
  }
  return values;
}

/// Takes over what CLI11 and the environment say; the first mistake is kept, the rest is read all the same.
void fill(const Application& application, Parsed& parsed) {
  const auto note = [&](std::optional<Error> problem) {
    if (problem && !parsed.error) parsed.error = std::move(problem);
  };
  for (const auto& bound : application.options()) {
    const OptionSpec& spec = *bound.spec;
    if (bound.command != nullptr && bound.command != parsed.command) continue;
    const std::string name(long_name(spec));
    Strings values;
    if (bound.option->count() > 0) {
      values = spec.kind == ValueKind::flag ? Strings{"1"} : bound.values;
      const std::string where = "--" + name;
      for (const auto& value : values) note(check_value(spec, words_of(spec, parsed.command), value, where));
    } else if (name != "help" && name != "version") {
      auto found = from_environment(spec, parsed.command);
      if (found) {
        values = std::move(*found);
      } else {
        note(found.error());
      }
    }
    if (!values.empty()) parsed.options.values.emplace(name, std::move(values));
  }
}

/// Unknown options first: the words behind one are often its value.
void judge_words(Strings words, Strings plain, Parsed& parsed) {
  for (const auto& word : words) {
    if (word.size() < 2 || word[0] != '-') continue;
    if (!parsed.error) parsed.error = unknown_option(word, parsed.command);
    return;
  }
  words.insert(words.end(), std::make_move_iterator(plain.begin()), std::make_move_iterator(plain.end()));
  parsed.options.arguments = std::move(words);
  const auto& arguments = parsed.options.arguments;
  if (parsed.error || parsed.help || parsed.version) return;
  if (parsed.command == nullptr) {
    if (!arguments.empty()) parsed.error = unknown_command(arguments.front(), "");
  } else if (parsed.command->run == nullptr) {
    parsed.error = unknown_command(arguments.empty() ? "" : arguments.front(), parsed.command->name);
  } else {
    parsed.error = check_arguments(*parsed.command, arguments);
  }
}

/// A line that CLI11 gave up on still says which format its error is wanted in.
bool asks_for_json(const Strings& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "-ojson" || word == "-fjson" || word == "--output=json" || word == "--format=json" ||
        word == "-ojsonl" || word == "-fjsonl" || word == "--output=jsonl" || word == "--format=jsonl")
      return true;
    const bool option = word == "-o" || word == "-f" || word == "--output" || word == "--format";
    if (option && i + 1 < arguments.size() && (arguments[i + 1] == "json" || arguments[i + 1] == "jsonl"))
      return true;
  }
  const char* environment = std::getenv("AZTRIAGE_OUTPUT");
  return environment != nullptr && std::string_view(environment) == "json";
}

}  // namespace

Parsed parse(Strings arguments) {
  Parsed parsed;
  if (!arguments.empty() && arguments.front() == "help") {
    arguments.erase(arguments.begin());
    parsed.help = true;
  }
  Strings plain;
  prepare(arguments, plain);

  Application application;
  auto words = application.parse(arguments);
  parsed.command = application.command();
  if (!words) {
    if (asks_for_json(arguments)) parsed.options.values["output"] = {"json"};
    parsed.error = words.error();
    return parsed;
  }
  fill(application, parsed);
  parsed.help = parsed.help || parsed.options.flag("help");
  parsed.version = parsed.options.flag("version");
  judge_words(std::move(*words), std::move(plain), parsed);
  return parsed;
}

}  // namespace aztriage::cli
