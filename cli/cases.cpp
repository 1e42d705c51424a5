#include "cli/cases.h"

#include "base/file.h"
#include "base/text.h"
#include "casefile/store.h"
#include "casefile/writer.h"
#include "cli/version.h"
#include "engine/summary.h"
#include "engine/vocabulary.h"

#include <algorithm>

namespace aztriage::cli {
namespace {

namespace fs = std::filesystem;

Result<OpenCase> opened(std::string id, fs::path path, Result<std::string> text) {
  if (!text) return tl::unexpected<Error>(text.error());
  auto record = casefile::read_record(std::move(*text));
  if (!record)
    return failed("case " + text::printable(id) + " can't be read: " + record.error().what,
                  record.error().hint);
  return OpenCase{std::move(id), std::move(path), std::move(*record)};
}

bool is_path(const std::string& word) {
  return word == "-" || word.find('/') != word.npos || word.find('.') != word.npos;
}

std::string mark(const engine::Event& event) {
  if (event.state == "failed") return "failed ";
  if (event.flag == true) return "fine   ";
  if (event.symptom && !event.value.empty()) return "SEEN   ";
  return "       ";
}

std::string padded(std::string text, std::size_t width) {
  const auto used = text::width(text);
  text.append(used < width ? width - used : 1, ' ');
  return text;
}

std::string of_outcome(const engine::Event& event) {
  std::string text = event.state == "failed" ? event.reason : event.text;
  if (text.empty()) text = event.value.empty() ? event.reason : event.value;
  return "  " + padded(event.name, 13) + mark(event) + text;
}

std::string of_verdict(const engine::Event& event) {
  std::string text = event.value == "isolated" ? "ISOLATED" : event.value;
  if (!event.name.empty()) text += "  " + event.name;
  if (!event.text.empty()) text += ": " + event.text;
  return text + (event.flag == true ? ", confirmed" : "");
}

std::string of_paste(const engine::Event& event) {
  const auto lines = std::ranges::count(event.text, '\n') + (event.text.ends_with('\n') ? 0 : 1);
  std::string text = "> " + event.name + ": an output was pasted";
  if (!event.text.empty()) text += ", " + std::to_string(lines) + (lines == 1 ? " line" : " lines");
  if (!event.observation && !event.reason.empty()) text += ", which could not be read: " + event.reason;
  return text;
}

std::string line_of(const engine::Event& event) {
  using enum engine::EventKind;
  const std::string yes = event.flag == true ? "yes" : "no";
  switch (event.kind) {
    case outcome:
      return of_outcome(event);
    case answer:
      return "> " + event.name + ": " + (event.value.empty() ? "don't know" : event.value);
    case skip:
      return "> " + event.name + ": skipped";
    case consent:
      return "> " + event.name + ": may run" + (event.text.empty() ? "" : ": " + event.text);
    case paste:
      return of_paste(event);
    case input:
      return "> " + event.name + " = " + event.value;
    case undo:
      return "> the last answer was taken back";
    case again:
      return "> again: " + text::join(event.steps, ", ");
    case pin:
      return "> " + event.name + (event.flag == true ? ": held for certain" : ": excluded");
    case unpin:
      return "> " + event.name + ": as likely as it is";
    case ask_again:
      return "> " + event.name + ": asked again";
    case round:
      return "ROUND 2: the fix of " + event.name + " is verified, and something still fails";
    case attempt:
      return "> the workaround of " + event.name + " is being tried";
    case shell:
      return "> commands from now on for " + event.value;
    case hand_over:
      return "> everything was shown, for " + event.value;
    case trial:
      return "> the workaround of " + event.name + (event.flag == true ? " helped" : " did not help");
    case note:
      return "  note: " + event.text;
    case ask:
      return event.text.empty() ? "" : event.text;
    case more:
      return "> on with the questions";
    case verdict:
      return of_verdict(event);
    case stop:
      return "stopped: " + event.value;
    case resume:
      return "-- resumed --";
    case end:
      return "-- ended: " + event.value + ", exit code " + std::to_string(event.code) + " --";
    case confirmed:
      return "confirmed: " + yes;
    case vantage:
    case observation:
      break;
  }
  return "";
}

}  // namespace

Result<OpenCase> open_case(const std::string& word) {
  const auto folder = casefile::cases_folder();
  if (!folder) return tl::unexpected<Error>(folder.error());
  auto id = casefile::find_case(*folder, word);
  if (!id) return tl::unexpected<Error>(id.error());
  return opened(*id, casefile::path_of(*folder, *id), casefile::read_text(*folder, *id));
}

Result<OpenCase> open_case_or_file(const std::string& word) {
  if (!is_path(word)) return open_case(word);
  return opened(word == "-" ? "of standard input" : fs::path(word).stem().string(), word,
                read_file(word, casefile::kMostBytes));
}

Result<OpenPart> open_part(const casefile::Part& part, const Library& library, By by) {
  const auto& start = part.begin.start;
  OpenPart open;
  open.part = &part;
  if (by == By::today) {
    std::string diagnostics;
    auto playbook = load_playbook(*library.catalog, start.playbook, diagnostics);
    if (!playbook) return tl::unexpected<Error>(playbook.error());
    open.playbook = std::move(*playbook);
  } else {
    auto loaded = library.catalog->load_text(start.playbook, start.text);
    if (!loaded.playbook) {
      return failed("this version can't read the playbook '" + text::printable(start.playbook) +
                        "' as it was when the case began",
                    "'aztriage run --replay' judges the case by today's");
    }
    open.playbook = std::move(*loaded.playbook);
    open.playbook.origin = start.origin;
  }
  const auto declared = [&](const std::string& step, bool pasted) {
    const int index = open.playbook.step_index(step);
    if (index < 0) return std::vector<fact::FactSpec>{};
    return engine::facts_of(open.playbook.steps[static_cast<std::size_t>(index)], library.vocabulary, pasted);
  };
  open.events = casefile::events_of(part, declared, open.warnings);
  return open;
}

engine::Inputs inputs_of(const OpenPart& open, const playbook::Catalog& catalog) {
  const auto& start = open.part->begin.start;
  auto texts = start.inputs;
  for (const auto& name : start.hidden) texts.erase(name);
  std::erase_if(texts, [&](const auto& each) {
    return std::ranges::find(open.playbook.inputs, each.first, &playbook::Input::name) ==
           open.playbook.inputs.end();
  });
  auto bound = engine::bind(open.playbook, texts, catalog.clouds(), start.cloud);
  for (const auto& name : start.hidden) {
    const auto value = start.inputs.find(name);
    if (value != start.inputs.end()) bound.inputs.values[name] = fact::Value::text(value->second);
  }
  return std::move(bound.inputs);
}

engine::SessionOptions options_of(const OpenPart& open) {
  const auto& start = open.part->begin.start;
  engine::SessionOptions options;
  options.here = start.here;
  options.cloud = start.cloud;
  options.interactive = start.interactive;
  options.reference = start.reference;
  options.timeout = start.timeout;
  options.start_early = true;
  if (open.playbook.built_in) {
    options.allow_commands = start.allow_commands;
    options.allow_intrusive = start.allow_intrusive;
  }
  return options;
}

std::vector<std::string> lines_of(const engine::Event& event) {
  std::vector<std::string> lines;
  const auto text = line_of(event);
  if (text.empty()) return lines;
  for (const auto line : text::split(text, '\n')) lines.push_back(text::printable(line, 2000));
  return lines;
}

void warn_all(const std::vector<std::string>& warnings, const std::string& id, Console& console) {
  for (const auto& warning : warnings)
    console.warn("aztriage: case " + text::printable(id) + ": " + text::printable(warning));
}

Recording::Recording(engine::Session& session, const std::string& mode, const Options& options,
                     Console& console)
    : session_(session) {
  casefile::Header header;
  header.tool = "aztriage " + tool_version();
  header.mode = mode;
  header.ticket = text::printable(session.masked(options.get("ticket")), 200);
  const auto folder = casefile::cases_folder();
  auto writer = folder ? casefile::Writer::create(*folder, header, session.begun())
                       : tl::unexpected<Error>(folder.error());
  if (!writer) {
    console.warn("aztriage: NOT RECORDED: " + writer.error().what +
                 (writer.error().hint.empty() ? "" : "; " + writer.error().hint));
    return;
  }
  writer_ = std::move(*writer);
  id_ = writer_->id();
  session_.record_to(writer_.get());
}

Recording::Recording(engine::Session& session, std::unique_ptr<casefile::Writer> writer, Begins begins)
    : session_(session), writer_(std::move(writer)), id_(writer_->id()) {
  if (begins == Begins::yes) writer_->begin(session_.begun());
  session_.record_to(writer_.get());
}

std::unique_ptr<casefile::Writer> Recording::release() {
  session_.record_to(nullptr);
  return std::move(writer_);
}

Recording::~Recording() {
  session_.record_to(nullptr);
}

std::optional<std::string> Recording::news(const Console& console) {
  const bool now = writer_ && writer_->trouble();
  if (now == in_trouble_) return std::nullopt;
  in_trouble_ = now;
  if (!now) return "recorded again; nothing is missing on case " + id_;
  return "NOT RECORDED since " + console.screen_time(writer_->trouble()->since) + ": " +
         writer_->trouble()->what;
}

void Recording::end(ExitCode code, std::string_view why) {
  session_.record(engine::verdict_event(session_));
  session_.record(
      {.kind = engine::EventKind::end, .value = std::string(why), .code = static_cast<int>(code)});
}

}  // namespace aztriage::cli
