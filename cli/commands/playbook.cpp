#include "base/text.h"
#include "casefile/schema.h"
#include "cli/case_schema.h"
#include "cli/columns.h"
#include "cli/console.h"
#include "cli/context.h"
#include "cli/playbook_view.h"
#include "playbook/load.h"
#include "report/schema.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace aztriage::cli {
namespace {

using Json = nlohmann::ordered_json;

ExitCode run_list(const Options& options, Console& console) {
  auto library = open_library(options);
  if (!library) return console.fail(library.error(), ExitCode::usage);
  auto listings = (*library)->catalog->list();
  if (!listings) return console.fail(listings.error(), ExitCode::usage);
  if (options.json()) {
    Json document;
    document["schema"] = 1;
    auto& list = document["playbooks"] = Json::array();
    for (const auto& one : *listings) {
      Json json = {{"id", one.id}, {"title", one.title}, {"origin", one.origin}};
      if (!one.replaces.empty()) json["replaces"] = one.replaces;
      list.push_back(std::move(json));
    }
    console.out(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return ExitCode::ok;
  }
  std::size_t width = 0;
  for (const auto& one : *listings) width = std::max(width, std::min<std::size_t>(one.id.size(), 40));
  for (const auto& one : *listings) {
    std::string line = padded(text::printable(one.id), width + 2) + text::printable(one.title);
    if (one.origin != "built in") line += "  (" + text::printable(one.origin) + ")";
    if (!one.replaces.empty()) line += "  replaces the one " + text::printable(one.replaces);
    console.out(line + "\n");
  }
  return ExitCode::ok;
}

ExitCode run_show(const Options& options, Console& console) {
  auto library = open_library(options);
  if (!library) return console.fail(library.error(), ExitCode::usage);
  std::string diagnostics;
  auto playbook = load_playbook(*(*library)->catalog, options.arguments.front(), diagnostics);
  if (!playbook) {
    if (!diagnostics.empty()) console.warn(diagnostics);
    return console.fail(playbook.error(), ExitCode::usage);
  }
  console.out(options.json() ? playbook_json(*playbook) : playbook_text(*playbook, console));
  return ExitCode::ok;
}

ExitCode run_schema(const Options& options, Console& console) {
  const std::string of = options.get("of", "playbook");
  if (of == "case") {
    console.out(casefile::line_schema());
    return ExitCode::ok;
  }
  if (const auto schema = case_schema(of); schema) {
    console.out(*schema);
    return ExitCode::ok;
  }
  console.out(of == "playbook" ? playbook::playbook_schema() : report::schema_of(of).value_or("{}\n"));
  return ExitCode::ok;
}

constexpr std::string_view kSchemas[] = {"run",      "suite", "probe",     "compare",   "explain",
                                         "playbook", "case",  "case-list", "case-show", "case-verify"};
constexpr OptionSpec kSchemaOptions[] = {{.name = "--of",
                                          .placeholder = "OUTPUT",
                                          .kind = ValueKind::choice,
                                          .help = "which one",
                                          .words = kSchemas,
                                          .default_value = "playbook"}};
constexpr ArgumentSpec kOne[] = {{.name = "PLAYBOOK",
                                  .kind = ValueKind::playbook,
                                  .help = "an id, an unambiguous part of one, or a .yaml file",
                                  .required = true}};
constexpr std::string_view kShowExamples[] = {
    "aztriage playbook show 5xx-from-edge",
    "aztriage playbook show front-door/5xx-from-edge -o json | jq .inputs"};
constexpr std::string_view kSchemaExamples[] = {"aztriage playbook schema --of run > run.schema.json"};
constexpr unsigned kGroups = Group::general | Group::playbooks;

}  // namespace

extern const CommandSpec kPlaybook;
extern const CommandSpec kPlaybookList;
extern const CommandSpec kPlaybookShow;
extern const CommandSpec kPlaybookSchema;

const CommandSpec kPlaybook{.name = "playbook",
                            .summary = "lists, shows, checks and tests playbooks",
                            .details =
                                "For people who write playbooks, and for scripts that want to know what one "
                                "needs."};
const CommandSpec kPlaybookList{.name = "playbook list",
                                .summary = "all playbooks that can be run, and where they come from",
                                .groups = kGroups,
                                .run = run_list};
const CommandSpec kPlaybookShow{.name = "playbook show",
                                .summary = "one playbook whole: inputs, steps, causes",
                                .arguments = kOne,
                                .examples = kShowExamples,
                                .groups = kGroups,
                                .run = run_show};
const CommandSpec kPlaybookSchema{.name = "playbook schema",
                                  .summary = "JSON Schemas of playbooks and of what commands write",
                                  .options = kSchemaOptions,
                                  .examples = kSchemaExamples,
                                  .run = run_schema};

}  // namespace aztriage::cli
