#include "base/text.h"
#include "cli/console.h"
#include "cli/context.h"
#include "decode/mask.h"
#include "source/render.h"

#include <algorithm>
#include <filesystem>

#include <nlohmann/json.hpp>

namespace aztriage::cli {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 1000;

std::string masked(const std::string& text) {
  return decode::mask(text).text;
}

Json masked(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push_back(masked(text));
  return list;
}

/// What was found, in the form that was asked for. A playbook that is not fit yet may hold a secret.
class Findings {
 public:
  void add(const source::Source& source, const source::Diagnostics& diagnostics) {
    ++files_;
    text_ += masked(source::render(diagnostics, source));
    for (const auto& one : diagnostics.items()) {
      const bool error = one.severity == source::Severity::error;
      ++(error ? errors_ : warnings_);
      list_.push_back({{"file", source.name()},
                       {"line", one.span.begin.line},
                       {"column", one.span.begin.column},
                       {"severity", error ? "error" : "warning"},
                       {"code", source::code_name(one.code)},
                       {"title", source::code_title(one.code)},
                       {"message", masked(one.message)},
                       {"context", masked(one.context)},
                       {"hints", masked(one.hints)}});
    }
  }
  /// Something that could not even be read.
  void add(const std::string& file, const Error& error) {
    ++files_;
    ++errors_;
    text_ += text::printable(file) + ": error[P001]: " + text::printable(error.what) + "\n";
    if (!error.hint.empty()) text_ += "      = hint: " + text::printable(error.hint) + "\n";
    list_.push_back({{"file", file},
                     {"line", 0},
                     {"column", 0},
                     {"severity", "error"},
                     {"code", source::code_name(source::Code::P001)},
                     {"title", source::code_title(source::Code::P001)},
                     {"message", error.what},
                     {"context", Json::array()},
                     {"hints", error.hint.empty() ? Json::array() : Json::array({error.hint})}});
  }

  bool has_errors() const { return errors_ > 0; }
  std::string json() const {
    const Json document = {{"schema", 1},
                           {"files", files_},
                           {"errors", errors_},
                           {"warnings", warnings_},
                           {"diagnostics", list_}};
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  }
  const std::string& text() const { return text_; }
  std::string summary() const {
    const auto counted = [](int count, std::string_view what) {
      return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
    };
    return counted(files_, "file") + ", " + counted(errors_, "error") + ", " + counted(warnings_, "warning");
  }

 private:
  int files_ = 0;
  int errors_ = 0;
  int warnings_ = 0;
  std::string text_;
  Json list_ = Json::array();
};

bool is_data(const fs::path& path) {
  static constexpr std::string_view kData[] = {"inputs", "clouds", "vantage", "family", "codes"};
  return std::find(std::begin(kData), std::end(kData), path.stem().string()) != std::end(kData);
}

/// The playbooks below a folder, in order; data files are checked where the folder is an overlay.
Result<std::vector<std::string>> files_below(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (const fs::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
    if (entry.depth() > 2) entry.disable_recursion_pending();
    std::error_code ignored;
    if (entry->path().extension() != ".yaml" || is_data(entry->path()) || !entry->is_regular_file(ignored))
      continue;
    files.push_back(entry->path().string());
    if (files.size() > kMostFiles) {
      return failed("more than " + std::to_string(kMostFiles) + " playbooks in '" + folder + "'",
                    "name fewer");
    }
  }
  if (error) return failed("the folder '" + folder + "' can't be read: " + error.message());
  std::sort(files.begin(), files.end());
  return files;
}

/// What the words name; without words every playbook that can be run.
Result<std::vector<std::string>> names_of(const Options& options, const playbook::Catalog& catalog) {
  std::vector<std::string> names;
  if (options.arguments.empty()) {
    auto listings = catalog.list();
    if (!listings) return tl::unexpected<Error>(listings.error());
    for (const auto& one : *listings) names.push_back(one.id);
    return names;
  }
  for (const auto& word : options.arguments) {
    std::error_code ignored;
    if (!fs::is_directory(word, ignored)) {
      names.push_back(word);
      continue;
    }
    auto files = files_below(word);
    if (!files) return files;
    names.insert(names.end(), files->begin(), files->end());
  }
  return names;
}

ExitCode run_lint(const Options& options, Console& console) {
  auto library = open_library(options, Checking::whole);
  if (!library) return console.fail(library.error(), ExitCode::usage);
  const auto& catalog = *(*library)->catalog;
  auto names = names_of(options, catalog);
  if (!names) return console.fail(names.error(), ExitCode::usage);

  Findings findings;
  for (const auto& name : *names) {
    if (auto loaded = catalog.load(name)) {
      findings.add(loaded->source, loaded->diagnostics);
    } else {
      findings.add(name, loaded.error());
    }
  }
  if (options.arguments.empty()) {
    auto data = catalog.check_data();
    if (!data) return console.fail(data.error(), ExitCode::usage);
    for (const auto& one : *data) findings.add(one.source, one.diagnostics);
  }
  console.out(options.json() ? findings.json() : findings.text());
  console.note(findings.summary());
  return findings.has_errors() ? ExitCode::usage : ExitCode::ok;
}

constexpr ArgumentSpec kArguments[] = {
    {.name = "FILE|ID",
     .kind = ValueKind::playbook,
     .help = "playbooks, files or folders to check; none: all that can be run, and the data files",
     .repeatable = true}};
constexpr std::string_view kExamples[] = {"aztriage playbook lint my/playbooks/shop/slow.yaml",
                                          "aztriage playbook lint my/playbooks -o json"};

}  // namespace

extern const CommandSpec kPlaybookLint;
const CommandSpec kPlaybookLint{
    .name = "playbook lint",
    .summary = "every mistake of playbooks, with its place and what to do",
    .details = "Exit code 2 when there are errors; warnings alone are no failure.",
    .arguments = kArguments,
    .examples = kExamples,
    .groups = Group::general | Group::playbooks,
    .run = run_lint};

}  // namespace aztriage::cli
