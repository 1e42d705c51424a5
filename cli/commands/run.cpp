#include "base/duration.h"
#include "base/text.h"
#include "cli/cases.h"
#include "cli/context.h"
#include "cli/dry_run.h"
#include "cli/interrupt.h"
#include "cli/replay.h"
#include "cli/report_out.h"
#include "cli/runs.h"
#include "engine/live.h"
#include "engine/summary.h"
#include "report/report.h"

#include <algorithm>

namespace aztriage::cli {
namespace {

/// Nobody waits longer for a pipeline's answer, unless told to.
constexpr Milliseconds kDeadline{80'000};
/// Runs of several inputs that are under way at once.
constexpr std::size_t kMostAtOnce = 8;
constexpr Milliseconds kTurn{250};

struct Run {
  std::unique_ptr<engine::Session> session;
  std::unique_ptr<Recording> recording;
  SteadyTime deadline;
  bool started = false;
  bool over = false;
};

void start(Run& run, Milliseconds deadline) {
  run.started = true;
  run.deadline = Steady::now() + deadline;
  run.session->start();
}

void settle(Run& run) {
  if (!run.session->busy()) {
    run.over = true;
  } else if (interrupted()) {
    run.session->stop(fact::FailureKind::interrupted);
    run.over = true;
  } else if (Steady::now() >= run.deadline) {
    run.session->stop(fact::FailureKind::deadline);
    run.over = true;
  }
}

/// How long one turn may wait, so that no deadline is overslept.
Milliseconds longest_turn(const std::vector<Run>& runs) {
  auto most = kTurn;
  for (const auto& run : runs) {
    if (!run.started || run.over) continue;
    const auto left = std::chrono::duration_cast<Milliseconds>(run.deadline - Steady::now());
    most = std::clamp(left + Milliseconds(1), Milliseconds(0), most);
  }
  return most;
}

void tell_progress(const std::vector<Run>& runs, Console& console) {
  int settled = 0;
  int all = 0;
  for (const auto& run : runs) {
    for (int i = 0; i < static_cast<int>(run.session->playbook().steps.size()); ++i) {
      ++all;
      settled += run.session->settled(i) ? 1 : 0;
    }
  }
  console.progress(std::to_string(settled) + " of " + std::to_string(all) + " steps done");
}

void run_all(std::vector<Run>& runs, Milliseconds deadline, net::Net& net, Console& console) {
  for (;;) {
    std::size_t under_way = 0;
    for (auto& run : runs) {
      if (run.over) continue;
      if (!run.started && under_way < kMostAtOnce) {
        if (interrupted()) {
          run.session->stop(fact::FailureKind::interrupted);
          run.over = true;
          continue;
        }
        start(run, deadline);
      }
      if (run.started) {
        run.session->turn(Milliseconds(0));
        settle(run);
      }
      under_way += run.started && !run.over ? 1 : 0;
    }
    if (std::ranges::all_of(runs, &Run::over)) break;
    tell_progress(runs, console);
    if (under_way > 0) net.turn(longest_turn(runs));
  }
  console.progress("");
}

ExitCode code_of(const engine::RunResult& result, const std::string& fail_on) {
  if (result.interrupted) return ExitCode::interrupted;
  ExitCode code = ExitCode::unsure;
  if (result.verdict == isolation::Verdict::isolated) code = ExitCode::fault;
  if (result.verdict == isolation::Verdict::healthy) code = ExitCode::ok;
  if (fail_on == "never") return ExitCode::ok;
  const bool fault = code == ExitCode::fault || result.symptom == isolation::Symptom::seen;
  return fail_on == "fault" && !fault ? ExitCode::ok : code;
}

ExitCode tell_results(const Options& options, const std::vector<engine::RunResult>& results,
                      const std::vector<const decode::SecretSet*>& secrets,
                      const std::vector<std::string>& own, const std::vector<ReportFile>& files,
                      Console& console) {
  const auto format = output_format(options);
  std::vector<ReportText> texts;
  texts.push_back({"", report::render(format, results, report_style(format, console))});
  for (const auto& file : files) texts.push_back({file.path, report::render(file.format, results, {})});
  return put_reports(texts, secrets, own, console);
}

ExitCode tell(const Options& options, const std::vector<Run>& runs, const std::vector<ReportFile>& files,
              Console& console) {
  std::vector<engine::RunResult> results;
  std::vector<const decode::SecretSet*> secrets;
  std::vector<std::string> own;
  ExitCode code = ExitCode::ok;
  for (const auto& run : runs) {
    results.push_back(engine::summarise(*run.session));
    secrets.push_back(&run.session->secrets());
    add_own_words(*run.session, own);
    const auto own_code = code_of(results.back(), options.get("fail-on", "inconclusive"));
    code = worse(code, own_code);
    if (!run.recording) continue;
    run.recording->end(own_code, results.back().interrupted ? "interrupted" : "done");
    results.back().case_id = run.recording->id();
    if (const auto news = run.recording->news(console)) console.warn("aztriage: " + *news);
  }
  return worse(code, tell_results(options, results, secrets, own, files, console));
}

/// A record is judged by the playbooks of today, without a network.
ExitCode replay_record(const Options& options, const Library& library, const std::vector<ReportFile>& files,
                       Console& console) {
  if (!options.arguments.empty()) {
    return console.fail({"--replay takes no playbook: the record names it",
                         "leave '" + text::printable(options.arguments.front()) + "' out"},
                        ExitCode::usage);
  }
  auto open = open_case_or_file(options.get("replay"));
  if (!open) return console.fail(open.error(), ExitCode::usage);
  const auto results = replay(*open, library, By::today, console);
  if (!results) return console.fail(results.error(), ExitCode::usage);
  std::vector<std::string> own;
  ExitCode code = ExitCode::ok;
  for (const auto& result : *results) {
    code = worse(code, code_of(result, options.get("fail-on", "inconclusive")));
    const auto loaded = library.catalog->load(result.playbook);
    if (loaded && loaded->playbook) add_own_words(result, loaded->playbook->text, own);
  }
  return worse(code, tell_results(options, *results, {}, own, files, console));
}

void warn_of_origin(const Planned& planned, Console& console) {
  if (!planned.playbook.built_in)
    console.warn("aztriage: '" + planned.playbook.id + "' comes from " + planned.playbook.origin);
}

ExitCode run(const Options& options, Console& console) {
  auto files = report_files(options);
  if (!files) return console.fail(files.error(), ExitCode::usage);
  auto library = open_library(options);
  if (!library) return console.fail(library.error(), ExitCode::usage);
  const auto& catalog = *(*library)->catalog;
  if (options.has("replay")) return replay_record(options, **library, *files, console);
  if (options.arguments.empty())
    return console.fail({"no playbook was named", "'aztriage playbook list' shows them"}, ExitCode::usage);
  auto selections = select(options.arguments, catalog);
  if (!selections) return console.fail(selections.error(), ExitCode::usage);
  std::string diagnostics;
  auto planned = plan_runs(options, catalog, *selections, diagnostics);
  if (!diagnostics.empty()) console.warn(text::trim(diagnostics));
  if (!planned) return console.fail(planned.error(), ExitCode::usage);
  for (const auto& each : *planned) {
    if (!each.missing.empty()) return console.fail(missing_inputs(each), ExitCode::usage);
  }
  const auto session_settings = session_options(options);
  if (options.flag("dry-run")) return dry_run(*planned, session_settings, catalog, console);

  auto net = open_network(options);
  if (!net) return console.fail(net.error().error, net.error().code);
  auto families = catalog.families();
  if (!families) return console.fail(families.error(), ExitCode::internal);
  engine::LiveSource source(**net, session_settings.here);
  const engine::SessionData data{catalog.clouds(), catalog.vantage(), *families};
  std::vector<Run> runs;
  for (const auto& each : *planned) {
    warn_of_origin(each, console);
    auto session = make_session(each, session_settings, data, source);
    if (!session) return console.fail(session.error(), ExitCode::usage);
    runs.push_back({std::move(*session), nullptr, {}, false, false});
    if (!options.flag("record")) continue;
    auto& made = runs.back();
    made.recording = std::make_unique<Recording>(*made.session, "run", options, console);
    if (!made.recording->id().empty()) console.note("case " + made.recording->id());
  }
  catch_interrupts(**net);
  run_all(runs, duration_option(options, "deadline").value_or(kDeadline), **net, console);
  return tell(options, runs, *files, console);
}

constexpr ArgumentSpec kArguments[] = {
    {.name = "PLAYBOOK",
     .kind = ValueKind::playbook,
     .help = "an id, an unambiguous part of one, or a file; none with --replay"},
    {.name = "VALUE",
     .kind = ValueKind::bare_value,
     .help = "values of its required inputs, in their order",
     .repeatable = true},
};
constexpr std::string_view kFormats[] = {"text", "json", "markdown", "html"};
constexpr OptionSpec kOptions[] = {
    {.name = "--record", .help = "keep a case of each run, as a walk does"},
    {.name = "--replay",
     .placeholder = "ID|FILE",
     .kind = ValueKind::case_file,
     .help = "judge a case again by the playbook of today, without a network"},
    {.name = "--ticket",
     .placeholder = "TICKET",
     .kind = ValueKind::text,
     .help = "what the case belongs to in another system"},
};
constexpr std::string_view kExamples[] = {
    "aztriage run 5xx-from-edge shop.contoso.com shop.azurewebsites.net",
    "aztriage run front-door/5xx-from-edge --inputs call.yaml --report junit=diagnostics.xml --fail-on fault",
    "aztriage run 5xx-from-edge shop.contoso.com --report html=report.html    # for the product group",
    "aztriage run 5xx-from-edge shop.contoso.com --record --ticket T-1042 && aztriage run --replay 4f2k",
    "aztriage run site-5xx -s endpoint=a.azurewebsites.net -s endpoint=b.azurewebsites.net -o json",
};

}  // namespace

extern const CommandSpec kRun;
const CommandSpec kRun{
    .name = "run",
    .summary = "the automatic part of playbooks, for scripts and CI",
    .details =
        "Runs every probe of the playbook together and says which cause they point to. Nobody is asked: "
        "questions count "
        "as not asked unless --answer gives them, and commands run only with --allow-commands. Exit code 0 "
        "is healthy, "
        "1 a cause is isolated, 3 it could not be told.",
    .arguments = kArguments,
    .options = kOptions,
    .examples = kExamples,
    .groups =
        Group::general | Group::playbooks | Group::inputs | Group::network | Group::place | Group::result,
    .formats = kFormats,
    .run = run,
};

}  // namespace aztriage::cli
