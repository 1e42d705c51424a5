#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aztriage::cli {

/// What may stand where the cursor is.
struct Completions {
  struct Candidate {
    std::string value;  // the whole word
    std::string help;
  };
  std::vector<Candidate> candidates;
  bool files = false;    // the shell completes files itself, behind `prefix`
  bool folders = false;  // the same, folders only
  bool open = false;     // the word goes on after the candidate: no space
  std::string prefix;    // what of the current word is not part of the file's name
};

/// `words`: the line after the program's name; the last one is being written, maybe empty. Reads no file but
/// the names in overlay folders; never fails.
Completions complete(const std::vector<std::string>& words);

/// `__complete [--new] -- WORD...`, for the scripts: the first line is `:` and letters (f files, d folders, n
/// no space), a tab and the prefix; then a line `value<TAB>help` for each candidate. --new adds an empty
/// word, for shells that drop it.
int complete_main(const std::vector<std::string>& arguments);
std::string protocol_text(const Completions& completions);

/// Its completion script for bash, zsh, fish or powershell; empty for another name.
std::string_view completion_script(std::string_view shell);

}  // namespace aztriage::cli
