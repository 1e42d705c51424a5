#pragma once

#include "casefile/writer.h"
#include "cli/console.h"
#include "cli/context.h"
#include "engine/session.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aztriage::cli {

/// A case that was read: of the store, or a file.
struct OpenCase {
  std::string id;  // of a file its name without the ending
  std::filesystem::path path;
  std::unique_ptr<casefile::Record> record;
};
/// By its id or the beginning of one; empty: the last one.
Result<OpenCase> open_case(const std::string& word);
/// The same, or a path of a file (`-` is standard input).
Result<OpenCase> open_case_or_file(const std::string& word);

/// By which text of the playbook a record is judged.
enum class By { that_day, today };

/// One session of a case, ready to be restored.
struct OpenPart {
  const casefile::Part* part = nullptr;
  playbook::Playbook playbook;
  std::vector<engine::Event> events;
  std::vector<std::string> warnings;  // what of it could not be read
};
Result<OpenPart> open_part(const casefile::Part& part, const Library& library, By by);

/// The inputs of then; of hidden ones only the mark that they were there.
engine::Inputs inputs_of(const OpenPart& open, const playbook::Catalog& catalog);
/// The options of then. What a file may not decide, only whoever sits here, is left at its default unless the
/// playbook is built in.
engine::SessionOptions options_of(const OpenPart& open);

/// `  edge  SEEN 503 ...`: an event as it was on the screen; empty for what was not shown.
std::vector<std::string> lines_of(const engine::Event& event);

/// Warnings to standard error, each a line.
void warn_all(const std::vector<std::string>& warnings, const std::string& id, Console& console);

/// Records what happens in a session from now on.
class Recording {
 public:
  /// A new case. Where none can be written the reason is told, and the session goes on without.
  Recording(engine::Session& session, const std::string& mode, const Options& options, Console& console);
  /// Goes on in an open one; with another session that begins there, or with the one that is on it.
  enum class Begins { no, yes };
  Recording(engine::Session& session, std::unique_ptr<casefile::Writer> writer, Begins begins = Begins::no);
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  ~Recording();

  /// Empty when nothing is recorded.
  const std::string& id() const { return id_; }
  /// Once after each change: a line to show when it stopped or works again.
  std::optional<std::string> news(const Console& console);
  /// The case, for another session; this one is recorded no more.
  std::unique_ptr<casefile::Writer> release();
  /// The verdict and the end.
  void end(ExitCode code, std::string_view why);

 private:
  engine::Session& session_;
  std::unique_ptr<casefile::Writer> writer_;
  std::string id_;
  bool in_trouble_ = false;
};

}  // namespace aztriage::cli
