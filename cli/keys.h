#pragma once

#include <string>
#include <string_view>

namespace aztriage::cli {

void append_utf8(std::string& out, wchar_t character);

/// What came from a keyboard next.
struct Key {
  enum class Kind {
    none,        // nothing whole yet
    characters,  // for the line editor: one character, or one sequence that it knows
    paste,       // a whole bracketed paste
    end          // Ctrl-D
  };
  Kind kind = Kind::none;
  std::wstring characters;
  std::string paste;
  bool cut = false;  // of a paste: it was longer than 1 MiB
};

/// Bytes of a terminal in, keys out. Sequences that no editor needs are dropped, so that neither a strange
/// key nor hostile bytes leave garbage in a line or make anybody wait for the rest of one.
class KeyStream {
 public:
  static constexpr std::size_t kMostPasted = 1 << 20;
  void add(std::string_view bytes);
  Key next();

 private:
  Key read_paste();
  Key read_escape();
  Key read_character();
  std::string_view rest() const { return std::string_view(bytes_).substr(at_); }

  std::string bytes_;
  std::size_t at_ = 0;
  std::string paste_;
  bool pasting_ = false;
  bool cut_ = false;
};

}  // namespace aztriage::cli
