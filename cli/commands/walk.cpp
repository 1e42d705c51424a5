#include "cli/walk/walk.h"

#include "base/suggest.h"
#include "base/text.h"
#include "cli/context.h"
#include "cli/interrupt.h"
#include "cli/runs.h"
#include "engine/live.h"
#include "engine/summary.h"

#include <algorithm>

namespace aztriage::cli {
namespace {

/// A value typed after a question; nothing when the input is over or Ctrl-C came.
std::optional<std::string> ask(Prompt& prompt, Console& console, const std::string& question, bool secret) {
  console.out(question + "\n");
  if (secret) prompt.ask_secret("> ");
  auto reply = prompt.wait("> ");
  if (!reply || reply->kind == Reply::Kind::end) return std::nullopt;
  return std::string(text::trim(reply->text));
}

/// Which playbook, when the command line names none: a number of the list, or a part of an id.
Result<std::vector<Selection>> choose_playbook(const playbook::Catalog& catalog, Prompt& prompt,
                                               Console& console) {
  auto listings = catalog.list();
  if (!listings) return tl::unexpected<Error>(listings.error());
  for (std::size_t i = 0; i < listings->size(); ++i) {
    console.out("  " + std::to_string(i + 1) + "  " + (*listings)[i].id + "  " + (*listings)[i].title + "\n");
  }
  const auto answer = ask(prompt, console, "What fails? A number, or a part of a name:", false);
  if (!answer) return failed("no playbook was chosen", "name one: aztriage walk PLAYBOOK");
  for (std::size_t i = 0; i < listings->size(); ++i) {
    if (*answer == std::to_string(i + 1)) return std::vector<Selection>{{(*listings)[i].id, {}}};
  }
  return std::vector<Selection>{{*answer, {}}};
}

/// Asks for the required inputs that nobody gave; false when the input is over.
bool ask_inputs(Planned& planned, const playbook::Catalog& catalog, const std::string& cloud, Prompt& prompt,
                Console& console) {
  std::map<std::string, std::string> texts;
  for (const auto& [name, value] : planned.inputs.values) texts[name] = fact::to_text(value);
  while (!planned.missing.empty()) {
    const auto name = planned.missing.front();
    const auto input = std::ranges::find(planned.playbook.inputs, name, &playbook::Input::name);
    const bool known = input != planned.playbook.inputs.end();
    std::string question = known && !input->ask.empty() ? input->ask : "What is the " + name + "?";
    if (known && !input->example.empty()) question += " (such as " + input->example + ")";
    const auto answer = ask(prompt, console, question, known && input->secret);
    if (!answer) return false;
    texts[name] = *answer;
    auto bound = engine::bind(planned.playbook, texts, catalog.clouds(), cloud);
    if (!bound.problems.empty()) {
      console.out(
          "  " + bound.problems.front().error.what +
          (bound.problems.front().error.hint.empty() ? "" : ": " + bound.problems.front().error.hint) + "\n");
      texts.erase(name);
      continue;
    }
    planned.inputs = std::move(bound.inputs);
    planned.missing = std::move(bound.missing);
  }
  return true;
}

/// A step that only counts at the customer's side makes the place matter; then it is asked once.
std::string place(const Options& options, const playbook::Playbook& playbook, Prompt& prompt,
                  Console& console) {
  if (options.has("here")) return options.get("here");
  const bool matters = std::ranges::any_of(playbook.steps, &playbook::Step::from_client);
  if (!matters) return "outside";
  const auto answer =
      ask(prompt, console,
          "Does this machine sit where the failing client sits, in the same network?\n  1 yes   2 no", false);
  return answer && (*answer == "1" || text::equal_ignoring_case(*answer, "yes")) ? "client" : "outside";
}

ExitCode walk(const Options& options, Console& console) {
  auto library = open_library(options);
  if (!library) return console.fail(library.error(), ExitCode::usage);
  const auto& catalog = *(*library)->catalog;
  Prompt prompt(console.interactive());
  if (options.arguments.empty() && options.flag("no-input")) {
    return console.fail({"no playbook was named", "aztriage playbook list shows them"}, ExitCode::usage);
  }
  auto selections = options.arguments.empty() ? choose_playbook(catalog, prompt, console)
                                              : select(options.arguments, catalog);
  if (!selections) return console.fail(selections.error(), ExitCode::usage);
  if (selections->size() != 1)
    return console.fail({"walk takes one playbook", "run takes several"}, ExitCode::usage);
  std::string diagnostics;
  auto planned = plan_runs(options, catalog, *selections, diagnostics);
  if (!diagnostics.empty()) console.warn(text::trim(diagnostics));
  if (!planned) return console.fail(planned.error(), ExitCode::usage);
  if (planned->size() != 1)
    return console.fail({"walk takes one value for each input", "run takes several"}, ExitCode::usage);
  auto& chosen = planned->front();
  if (options.flag("no-input") && !chosen.missing.empty())
    return console.fail(missing_inputs(chosen), ExitCode::usage);
  if (!ask_inputs(chosen, catalog, options.get("cloud", "public"), prompt, console)) {
    return console.fail(missing_inputs(chosen), ExitCode::usage);
  }

  auto net = open_network(options);
  if (!net) return console.fail(net.error().error, net.error().code);
  auto families = catalog.families();
  if (!families) return console.fail(families.error(), ExitCode::internal);
  auto settings = session_options(options);
  settings.interactive = true;
  settings.here = place(options, chosen.playbook, prompt, console);
  engine::LiveSource source(**net, settings.here);
  auto session = make_session(chosen, settings, {catalog.clouds(), catalog.vantage(), *families}, source);
  if (!session) return console.fail(session.error(), ExitCode::usage);
  catch_interrupts(**net);
  Walk guided(**session, **net, console, prompt, {options.get("for", "engineering") == "customer"});
  return guided.run();
}

constexpr std::string_view kAudiences[] = {"engineering", "customer"};
constexpr ArgumentSpec kArguments[] = {
    {.name = "PLAYBOOK",
     .kind = ValueKind::playbook,
     .help = "an id, an unambiguous part of one, or a file; asked for when left out"},
    {.name = "VALUE",
     .kind = ValueKind::bare_value,
     .help = "values of its required inputs, in their order",
     .repeatable = true},
};
constexpr OptionSpec kOptions[] = {
    {.name = "--for",
     .placeholder = "AUDIENCE",
     .kind = ValueKind::choice,
     .help = "for a screen that the customer sees: no percentages, team names or notes",
     .words = kAudiences,
     .default_value = "engineering"},
};
constexpr std::string_view kExamples[] = {
    "aztriage walk 5xx-from-edge shop.contoso.com shop.azurewebsites.net",
    "aztriage walk site-5xx shop.azurewebsites.net --for customer",
};
constexpr std::string_view kText[] = {"text"};

}  // namespace

extern const CommandSpec kWalk;
const CommandSpec kWalk{
    .name = "walk",
    .summary = "the guided isolation on a call",
    .details =
        "Probes at once, asks the question that is worth most next, and ends with a cause, a workaround and "
        "its "
        "verification. ? lists the keys. Answers may come from a script on standard input.",
    .arguments = kArguments,
    .options = kOptions,
    .examples = kExamples,
    .groups = Group::general | Group::playbooks | Group::inputs | Group::network | Group::place,
    .formats = kText,
    .run = walk,
};

}  // namespace aztriage::cli
