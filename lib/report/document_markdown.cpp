#include "report/document.h"
#include "report/escape.h"

#include <algorithm>

namespace aztriage::report {
namespace {

std::string of(const Span& span) {
  switch (span.kind) {
    case Span::Kind::plain:
      return markdown_text(span.text);
    case Span::Kind::strong:
    case Span::Kind::badge:
      return "**" + markdown_text(span.text) + "**";
    case Span::Kind::code:
      return markdown_code(span.text);
    case Span::Kind::link:
      return is_plain_address(span.text) ? "<" + span.text + ">" : markdown_code(span.text);
  }
  return {};
}

std::string of(const Line& line) {
  std::string out;
  for (const auto& span : line.spans) out += (out.empty() ? "" : " ") + of(span);
  return out;
}

/// More backticks than any run of them in the text.
std::string fence_for(std::string_view text) {
  std::size_t longest = 2;
  for (std::size_t i = 0, run = 0; i < text.size(); ++i) {
    run = text[i] == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return std::string(longest + 1, '`');
}

std::string language_of(std::string_view label) {
  if (label == "PowerShell") return "powershell";
  return label == "Azure CLI" || label == "bash" || label == "aztriage" ? "bash" : "text";
}

struct Writer {
  std::string out;

  void operator()(const Heading& heading) { out += "### " + markdown_text(heading.text) + "\n\n"; }
  void operator()(const Paragraph& paragraph) { out += of(paragraph.text) + "\n\n"; }
  void operator()(const Callout& callout) {
    out += "> **" + markdown_text(callout.word) + "**\n";
    for (const auto& line : callout.lines) out += ">\n> " + of(line) + "\n";
    out += "\n";
  }
  void operator()(const Fields& fields) {
    out += "| | |\n|---|---|\n";
    for (const auto& [name, line] : fields.rows)
      out += "| " + markdown_text(name) + " | " + of(line) + " |\n";
    out += "\n";
  }
  void operator()(const Table& table) {
    if (!table.caption.empty()) out += markdown_text(table.caption) + "\n\n";
    std::string rule = "|";
    out += "|";
    for (const auto& name : table.head) {
      out += " " + markdown_text(name) + " |";
      rule += "---|";
    }
    out += "\n" + rule + "\n";
    for (const auto& row : table.rows) {
      out += "|";
      for (const auto& cell : row) out += " " + of(cell) + " |";
      out += "\n";
    }
    out += "\n";
  }
  void operator()(const Items& items) {
    int number = 0;
    for (const auto& item : items.items)
      out += (items.numbered ? std::to_string(++number) + ". " : std::string("- ")) + of(item) + "\n";
    out += "\n";
  }
  void operator()(const Code& code) {
    const std::string text = visible_lines(code.text);
    const std::string fence = fence_for(text);
    if (!code.label.empty()) out += markdown_text(code.label) + ":\n\n";
    out += fence + language_of(code.label) + "\n" + text + "\n" + fence + "\n\n";
  }
  /// What a chart shows stands in a table as well, or is told here in words.
  void operator()(const Chart& chart) {
    out += markdown_text(chart.caption) + ":\n\n";
    for (const auto& lane : chart.lanes) {
      const bool one = lane.marks.size() == 1;
      out += "- " + markdown_text(one ? lane.marks.front().title : lane.label + ": " + lane.note) + "\n";
    }
    out += "\n";
  }
};

}  // namespace

std::string to_markdown(const Document& document) {
  Writer writer;
  writer.out = "# " + markdown_text(document.title) + "\n\n*" + markdown_text(document.kind) + "*\n\n";
  if (!document.head.empty()) writer(Fields{document.head});
  for (const auto& section : document.sections) {
    writer.out += "## " + markdown_text(section.title) + "\n\n";
    for (const auto& block : section.blocks) std::visit(writer, block);
  }
  return writer.out + "---\n\n" + markdown_text(document.footer) + "\n";
}

}  // namespace aztriage::report
