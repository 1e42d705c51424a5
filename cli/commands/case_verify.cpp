#include "base/text.h"
#include "cli/case_session.h"
#include "cli/interrupt.h"
#include "cli/walk/choose.h"
#include "engine/live.h"
#include "engine/summary.h"
#include "engine/verify.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace aztriage::cli {
namespace {

using engine::Verified;

/// One good look may be luck: two in a row count when there is time for two.
constexpr int kGoodLooks = 2;

/// Looks only at some steps: nothing else of the case is touched.
class OnlySource : public engine::Source {
 public:
  explicit OnlySource(engine::Source& source) : source_(source) {}
  void allow(std::vector<std::string> steps) { steps_ = std::move(steps); }
  std::unique_ptr<engine::Looking> begin(const engine::StepPlan& plan, engine::SeenDone done) override {
    if (std::ranges::find(steps_, plan.step->id) == steps_.end()) return nullptr;
    return source_.begin(plan, std::move(done));
  }
  std::unique_ptr<engine::Looking> begin_command(const playbook::Step&, const std::vector<std::string>&,
                                                 Milliseconds, engine::SeenDone) override {
    return nullptr;
  }
  std::unique_ptr<engine::Looking> begin_vantage(const playbook::VantageData&, bool,
                                                 std::function<void(engine::PlaceSigns)>) override {
    return nullptr;
  }
  bool turn(Milliseconds most) override { return source_.turn(most); }

 private:
  engine::Source& source_;
  std::vector<std::string> steps_;
};

/// The cause that the case came to, of its last verdict that named one.
int cause_of(const OpenPart& part) {
  for (auto it = part.events.rbegin(); it != part.events.rend(); ++it) {
    if (it->kind != engine::EventKind::verdict || it->name.empty()) continue;
    return part.playbook.cause_index(it->name);
  }
  return -1;
}

std::string_view word_of(Verified verified) {
  switch (verified) {
    case Verified::helped:
      return "helped";
    case Verified::not_yet:
      return "not-yet";
    case Verified::cannot_tell:
      return "cannot-tell";
  }
  return "";
}

/// One round of looks, shown as they are on the record.
Verified look(engine::Session& session, int cause, const std::vector<int>& steps, Console& console) {
  session.probe_again(steps);
  while (session.busy() && !interrupted()) session.turn(Milliseconds(100));
  if (interrupted()) session.stop(fact::FailureKind::interrupted);
  for (const int index : steps) {
    const auto& result = session.step(index);
    std::string text = result.say.empty() ? result.outcome_name : result.say;
    if (text.empty()) text = result.reason;
    std::string line = console.screen_second(system_clock().utc()) + "  " + result.id + "  ";
    if (result.fine == true) line += console.json() ? "fine  " : console.paint(Style::good, "fine") + "  ";
    line += text::printable(text, 1000);
    console.json() ? console.note(line) : console.out(line + "\n");
  }
  return engine::verified(session, cause);
}

Verified look_until(engine::Session& session, int cause, const Options& options, net::Net& net,
                    Console& console) {
  const auto steps = engine::verify_steps(session.playbook(), cause);
  const auto every = duration_option(options, "every");
  const auto most = duration_option(options, "for");
  const auto until = Steady::now() + most.value_or(Milliseconds(std::chrono::hours(24)));
  int good = 0;
  for (;;) {
    const auto state = look(session, cause, steps, console);
    good = state == Verified::helped ? good + 1 : 0;
    if (!every || interrupted() || good >= kGoodLooks || state == Verified::cannot_tell) return state;
    const auto next = Steady::now() + *every;
    if (next >= until) return state;
    while (!interrupted() && Steady::now() < next) net.turn(Milliseconds(200));
    if (interrupted()) return state;
  }
}

ExitCode tell(const LiveCase& live, int cause, Verified state, const Options& options, Console& console) {
  const auto& title = live.part.playbook.causes[static_cast<std::size_t>(cause)];
  if (options.json()) {
    const nlohmann::ordered_json document = {
        {"schema", 1},       {"case", live.open.id},       {"playbook", live.part.playbook.id},
        {"cause", title.id}, {"verified", word_of(state)}, {"interrupted", interrupted()}};
    console.out(document.dump(2) + "\n");
  } else {
    const std::string words = state == Verified::helped    ? "CONFIRMED: what was broken is fine now"
                              : state == Verified::not_yet ? "not fine yet"
                                                           : "these looks can't tell";
    console.out(title.id + ": " + words + "\n");
  }
  if (interrupted()) return ExitCode::interrupted;
  if (state == Verified::helped) return ExitCode::ok;
  return state == Verified::not_yet ? ExitCode::fault : ExitCode::unsure;
}

ExitCode verify(const Options& options, Console& console) {
  auto library = open_library(options);
  if (!library) return console.fail(library.error(), ExitCode::usage);
  auto open = open_case(options.arguments.empty() ? "" : options.arguments.front());
  if (!open) return console.fail(open.error(), ExitCode::usage);
  warn_all(open->record->warnings, open->id, console);
  auto part = open_part(open->record->parts.back(), **library, By::that_day);
  if (!part) return console.fail(part.error(), ExitCode::usage);
  const int cause = cause_of(*part);
  if (cause < 0) {
    return console.fail({"case " + open->id + " has come to no cause, so there is nothing to verify",
                         "'aztriage case resume " + open->id + "' goes on with it"},
                        ExitCode::usage);
  }
  auto net = open_network(options);
  if (!net) return console.fail(net.error().error, net.error().code);
  auto families = (*library)->catalog->families();
  if (!families) return console.fail(families.error(), ExitCode::internal);
  Prompt prompt(prompt_on(options, console));
  engine::LiveSource live_source(**net, part->part->begin.start.here);
  OnlySource source(live_source);
  const LiveWorld world{.options = options,
                        .library = **library,
                        .data = {(*library)->catalog->clouds(), (*library)->catalog->vantage(), *families},
                        .source = source,
                        .prompt = console.interactive() ? &prompt : nullptr,
                        .console = console};
  auto live = open_live(world, std::move(*open), std::move(*part));
  if (!live) return console.fail(live.error(), ExitCode::usage);
  catch_interrupts(**net);
  auto& session = *(*live)->session;
  session.start();
  std::vector<std::string> allowed;
  for (const int index : engine::verify_steps(session.playbook(), cause))
    allowed.push_back(session.playbook().steps[static_cast<std::size_t>(index)].id);
  source.allow(std::move(allowed));
  const auto state = look_until(session, cause, options, **net, console);
  if (!interrupted() && state != Verified::cannot_tell) session.tried(cause, state == Verified::helped);
  const auto code = tell(**live, cause, state, options, console);
  session.record({.kind = engine::EventKind::end,
                  .value = interrupted() ? "interrupted" : "verified: " + std::string(word_of(state)),
                  .code = static_cast<int>(code)});
  if (const auto news = (*live)->recording->news(console)) console.warn("aztriage: " + *news);
  return code;
}

constexpr ArgumentSpec kArguments[] = {
    {.name = "ID",
     .kind = ValueKind::case_id,
     .help = "a case, or the beginning of its id; the last one when left out"}};
constexpr OptionSpec kOptions[] = {{.name = "--every",
                                    .placeholder = "TIME",
                                    .kind = ValueKind::duration,
                                    .help = "look again and again, until it is fine twice in a row"},
                                   {.name = "--for",
                                    .placeholder = "TIME",
                                    .kind = ValueKind::duration,
                                    .help = "with --every: for so long at most"}};
constexpr std::string_view kExamples[] = {"aztriage case verify",
                                          "aztriage case verify 4f2k --every 15s --for 10m"};

}  // namespace

extern const CommandSpec kCaseVerify;
const CommandSpec kCaseVerify{.name = "case verify",
                              .summary = "whether the workaround of the case's cause has helped",
                              .details =
                                  "Looks again at what the cause says shows it, and writes it on the case. "
                                  "Exit code 0: it is fine now; 1: not "
                                  "yet; 3: these looks can't tell.",
                              .arguments = kArguments,
                              .options = kOptions,
                              .examples = kExamples,
                              .groups = Group::general | Group::inputs | Group::network | Group::place,
                              .run = verify};

}  // namespace aztriage::cli
