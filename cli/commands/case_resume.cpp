#include "base/text.h"
#include "cli/case_session.h"
#include "cli/interrupt.h"
#include "cli/walk/choose.h"
#include "cli/walk/journey.h"
#include "engine/live.h"

namespace aztriage::cli {
namespace {

constexpr std::size_t kLastLines = 15;

std::vector<std::string> last_lines(const OpenPart& part) {
  std::vector<std::string> lines;
  for (const auto& event : part.events) {
    // The question is asked again, so it would stand there twice.
    if (event.kind == engine::EventKind::ask) continue;
    for (auto& line : lines_of(event)) lines.push_back(std::move(line));
  }
  if (lines.size() > kLastLines) lines.erase(lines.begin(), lines.end() - kLastLines);
  return lines;
}

std::string step_asked(const engine::Event& event, bool goes_on, std::string asked) {
  using enum engine::EventKind;
  if (event.kind == ask) return event.name;
  const bool over = event.kind == round || (event.kind == verdict && event.value == "isolated" && !goes_on);
  return over ? "" : asked;
}

/// What the walk knew besides its session.
void stand_where_it_stood(const OpenPart& part, WalkOptions& settings) {
  using enum engine::EventKind;
  std::string asked;
  for (const auto& event : part.events) {
    if (event.kind == more) settings.continues = true;
    if (event.kind == attempt) settings.tried = part.playbook.cause_index(event.name);
    if (event.kind == trial) {
      settings.fixed = event.flag == true ? part.playbook.cause_index(event.name) : -1;
      if (event.flag == true) settings.tried = -1;
    }
    if (event.kind == undo) settings.fixed = -1;
    if (event.kind == shell) settings.shell = event.value;
    if (event.kind == note) settings.notes.push_back({event.at, event.text});
    if (event.kind == round) {
      settings.continues = false;
      settings.fixed = settings.tried = -1;
    }
    asked = step_asked(event, settings.continues, std::move(asked));
  }
  settings.asked = part.playbook.step_index(asked);
}

ExitCode resume(const Options& options, Console& console) {
  auto library = open_library(options);
  if (!library) return console.fail(library.error(), ExitCode::usage);
  auto open = open_case(options.arguments.empty() ? "" : options.arguments.front());
  if (!open) return console.fail(open.error(), ExitCode::usage);
  warn_all(open->record->warnings, open->id, console);
  auto part = open_part(open->record->parts.back(), **library, By::that_day);
  if (!part) return console.fail(part.error(), ExitCode::usage);
  warn_all(part->warnings, open->id, console);
  auto net = open_network(options);
  if (!net) return console.fail(net.error().error, net.error().code);
  auto families = (*library)->catalog->families();
  if (!families) return console.fail(families.error(), ExitCode::internal);
  Prompt prompt(prompt_on(options, console));
  const auto start = part->part->begin.start;
  engine::LiveSource source(**net, start.here);
  const LiveWorld world{.options = options,
                        .library = **library,
                        .data = {(*library)->catalog->clouds(), (*library)->catalog->vantage(), *families},
                        .source = source,
                        .prompt = options.flag("no-input") ? nullptr : &prompt,
                        .console = console,
                        .interactive = true};
  WalkOptions settings;
  settings.before = last_lines(*part);
  stand_where_it_stood(*part, settings);
  auto live = open_live(world, std::move(*open), std::move(*part));
  if (!live) return console.fail(live.error(), ExitCode::usage);
  catch_interrupts(**net);
  settings.for_customer = options.get("for", "engineering") == "customer";
  settings.recording = (*live)->recording.get();
  Walk guided(*(*live)->session, **net, console, prompt, settings);
  const auto code = guided.run();
  if (guided.going_on().empty() || interrupted()) return code;
  auto next = session_options(options);
  next.interactive = true;
  next.here = start.here;
  next.cloud = start.cloud;
  const JourneyWorld journey{.options = options,
                             .catalog = *(*library)->catalog,
                             .data = world.data,
                             .source = source,
                             .net = **net,
                             .prompt = prompt,
                             .console = console,
                             .settings = next};
  return walk_on_in(journey, guided.going_on(), *(*live)->session,
                    {.writer = (*live)->recording->release(), .recorded = true, .notes = guided.notes()});
}

constexpr std::string_view kAudiences[] = {"engineering", "customer"};
constexpr ArgumentSpec kArguments[] = {
    {.name = "ID",
     .kind = ValueKind::case_id,
     .help = "a case, or the beginning of its id; the last one when left out"}};
constexpr OptionSpec kOptions[] = {
    {.name = "--for",
     .placeholder = "AUDIENCE",
     .kind = ValueKind::choice,
     .help = "for a screen that the customer sees: no percentages, team names or notes",
     .words = kAudiences,
     .default_value = "engineering"}};
constexpr std::string_view kExamples[] = {"aztriage case resume", "aztriage case resume 4f2k --for customer"};
constexpr std::string_view kText[] = {"text"};

}  // namespace

extern const CommandSpec kCaseResume;
const CommandSpec kCaseResume{
    .name = "case resume",
    .summary = "goes on with a walk at the same question",
    .details =
        "Shows the last lines, looks at what was cut off, and asks what was asked. The playbook is the one "
        "of "
        "that day, which the case keeps; secrets are asked for again, since they are on no record.",
    .arguments = kArguments,
    .options = kOptions,
    .examples = kExamples,
    .groups = Group::general | Group::playbooks | Group::inputs | Group::network | Group::place,
    .formats = kText,
    .run = resume};

}  // namespace aztriage::cli
