#include "base/process.h"
#include "cli/app.h"
#include "cli/complete/complete.h"
#include "cli/console.h"
#include "cli/help.h"
#include "cli/hidden.h"
#include "cli/terminal.h"
#include "cli/version.h"

#include <exception>
#include <string>
#include <vector>

namespace aztriage::cli {
namespace {

ExitCode tell_version(Console& console) {
  console.out(version_text());
  return ExitCode::ok;
}

ExitCode run(std::vector<std::string> arguments, Console& console) {
  const Parsed parsed = parse(std::move(arguments));
  console.hide(started_with(parsed.options));
  auto applied = console.apply(parsed.options);
  if (parsed.error) return console.fail(*parsed.error, ExitCode::usage);
  if (!applied) return console.fail(applied.error(), ExitCode::usage);
  if (parsed.version) return tell_version(console);
  if (parsed.help || (parsed.command == nullptr && !console.json())) {
    std::string about;
    if (parsed.command != nullptr && parsed.command->help != nullptr) {
      about = parsed.command->help(parsed.options, console.width());
    }
    console.out(about.empty() ? help_text(parsed.command, console.width()) : about);
    return ExitCode::ok;
  }
  if (parsed.command == nullptr) {
    return console.fail({"no command was given", "see 'aztriage --help'"}, ExitCode::usage);
  }
  if (const std::string exposed = exposed_proxy(parsed.options); !exposed.empty()) console.warn(exposed);
  return parsed.command->run(parsed.options, console);
}

/// The only place that catches what nobody expected: a fault of the tool, or no memory.
ExitCode run_caught(std::vector<std::string> arguments, Console& console) {
  try {
    return run(std::move(arguments), console);
  } catch (const std::exception& fault) {
    return console.fail({std::string("the tool failed: ") + fault.what(),
                         "this is a mistake in aztriage; please report the command line and this message"},
                        ExitCode::internal);
  }
}

}  // namespace
}  // namespace aztriage::cli

int main(int argc, char** argv) {
  using namespace aztriage;
  keep_memory_private();
  if (argc > 1 && std::string_view(argv[1]) == "__complete")
    return cli::complete_main({argv + 2, argv + argc});
  cli::protect_standard_descriptors();
  let_writes_fail();
  cli::Console console;
  std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  cli::scrub_arguments(argc, argv);
  const cli::ExitCode code = cli::run_caught(std::move(arguments), console);
  return static_cast<int>(console.finish() ? code : cli::ExitCode::internal);
}
