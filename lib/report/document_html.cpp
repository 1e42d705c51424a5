#include "base/sha256.h"
#include "decode/encoding.h"
#include "report/document.h"
#include "report/escape.h"
#include "report/html_look.h"

namespace aztriage::report {
namespace {

constexpr std::size_t kShortCell = 26;

std::string_view tone_class(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "good";
    case Tone::bad:
      return "bad";
    case Tone::warn:
      return "warn";
    case Tone::plain:
    case Tone::strong:
      return "plain";
  }
  return "plain";
}

std::string element(std::string_view name, std::string_view inner) {
  return "<" + std::string(name) + ">" + std::string(inner) + "</" + std::string(name) + ">";
}

std::string of(const Span& span) {
  const std::string safe = html_text(span.text);
  switch (span.kind) {
    case Span::Kind::plain:
      return safe;
    case Span::Kind::strong:
      return element("strong", safe);
    case Span::Kind::code:
      return element("code", safe);
    case Span::Kind::badge:
      return "<span class=\"badge " + std::string(tone_class(span.tone)) + "\">" + safe + "</span>";
    case Span::Kind::link:
      return is_plain_address(span.text) ? "<a href=\"" + safe + "\" rel=\"noreferrer\">" + safe + "</a>"
                                         : element("code", safe);
  }
  return safe;
}

std::string of(const Line& line) {
  std::string out;
  for (const auto& span : line.spans) out += (out.empty() ? "" : " ") + of(span);
  return out;
}

/// A cell of a few signs, such as a time, is never broken.
bool is_short(const Line& line) {
  std::size_t signs = 0;
  for (const auto& span : line.spans) signs += span.text.size() + 1;
  return signs <= kShortCell;
}

struct Writer {
  std::string out;
  int charts = 0;

  void operator()(const Heading& heading) { out += element("h3", html_text(heading.text)) + "\n"; }
  void operator()(const Paragraph& paragraph) { out += element("p", of(paragraph.text)) + "\n"; }
  void operator()(const Callout& callout) {
    out += "<div class=\"callout " + std::string(tone_class(callout.tone)) + "\">\n<p class=\"word\">" +
           html_text(callout.word) + "</p>\n";
    for (const auto& line : callout.lines) out += element("p", of(line)) + "\n";
    out += "</div>\n";
  }
  void operator()(const Fields& fields) {
    out += "<dl>\n";
    for (const auto& [name, line] : fields.rows)
      out += "<div>" + element("dt", html_text(name)) + element("dd", of(line)) + "</div>\n";
    out += "</dl>\n";
  }
  void operator()(const Table& table) {
    out += "<div class=\"wide\"><table>\n";
    if (!table.caption.empty()) out += element("caption", html_text(table.caption));
    out += "<thead><tr>";
    for (const auto& name : table.head) out += "<th scope=\"col\">" + html_text(name) + "</th>";
    out += "</tr></thead>\n<tbody>\n";
    for (const auto& row : table.rows) {
      out += "<tr>";
      for (const auto& cell : row)
        out += std::string(is_short(cell) ? "<td class=\"short\">" : "<td>") + of(cell) + "</td>";
      out += "</tr>\n";
    }
    out += "</tbody></table></div>\n";
  }
  void operator()(const Items& items) {
    const char* name = items.numbered ? "ol" : "ul";
    out += "<" + std::string(name) + ">\n";
    for (const auto& item : items.items) out += element("li", of(item)) + "\n";
    out += "</" + std::string(name) + ">\n";
  }
  void operator()(const Code& code) {
    out += "<figure class=\"code\">";
    if (!code.label.empty()) out += element("figcaption", html_text(code.label));
    out += "<pre><code>";
    const std::string lines = visible_lines(code.text);
    for (std::size_t at = 0; at <= lines.size();) {
      const std::size_t end = std::min(lines.find('\n', at), lines.size());
      out += (at > 0 ? "\n" : "") + html_text(std::string_view(lines).substr(at, end - at));
      at = end + 1;
    }
    out += "</code></pre></figure>\n";
  }
  void operator()(const Chart& chart) { out += svg_of(chart, ++charts); }
};

/// The browser applies this style sheet and no other, also not one that somebody smuggled in.
std::string policy() {
  const std::string hex = sha256_hex(kStyleSheet);
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return "default-src 'none'; style-src 'sha256-" + decode::base64_encode(bytes) +
         "'; base-uri 'none'; form-action 'none'";
}

}  // namespace

std::string to_html(const Document& document) {
  Writer writer;
  std::string& out = writer.out;
  out += "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out += "<meta http-equiv=\"Content-Security-Policy\" content=\"" + policy() + "\">\n";
  out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  out +=
      "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" "
      "content=\"no-referrer\">\n";
  out += element("title", html_text(document.title)) + "\n";
  out += "<style>" + std::string(kStyleSheet) + "</style>\n</head>\n<body>\n<header>\n";
  out += "<p class=\"kind\">" + html_text(document.kind) + "</p>\n" +
         element("h1", html_text(document.title)) + "\n";
  if (!document.head.empty()) writer(Fields{document.head});
  out += "</header>\n";
  if (document.sections.size() > 6) {
    out += "<nav aria-label=\"Contents\"><ul>";
    for (const auto& section : document.sections)
      out += "<li><a href=\"#" + html_text(section.id) + "\">" + html_text(section.title) + "</a></li>";
    out += "</ul></nav>\n";
  }
  out += "<main>\n";
  for (const auto& section : document.sections) {
    out += "<section id=\"" + html_text(section.id) + "\" aria-labelledby=\"h-" + html_text(section.id) +
           "\">\n<h2 id=\"h-" + html_text(section.id) + "\">" + html_text(section.title) + "</h2>\n";
    for (const auto& block : section.blocks) std::visit(writer, block);
    out += "</section>\n";
  }
  out += "</main>\n<footer>" + element("p", html_text(document.footer)) + "</footer>\n</body>\n</html>\n";
  return std::move(out);
}

}  // namespace aztriage::report
