#include "cli/console.h"
#include "cli/context.h"
#include "cli/graph_view.h"

namespace aztriage::cli {
namespace {

ExitCode run_graph(const Options& options, Console& console) {
  auto library = open_library(options);
  if (!library) return console.fail(library.error(), ExitCode::usage);
  std::string diagnostics;
  auto playbook = load_playbook(*(*library)->catalog, options.arguments.front(), diagnostics);
  if (!playbook) {
    if (!diagnostics.empty()) console.warn(diagnostics);
    return console.fail(playbook.error(), ExitCode::usage);
  }
  console.out(options.get("output") == "dot" ? graph_dot(*playbook) : graph_mermaid(*playbook));
  return ExitCode::ok;
}

constexpr ArgumentSpec kOne[] = {{.name = "PLAYBOOK",
                                  .kind = ValueKind::playbook,
                                  .help = "an id, an unambiguous part of one, or a .yaml file",
                                  .required = true}};
constexpr std::string_view kFormats[] = {"mermaid", "dot"};
constexpr std::string_view kExamples[] = {
    "aztriage playbook graph 5xx-from-edge > graph.mmd",
    "aztriage playbook graph front-door/5xx-from-edge --format dot | dot -Tsvg > graph.svg"};

}  // namespace

extern const CommandSpec kPlaybookGraph;
const CommandSpec kPlaybookGraph{
    .name = "playbook graph",
    .summary = "one playbook as a picture, for Mermaid or Graphviz",
    .details =
        "Broken lines lead to the steps that require or wait for a step, whole ones to the causes that an "
        "outcome speaks for, thick ones to those that an exact outcome names.",
    .arguments = kOne,
    .examples = kExamples,
    .groups = Group::general | Group::playbooks,
    .formats = kFormats,
    .run = run_graph};

}  // namespace aztriage::cli
