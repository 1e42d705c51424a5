#include "base/text.h"
#include "decode/text_view.h"

#include <algorithm>
#include <array>

namespace aztriage::decode {
namespace {

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// The length of a line's end at `from`, or 0.
std::size_t line_end(std::string_view s, std::size_t from) {
  if (from < s.size() && s[from] == '\n') return 1;
  return s.substr(from, 2) == "\r\n" ? 2 : 0;
}

/// The last sign of a line that a shell, PowerShell or cmd takes up again.
bool is_continuation(char c) {
  return c == '\\' || c == '`' || c == '^';
}

int hex_byte(std::string_view digits) {
  if (digits.size() < 2) return -1;
  int value = 0;
  for (const char c : digits.substr(0, 2)) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/// A view that is made of pieces of another.
struct Joined {
  explicit Joined(const TextView& source) : before(source) {
    view.text.reserve(source.text.size());
    view.from.reserve(source.text.size());
    view.until.reserve(source.text.size());
  }
  void put(char c, std::size_t begin, std::size_t end) {
    view.text += c;
    view.from.push_back(before.from[begin]);
    view.until.push_back(before.until[end - 1]);
  }
  void take(std::size_t begin, std::size_t end) {
    for (; begin < end; ++begin) put(before.text[begin], begin, begin + 1);
  }
  void drop() {
    view.text.pop_back();
    view.from.pop_back();
    view.until.pop_back();
  }
  const TextView& before;
  TextView view;
};

/// Columns at which screens, mails and encoders break lines.
bool is_wrap_width(std::size_t width) {
  constexpr std::array<std::size_t, 13> kWidths = {64, 70, 72, 76, 78, 79, 80, 98, 100, 119, 120, 132, 160};
  return std::find(kWidths.begin(), kWidths.end(), width) != kWidths.end();
}

bool is_base64_sign(char c) {
  return is_alnum(c) || c == '+' || c == '/' || c == '-' || c == '_' || c == '%';
}

/// What letters a piece has.
struct Kinds {
  bool digit = false;
  bool lower = false;
  bool upper = false;
  bool all() const { return digit && lower && upper; }
  bool mixed() const { return int{digit} + int{lower} + int{upper} > 1; }
};
Kinds kinds_of(std::string_view piece) {
  Kinds kinds;
  for (const char c : piece) {
    kinds.digit = kinds.digit || (c >= '0' && c <= '9');
    kinds.lower = kinds.lower || (c >= 'a' && c <= 'z');
    kinds.upper = kinds.upper || (c >= 'A' && c <= 'Z');
  }
  return kinds;
}

/// A long run of base64 that reaches the end of its line without padding, and goes on in the next.
bool goes_on(std::string_view line, std::string_view next) {
  constexpr std::size_t kLeast = 20;
  constexpr std::size_t kLooked = 200;
  line = line.substr(line.size() - std::min(line.size(), kLooked));
  next = next.substr(0, kLooked);
  std::size_t begin = line.size();
  while (begin > 0 && is_base64_sign(line[begin - 1])) --begin;
  std::size_t run = 0;
  while (run < next.size() && is_base64_sign(next[run])) ++run;
  if (line.size() - begin < kLeast || run == 0 || !kinds_of(line.substr(begin)).all()) return false;
  const std::string_view rest = next.substr(run);
  if (rest.empty()) return run >= 4 && kinds_of(next).mixed() && !line.ends_with("%3D");
  // `Name=value` is a line of its own.
  if (rest[0] == '=')
    return rest.size() == 1 || std::string_view("=&;\"'\r ,").find(rest[1]) != std::string_view::npos;
  if (std::string_view("&;\"'\\,").find(rest[0]) != std::string_view::npos) return true;
  return run >= 12 && kinds_of(next.substr(0, run)).all();
}

/// Where the text goes on behind the line's end at `end`, when the next line belongs to this one; else 0.
std::size_t wrap_end(std::string_view s, std::size_t begin, std::size_t end, std::size_t widest) {
  constexpr std::size_t kMostIndent = 12;
  std::size_t next = end + line_end(s, end);
  if (next >= s.size() || end == begin) return 0;
  if (is_continuation(s[end - 1])) {
    while (next < s.size() && (s[next] == ' ' || s[next] == '\t')) ++next;
    return next;
  }
  const std::size_t most = std::min(s.size(), next + kMostIndent);
  while (next < most && (s[next] == ' ' || s[next] == '>' || s[next] == '\t' || s[next] == '|')) ++next;
  if (next >= s.size() || s[next] == '\r' || s[next] == '\n' || s[end - 1] == ' ') return 0;
  // Nothing goes on behind what closes.
  if (std::string_view("\"')]}>").find(s[end - 1]) != std::string_view::npos) return 0;
  const std::size_t width = end - begin;
  const std::string_view line = s.substr(begin, width);
  // What is broken in the middle is long, or had stood on the next line as a whole.
  constexpr std::size_t kLeastPiece = 10;
  const bool broken = width >= kLeastPiece && line.find_last_of(" \t") + 1 <= width - kLeastPiece;
  if (broken && (is_wrap_width(width) || (width == widest && width >= 40))) return next;
  return goes_on(line, s.substr(next, std::min(s.find_first_of("\r\n", next), s.size()) - next)) ? next : 0;
}

bool is_key_sign(char c) {
  return is_alnum(c) || c == '+' || c == '/' || c == '=';
}

/// A piece of a key at `at`, in the direction of `step`: what it is made of says whether it can be one.
std::string_view piece_beside(std::string_view s, std::size_t begin, bool forward) {
  constexpr std::size_t kLooked = 100;
  std::size_t end = begin;
  if (forward) {
    while (end < s.size() && end - begin < kLooked && is_key_sign(s[end])) ++end;
    return s.substr(begin, end - begin);
  }
  while (begin > 0 && end - begin < kLooked && is_key_sign(s[begin - 1])) --begin;
  std::string_view piece = s.substr(begin, end - begin);
  return piece.substr(piece.find('=') == std::string_view::npos ? 0 : piece.rfind('=') + 1);
}

/// The blanks at `at` were plus signs: on one side a key goes on that is long enough to be sure, on the other
/// one that no sentence holds.
bool was_plus(std::string_view s, std::size_t at, std::size_t end) {
  constexpr std::size_t kSure = 12;
  const std::string_view left = piece_beside(s, at, false);
  const std::string_view right = piece_beside(s, end, true);
  const auto sure = [](std::string_view piece) { return piece.size() >= kSure && kinds_of(piece).all(); };
  const auto likely = [](std::string_view piece) {
    // Not `is`, `Basic` or `NTLM`.
    const Kinds kinds = kinds_of(piece.substr(std::min<std::size_t>(1, piece.size())));
    return kinds_of(piece).digit || kinds.mixed() ||
           (kinds_of(piece).upper && !kinds.lower && piece.size() <= 3);
  };
  return (sure(left) && likely(right)) || (likely(left) && sure(right));
}

/// The width that at least two lines share and none exceeds: the one of a screen.
std::size_t widest_line(std::string_view s) {
  std::size_t widest = 0;
  std::size_t times = 0;
  for (std::size_t begin = 0; begin < s.size();) {
    std::size_t end = std::min(s.find('\n', begin), s.size());
    const std::size_t next = end + 1;
    if (end > begin && s[end - 1] == '\r') --end;
    if (end - begin > widest) {
      widest = end - begin;
      times = 0;
    }
    times += end - begin == widest ? 1 : 0;
    begin = next;
  }
  return times > 1 ? widest : 0;
}

/// A padded key at the end of a line looks like a broken line, so one of these alone is not enough.
bool is_quoted_printable(std::string_view s) {
  if (text::contains(s, "=3D") || text::contains(s, "=20") || text::contains(s, "quoted-printable"))
    return true;
  std::size_t breaks = 0;
  for (std::size_t at = 0; breaks < 2 && (at = s.find('=', at)) != std::string_view::npos; ++at)
    breaks += line_end(s, at + 1) > 0 && (at == 0 || s[at - 1] != '=') ? 1 : 0;
  return breaks > 1;
}

}  // namespace

TextView without_wraps(const TextView& view) {
  const std::string_view s = view.text;
  const std::size_t widest = widest_line(s);
  Joined out(view);
  std::size_t begin = 0;  // of the line
  for (std::size_t i = 0; i < s.size();) {
    const std::size_t end = line_end(s, i);
    const std::size_t next = end == 0 ? 0 : wrap_end(s, begin, i, widest);
    if (next == 0) {
      out.take(i, i + std::max<std::size_t>(end, 1));
      i += std::max<std::size_t>(end, 1);
    } else {
      if (is_continuation(s[i - 1])) out.drop();
      i = next;
    }
    if (end > 0) begin = i;
  }
  return std::move(out.view);
}

TextView with_plus_signs(const TextView& view) {
  constexpr std::size_t kMost = 3;  // plus signs in a row
  const std::string_view s = view.text;
  TextView out = view;
  for (std::size_t i = s.find(' '); i != std::string_view::npos; i = s.find(' ', i)) {
    std::size_t end = i;
    while (end < s.size() && s[end] == ' ') ++end;
    if (i > 0 && end < s.size() && end - i <= kMost && is_key_sign(s[i - 1]) && is_key_sign(s[end]) &&
        was_plus(s, i, end))
      std::fill(out.text.begin() + static_cast<std::ptrdiff_t>(i),
                out.text.begin() + static_cast<std::ptrdiff_t>(end), '+');
    i = end;
  }
  return out;
}

TextView without_quoted_printable(const TextView& view) {
  const std::string_view s = view.text;
  if (!is_quoted_printable(s)) return view;
  Joined out(view);
  for (std::size_t i = 0; i < s.size();) {
    const std::size_t end = s[i] == '=' ? line_end(s, i + 1) : 0;
    if (end > 0) {
      i += 1 + end;
      continue;
    }
    const int byte = s[i] == '=' ? hex_byte(s.substr(i + 1, 2)) : -1;
    if (byte >= 0) {
      out.put(static_cast<char>(byte), i, i + 3);
      i += 3;
    } else {
      out.take(i, i + 1);
      ++i;
    }
  }
  return std::move(out.view);
}

}  // namespace aztriage::decode
