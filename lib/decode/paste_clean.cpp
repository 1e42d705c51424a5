#include "decode/paste_clean.h"

#include "base/text.h"
#include "decode/paste_words.h"
#include "decode/readers/lines.h"

#include <algorithm>
#include <vector>

namespace aztriage::decode {
namespace {

constexpr std::size_t kLongestPrompt = 120;
constexpr std::size_t kNarrowest = 60;
constexpr std::size_t kWidest = 400;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_name(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

/// The end of the sign that ends a prompt, when it stands before a blank or the end of the line.
std::size_t after_sign(std::string_view line, std::size_t sign) {
  if (sign == std::string_view::npos || sign > kLongestPrompt) return std::string_view::npos;
  if (sign + 1 == line.size()) return line.size();
  return line[sign + 1] == ' ' ? sign + 2 : std::string_view::npos;
}

/// `user@host:path$`, `[user@host path]#` and `user [ path ]$` of Cloud Shell.
std::size_t after_user_prompt(std::string_view line) {
  const std::size_t start = line.starts_with('[') || line.starts_with('(') ? 1 : 0;
  const std::size_t at = line.find('@');
  const std::size_t sign = line.find_first_of("$#");
  if (at != std::string_view::npos && at < kLongestPrompt && sign != std::string_view::npos && at < sign &&
      is_name(line.substr(start, at - start))) {
    const std::size_t end = line.find_first_of(": ", at);
    const bool host =
        end != std::string_view::npos && end < sign && is_name(line.substr(at + 1, end - at - 1));
    const std::string_view path = host ? line.substr(end + 1, sign - end - 1) : std::string_view();
    // With brackets the folder stands behind a blank, and the bracket before the sign.
    const bool whole = line[end == std::string_view::npos ? 0 : end] == ':'
                           ? path.find(' ') == std::string_view::npos
                           : start == 1 && path.ends_with(']');
    return host && whole ? after_sign(line, sign) : std::string_view::npos;
  }
  const std::size_t open = line.find(" [ ");
  if (open == std::string_view::npos || !is_name(line.substr(0, open))) return std::string_view::npos;
  const std::size_t close = line.find(" ]", open);
  return close == std::string_view::npos || sign != close + 2 ? std::string_view::npos
                                                              : after_sign(line, sign);
}

/// `PS C:\>`, `C:\>` and `D:\home>`: what is typed may follow at once.
std::size_t after_windows_prompt(std::string_view line) {
  const bool powershell = line.starts_with("PS ");
  const std::string_view path = powershell ? line.substr(3) : line;
  const bool drive = path.size() > 2 && is_letter(path[0]) && path[1] == ':' && path[2] == '\\';
  if (!drive && !(powershell && (path.starts_with('/') || path.starts_with('~'))))
    return std::string_view::npos;
  const std::size_t sign = line.find('>');
  if (sign == std::string_view::npos || sign > kLongestPrompt) return std::string_view::npos;
  return sign + 1 < line.size() && line[sign + 1] == ' ' ? sign + 2 : sign + 1;
}

/// `bash-5.1#`, `sh-4.2$`, busybox's `/app #`, and a bare `$`.
std::size_t after_shell_prompt(std::string_view line) {
  if (line.starts_with("$ ") || line == "$") return std::min<std::size_t>(2, line.size());
  if (line.starts_with("bash-") || line.starts_with("sh-")) return after_sign(line, line.find_first_of("$#"));
  if (!line.starts_with('/') && !line.starts_with("~ ")) return std::string_view::npos;
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos || blank + 1 >= line.size()) return std::string_view::npos;
  return line[blank + 1] == '#' || line[blank + 1] == '$' ? after_sign(line, blank + 1)
                                                          : std::string_view::npos;
}

/// Lines of a mail around a quoted output. What curl prints with -v begins with the same mark, so its other
/// marks must stand inside the quoting.
std::string without_partial_quoting(std::string text) {
  std::size_t quoted = 0;
  std::size_t plain = 0;
  bool curl_outside = false;
  for (const std::string_view line : text::split(text, '\n')) {
    if (text::trim(line).empty()) continue;
    ++(line.starts_with('>') ? quoted : plain);
    curl_outside = curl_outside || line.starts_with("< ") || line.starts_with("* ");
  }
  if (quoted < 2 || curl_outside || quoted < plain) return text;
  std::string out;
  for (std::string_view line : text::split(text, '\n')) {
    while (line.starts_with('>') && !line.starts_with(">="))
      line.remove_prefix(line.starts_with("> ") ? 2 : 1);
    out += line;
    out += '\n';
  }
  out.pop_back();
  return out;
}

}  // namespace

std::size_t after_prompt(std::string_view line) {
  for (const auto find : {after_user_prompt, after_windows_prompt, after_shell_prompt}) {
    const std::size_t end = find(line);
    if (end != std::string_view::npos) return end;
  }
  return std::string_view::npos;
}

std::string clean_paste(std::string_view text) {
  const std::string plain = without_partial_quoting(plain_text(text));
  std::string out;
  out.reserve(plain.size());
  bool first = true;
  for (const std::string_view line : text::split(plain, '\n')) {
    if (!first) out += '\n';
    first = false;
    const std::size_t typed = after_prompt(line);
    // What was typed stays: it may say which host was asked, and under which name.
    append_in_english(out, typed == std::string_view::npos ? line : line.substr(typed));
  }
  return out;
}

std::optional<std::string> unwrapped(std::string_view cleaned) {
  const auto lines = text::split(cleaned, '\n');
  std::size_t widest = 0;
  for (const std::string_view line : lines) widest = std::max(widest, text::width(line));
  if (widest < kNarrowest || widest > kWidest) return std::nullopt;
  std::string out;
  bool any = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out += lines[i];
    if (i + 1 == lines.size()) break;
    // A line that fills the terminal goes on in the next one, unless that begins anew.
    const bool full = text::width(lines[i]) == widest && !lines[i + 1].empty() && lines[i + 1].front() != ' ';
    any = any || full;
    if (!full) out += '\n';
  }
  return any ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace aztriage::decode
