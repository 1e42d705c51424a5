#include "report/escape.h"
#include "report/html_look.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace aztriage::report {
namespace {

// The drawing's own units; it is scaled to the page.
constexpr double kWidth = 940;
constexpr double kLabel = 190;  // room for the names before the axis
constexpr double kNote = 80;    // and for the notes behind it
constexpr double kAxis = kWidth - kLabel - kNote;
constexpr double kRow = 24;
constexpr double kTop = 24;
constexpr double kBar = 12;
constexpr double kLeast = 3;  // what took no time still shows
constexpr std::size_t kLabelSigns = 28;
constexpr int kColors = 5;

double at(double share) {
  return kLabel + std::clamp(share, 0.0, 1.0) * kAxis;
}

std::string shortened(std::string_view text) {
  return html_text(
      text.size() <= kLabelSigns ? text : std::string(text.substr(0, kLabelSigns - 1)) + "\xe2\x80\xa6");
}

std::string_view tone_name(Tone tone) {
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

/// Names of pieces in the order in which they come, each with a colour.
class Palette {
 public:
  int of(const std::string& name) {
    const auto [it, added] = numbers_.emplace(name, static_cast<int>(numbers_.size()));
    if (added) names_.push_back(name);
    return it->second % kColors;
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::map<std::string, int> numbers_;
  std::vector<std::string> names_;
};

std::string rectangle(double x, double y, double width, std::string_view look, double height = kBar) {
  return fmt::format(
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"2\" class=\"{}\"/>", x, y,
      std::max(width, kLeast), height, look);
}

void draw_mark(std::string& out, const Chart::Mark& mark, double y, Palette& palette) {
  out += "<g><title>" + html_text(mark.title) + "</title>";
  if (mark.pieces.empty()) {
    out += rectangle(at(mark.begin), y, mark.length * kAxis, "m-" + std::string(tone_name(mark.tone)));
  } else {
    double x = at(mark.begin);
    for (const auto& piece : mark.pieces) {
      const double width = std::min(piece.length * kAxis, at(1) - x);
      out += rectangle(x, y, width, "p" + std::to_string(palette.of(piece.name)));
      x += std::max(width, 0.0);
    }
    if (mark.tone == Tone::bad)
      out +=
          rectangle(at(mark.begin) - 2, y - 2, std::max(mark.length * kAxis, kLeast) + 4, "b-bad", kBar + 4);
  }
  out += "</g>";
}

void draw_axis(std::string& out, const Chart& chart, double bottom) {
  for (const auto& [share, label] : chart.axis) {
    out += fmt::format("<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>",
                       at(share), kTop - 6, bottom);
    out += fmt::format("<text class=\"soft\" x=\"{:.1f}\" y=\"{}\">", at(share), kTop - 10) +
           html_text(label) + "</text>";
  }
}

void draw_legend(std::string& out, const Palette& palette, double y) {
  double x = kLabel;
  for (std::size_t i = 0; i < palette.names().size(); ++i) {
    const auto& name = palette.names()[i];
    out += rectangle(x, y, kBar, "p" + std::to_string(i % kColors));
    out += fmt::format("<text class=\"soft\" x=\"{:.1f}\" y=\"{:.1f}\">", x + 18, y + 11) + html_text(name) +
           "</text>";
    x += 34 + 7.0 * static_cast<double>(name.size());
  }
}

}  // namespace

std::string svg_of(const Chart& chart, int number) {
  const double bottom = kTop + kRow * static_cast<double>(chart.lanes.size());
  const bool pieces = std::ranges::any_of(chart.lanes, [](const Chart::Lane& lane) {
    return std::ranges::any_of(lane.marks, [](const Chart::Mark& mark) { return !mark.pieces.empty(); });
  });
  const double height = bottom + (pieces ? 28 : 6);
  const std::string id = "chart-" + std::to_string(number);
  std::string spoken;
  for (const auto& lane : chart.lanes) {
    if (lane.marks.size() == 1) {
      spoken += lane.marks.front().title + ". ";
    } else {
      spoken += lane.label + ": " + lane.note + ". ";
    }
  }
  std::string out = "<figure class=\"chart\">\n";
  out += fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {:.0f}\" role=\"img\" "
      "aria-labelledby=\"{}-t {}-d\">\n",
      kWidth, height, id, id);
  out += "<title id=\"" + id + "-t\">" + html_text(chart.caption) + "</title>\n<desc id=\"" + id + "-d\">" +
         html_text(spoken) + "</desc>\n";
  draw_axis(out, chart, bottom);
  Palette palette;
  for (std::size_t i = 0; i < chart.lanes.size(); ++i) {
    const auto& lane = chart.lanes[i];
    const double y = kTop + kRow * static_cast<double>(i) + (kRow - kBar) / 2;
    out += fmt::format("<text class=\"end\" x=\"{}\" y=\"{:.1f}\">", kLabel - 10, y + 10) +
           shortened(lane.label) + "</text>";
    double end = kLabel;
    for (const auto& mark : lane.marks) {
      draw_mark(out, mark, y, palette);
      end = std::max(end, at(mark.begin) + std::max(mark.length * kAxis, kLeast));
    }
    const double x = lane.marks.size() == 1 ? end + 6 : at(1) + 8;
    out += fmt::format("<text class=\"soft\" x=\"{:.1f}\" y=\"{:.1f}\">", x, y + 10) + html_text(lane.note) +
           "</text>\n";
  }
  if (pieces) draw_legend(out, palette, bottom + 8);
  return out + "</svg>\n<figcaption>" + html_text(chart.caption) + "</figcaption>\n</figure>\n";
}

}  // namespace aztriage::report
