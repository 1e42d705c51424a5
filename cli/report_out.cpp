#include "cli/report_out.h"

#include "base/file.h"
#include "base/text.h"
#include "cli/given.h"
#include "decode/last_check.h"
#include "decode/secret_forms.h"
#include "engine/inputs.h"

namespace aztriage::cli {
namespace {

Result<void> check(const ReportText& report, const std::vector<const decode::SecretSet*>& known,
                   const std::vector<std::string>& own) {
  const std::string name =
      report.path.empty() ? "the report" : "the report '" + text::printable(report.path) + "'";
  if (auto checked = decode::last_check(report.text, {}, name, own); !checked) return checked;
  for (const auto* secrets : known) {
    if (secrets->empty()) continue;
    if (auto checked = decode::last_check(report.text, *secrets, name, own); !checked) return checked;
  }
  return {};
}

}  // namespace

void add_own_words(const engine::RunResult& result, const std::string& playbook,
                   std::vector<std::string>& own) {
  own.push_back(playbook);
  for (const auto& [name, value] : result.inputs) own.push_back(value);
}

void add_own_words(const engine::Session& session, std::vector<std::string>& own) {
  own.push_back(session.playbook().text);
  for (const auto& [name, value] : engine::shown(session.playbook(), session.inputs())) {
    if (decode::find_secrets(value).empty()) own.push_back(value);
  }
}

ExitCode put_reports(const std::vector<ReportText>& reports,
                     const std::vector<const decode::SecretSet*>& known, const std::vector<std::string>& own,
                     Console& console) {
  for (const auto& report : reports) {
    if (auto checked = check(report, known, own); !checked)
      return console.fail(checked.error(), ExitCode::internal);
  }
  ExitCode code = ExitCode::ok;
  for (const auto& report : reports) {
    if (report.path.empty()) {
      console.out(report.text);
    } else if (auto written = write_private_file(report.path, report.text); !written) {
      console.warn("aztriage: the report was not written: " + written.error().what +
                   (written.error().hint.empty() ? "" : "\n  hint: " + written.error().hint));
      code = ExitCode::internal;
    }
  }
  return code;
}

Result<std::vector<ReportFile>> report_files(const Options& options) {
  std::vector<ReportFile> files;
  for (const auto& text : options.all("report")) {
    auto pair = split_pair("--report", text, "FORMAT=FILE");
    if (!pair) return tl::unexpected<Error>(pair.error());
    const auto format = report::format_from_name(pair->name);
    if (!format) {
      std::string names;
      for (const auto name : report::format_names()) names += (names.empty() ? "" : ", ") + std::string(name);
      return failed("--report: unknown format '" + text::printable(pair->name) + "'", "one of " + names);
    }
    files.push_back({*format, pair->value});
  }
  return files;
}

report::Format output_format(const Options& options) {
  return report::format_from_name(options.get("output", "text")).value_or(report::Format::text);
}

report::Style report_style(report::Format format, const Console& console) {
  report::Style style;
  style.color = format == report::Format::text && console.colored();
  style.width = console.width();
  style.time = [&console](UtcTime time) { return console.screen_time(time); };
  return style;
}

}  // namespace aztriage::cli
