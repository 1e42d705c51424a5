#include "cli/walk/journey.h"

#include "cli/context.h"
#include "cli/interrupt.h"
#include "cli/walk/choose.h"

#include <algorithm>
#include <optional>

namespace aztriage::cli {
namespace {

/// The playbook to go on in, with the inputs whose names it shares.
Result<Planned> carried_over(const engine::Session& session, const std::string& name,
                             const playbook::Catalog& catalog, const std::string& cloud) {
  std::string diagnostics;
  auto playbook = load_playbook(catalog, name, diagnostics);
  if (!playbook) return tl::unexpected<Error>(playbook.error());
  std::map<std::string, std::string> texts;
  for (const auto& input : playbook->inputs) {
    if (const auto* value = session.inputs().find(input.name)) texts[input.name] = fact::to_text(*value);
  }
  auto bound = engine::bind(*playbook, texts, catalog.clouds(), cloud);
  for (const auto& problem : bound.problems) {
    // What is of another kind there has to be asked for.
    texts.erase(problem.name);
  }
  if (!bound.problems.empty()) bound = engine::bind(*playbook, texts, catalog.clouds(), cloud);
  return Planned{std::move(*playbook), std::move(bound.inputs), std::move(bound.missing), {}};
}

/// The next playbook with all its inputs.
Result<Planned> planned_from(const JourneyWorld& world, const std::string& name,
                             const engine::Session& from) {
  auto next = carried_over(from, name, world.catalog, world.settings.cloud);
  if (next && !ask_inputs(*next, world.catalog, world.settings.cloud, world.prompt, world.console))
    return tl::unexpected<Error>(missing_inputs(*next));
  return next;
}

}  // namespace

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

ExitCode walk_on(const JourneyWorld& world, Planned chosen, Left left) {
  left.recorded = left.recorded && !world.options.flag("no-record");
  for (;;) {
    auto session = make_session(chosen, world.settings, world.data, world.source);
    if (!session) return world.console.fail(session.error(), ExitCode::usage);
    std::optional<Recording> recording;
    if (left.writer) {
      recording.emplace(**session, std::move(left.writer), Recording::Begins::yes);
    } else if (left.recorded) {
      recording.emplace(**session, "walk", world.options, world.console);
    }
    WalkOptions how;
    how.for_customer = world.options.get("for", "engineering") == "customer";
    how.recording = recording ? &*recording : nullptr;
    how.notes = left.notes;
    Walk guided(**session, world.net, world.console, world.prompt, how);
    const auto code = guided.run();
    if (guided.going_on().empty() || interrupted()) return code;
    left.notes = guided.notes();
    auto next = planned_from(world, guided.going_on(), **session);
    if (interrupted()) return ExitCode::interrupted;
    if (!next) return world.console.fail(next.error(), ExitCode::usage);
    chosen = std::move(*next);
    if (recording) left.writer = recording->release();
  }
}

ExitCode walk_on_in(const JourneyWorld& world, const std::string& playbook, const engine::Session& from,
                    Left left) {
  auto next = planned_from(world, playbook, from);
  if (interrupted()) return ExitCode::interrupted;
  if (!next) return world.console.fail(next.error(), ExitCode::usage);
  return walk_on(world, std::move(*next), std::move(left));
}

}  // namespace aztriage::cli
