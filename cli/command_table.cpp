#include "cli/command.h"

namespace aztriage::cli {

extern const CommandSpec kWalk;
extern const CommandSpec kRun;
extern const CommandSpec kProbe;
extern const CommandSpec kCompare;
extern const CommandSpec kExplain;
extern const CommandSpec kCase;
extern const CommandSpec kCaseList;
extern const CommandSpec kCaseShow;
extern const CommandSpec kCaseNote;
extern const CommandSpec kCaseResume;
extern const CommandSpec kCaseVerify;
extern const CommandSpec kCaseReport;
extern const CommandSpec kCaseExport;
extern const CommandSpec kCaseImport;
extern const CommandSpec kCaseDelete;
extern const CommandSpec kPlaybook;
extern const CommandSpec kPlaybookList;
extern const CommandSpec kPlaybookShow;
extern const CommandSpec kPlaybookLint;
extern const CommandSpec kPlaybookTest;
extern const CommandSpec kPlaybookGraph;
extern const CommandSpec kPlaybookNew;
extern const CommandSpec kPlaybookSchema;
extern const CommandSpec kCompletion;

namespace {

constexpr const CommandSpec* kCommands[] = {
    &kWalk,          &kRun,         &kProbe,        &kCompare,      &kExplain,        &kCase,
    &kCaseList,      &kCaseShow,    &kCaseNote,     &kCaseResume,   &kCaseVerify,     &kCaseReport,
    &kCaseExport,    &kCaseImport,  &kCaseDelete,   &kPlaybook,     &kPlaybookList,   &kPlaybookShow,
    &kPlaybookGraph, &kPlaybookNew, &kPlaybookLint, &kPlaybookTest, &kPlaybookSchema, &kCompletion};

constexpr std::string_view kColors[] = {"auto", "always", "never"};
constexpr std::string_view kClouds[] = {"public", "usgov", "china"};
constexpr std::string_view kPlaces[] = {"client", "outside"};
constexpr std::string_view kFailOn[] = {"never", "fault", "inconclusive"};
constexpr std::string_view kReports[] = {"text", "markdown", "html", "json", "junit"};

constexpr OptionSpec kCommon[] = {
    {.name = "--set,-s",
     .placeholder = "NAME=VALUE",
     .kind = ValueKind::input_value,
     .help = "value of an input; several values of one name: one run for each",
     .repeatable = true,
     .group = Group::inputs},
    {.name = "--inputs",
     .placeholder = "FILE",
     .kind = ValueKind::file,
     .help = "inputs from a YAML or JSON file of names and values; - is standard input",
     .group = Group::inputs},
    {.name = "--answer,-a",
     .placeholder = "STEP=OUTCOME",
     .kind = ValueKind::step_outcome,
     .help = "what is known already, so nobody asks; STEP=@FILE gives an output to read",
     .repeatable = true,
     .group = Group::inputs},
    {.name = "--answers",
     .placeholder = "FILE",
     .kind = ValueKind::file,
     .help = "answers from a YAML or JSON file of steps and outcomes; - is standard input",
     .group = Group::inputs},

    {.name = "--playbooks",
     .placeholder = "DIR",
     .kind = ValueKind::folder,
     .help = "folder of playbooks that add to the built-in ones or replace them by id",
     .repeatable = true,
     .group = Group::playbooks},
    {.name = "--cloud",
     .placeholder = "CLOUD",
     .kind = ValueKind::choice,
     .help = "which Azure cloud",
     .words = kClouds,
     .default_value = "public",
     .group = Group::playbooks},

    {.name = "--here",
     .placeholder = "PLACE",
     .kind = ValueKind::choice,
     .help = "where this machine is: where the failing client sits, or outside",
     .words = kPlaces,
     .group = Group::place},
    {.name = "--no-reference",
     .help = "ask no reference host whether this machine's own network is sound",
     .group = Group::place},
    {.name = "--allow-commands",
     .placeholder = "TOOLS",
     .kind = ValueKind::text,
     .help = "run read-only commands of these tools without asking, such as az,kubectl",
     .group = Group::place},
    {.name = "--allow-intrusive",
     .help = "run steps that can be felt by the service or lock an account",
     .group = Group::place},
    {.name = "--dry-run",
     .help = "only say which hosts, ports and commands would be touched",
     .group = Group::place},

    {.name = "--timeout",
     .placeholder = "TIME",
     .kind = ValueKind::duration,
     .help = "longest time for one look (dns and tcp 5s, tls 10s, http 30s)",
     .group = Group::network},
    {.name = "--deadline",
     .placeholder = "TIME",
     .kind = ValueKind::duration,
     .help = "longest time for everything",
     .group = Group::network},
    {.name = "--proxy",
     .placeholder = "URL",
     .kind = ValueKind::text,
     .help = "proxy instead of the environment's (https_proxy, ...); none is none",
     .group = Group::network},
    {.name = "--ca-file",
     .placeholder = "FILE",
     .kind = ValueKind::file,
     .help = "certificates in PEM form to trust besides the system's",
     .group = Group::network},
    {.name = "--connect-to",
     .placeholder = "HOST:PORT:HOST2:PORT2",
     .kind = ValueKind::text,
     .help = "connect to HOST2:PORT2 instead of HOST:PORT, as in curl",
     .repeatable = true,
     .group = Group::network},
    {.name = "--resolve",
     .placeholder = "HOST:PORT:ADDRESS",
     .kind = ValueKind::text,
     .help = "use ADDRESS for HOST:PORT, as in curl",
     .repeatable = true,
     .group = Group::network},
    {.name = "--dns-server",
     .placeholder = "IP[:PORT]",
     .kind = ValueKind::text,
     .help = "name server to ask instead of the system's",
     .group = Group::network},

    {.name = "--report",
     .placeholder = "FORMAT=FILE",
     .kind = ValueKind::report,
     .help = "also write the result to a file: text, markdown, html, json or junit",
     .words = kReports,
     .repeatable = true,
     .group = Group::result},
    {.name = "--fail-on",
     .placeholder = "WHEN",
     .kind = ValueKind::choice,
     .help = "which result fails a pipeline: never, fault, inconclusive (faults too)",
     .words = kFailOn,
     .default_value = "inconclusive",
     .group = Group::result},

    {.name = "--output,-o,--format,-f",
     .placeholder = "FORMAT",
     .kind = ValueKind::choice,
     .help = "how the result is written to standard output"},
    {.name = "--tz",
     .placeholder = "ZONE",
     .kind = ValueKind::text,
     .help = "show times in this zone too, such as Europe/Berlin or local"},
    {.name = "--no-input", .help = "never ask anything"},
    {.name = "--color",
     .placeholder = "WHEN",
     .kind = ValueKind::choice,
     .help = "colour on the screen",
     .words = kColors,
     .default_value = "auto"},
    {.name = "--quiet,-q", .help = "no progress, only the result and errors"},
    {.name = "--verbose,-v", .help = "say more about what is done"},
    {.name = "--help,-h", .help = "this help"},
    {.name = "--version", .help = "version of the tool and of the libraries it uses"},
};

}  // namespace

std::span<const CommandSpec* const> all_commands() {
  return kCommands;
}
std::span<const OptionSpec> common_options() {
  return kCommon;
}

}  // namespace aztriage::cli
