#include "cli/case_session.h"

#include "base/text.h"
#include "casefile/writer.h"
#include "cli/given.h"

#include <algorithm>

namespace aztriage::cli {
namespace {

std::set<std::string> hidden_in(const OpenPart& part) {
  auto hidden = part.part->begin.start.hidden;
  for (const auto& event : part.events) {
    if (event.kind == engine::EventKind::input && event.flag == true) hidden.insert(event.name);
  }
  return hidden;
}

std::string ask(const playbook::Input& input, Prompt& prompt, Console& console) {
  console.out(
      (input.ask.empty() ? "What is the " + input.name + "?" : input.ask) +
      (input.secret ? " (it is on no record; Enter goes on without)\n" : " (Enter goes on without)\n"));
  if (input.secret) prompt.ask_secret("> ");
  const auto reply = prompt.wait("> ");
  return reply && reply->kind == Reply::Kind::line ? std::string(text::trim(reply->text)) : "";
}

Result<engine::Inputs> inputs_again(const LiveWorld& world, const OpenPart& part) {
  const auto& start = part.part->begin.start;
  auto given = given_inputs(world.options, {}, part.playbook, world.library.catalog->inputs());
  if (!given) return tl::unexpected<Error>(given.error());
  if (given->size() > 1) return failed("a case takes one value for each input", "run takes several");
  auto texts = start.inputs;
  const auto hidden = hidden_in(part);
  for (const auto& name : hidden) texts.erase(name);
  for (const auto& [name, value] : given->front()) texts[name] = value;
  for (const auto& name : hidden) {
    const auto input = std::ranges::find(part.playbook.inputs, name, &playbook::Input::name);
    if (texts.contains(name) || input == part.playbook.inputs.end() || world.prompt == nullptr) continue;
    if (auto answer = ask(*input, *world.prompt, world.console); !answer.empty()) texts[name] = answer;
  }
  auto bound = engine::bind(part.playbook, texts, world.data.clouds, start.cloud);
  if (!bound.problems.empty()) return tl::unexpected<Error>(bound.problems.front().error);
  return std::move(bound.inputs);
}

/// What the command line allows counts besides what was allowed then.
engine::SessionOptions options_again(const LiveWorld& world, const OpenPart& part) {
  auto options = options_of(part);
  const auto now = session_options(world.options);
  options.interactive = world.interactive;
  options.allow_intrusive = options.allow_intrusive || now.allow_intrusive;
  options.allow_commands.insert(now.allow_commands.begin(), now.allow_commands.end());
  options.reference = options.reference && now.reference;
  if (now.timeout != Milliseconds::zero()) options.timeout = now.timeout;
  return options;
}

}  // namespace

Result<std::unique_ptr<LiveCase>> open_live(const LiveWorld& world, OpenCase open, OpenPart part) {
  auto inputs = inputs_again(world, part);
  if (!inputs) return tl::unexpected<Error>(inputs.error());
  auto writer = casefile::Writer::append(open.path);
  if (!writer) return tl::unexpected<Error>(writer.error());
  auto live = std::make_unique<LiveCase>();
  live->open = std::move(open);
  live->part = std::move(part);
  live->session = std::make_unique<engine::Session>(live->part.playbook, std::move(*inputs),
                                                    options_again(world, live->part), world.data,
                                                    world.source, system_clock());
  live->session->restore(live->part.part->begin.start, live->part.events);
  live->recording = std::make_unique<Recording>(*live->session, std::move(*writer));
  live->session->go_on();
  return live;
}

}  // namespace aztriage::cli
