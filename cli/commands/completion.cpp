#include "base/suggest.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/complete/complete.h"
#include "cli/console.h"

namespace aztriage::cli {
namespace {

constexpr std::string_view kShells[] = {"bash", "zsh", "fish", "powershell"};
constexpr std::string_view kTextOnly[] = {"text"};

ExitCode run_completion(const Options& options, Console& console) {
  const std::string& shell = options.arguments.front();
  const std::string_view script = completion_script(shell);
  if (!script.empty()) {
    console.out(script);
    return ExitCode::ok;
  }
  const std::vector<std::string> known(std::begin(kShells), std::end(kShells));
  std::string hint = did_you_mean(shell, known);
  if (hint.empty()) hint = "one of " + text::join(known, ", ");
  return console.fail({"no completion for the shell '" + shell + "'", std::move(hint)}, ExitCode::usage);
}

constexpr ArgumentSpec kArguments[] = {
    {.name = "SHELL", .kind = ValueKind::choice, .help = "which shell", .words = kShells, .required = true}};
constexpr std::string_view kExamples[] = {
    "source <(aztriage completion bash)                      # this bash; put it into ~/.bashrc to keep it",
    "aztriage completion zsh > ~/.zfunc/_aztriage            # with ~/.zfunc in $fpath",
    "aztriage completion fish > ~/.config/fish/completions/aztriage.fish",
    "aztriage completion powershell | Out-String | Invoke-Expression"};

}  // namespace

extern const CommandSpec kCompletion;
const CommandSpec kCompletion{.name = "completion",
                              .summary = "prints the script that makes TAB complete in a shell",
                              .arguments = kArguments,
                              .examples = kExamples,
                              .formats = kTextOnly,
                              .run = run_completion};

}  // namespace aztriage::cli
