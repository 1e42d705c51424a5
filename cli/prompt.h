#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::cli {

/// What the person answered.
struct Reply {
  enum class Kind {
    line,   // one line, without its end
    paste,  // several lines: a bracketed paste, or what `collect` gathered
    end     // no more input: Ctrl-D, or the end of a file
  };
  Kind kind = Kind::line;
  std::string text;
  bool cut = false;  // it was longer than 1 MiB, and is not whole
};

/// Asks at the keyboard without ever waiting for it, so that the network goes on meanwhile: watch
/// `descriptor()`, call `feed()` when it is readable and `take()` after `feed()`, `ask()` and `collect()`. On
/// a terminal lines can be edited and earlier ones fetched back (from memory only); elsewhere lines are read
/// as they come. Ctrl-C stays SIGINT and is the
/// caller's; Ctrl-Z gives the terminal back and stops. The destructor leaves the terminal as it was.
class Prompt {
 public:
  /// `screen`: a terminal on which lines are drawn again and edited. `plain`: a terminal that gets lines and
  /// what is typed and nothing else, for a screen reader or TERM=dumb: no history, only the last sign is
  /// rubbed out. `file`: a script.
  enum class On { screen, plain, file };
  explicit Prompt(On on);
  ~Prompt();
  Prompt(const Prompt&) = delete;
  Prompt& operator=(const Prompt&) = delete;

  static int descriptor() { return 0; }

  /// Shows `question`, one line such as "> ", and begins to read. What was typed ahead counts.
  void ask(std::string_view question);
  /// The same for something that must not be seen: nothing is echoed, and the history forgets it.
  void ask_secret(std::string_view question);
  /// Gathers lines after `first` until a lone dot, a bracketed paste or the end of input. Nothing is echoed
  /// before it could be masked; the number of lines is shown instead.
  void collect(std::string_view first);

  /// What TAB offers from now on, as `LineEditor::complete_with`.
  void complete_with(std::function<std::vector<std::string>(std::string_view line)> candidates);

  /// Reads what is there. False when no more will ever come: then stop watching.
  bool feed();
  /// The reply, once it is whole; then nothing is asked until the next `ask`.
  std::optional<Reply> take();
  /// `ask`, then waits. Nothing when it was interrupted.
  std::optional<Reply> wait(std::string_view question);
  /// Waits for the reply to what was asked already.
  std::optional<Reply> wait_on();

  /// Calls `print` with the prompt and the unfinished line out of the way, then shows them again.
  void print_above(const std::function<void()>& print);
  /// To be called now and then: draws the line again when the screen has another width, or when a stop
  /// (Ctrl-Z) is over.
  void fit();
  /// Takes the prompt away; the terminal is as it was.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aztriage::cli
