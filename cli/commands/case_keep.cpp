#include "base/duration.h"
#include "base/file.h"
#include "base/text.h"
#include "casefile/store.h"
#include "casefile/writer.h"
#include "cli/cases.h"
#include "cli/prompt.h"
#include "cli/terminal.h"
#include "cli/walk/choose.h"
#include "decode/mask.h"

#include <algorithm>
#include <charconv>

namespace aztriage::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostNote = 64u << 10;

bool is_file_word(const std::string& word) {
  return word == "-" || word.find('/') != word.npos || word.find('.') != word.npos;
}

ExitCode run_note(const Options& options, Console& console) {
  const auto& words = options.arguments;
  std::string id = words.size() > 1 ? words.front() : "";
  std::string note = words.back();
  if (words.size() == 1 && casefile::is_id(note)) {
    return console.fail({"there is no text beside '" + note + "'", "aztriage case note ID TEXT"},
                        ExitCode::usage);
  }
  auto open = open_case(id);
  if (!open) return console.fail(open.error(), ExitCode::usage);
  if (note == "-") {
    auto text = read_file("-", kMostNote);
    if (!text) return console.fail(text.error(), ExitCode::usage);
    note = std::move(*text);
  }
  note = std::string(text::trim(note));
  if (note.empty()) return console.fail({"the note is empty", ""}, ExitCode::usage);
  if (note.size() > kMostNote) return console.fail({"the note is larger than 64 KiB", ""}, ExitCode::usage);
  auto writer = casefile::Writer::append(open->path);
  if (!writer) return console.fail(writer.error(), ExitCode::usage);
  const engine::Event event{
      .kind = engine::EventKind::note, .at = system_clock().utc(), .text = decode::mask(note).text};
  (*writer)->write({&event, 1});
  if ((*writer)->trouble())
    return console.fail({"the note was not written: " + (*writer)->trouble()->what, ""}, ExitCode::internal);
  console.note("noted on case " + open->id);
  return ExitCode::ok;
}

ExitCode run_export(const Options& options, Console& console) {
  std::string id;
  std::string file = "-";
  const auto& words = options.arguments;
  if (words.size() == 1 && is_file_word(words.front())) {
    file = words.front();
  } else if (!words.empty()) {
    id = words.front();
    if (words.size() > 1) file = words[1];
  }
  auto open = open_case(id);
  if (!open) return console.fail(open.error(), ExitCode::usage);
  warn_all(open->record->warnings, open->id, console);
  auto text = open->record->text.substr(0, open->record->whole);
  if (file == "-") {
    console.out(is_terminal(1) ? text::printable_json(text::to_utf8(text)) : text);
    return ExitCode::ok;
  }
  std::error_code ignored;
  if (fs::is_regular_file(file, ignored)) {
    return console.fail(
        {"'" + text::printable(file) + "' is there already", "name another file, or delete it first"},
        ExitCode::usage);
  }
  if (auto written = write_file(file, text); !written)
    return console.fail(written.error(), ExitCode::internal);
  console.note("case " + open->id + " is in " + text::printable(file));
  return ExitCode::ok;
}

ExitCode run_import(const Options& options, Console& console) {
  const auto& file = options.arguments.front();
  auto text = read_file(file, casefile::kMostBytes);
  if (!text) return console.fail(text.error(), ExitCode::usage);
  auto record = casefile::read_record(*text);
  if (!record) {
    return console.fail(
        {"'" + text::printable(file) + "' is no case: " + record.error().what, record.error().hint},
        ExitCode::usage);
  }
  const auto folder = casefile::cases_folder();
  if (!folder) return console.fail(folder.error(), ExitCode::internal);
  std::vector<std::string> warnings = (*record)->warnings;
  for (const auto& part : (*record)->parts) casefile::events_of(part, {}, warnings);
  auto imported = casefile::import_text(*folder, (*record)->parts.front().begin.header.id, *text);
  if (!imported) return console.fail(imported.error(), ExitCode::internal);
  warn_all(warnings, imported->id, console);
  console.out(imported->id + "\n");
  console.note(imported->there ? "it was there already" : "imported as case " + imported->id);
  return ExitCode::ok;
}

/// `90d`, `2w`, or a duration as everywhere.
Result<std::chrono::hours> age_of(const std::string& word) {
  int count = 0;
  const auto [rest, error] = std::from_chars(word.data(), word.data() + word.size(), count);
  const std::string_view unit(rest, static_cast<std::size_t>(word.data() + word.size() - rest));
  constexpr int kMost = 100'000;
  if (error == std::errc{} && count > 0 && count <= kMost) {
    if (unit == "h") return std::chrono::hours(count);
    if (unit == "d") return std::chrono::hours(24 * count);
    if (unit == "w") return std::chrono::hours(24 * 7 * count);
  }
  return failed("--older: '" + text::printable(word) + "' is no age", "such as 12h, 90d or 8w");
}

Result<std::vector<std::string>> chosen(const Options& options, const fs::path& folder, Console& console) {
  std::vector<std::string> ids;
  for (const auto& word : options.arguments) {
    auto id = casefile::find_case(folder, word);
    if (!id) return tl::unexpected<Error>(id.error());
    if (std::ranges::find(ids, *id) == ids.end()) ids.push_back(*id);
  }
  if (!options.has("older")) return ids;
  const auto age = age_of(options.get("older"));
  if (!age) return tl::unexpected<Error>(age.error());
  std::vector<std::string> warnings;
  for (const auto& one : casefile::list_cases(folder, warnings)) {
    const bool old = one.at < system_clock().utc() - *age;
    if (old && std::ranges::find(ids, one.id) == ids.end()) ids.push_back(one.id);
  }
  for (const auto& warning : warnings) console.warn("aztriage: " + text::printable(warning) + "; it stays");
  return ids;
}

ExitCode run_delete(const Options& options, Console& console) {
  if (options.arguments.empty() && !options.has("older"))
    return console.fail({"no case was named", "give ids, or --older 90d"}, ExitCode::usage);
  const auto folder = casefile::cases_folder();
  if (!folder) return console.fail(folder.error(), ExitCode::internal);
  const auto ids = chosen(options, *folder, console);
  if (!ids) return console.fail(ids.error(), ExitCode::usage);
  if (ids->empty()) {
    console.note("no case is that old");
    return ExitCode::ok;
  }
  const std::string what = ids->size() == 1 ? "case " + ids->front() : std::to_string(ids->size()) + " cases";
  if (!options.flag("yes")) {
    if (!console.interactive())
      return console.fail({what + " would be deleted", "--yes does it without asking"}, ExitCode::usage);
    Prompt prompt(prompt_on(options, console));
    const auto reply = prompt.wait("delete " + what + " for ever? y/N ");
    const auto answer = reply ? text::lower(text::trim(reply->text)) : "";
    if (answer != "y" && answer != "yes") {
      console.note("nothing was deleted");
      return ExitCode::ok;
    }
  }
  ExitCode code = ExitCode::ok;
  for (const auto& id : *ids) {
    if (auto done = casefile::delete_case(*folder, id); !done)
      code = console.fail(done.error(), ExitCode::internal);
  }
  if (code == ExitCode::ok) console.note("deleted " + what);
  return code;
}

constexpr ArgumentSpec kNoteArguments[] = {
    {.name = "ID",
     .kind = ValueKind::case_id,
     .help = "a case, or the beginning of its id; the last one when left out",
     .required = true},
    {.name = "TEXT", .help = "the note; - reads it from standard input"}};
constexpr ArgumentSpec kExportArguments[] = {
    {.name = "ID",
     .kind = ValueKind::case_id,
     .help = "a case, or the beginning of its id; the last one when left out"},
    {.name = "FILE", .kind = ValueKind::file, .help = "where it goes; standard output when left out"}};
constexpr ArgumentSpec kImportArguments[] = {{.name = "FILE",
                                              .kind = ValueKind::file,
                                              .help = "what 'case export' wrote; - is standard input",
                                              .required = true}};
constexpr ArgumentSpec kDeleteArguments[] = {{.name = "ID",
                                              .kind = ValueKind::case_id,
                                              .help = "cases, or the beginnings of their ids",
                                              .repeatable = true}};
constexpr OptionSpec kDeleteOptions[] = {{.name = "--older",
                                          .placeholder = "AGE",
                                          .kind = ValueKind::text,
                                          .help = "all cases that began longer ago, such as 90d"},
                                         {.name = "--yes", .help = "do not ask"}};
constexpr std::string_view kNoteExamples[] = {"aztriage case note \"the customer calls back at 15:00\"",
                                              "aztriage case note 4f2k - < mail.txt"};
constexpr std::string_view kExportExamples[] = {"aztriage case export 4f2k 4f2k.jsonl"};
constexpr std::string_view kImportExamples[] = {"aztriage case import 4f2k.jsonl && aztriage case show 4f2k"};
constexpr std::string_view kDeleteExamples[] = {"aztriage case delete 4f2k",
                                                "aztriage case delete --older 90d --yes"};

}  // namespace

extern const CommandSpec kCaseNote;
extern const CommandSpec kCaseExport;
extern const CommandSpec kCaseImport;
extern const CommandSpec kCaseDelete;

const CommandSpec kCaseNote{.name = "case note",
                            .summary = "writes a note on a case, with the time",
                            .details = "With one word the note goes on the last case.",
                            .arguments = kNoteArguments,
                            .examples = kNoteExamples,
                            .run = run_note};
const CommandSpec kCaseExport{.name = "case export",
                              .summary = "writes a case to a file, byte by byte as it is",
                              .details = "It holds host names and addresses of the customer, and no secrets.",
                              .arguments = kExportArguments,
                              .examples = kExportExamples,
                              .run = run_export};
const CommandSpec kCaseImport{.name = "case import",
                              .summary = "takes an exported case in, byte by byte as it is",
                              .details = "Prints its id; a new one when another case has the old one.",
                              .arguments = kImportArguments,
                              .examples = kImportExamples,
                              .run = run_import};
const CommandSpec kCaseDelete{.name = "case delete",
                              .summary = "deletes cases for ever; nothing else ever does",
                              .arguments = kDeleteArguments,
                              .options = kDeleteOptions,
                              .examples = kDeleteExamples,
                              .run = run_delete};

}  // namespace aztriage::cli
