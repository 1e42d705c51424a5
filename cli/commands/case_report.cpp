#include "base/file.h"
#include "base/text.h"
#include "casefile/stand_ins.h"
#include "casefile/store.h"
#include "cli/cases.h"
#include "cli/clipboard.h"
#include "cli/replay.h"
#include "cli/report_out.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "decode/last_check.h"
#include "report/case_events.h"
#include "report/stand_ins.h"

#include <algorithm>

namespace aztriage::cli {
namespace {

constexpr std::size_t kMostAnswer = 8u << 20;
constexpr std::string_view kFormats[] = {"text", "markdown", "html", "json"};
constexpr std::size_t kPaper = 100;  // columns of a text that goes to no screen

std::vector<std::string> suffixes_of(const Library& library) {
  std::vector<std::string> all;
  if (const auto families = library.catalog->families()) {
    for (const auto& family : *families) {
      for (const auto& suffix : family.suffixes) all.push_back(suffix.suffix);
    }
  }
  for (const auto& [cloud, entries] : library.catalog->clouds().clouds) {
    for (const auto& [name, value] : entries) {
      // The others are hosts of the cloud itself.
      if (name != "login" && name != "arm" && name != "graph" && name != "portal")
        all.push_back(fact::to_text(value));
    }
  }
  return all;
}

/// The case as a report with its real names.
Result<report::CaseReport> whole_report(const OpenCase& open, const Library& library, Console& console) {
  auto rounds = replay(open, library, By::that_day, console);
  if (!rounds) return tl::unexpected<Error>(rounds.error());
  auto made = report::report_of(std::move(*rounds));
  made.case_id = open.id;
  made.tool = "aztriage " + tool_version();
  std::vector<engine::Event> events;
  for (const auto& part : open.record->parts) {
    if (made.ticket.empty()) made.ticket = part.begin.header.ticket;
    std::vector<std::string> told_already;
    for (auto& event : casefile::events_of(part, {}, told_already)) events.push_back(std::move(event));
  }
  report::take_events(made, events);
  return made;
}

/// What its report says that is no secret.
std::vector<std::string> own_words(const OpenCase& open, const report::CaseReport& made) {
  std::vector<std::string> own;
  for (std::size_t i = 0; i < made.rounds.size(); ++i)
    add_own_words(made.rounds[i], open.record->parts[i].begin.start.text, own);
  return own;
}

/// The table of the case, with all its names in it. It lies beside a case of the store; for a file it is made
/// anew, and comes out the same.
Result<decode::Pseudonyms> names_of(const OpenCase& open, report::CaseReport& made, const Library& library) {
  const auto folder = casefile::cases_folder();
  const bool stored = folder && open.path == casefile::path_of(*folder, open.id);
  const auto path = stored ? casefile::stand_ins_path(*folder, open.id) : std::filesystem::path();
  auto names = stored ? casefile::read_stand_ins(path, suffixes_of(library))
                      : Result<decode::Pseudonyms>(decode::Pseudonyms(suffixes_of(library)));
  if (!names) return names;
  report::use_stand_ins(made, *names);
  if (!stored) return names;
  if (auto written = casefile::write_stand_ins(path, *names); !written)
    return failed("what the stand-ins stand for can't be kept: " + written.error().what,
                  "without it their answers can't be decoded; --pseudonyms no writes the real names");
  return names;
}

std::string for_screen(std::string_view text) {
  std::string out;
  for (const auto line : text::split(text, '\n')) out += text::printable(line, kMostAnswer) + "\n";
  out.pop_back();
  return out;
}

/// Somebody's answer with the real names again.
ExitCode decode_answer(const decode::Pseudonyms& names, const std::string& path, Console& console) {
  const auto text = read_file(path, kMostAnswer);
  if (!text) return console.fail(text.error(), ExitCode::usage);
  std::string decoded = decode::mask(names.decode(text::to_utf8(*text))).text;
  if (is_terminal(1)) decoded = for_screen(decoded);
  if (!decoded.ends_with('\n')) decoded += '\n';
  console.out(decoded);
  return ExitCode::ok;
}

ExitCode copy(const std::string& text, const std::vector<std::string>& own, Console& console) {
  if (auto checked = decode::last_check(text, {}, "the report", own); !checked)
    return console.fail(checked.error(), ExitCode::internal);
  const auto copied = copy_to_clipboard(text);
  if (!copied) return console.fail(copied.error(), ExitCode::internal);
  console.note("aztriage: " + *copied);
  return ExitCode::ok;
}

/// As it was asked for, else as the file's name says.
report::Format format_of(const Options& options) {
  if (options.has("output")) return output_format(options);
  const auto end = std::filesystem::path(options.get("output-file")).extension().string();
  if (end == ".md") return report::Format::markdown;
  if (end == ".htm") return report::Format::html;
  const bool known = std::ranges::any_of(kFormats, [&](auto name) { return end == "." + std::string(name); });
  return known ? *report::format_from_name(end.substr(1)) : report::Format::text;
}

Result<void> check_options(const Options& options) {
  if (!options.has("decode")) return {};
  for (const char* other : {"copy", "output-file", "for", "pseudonyms"}) {
    if (options.has(other))
      return failed("--decode and --" + std::string(other) + " exclude each other",
                    "--decode writes an answer, no report");
  }
  return {};
}

ExitCode run_report(const Options& options, Console& console) {
  if (auto fits = check_options(options); !fits) return console.fail(fits.error(), ExitCode::usage);
  auto library = open_library(options);
  if (!library) return console.fail(library.error(), ExitCode::usage);
  auto open = open_case_or_file(options.arguments.empty() ? "" : options.arguments.front());
  if (!open) return console.fail(open.error(), ExitCode::usage);
  auto made = whole_report(*open, **library, console);
  if (!made) return console.fail(made.error(), ExitCode::usage);
  const auto own = own_words(*open, *made);  // before the stand-ins
  const bool customer = options.get("for", "engineering") == "customer";
  const bool stand_ins = options.get("pseudonyms", customer ? "yes" : "no") == "yes";
  if (stand_ins || options.has("decode")) {
    const auto names = names_of(*open, *made, **library);
    if (!names) return console.fail(names.error(), ExitCode::internal);
    if (options.has("decode")) return decode_answer(*names, options.get("decode"), console);
  }
  const auto format = format_of(options);
  auto style = report_style(format, console);
  const std::string file = options.get("output-file");
  const bool on_screen = file.empty() && !options.flag("copy") && is_terminal(1);
  if (!on_screen) {
    style.color = false;
    style.width = kPaper;
  }
  const auto audience = customer ? report::Audience::customer : report::Audience::engineering;
  const std::string text = report::render(format, *made, audience, style);
  if (options.flag("copy")) {
    const auto copied = copy(text, own, console);
    if (copied != ExitCode::ok || file.empty()) return copied;
  }
  return put_reports({{file, text}}, {}, own, console);
}

constexpr ArgumentSpec kArguments[] = {
    {.name = "ID",
     .kind = ValueKind::case_file,
     .help = "a case, the beginning of its id, or a file; the last one when left out"}};
constexpr std::string_view kAudiences[] = {"engineering", "customer"};
constexpr std::string_view kYesNo[] = {"yes", "no"};
constexpr OptionSpec kOptions[] = {
    {.name = "--for",
     .placeholder = "WHOM",
     .kind = ValueKind::choice,
     .help = "everything the engineers of the service need, or plain words for the customer",
     .words = kAudiences,
     .default_value = "engineering"},
    {.name = "--output-file",
     .placeholder = "FILE",
     .kind = ValueKind::file,
     .help = "write it there, readable by its owner only; .md, .html and .json choose the format, too"},
    {.name = "--copy",
     .help = "put it on the clipboard, by the program that is there or by the terminal (OSC 52)"},
    {.name = "--pseudonyms",
     .placeholder = "YES|NO",
     .kind = ValueKind::choice,
     .help = "stand-ins for names, addresses and ids of the customer; yes for the customer, else no",
     .words = kYesNo},
    {.name = "--decode",
     .placeholder = "FILE",
     .kind = ValueKind::file,
     .help = "write an answer to such a report with the real names again; - is standard input"}};
constexpr std::string_view kExamples[] = {
    "aztriage case report --output-file 4f2k.html              # for the product group",
    "aztriage case report --for customer --copy                # into the mail",
    "aztriage case report 4f2k --decode - < answer.txt         # host-1 is shop.contoso.com again",
};

}  // namespace

extern const CommandSpec kCaseReport;
const CommandSpec kCaseReport{
    .name = "case report",
    .summary = "the case as a document to hand over, for engineering or for the customer",
    .details =
        "For engineering: verdict, request and correlation ids, what was seen and ruled out, the timeline, "
        "commands "
        "that reproduce each look. For the customer: what was found, what helps now, what comes next. What "
        "the "
        "stand-ins of a case stand for stays on this machine, beside the case.",
    .arguments = kArguments,
    .options = kOptions,
    .examples = kExamples,
    .groups = Group::general | Group::playbooks,
    .formats = kFormats,
    .run = run_report,
};

}  // namespace aztriage::cli
