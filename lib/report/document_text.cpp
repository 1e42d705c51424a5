#include "base/text.h"
#include "report/document.h"
#include "report/page.h"

#include <algorithm>

namespace aztriage::report {
namespace {

constexpr std::size_t kWidestName = 24;

std::string of(const Line& line) {
  std::string out;
  for (const auto& span : line.spans) out += (out.empty() ? "" : " ") + span.text;
  return out;
}

struct Writer {
  explicit Writer(const Style& style) : page(style) {}
  Page page;

  void operator()(const Heading& heading) {
    page.blank();
    page.line(" ", {heading.text, Tone::strong}, {}, 2);
  }
  void operator()(const Paragraph& paragraph) { page.line(" ", of(paragraph.text), 2); }
  void operator()(const Callout& callout) {
    page.line(" ", {callout.word, callout.tone}, {}, 2);
    for (const auto& line : callout.lines) page.line(" ", of(line), 2);
  }
  void operator()(const Fields& fields) {
    std::size_t column = 0;
    for (const auto& [name, line] : fields.rows) column = std::max(column, text::width(name));
    column = std::min(column, kWidestName) + 4;
    for (const auto& [name, line] : fields.rows) page.line("  " + name, of(line), column);
  }
  /// The first cell stands before the others, or above them where it is long.
  void operator()(const Table& table) {
    std::size_t column = text::width(table.head.front());
    for (const auto& row : table.rows) {
      const std::size_t width = text::width(of(row.front()));
      if (width <= kWidestName) column = std::max(column, width);
    }
    column += 4;
    const std::vector<std::string> rest(table.head.begin() + 1, table.head.end());
    page.line("  " + table.head.front(), text::join(rest, " | "), column);
    for (const auto& row : table.rows) {
      std::string cells;
      for (std::size_t i = 1; i < row.size(); ++i) {
        const std::string cell = of(row[i]);
        if (!cell.empty()) cells += (cells.empty() ? "" : " | ") + cell;
      }
      const std::string first = of(row.front());
      if (text::width(first) <= kWidestName) {
        page.line("  " + first, cells, column);
        continue;
      }
      page.line(" ", first, 2);
      if (!cells.empty()) page.line("   ", cells, 4);
    }
  }
  void operator()(const Items& items) {
    int number = 0;
    for (const auto& item : items.items)
      page.line(items.numbered ? "  " + std::to_string(++number) + "." : std::string("  -"), of(item), 4);
  }
  void operator()(const Code& code) {
    for (const auto line : text::split(code.text, '\n')) page.whole("  " + code.label, line);
  }
  void operator()(const Chart& chart) {
    page.line(" ", chart.caption, 2);
    for (const auto& lane : chart.lanes) {
      const bool one = lane.marks.size() == 1;
      page.line("  -", one ? lane.marks.front().title : lane.label + ": " + lane.note, 4);
    }
  }
};

}  // namespace

std::string to_text(const Document& document, const Style& style) {
  Writer writer(style);
  writer.page.line({}, {document.title, Tone::strong}, {}, 0);
  writer.page.line({}, document.kind, 0);
  if (!document.head.empty()) writer(Fields{document.head});
  for (const auto& section : document.sections) {
    writer.page.blank();
    writer.page.line({}, {section.title, Tone::strong}, {}, 0);
    for (const auto& block : section.blocks) std::visit(writer, block);
  }
  writer.page.blank();
  writer.page.line({}, document.footer, 0);
  return writer.page.take();
}

}  // namespace aztriage::report
