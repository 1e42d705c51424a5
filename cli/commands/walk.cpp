#include "base/text.h"
#include "cli/context.h"
#include "cli/interrupt.h"
#include "cli/runs.h"
#include "cli/walk/choose.h"
#include "cli/walk/journey.h"
#include "engine/live.h"

#include <algorithm>

namespace aztriage::cli {
namespace {

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
  Prompt prompt(prompt_on(options, console));
  catch_interrupts();
  if (options.arguments.empty() && options.flag("no-input")) {
    return console.fail({"no playbook was named", "aztriage playbook list shows them"}, ExitCode::usage);
  }
  auto words = options.arguments;
  if (words.empty()) {
    auto chosen = choose_playbook(catalog, prompt, console);
    if (interrupted()) return ExitCode::interrupted;
    if (!chosen) return console.fail(chosen.error(), ExitCode::usage);
    words.push_back(std::move(*chosen));
  }
  auto selections = select(words, catalog);
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
    if (interrupted()) return ExitCode::interrupted;
    return console.fail(missing_inputs(chosen), ExitCode::usage);
  }

  auto net = open_network(options);
  if (!net) return console.fail(net.error().error, net.error().code);
  auto families = catalog.families();
  if (!families) return console.fail(families.error(), ExitCode::internal);
  auto settings = session_options(options);
  settings.interactive = true;
  settings.here = place(options, chosen.playbook, prompt, console);
  if (interrupted()) return ExitCode::interrupted;
  engine::LiveSource source(**net, settings.here);
  catch_interrupts(**net);
  const JourneyWorld world{.options = options,
                           .catalog = catalog,
                           .data = {catalog.clouds(), catalog.vantage(), *families},
                           .source = source,
                           .net = **net,
                           .prompt = prompt,
                           .console = console,
                           .settings = settings};
  return walk_on(world, std::move(chosen), {});
}

constexpr std::string_view kAudiences[] = {"engineering", "customer"};
constexpr ArgumentSpec kArguments[] = {
    {.name = "PLAYBOOK",
     .kind = ValueKind::playbook,
     .help = "an id, an unambiguous part of one, or a file; left out, walk asks what is wrong and searches"},
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
    {.name = "--ticket",
     .placeholder = "TICKET",
     .kind = ValueKind::text,
     .help = "what the case belongs to in another system"},
    {.name = "--no-record", .help = "keep no case of this walk"},
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
