#include "playbook/yaml_text.h"

#include "base/text.h"

#include <algorithm>

namespace aztriage::playbook {

namespace {

using source::Code;
using source::Diagnostics;
using source::Position;
using source::Source;
using source::Span;

Span point(const Source& source, std::size_t offset) {
  const std::string_view before = source.text().substr(0, offset);
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const int line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  const Position at{line, static_cast<int>(offset - line_start) + 1};
  return {at, {at.line, at.column + 1}};
}

}  // namespace

std::size_t end_of_quotes(std::string_view all, std::size_t at) {
  const char quote = all[at];
  for (std::size_t i = at + 1; i < all.size(); ++i) {
    if (quote == '"' && all[i] == '\\') {
      ++i;
    } else if (quote == '\'' && all.substr(i).starts_with("''")) {
      ++i;
    } else if (all[i] == quote) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

std::size_t past_properties(std::string_view all, std::size_t at) {
  while (at < all.size() && (all[at] == '&' || all[at] == '!')) {
    at = std::min(all.find_first_of(" \n", at), all.size());
    at = std::min(all.find_first_not_of(" \r\n", at), all.size());
  }
  return at;
}

std::string null_word(std::string_view rest) {
  for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
    if (!rest.starts_with(word)) continue;
    const std::string_view after = rest.substr(word.size());
    if (after.empty() || text::contains(" ,]}:\r", after.substr(0, 1))) return std::string(word);
  }
  return {};
}

bool is_forbidden(char32_t c, bool before_line_feed) {
  if (c == '\r') return !before_line_feed;
  if (c == '\t' || c == '\n') return false;
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029 || c == 0xfeff;
}

bool check_characters(const Source& source, std::size_t start, Diagnostics& diagnostics) {
  const std::string_view all = source.text();
  for (std::size_t at = start; at < all.size();) {
    const std::size_t begin = at;
    const text::CodePoint c = text::next_code_point(all, at);
    if (!c.valid) {
      diagnostics.error(Code::P002, point(source, begin), "not UTF-8 from here", {"save the file as UTF-8"});
      return false;
    }
    if (is_forbidden(c.value, at < all.size() && all[at] == '\n')) {
      const std::string shown = text::printable(all.substr(begin, at - begin));
      diagnostics.error(
          Code::P002, point(source, begin), "control character '" + shown + "'",
          {text::contains(all, std::string_view("\0", 1)) ? "save the file as UTF-8 text" : "remove it"});
      return false;
    }
  }
  return true;
}

}  // namespace aztriage::playbook
