#pragma once

#include "cli/console.h"
#include "decode/mask.h"
#include "engine/result.h"
#include "engine/session.h"
#include "report/report.h"

#include <string>
#include <vector>

namespace aztriage::cli {

/// A finished report and where it goes; an empty path is standard output.
struct ReportText {
  std::string path;
  std::string text;
};

/// What a report says that is no secret: what the playbook says, and what was typed.
void add_own_words(const engine::RunResult& result, const std::string& playbook,
                   std::vector<std::string>& own);
/// The same while the session is there: a host's name counts whole, also where a secret is a part of it.
void add_own_words(const engine::Session& session, std::vector<std::string>& own);

/// Looks at all of them for what is secret before any is shown or written; then shows and writes them. Of one
/// that holds a secret nothing leaves, nor of the others. Our `own` words are those of decode::last_check.
ExitCode put_reports(const std::vector<ReportText>& reports,
                     const std::vector<const decode::SecretSet*>& known, const std::vector<std::string>& own,
                     Console& console);

/// FORMAT=FILE of --report, checked before anything is probed, so that no result is lost to a typing mistake.
struct ReportFile {
  report::Format format{};
  std::string path;
};
Result<std::vector<ReportFile>> report_files(const Options& options);

/// --output as one of the formats.
report::Format output_format(const Options& options);
report::Style report_style(report::Format format, const Console& console);

}  // namespace aztriage::cli
