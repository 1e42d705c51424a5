#include "cli/walk/wrap.h"

#include "base/text.h"

#include <algorithm>

namespace aztriage::cli {

std::vector<std::string> wrap(std::string_view label, std::string_view text, std::size_t columns) {
  const std::size_t indent = text::width(label);
  const std::size_t room = columns > indent + 20 ? columns - indent : 20;
  std::vector<std::string> lines;
  std::string line;
  const auto flush = [&] {
    lines.push_back((lines.empty() ? std::string(label) : std::string(indent, ' ')) + line);
    line.clear();
  };
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size();) {
    // Runs of spaces set columns apart, so they stay inside a line and vanish at its end.
    const auto gap_end = std::min(text.find_first_not_of(' ', at), text.size());
    auto word_end = std::min(text.find(' ', gap_end), text.size());
    // A figure stays with its sign.
    if (text.substr(word_end).starts_with(" %"))
      word_end = std::min(text.find(' ', word_end + 1), text.size());
    const auto gap = text.substr(at, gap_end - at);
    const auto word = text.substr(gap_end, word_end - gap_end);
    const auto width = text::width(word);
    if (!line.empty() && used + gap.size() + width > room) {
      flush();
      used = 0;
    } else if (!line.empty() || lines.empty()) {
      line += gap;
      used += gap.size();
    }
    line += word;
    used += width;
    at = word_end;
  }
  if (!line.empty() || lines.empty()) flush();
  return lines;
}

}  // namespace aztriage::cli
