#include "report/page.h"

#include "base/text.h"

#include <algorithm>

namespace aztriage::report {
namespace {

constexpr std::size_t kLongest = 8000;  // bytes of one text; what is longer is cut with an ellipsis
constexpr std::size_t kLeastRoom = 24;  // a narrow screen still gets some words a line

std::string spaces(std::size_t used, std::size_t column) {
  return std::string(column == 0 ? 0 : std::max(column, used + 1) - used, ' ');
}

}  // namespace

std::string Page::paint(Tone tone, std::string_view word) const {
  if (!style_.color || tone == Tone::plain || word.empty()) return std::string(word);
  const char* code = "1";
  if (tone == Tone::good) code = "32";
  if (tone == Tone::bad) code = "1;31";
  if (tone == Tone::warn) code = "33";
  return "\x1b[" + std::string(code) + "m" + std::string(word) + "\x1b[0m";
}

void Page::line(std::string_view label, std::string_view text, std::size_t column) {
  line(label, {}, text, column);
}

void Page::line(std::string_view label, Word word, std::string_view text, std::size_t column) {
  const std::string safe_label = text::printable(label, kLongest);
  const std::string safe_word = text::printable(word.text, kLongest);
  const std::string safe_text = text::printable(text, kLongest);
  const std::size_t word_width = text::width(safe_word);
  std::string out = safe_label + spaces(text::width(safe_label), column);
  std::size_t indent = text::width(out);
  out += paint(word.tone, safe_word);
  std::size_t used = word_width;
  if (word.column > 0) {
    const std::string gap = spaces(word_width, word.column);
    out += gap;
    indent += word_width + gap.size();
    used = 0;
  }
  const std::size_t room = std::max(style_.width > indent ? style_.width - indent : 0, kLeastRoom);
  for (std::string_view piece : text::split(safe_text, ' ')) {
    if (piece.empty()) continue;
    const std::size_t width = text::width(piece);
    if (used > 0 && style_.width > 0 && used + 1 + width > room) {
      out += '\n' + std::string(indent, ' ');
      used = 0;
    }
    if (used > 0) {
      out += ' ';
      ++used;
    }
    out += piece;
    used += width;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  out_ += out + '\n';
}

void Page::whole(std::string_view label, std::string_view text) {
  const std::string safe = text::printable(label, kLongest);
  out_ += safe + spaces(text::width(safe), kColumn) + text::printable(text, kLongest) + '\n';
}

}  // namespace aztriage::report
