#include "decode/readers/tables.h"

#include "base/text.h"
#include "decode/readers/lines.h"

namespace aztriage::decode {
namespace {

constexpr std::size_t kMostLabels = 1000;

bool is_underline(std::string_view line) {
  line = text::trim(line);
  return line.size() >= 2 && line.find('-') != std::string_view::npos &&
         line.find_first_not_of("- ") == std::string_view::npos;
}

struct Column {
  std::size_t begin;
  std::size_t end;
};

std::vector<Column> columns_of(std::string_view underline) {
  std::vector<Column> columns;
  for (std::size_t at = 0; (at = underline.find('-', at)) != std::string_view::npos;) {
    const std::size_t end = std::min(underline.find(' ', at), underline.size());
    columns.push_back({at, end});
    at = end;
  }
  return columns;
}

/// A cell reaches to the next column: numbers stand at the right of theirs, long texts go beyond.
std::string cell(std::string_view line, const std::vector<Column>& columns, std::size_t i) {
  const std::size_t begin = i == 0 ? 0 : columns[i].begin;
  const std::size_t end = i + 1 < columns.size() ? columns[i + 1].begin : line.size();
  if (begin >= line.size()) return {};
  return std::string(text::trim(line.substr(begin, end - begin)));
}

}  // namespace

std::vector<std::pair<std::string, std::string>> labels_of(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> labels;
  const auto lines = text::split(text, '\n');
  for (std::size_t i = 0; i < lines.size() && labels.size() < kMostLabels; ++i) {
    if (i > 0 && i + 1 < lines.size() && is_underline(lines[i])) {
      const auto columns = columns_of(lines[i]);
      for (std::size_t c = 0; c < columns.size() && labels.size() < kMostLabels; ++c) {
        labels.emplace_back(text::lower(cell(lines[i - 1], columns, c)), cell(lines[i + 1], columns, c));
      }
    } else if (const auto one = labelled(lines[i])) {
      labels.emplace_back(one->name, std::string(one->value));
    }
  }
  return labels;
}

}  // namespace aztriage::decode
