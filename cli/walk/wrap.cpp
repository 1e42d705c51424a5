#include "cli/walk/wrap.h"

#include "base/text.h"

#include <algorithm>
#include <utility>

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

std::vector<std::string> wrap_keys(std::string_view keys, std::size_t columns) {
  std::vector<std::string> lines;
  std::string line = "  ";
  for (std::size_t at = 0; at < keys.size();) {
    const auto end = std::min(keys.find("  ", at), keys.size());
    const auto next = std::min(keys.find_first_not_of(' ', end), keys.size());
    const auto key = keys.substr(at, end - at);
    if (line.size() > 2 && text::width(line) + text::width(key) > columns) {
      lines.push_back(std::exchange(line, "  "));
      lines.back().erase(lines.back().find_last_not_of(' ') + 1);
    }
    // The bar stands between keys, not before or behind them.
    if (line.size() > 2 || key != "|") line.append(key).append(next - end, ' ');
    at = next;
  }
  lines.push_back(line);
  for (auto& each : lines) {
    if (each.ends_with(" |")) each.erase(each.find_last_not_of(" |") + 1);
  }
  return lines;
}

}  // namespace aztriage::cli
