#pragma once

#include "report/document.h"
#include "report/report.h"

#include <string>
#include <string_view>

namespace aztriage::report {

/// A word that may be coloured, in a column of its own where that is not 0.
struct Word {
  std::string_view text;
  Tone tone = Tone::plain;
  std::size_t column = 0;
};

/// Plain lines for a screen: a label, then text that is broken at spaces and goes on below itself. All that
/// is put on it is made safe for a terminal.
class Page {
 public:
  explicit Page(const Style& style) : style_(style) {}

  /// `column` is the width of the label with what is left free behind it.
  void line(std::string_view label, std::string_view text, std::size_t column = kColumn);
  void line(std::string_view label, Word word, std::string_view text, std::size_t column = kColumn);
  /// One line as it is, never broken: commands to copy.
  void whole(std::string_view label, std::string_view text);
  void blank() { out_ += '\n'; }

  std::string take() { return std::move(out_); }

  static constexpr std::size_t kColumn = 15;

 private:
  std::string paint(Tone tone, std::string_view word) const;

  const Style& style_;
  std::string out_;
};

}  // namespace aztriage::report
