#include "engine/customer_shell.h"

#include "base/text.h"
#include "decode/mask.h"
#include "engine/client_command.h"
#include "engine/commands.h"

#include <algorithm>
#include <array>

namespace aztriage::engine {
namespace {

constexpr auto kShells = std::to_array<ShellSpec>({
    {CustomerShell::bash, "bash", "bash", ""},
    {CustomerShell::powershell, "powershell", "PowerShell", ""},
    {CustomerShell::cloud_shell, "cloud-shell", "Cloud Shell", "https://shell.azure.com, then Bash"},
    {CustomerShell::kudu_windows, "kudu-windows", "Kudu console",
     "https://APP.scm.azurewebsites.net/DebugConsole"},
    {CustomerShell::kudu_linux, "kudu-linux", "Kudu SSH", "https://APP.scm.azurewebsites.net/webssh/host"},
    {CustomerShell::pod, "pod", "kubectl exec", "put the pod's name in place of POD"},
    {CustomerShell::serial_linux, "serial-linux", "serial console",
     "Portal, the machine, Help, Serial console"},
    {CustomerShell::serial_windows, "serial-windows", "SAC",
     "Portal, the machine, Help, Serial console; then cmd, and ch -si 1"},
});

bool needs_login(const std::string& program) {
  return program == "az" || program == "kubectl";
}

std::string in_pod(const std::string& line) {
  return line.empty() ? "" : shell_line({"kubectl", "exec", "POD", "--", "sh", "-c", line});
}

/// The line of a step's own command.
ClientLine own_command(const playbook::Step& step, const match::Environment& environment,
                       CustomerShell shell) {
  std::vector<std::string> argv;
  for (const auto& word : step.command.run) argv.push_back(fill_for_people(word, environment));
  const bool login = !argv.empty() && needs_login(argv.front());
  const bool has_powershell = step.command.powershell.has_value();
  const auto powershell = [&] {
    return has_powershell
               ? fill_for_people(*step.command.powershell, environment, match::Template::Encode::powershell)
               : powershell_line(argv);
  };
  if (argv.empty()) return {"PowerShell", powershell()};
  switch (shell) {
    case CustomerShell::powershell:
      return {"PowerShell", powershell()};
    case CustomerShell::bash:
      return {"bash", shell_line(argv)};
    case CustomerShell::cloud_shell:
      return {"Cloud Shell", shell_line(argv)};
    case CustomerShell::serial_windows:
    case CustomerShell::kudu_windows:
      if (!login && has_powershell) return {"PowerShell", powershell()};
      break;
    case CustomerShell::pod:
      if (!login) return {"kubectl exec", in_pod(shell_line(argv))};
      break;
    case CustomerShell::kudu_linux:
    case CustomerShell::serial_linux:
      break;
  }
  return {login ? "Cloud Shell" : "bash", shell_line(argv)};
}

}  // namespace

std::span<const ShellSpec> customer_shells() {
  return kShells;
}

const ShellSpec* find_customer_shell(std::string_view name) {
  const auto wanted = text::lower(name);
  const ShellSpec* found = nullptr;
  for (const auto& shell : kShells) {
    if (shell.name == wanted || text::equal_ignoring_case(shell.title, wanted)) return &shell;
    if (wanted.empty() || !shell.name.starts_with(wanted)) continue;
    if (found != nullptr) return nullptr;
    found = &shell;
  }
  return found;
}

std::optional<std::string> cmd_line(const std::vector<std::string>& argv) {
  constexpr std::string_view kPlain = "-_./:=+\\@~";
  std::string line;
  for (const auto& word : argv) {
    // Inside quotes these still mean something to cmd: a quote ends them, and %NAME% is replaced.
    if (word.find_first_of("\"%!\n\r") != std::string::npos) return std::nullopt;
    const bool plain = !word.empty() && std::ranges::all_of(word, [&](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             kPlain.find(c) != std::string_view::npos;
    });
    if (!line.empty()) line += ' ';
    line += plain ? word : '"' + word + '"';
  }
  return line;
}

std::optional<ClientLine> client_line(const playbook::Step& step, const match::Environment& environment,
                                      CustomerShell shell) {
  if (step.kind == playbook::StepKind::command) {
    if (step.command.run.empty() && !step.command.powershell) return std::nullopt;
    auto own = own_command(step, environment, shell);
    own.line = decode::mask(own.line).text;
    return own;
  }
  if (step.kind != playbook::StepKind::probe) return std::nullopt;
  const auto tools = tool_lines(step, environment);
  const auto& spec = kShells[static_cast<std::size_t>(shell)];
  const auto given = [&](std::string line) -> std::optional<ClientLine> {
    if (line.empty()) return std::nullopt;
    return ClientLine{std::string(spec.title), decode::mask(line).text};
  };
  switch (shell) {
    case CustomerShell::powershell:
      return given(tools.powershell);
    case CustomerShell::serial_windows:
      return given(tools.cmd);
    case CustomerShell::kudu_windows:
      return given(tools.kudu.empty() ? tools.cmd : tools.kudu);
    case CustomerShell::pod:
      return given(in_pod(tools.posix));
    default:
      return given(tools.posix);
  }
}

}  // namespace aztriage::engine
