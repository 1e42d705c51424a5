#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// A report as a document without a look: what stands where. The formats give it one and decide nothing.
namespace aztriage::report {

enum class Tone { plain, strong, good, bad, warn };

struct Span {
  enum class Kind { plain, strong, code, badge, link };
  std::string text;
  Kind kind = Kind::plain;
  Tone tone = Tone::plain;  // of a badge
};

/// One paragraph or cell; the spans follow each other with a space between.
struct Line {
  std::vector<Span> spans;
  Line() = default;
  Line(std::string text) { add(std::move(text)); }  // NOLINT(google-explicit-constructor)
  Line(const char* text) { add(text); }             // NOLINT(google-explicit-constructor)
  Line& add(std::string text, Span::Kind kind = Span::Kind::plain, Tone tone = Tone::plain) {
    if (!text.empty()) spans.push_back({std::move(text), kind, tone});
    return *this;
  }
  bool empty() const { return spans.empty(); }
};

struct Heading {
  std::string text;
};
struct Paragraph {
  Line text;
};
/// What must be seen first: a word such as ISOLATED, and what it says.
struct Callout {
  std::string word;
  Tone tone = Tone::plain;
  std::vector<Line> lines;
};
/// Names and what they are.
struct Fields {
  std::vector<std::pair<std::string, Line>> rows;
};
struct Table {
  std::string caption;
  std::vector<std::string> head;
  std::vector<std::vector<Line>> rows;  // each as long as `head`
};
struct Items {
  std::vector<Line> items;
  bool numbered = false;
};
/// A text to copy, line by line as it is.
struct Code {
  std::string label;
  std::string text;
};
/// Bars and points on one axis. Whoever can't see it reads `caption` and the marks' titles.
struct Chart {
  struct Piece {
    std::string name;
    double length = 0;
  };
  struct Mark {
    std::string title;
    double begin = 0;  // 0 .. 1
    double length = 0;
    Tone tone = Tone::plain;
    std::vector<Piece> pieces;  // which follow each other and make up the length; may be empty
  };
  struct Lane {
    std::string label;
    std::string note;  // behind the bar
    std::vector<Mark> marks;
  };
  std::string caption;
  std::vector<Lane> lanes;
  std::vector<std::pair<double, std::string>> axis;  // 0 .. 1, and what stands there
};

using Block = std::variant<Heading, Paragraph, Callout, Fields, Table, Items, Code, Chart>;

struct Section {
  std::string id;
  std::string title;
  std::vector<Block> blocks;
};

struct Document {
  std::string title;
  std::string kind;  // what it is and for whom
  std::vector<std::pair<std::string, Line>> head;
  std::vector<Section> sections;
  std::string footer;
};

std::string to_html(const Document& document);
std::string to_markdown(const Document& document);
struct Style;
std::string to_text(const Document& document, const Style& style);

}  // namespace aztriage::report
