#include "source/render.h"

#include "base/text.h"

#include <algorithm>

namespace aztriage::source {
namespace {

constexpr std::size_t kGutter = 5;
/// Columns of a source line that are shown; a longer one is cut around the caret.
constexpr std::size_t kShown = 96;
constexpr std::size_t kBeforeCaret = 40;
constexpr std::size_t kLongestText = 2000;

std::string safe(std::string_view s) {
  return text::printable(s, kLongestText);
}

std::string gutter(const std::string& text) {
  return std::string(kGutter - std::min(kGutter, text.size()), ' ') + text + " ";
}

/// Moves back to the start of a character.
std::size_t character_start(std::string_view line, std::size_t at) {
  while (at > 0 && at < line.size() && (static_cast<unsigned char>(line[at]) & 0xc0U) == 0x80) --at;
  return at;
}

std::string excerpt(const Span& span, std::string_view line) {
  std::size_t begin = std::min(static_cast<std::size_t>(std::max(span.begin.column, 1)) - 1, line.size());
  std::size_t end = begin;
  if (span.end.line > span.begin.line) {
    end = line.size();
  } else if (span.end.line == span.begin.line && span.end.column > span.begin.column) {
    end = std::min(static_cast<std::size_t>(span.end.column) - 1, line.size());
  }
  begin = character_start(line, begin);

  std::size_t first = 0;
  if (line.size() > kShown && begin > kBeforeCaret) first = character_start(line, begin - kBeforeCaret);
  const std::size_t last = character_start(line, std::min(line.size(), first + kShown));
  end = std::clamp(end, begin, std::max(begin, last));

  const auto shown = [&](std::size_t from, std::size_t to) {
    return text::printable(line.substr(from, to - from), kLongestText);
  };
  const std::string head = first > 0 ? "\u2026" : "";
  const std::string tail = last < line.size() ? "\u2026" : "";
  const std::size_t indent = text::width(head) + text::width(shown(first, begin));
  const std::size_t length = std::max<std::size_t>(1, text::width(shown(begin, end)));

  std::string out = gutter(std::to_string(span.begin.line)) + "| " + head + shown(first, last) + tail + "\n";
  return out + gutter("") + "| " + std::string(indent, ' ') + "^" + std::string(length - 1, '~') + "\n";
}

/// "in outcome 'served' of step 'edge' of playbook 'front-door/5xx-from-edge'".
std::string chain(const std::vector<std::string>& context) {
  std::string out;
  for (auto it = context.rbegin(); it != context.rend(); ++it) {
    if (out.empty()) {
      out = *it;
    } else {
      out += " " + (it->starts_with("in ") ? "of " + it->substr(3) : *it);
    }
  }
  return out;
}

}  // namespace

std::string render(const Diagnostic& diagnostic, const Source& source) {
  const Position at = diagnostic.span.begin;
  std::string out = safe(source.name());
  if (at.line > 0) out += ":" + std::to_string(at.line) + ":" + std::to_string(std::max(at.column, 1));
  out += diagnostic.severity == Severity::error ? ": error[" : ": warning[";
  out += std::string(code_name(diagnostic.code)) + "]: " + safe(diagnostic.message) + "\n";
  if (at.line > 0 && at.line <= source.line_count()) out += excerpt(diagnostic.span, source.line(at.line));
  if (!diagnostic.context.empty()) out += gutter("") + "= " + safe(chain(diagnostic.context)) + "\n";
  for (const std::string& hint : diagnostic.hints) out += gutter("") + "= hint: " + safe(hint) + "\n";
  return out;
}

std::string render(const Diagnostics& diagnostics, const Source& source, std::size_t limit) {
  std::string out;
  const std::size_t shown = std::min(limit, diagnostics.items().size());
  for (std::size_t i = 0; i < shown; ++i) out += render(diagnostics.items()[i], source);
  const std::size_t left = diagnostics.items().size() - shown;
  if (left > 0) out += safe(source.name()) + ": " + std::to_string(left) + " more not shown\n";
  return out;
}

}  // namespace aztriage::source
