#include "base/text.h"
#include "casefile/store.h"
#include "cli/cases.h"
#include "cli/columns.h"
#include "playbook/catalog.h"

#include <nlohmann/json.hpp>

namespace aztriage::cli {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const casefile::Summary& one) {
  const auto or_null = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
  return {{"id", one.id},
          {"at", to_rfc3339(one.at)},
          {"mode", one.mode},
          {"playbook", one.playbook},
          {"inputs", one.inputs},
          {"ticket", or_null(one.ticket)},
          {"verdict", or_null(one.verdict)},
          {"cause", or_null(one.cause)},
          {"confirmed", one.confirmed},
          {"ended", one.ended}};
}

std::string verdict_of(const casefile::Summary& one) {
  std::string text = one.verdict.empty() ? "no verdict yet" : one.verdict;
  if (!one.cause.empty()) text += " " + one.cause;
  if (one.confirmed) text += ", confirmed";
  return text;
}

/// `2026-11-25 14:02 UTC`.
std::string day_and_time(UtcTime at) {
  auto text = to_rfc3339(at);
  text[10] = ' ';
  return text.substr(0, 16) + " UTC";
}

ExitCode run_list(const Options& options, Console& console) {
  const auto folder = casefile::cases_folder();
  if (!folder) return console.fail(folder.error(), ExitCode::internal);
  std::vector<std::string> warnings;
  const auto cases = casefile::list_cases(*folder, warnings);
  for (const auto& warning : warnings) console.warn("aztriage: " + text::printable(warning));
  if (options.json()) {
    Json document;
    document["schema"] = 1;
    document["cases"] = Json::array();
    for (const auto& one : cases) document["cases"].push_back(json_of(one));
    console.out(text::printable_json(document.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n");
    return ExitCode::ok;
  }
  if (cases.empty()) console.note("there is no case yet; 'aztriage walk' records each one");
  for (const auto& one : cases) {
    std::string line = padded(one.id, 7) + padded(day_and_time(one.at), 22) +
                       padded(text::printable(one.playbook, 80), 34) + text::printable(verdict_of(one), 80);
    if (!one.ticket.empty()) line += "  " + text::printable(one.ticket, 60);
    console.out(line + "\n");
  }
  return ExitCode::ok;
}

/// The lines of the file, each still the JSON that it is, none of it able to move a cursor.
std::string show_json(const OpenCase& open, bool lines) {
  std::string out;
  if (!lines) {
    out = R"({"schema":1,"case":)" + Json(open.id).dump() + R"(,"warnings":)" +
          Json(open.record->warnings).dump(-1, ' ', false, Json::error_handler_t::replace) + R"(,"events":[)";
  }
  bool first = true;
  const auto text = std::string_view(open.record->text).substr(0, open.record->whole);
  for (const auto line : text::split(text, '\n')) {
    if (line.empty() || casefile::kind_of_line(line).empty()) continue;
    if (!Json::accept(line)) continue;
    if (!lines && !first) out += ",\n";
    first = false;
    out += text::printable_json(text::to_utf8(line)) + (lines ? "\n" : "");
  }
  return lines ? out : out + "]}\n";
}

void show_head(const OpenCase& open, const casefile::Part& part, Console& console) {
  const auto& [header, start] = part.begin;
  std::string line = text::printable(start.playbook) + "    case " + text::printable(open.id) + "    " +
                     day_and_time(start.at);
  console.out(console.paint(Style::strong, line) + "\n");
  std::string more = text::printable(header.mode, 20) + " of " + text::printable(header.tool, 60);
  more += start.here == "client" ? ", where the failing client sits" : ", outside";
  if (start.cloud != "public") more += ", cloud " + text::printable(start.cloud, 20);
  if (!header.ticket.empty()) more += ", ticket " + text::printable(header.ticket, 200);
  console.out("  " + more + "\n");
  for (const auto& [name, value] : start.inputs)
    console.out("  " + padded(text::printable(name, 60), 13) + " " + text::printable(value) + "\n");
}

ExitCode run_show(const Options& options, Console& console) {
  auto open = open_case_or_file(options.arguments.empty() ? "" : options.arguments.front());
  if (!open) return console.fail(open.error(), ExitCode::usage);
  if (options.json()) {
    warn_all(open->record->warnings, open->id, console);
    console.out(show_json(*open, options.lines()));
    return ExitCode::ok;
  }
  std::vector<std::string> warnings = open->record->warnings;
  for (const auto& part : open->record->parts) {
    show_head(*open, part, console);
    for (const auto& event : casefile::events_of(part, {}, warnings)) {
      std::string time = console.screen_second(event.at);
      for (const auto& line : lines_of(event)) {
        console.out(console.paint(Style::dim, time) + "  " + line + "\n");
        time.assign(text::width(time), ' ');
      }
    }
  }
  warn_all(warnings, open->id, console);
  return ExitCode::ok;
}

constexpr ArgumentSpec kOne[] = {
    {.name = "ID",
     .kind = ValueKind::case_file,
     .help = "a case, the beginning of its id, or a file; the last one when left out"}};
constexpr std::string_view kShowFormats[] = {"text", "json", "jsonl"};
constexpr std::string_view kListExamples[] = {"aztriage case list",
                                              "aztriage case list -o json | jq '.cases[0]'"};
constexpr std::string_view kShowExamples[] = {"aztriage case show", "aztriage case show 4f2k -o jsonl"};

}  // namespace

extern const CommandSpec kCase;
extern const CommandSpec kCaseList;
extern const CommandSpec kCaseShow;

const CommandSpec kCase{
    .name = "case",
    .summary = "the records of walks and runs: show, note, resume, verify, hand over",
    .details =
        "A walk is recorded as it goes, run with --record: one file a case, below "
        "$XDG_STATE_HOME/aztriage/cases, "
        "without secrets, safe on the disk before anything is shown. Without an ID the last "
        "one is meant."};
const CommandSpec kCaseList{
    .name = "case list", .summary = "all cases, newest first", .examples = kListExamples, .run = run_list};
const CommandSpec kCaseShow{
    .name = "case show",
    .summary = "everything that was seen, said and done, with its time",
    .details = "-o jsonl writes the lines of the file, -o json all of them as one document.",
    .arguments = kOne,
    .examples = kShowExamples,
    .formats = kShowFormats,
    .run = run_show};

}  // namespace aztriage::cli
