#include "cli/clipboard.h"

#include "base/process.h"
#include "cli/terminal.h"
#include "decode/encoding.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace aztriage::cli {
namespace {

constexpr std::chrono::milliseconds kPatience{5000};

bool is_set(const char* value) {
  return value != nullptr && *value != '\0';
}

Result<std::string> copy_by_terminal(std::string_view text) {
  const auto sequence = osc52(text, is_set(std::getenv("TMUX")));
  if (!sequence) return sequence;
  const int terminal = ::open("/dev/tty", O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0) {
    return failed("there is no clipboard here: no program for it, and no terminal",
                  "write it to a file with --output-file FILE");
  }
  const int error = write_all(terminal, sequence->data(), sequence->size());
  ::close(terminal);
  if (error != 0) return failed(std::string("the terminal could not be written to: ") + std::strerror(error));
  return "handed to the terminal, which copies it if it allows that (OSC 52)";
}

}  // namespace

std::vector<std::vector<std::string>> clipboard_programs(const EnvironmentOf& environment) {
  std::vector<std::vector<std::string>> programs;
  if (is_set(environment("WAYLAND_DISPLAY"))) programs.push_back({"wl-copy"});
  if (is_set(environment("DISPLAY"))) {
    programs.push_back({"xclip", "-selection", "clipboard"});
    programs.push_back({"xsel", "--clipboard", "--input"});
  }
  // Over SSH the other end's clipboard is not the one that is meant.
  if (is_set(environment("SSH_TTY"))) return programs;
  programs.push_back({"pbcopy"});
  if (is_set(environment("WSL_DISTRO_NAME"))) programs.push_back({"clip.exe"});
  return programs;
}

Result<std::string> osc52(std::string_view text, bool in_tmux) {
  if (text.size() > kMostOsc52) {
    return failed("the report has " + std::to_string(text.size()) + " bytes, more than terminals copy",
                  "write it to a file with --output-file FILE");
  }
  const std::string sequence = "\x1b]52;c;" + decode::base64_encode(text) + "\x07";
  return in_tmux ? "\x1bPtmux;\x1b" + sequence + "\x1b\\" : sequence;
}

Result<std::string> copy_to_clipboard(std::string_view text) {
  for (const auto& program : clipboard_programs([](const char* name) { return std::getenv(name); })) {
    const auto code = run_with_input(program, text, kPatience);
    if (code && *code == 0) return "copied to the clipboard (" + program.front() + ")";
  }
  return copy_by_terminal(text);
}

}  // namespace aztriage::cli
