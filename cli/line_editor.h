#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::cli {

/// libedit on the terminal at standard error, driven by keys that are given to it: it never reads by itself.
class LineEditor {
 public:
  LineEditor();
  ~LineEditor();

  /// Shows `prompt` (one line) and an empty line to edit.
  void begin(std::string_view prompt);
  /// The finished line, without its end, once a key ends it.
  std::optional<std::string> key(std::wstring_view characters);
  /// Puts text in at the cursor.
  void insert(std::string_view text);
  /// What TAB offers: words for the end of a line (all that is typed up to the cursor). One is put in; of
  /// several what they share, or else they are listed.
  using Candidates = std::function<std::vector<std::string>(std::string_view line)>;
  void complete_with(Candidates candidates);
  bool empty() const;
  /// Forgets the line that is being edited and leaves the screen's line.
  void abandon();
  void remember(const std::string& line);

  /// Takes prompt and line off the screen; `show` draws them again.
  void hide();
  void show();

  /// After somebody else had the terminal: keys come one by one again.
  void take_terminal();
  /// Keys come one by one and without echo, or as before.
  void raw(bool on);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aztriage::cli
