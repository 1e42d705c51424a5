#include "match/fill.h"

#include <algorithm>

namespace aztriage::match {
namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_bare(std::string_view s, std::string_view also) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [&](char c) {
    return is_alphanumeric(c) || also.find(c) != std::string_view::npos;
  });
}

bool has_control(std::string_view s) {
  return std::any_of(s.begin(), s.end(),
                     [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

/// PowerShell takes typographic quotes (U+2018 to U+201F) for plain ones.
bool has_typographic_quote(std::string_view s) {
  for (std::size_t at = s.find("\xe2\x80"); at != std::string_view::npos; at = s.find("\xe2\x80", at + 1)) {
    if (at + 2 >= s.size()) return false;
    const auto last = static_cast<unsigned char>(s[at + 2]);
    if (last >= 0x98 && last <= 0x9f) return true;
  }
  return false;
}

/// Which quotes are open behind the literals read so far.
class Quotes {
 public:
  explicit Quotes(bool powershell) : escape_(powershell ? '`' : '\\') {}
  void read(std::string_view literal) {
    for (const char c : literal) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == escape_ && open_ != '\'') {
        escaped_ = true;
      } else if (open_ != 0) {
        if (c == open_) open_ = 0;
      } else if (c == '"' || c == '\'') {
        open_ = c;
      }
    }
  }
  /// The quote that is open, or 0.
  char open() const { return open_; }
  bool escaped() const { return escaped_; }

 private:
  char escape_;
  char open_ = 0;
  bool escaped_ = false;
};

/// True when what comes next begins a word, quotes aside.
bool starts_word(std::string_view line) {
  const std::size_t before = line.find_last_not_of("'\"");
  return before == std::string_view::npos ||
         std::string_view(" \t\n").find(line[before]) != std::string_view::npos;
}

std::string in_single_quotes(const std::string& value, std::string_view quote) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'') {
      out += quote;
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace

FillOutcome fill_shell(const std::vector<FilledPiece>& pieces, bool powershell) {
  FillOutcome out;
  Quotes quotes(powershell);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!pieces[i].value) {
      quotes.read(pieces[i].piece->literal);
      out.text += pieces[i].piece->literal;
      continue;
    }
    const std::string value = fact::to_text(*pieces[i].value);
    out.culprit = i;
    if (has_control(value)) out.refused = "it has a line break or control character in it";
    if (powershell && has_typographic_quote(value)) out.refused = "it has a typographic quote in it";
    if (starts_word(out.text) && value.starts_with('-')) out.refused = "it starts with '-', like an option";
    if (quotes.escaped()) out.refused = "it stands behind an escape character";
    const std::string_view never = quotes.open() == '"' ? "\"$`\\!" : "'";
    if (quotes.open() != 0 && value.find_first_of(never) != std::string::npos) {
      out.refused = "it has a character in it that would end its quotes";
    }
    if (!out.refused.empty()) return out;
    const bool bare = quotes.open() != 0 || is_bare(value, powershell ? "._/:-" : "._/:@+,-");
    out.text += bare ? value : in_single_quotes(value, powershell ? "''" : "'\\''");
  }
  return out;
}

}  // namespace aztriage::match
