#include "base/file.h"
#include "base/text.h"
#include "cli/console.h"
#include "cli/context.h"
#include "cli/coverage_view.h"
#include "engine/recorded.h"
#include "source/render.h"

#include <filesystem>

#include <nlohmann/json.hpp>

namespace aztriage::cli {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::size_t kMostCases = 4u << 20;

struct Tally {
  int passed = 0;
  int failed = 0;
  bool unreadable = false;
  Json cases = Json::array();
  std::vector<PlaybookCoverage> coverage;
};

/// What all cases are judged with.
struct Bench {
  const Library& library;
  std::vector<playbook::Family> families;
  engine::SessionData data() const {
    return {library.catalog->clouds(), library.catalog->vantage(), families};
  }
};

void judge(const engine::RecordedCase& recorded, const playbook::Playbook& playbook, const Bench& bench,
           Tally& tally, Console& console) {
  const auto verdict = engine::judge_recorded(recorded, playbook, bench.data());
  tally.coverage.back().coverage.add(verdict.result);
  ++(verdict.passed ? tally.passed : tally.failed);
  tally.cases.push_back({{"playbook", playbook.id},
                         {"case", recorded.name},
                         {"passed", verdict.passed},
                         {"verdict", isolation::name_of(verdict.result.verdict)},
                         {"cause", verdict.result.cause ? Json(verdict.result.cause->id) : Json(nullptr)},
                         {"differences", verdict.differences}});
  if (console.json() || (verdict.passed && !console.verbose())) return;
  std::string line =
      console.paint(verdict.passed ? Style::good : Style::bad, verdict.passed ? "ok    " : "FAILED");
  line += "  " + playbook.id + ": " + text::printable(recorded.name) + "\n";
  for (const auto& difference : verdict.differences)
    line += "          " + text::printable(difference) + "\n";
  console.out(line);
}

/// The cases of one playbook; false when its file of cases can't be used.
bool judge_file(const playbook::Playbook& playbook, const fs::path& path, const Bench& bench, Tally& tally,
                Console& console) {
  auto text = read_file(path, kMostCases);
  if (!text) {
    console.fail(text.error(), ExitCode::usage);
    return false;
  }
  const source::Source source(path.string(), std::move(*text));
  source::Diagnostics diagnostics;
  const auto cases = engine::read_cases(source, playbook, bench.library.vocabulary, diagnostics);
  if (!diagnostics.items().empty()) console.warn(source::render(diagnostics, source));
  tally.coverage.push_back({playbook.id, engine::Coverage(playbook)});
  for (const auto& recorded : cases) judge(recorded, playbook, bench, tally, console);
  return !diagnostics.has_errors();
}

Result<std::vector<std::string>> names_of(const Options& options, const playbook::Catalog& catalog) {
  if (!options.arguments.empty()) return options.arguments;
  auto listings = catalog.list();
  if (!listings) return tl::unexpected<Error>(listings.error());
  std::vector<std::string> names;
  for (const auto& one : *listings) names.push_back(one.id);
  return names;
}

Result<Tally> judge_all(const Options& options, const Bench& bench, Console& console) {
  const fs::path folder = options.get("cases");
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    return failed("--cases: '" + text::printable(folder.string()) + "' is no folder",
                  "give the folder that holds FAMILY/SCENARIO.yaml files of recorded cases");
  }
  auto names = names_of(options, *bench.library.catalog);
  if (!names) return tl::unexpected<Error>(names.error());
  Tally tally;
  for (const auto& name : *names) {
    std::string diagnostics;
    auto playbook = load_playbook(*bench.library.catalog, name, diagnostics);
    if (!diagnostics.empty()) console.warn(diagnostics);
    if (!playbook) return tl::unexpected<Error>(playbook.error());
    const fs::path path = folder / (playbook->id + ".yaml");
    if (!fs::exists(path, ignored)) {
      const std::string what =
          "no recorded cases of " + playbook->id + ": '" + path.string() + "' does not exist";
      if (!options.arguments.empty()) return failed(what);
      console.note(what);
      continue;
    }
    if (!judge_file(*playbook, path, bench, tally, console)) tally.unreadable = true;
  }
  return tally;
}

ExitCode run_test(const Options& options, Console& console) {
  if (!options.has("cases")) {
    return console.fail({"--cases is missing", "give the folder of recorded cases, such as tests/playbooks"},
                        ExitCode::usage);
  }
  auto library = open_library(options);
  if (!library) return console.fail(library.error(), ExitCode::usage);
  auto families = (*library)->catalog->families();
  if (!families) return console.fail(families.error(), ExitCode::usage);
  const Bench bench{**library, std::move(*families)};
  auto tally = judge_all(options, bench, console);
  if (!tally) return console.fail(tally.error(), ExitCode::usage);

  const ExitCode code = tally->unreadable || tally->passed + tally->failed == 0 ? ExitCode::usage
                        : tally->failed > 0                                     ? ExitCode::fault
                                                                                : ExitCode::ok;
  const std::string summary =
      std::to_string(tally->passed) + " passed, " + std::to_string(tally->failed) + " failed";
  if (!options.json()) {
    if (options.has("coverage")) console.out(coverage_text(tally->coverage));
    console.out(summary + "\n");
    return code;
  }
  Json document = {
      {"schema", 1}, {"passed", tally->passed}, {"failed", tally->failed}, {"cases", tally->cases}};
  if (options.has("coverage")) document["coverage"] = coverage_json(tally->coverage);
  console.out(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  return code;
}

constexpr ArgumentSpec kArguments[] = {{.name = "PLAYBOOK",
                                        .kind = ValueKind::playbook,
                                        .help = "which to test; none: all that have recorded cases",
                                        .repeatable = true}};
constexpr OptionSpec kOptions[] = {
    {.name = "--cases",
     .placeholder = "DIR",
     .kind = ValueKind::folder,
     .help = "folder of FAMILY/SCENARIO.yaml files with recorded cases"},
    {.name = "--coverage", .help = "also which outcomes no case reaches, and which causes none isolates"}};
constexpr std::string_view kExamples[] = {"aztriage playbook test --cases tests/playbooks",
                                          "aztriage playbook test site-5xx --cases tests/playbooks -v",
                                          "aztriage playbook test --cases tests/playbooks --coverage"};

}  // namespace

extern const CommandSpec kPlaybookTest;
const CommandSpec kPlaybookTest{
    .name = "playbook test",
    .summary = "judges recorded observations and compares the verdicts",
    .details =
        "Exit code 0: all verdicts as expected; 1: some differ; 2: there are no "
        "cases, or they can't be read. What the cases leave out is told, and is no "
        "failure.",
    .arguments = kArguments,
    .options = kOptions,
    .examples = kExamples,
    .groups = Group::general | Group::playbooks,
    .run = run_test};

}  // namespace aztriage::cli
