#pragma once

#include "engine/environment.h"
#include "playbook/model.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::engine {

/// Where the customer can type: on a machine of their own, or inside the service that fails.
enum class CustomerShell {
  bash,
  powershell,
  cloud_shell,
  kudu_windows,
  kudu_linux,
  pod,
  serial_linux,
  serial_windows
};

struct ShellSpec {
  CustomerShell shell;
  std::string_view name;   // as it is typed: "kudu-linux"
  std::string_view title;  // for people: "Kudu, SSH of a Linux app"
  std::string_view enter;  // how to come there, one line; empty where everybody knows
};
std::span<const ShellSpec> customer_shells();
/// By name, or by an unambiguous beginning of one; nullptr otherwise.
const ShellSpec* find_customer_shell(std::string_view name);

/// A line to copy into one shell.
struct ClientLine {
  std::string shell;  // a title, as `ShellSpec::title`
  std::string line;
};

/// The everyday tools that show what a step's probe would see, in the words of each kind of shell; each part
/// is quoted for it, and empty where there is no such tool.
struct ToolLines {
  std::string posix;
  std::string powershell;
  std::string cmd;
  std::string kudu;  // the command console of a Windows app, where the sandbox lets few tools work
};
ToolLines tool_lines(const playbook::Step& step, const match::Environment& environment);

/// What to run in this shell to learn what the step wants to know. Nothing: no tool there can show it. A
/// command of az or kubectl is for a machine with a login, so inside a service it is given for Cloud Shell.
std::optional<ClientLine> client_line(const playbook::Step& step, const match::Environment& environment,
                                      CustomerShell shell);

/// For cmd.exe: quoted where needed. Nothing when a word has a sign that cmd would take for its own.
std::optional<std::string> cmd_line(const std::vector<std::string>& argv);

}  // namespace aztriage::engine
