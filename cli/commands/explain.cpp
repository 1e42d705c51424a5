#include "cli/explain.h"

#include "base/text.h"
#include "cli/context.h"

#include <algorithm>

namespace aztriage::cli {
namespace {

constexpr std::size_t kMostQueries = 500;

/// Words that mean something together (`403 Ip Forbidden`) are one query, else each is one.
std::vector<Explained> explain_words(Explainer& explainer, const std::vector<std::string>& words) {
  std::vector<Explained> all;
  if (words.size() > 1) {
    Explained whole = explainer.explain(text::join(words, " "));
    const bool each = std::any_of(words.begin(), words.end(), [](const std::string& word) {
      return fact::failure_from_name(text::lower(word)).has_value();
    });
    if (!whole.empty() && !each) return {std::move(whole)};
  }
  for (const auto& word : words) all.push_back(explainer.explain(word));
  return all;
}

void tell_unknown(const Explained& one, Console& console) {
  std::string hint = "'aztriage explain --list' names all failures";
  if (!one.nearest.empty()) hint = "did you mean '" + text::join(one.nearest, "' or '") + "'?";
  console.warn("aztriage: nothing is known of '" + text::printable(one.query) + "'");
  console.warn("  hint: " + text::printable(hint));
}

ExitCode run_explain(const Options& options, Console& console) {
  const bool list = options.flag("list");
  if (list && !options.arguments.empty())
    return console.fail({"--list takes no failure", "leave one of them out"}, ExitCode::usage);
  if (!list && options.arguments.empty()) {
    return console.fail({"nothing to explain was given",
                         "a failure, a code or a cause; 'aztriage explain --list' names all failures"},
                        ExitCode::usage);
  }
  if (options.arguments.size() > kMostQueries)
    return console.fail({"more than 500 words", "put a message into quotes"}, ExitCode::usage);
  auto library = open_library(options);
  if (!library) return console.fail(library.error(), ExitCode::usage);
  auto explainer = Explainer::create(*(*library)->catalog);
  if (!explainer) return console.fail(explainer.error(), ExitCode::usage);
  if (list) {
    console.out(console.json() ? explain_list_json(explainer->codes())
                               : explain_list_text(explainer->codes(), console));
    return ExitCode::ok;
  }
  const auto all = explain_words(*explainer, options.arguments);
  ExitCode code = ExitCode::ok;
  for (const auto& id : explainer->unread())
    console.note("aztriage: the playbook '" + text::printable(id) + "' has mistakes and was left out");
  for (const auto& one : all) {
    if (!one.empty()) continue;
    tell_unknown(one, console);
    code = ExitCode::unsure;
  }
  console.out(console.json() ? explained_json(all) : explained_text(all, console));
  return code;
}

constexpr ArgumentSpec kArguments[] = {
    {.name = "WHAT",
     .kind = ValueKind::explained,
     .help = "a failure (tcp-reset), a code or message that a service emits, or a cause",
     .repeatable = true}};
constexpr OptionSpec kOptions[] = {
    {.name = "--list", .help = "all failures, and the families whose codes are known"}};
constexpr std::string_view kExamples[] = {
    "aztriage explain tcp-reset                              # usual causes in Azure networks, what to look "
    "at next",
    "aztriage explain OriginTimeout '403 Ip Forbidden'       # codes of logs, headers and pages",
    "aztriage explain front-door/5xx-from-edge#name-check    # a cause, and which outcomes show it",
    "aztriage explain 'connect ECONNREFUSED 10.0.0.4:6380'", "aztriage explain --list -o json"};

}  // namespace

extern const CommandSpec kExplain;
const CommandSpec kExplain{.name = "explain",
                           .summary = "what a failure, an error code or a cause means, and what isolates it",
                           .details = "Exit code 3: nothing is known of one of them.",
                           .arguments = kArguments,
                           .options = kOptions,
                           .examples = kExamples,
                           .groups = Group::general | Group::playbooks,
                           .run = run_explain};

}  // namespace aztriage::cli
