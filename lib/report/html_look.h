#pragma once

#include "report/document.h"

#include <string>
#include <string_view>

namespace aztriage::report {

/// The only style sheet of a report: screen in light and dark, and paper.
extern const std::string_view kStyleSheet;

/// A chart as inline SVG with its text alternative; `number` makes its ids its own. Coloured by classes of
/// the style sheet.
std::string svg_of(const Chart& chart, int number);

}  // namespace aztriage::report
