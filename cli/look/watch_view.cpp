#include "base/text.h"
#include "cli/columns.h"
#include "cli/look/watch.h"
#include "cli/probe_view.h"
#include "cli/waterfall.h"
#include "fact/json.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace aztriage::cli {
namespace {

using Json = nlohmann::ordered_json;
using Ended = Watched::Ended;

constexpr std::size_t kLabel = 14;
constexpr std::size_t kShownChanges = 20;  // on a screen

std::string label(const Console& console, std::string_view name) {
  return "  " + console.paint(Style::dim, padded(name, kLabel));
}

Style style_of(const std::string& state) {
  return state == "good" ? Style::good : Style::bad;
}

std::string counted(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string counts_of(const Series& series) {
  if (series.bad() == 0) return "all good";
  if (series.good() == 0) return "all bad";
  const double share = 100.0 * static_cast<double>(series.bad()) / static_cast<double>(series.count());
  return fmt::format("{} good, {} bad ({} %)", series.good(), series.bad(),
                     share < 10 ? fmt::format("{:.1f}", share) : fmt::format("{:.0f}", share));
}

std::string bad_states(const Series& series) {
  std::vector<std::string> parts;
  for (const auto& [state, count] : series.bad_states()) parts.push_back(state + " " + std::to_string(count));
  return text::join(parts, ", ");
}

/// Each change in a line; of many the first ones and the newest.
std::string changes_text(const Series& series, const Console& console) {
  const auto& changes = series.changes();
  if (changes.size() < 2) return {};
  std::string out;
  const std::size_t hidden = changes.size() > kShownChanges ? changes.size() - kShownChanges : 0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (i == 1 && hidden + series.changes_left_out() > 0) {
      out += label(console, "") + counted(hidden + series.changes_left_out(), "more change") + "\n";
      i += hidden;
    }
    out += label(console, i == 0 ? "changes" : "") + console.screen_second(changes[i].at) + "  " +
           console.paint(style_of(changes[i].to), text::printable(changes[i].to)) + "\n";
  }
  return out;
}

std::string times_text(const Series& series, const Console& console) {
  if (series.times().empty() || series.good() == 0) return {};
  const auto row = [&](std::string_view name, const auto& value_of) {
    std::string out = label(console, name);
    for (const auto& text : value_of) out += fmt::format("{:>10}", text);
    return out + "\n";
  };
  using Row = std::array<std::string, 6>;
  std::string out = row("times", Row{"least", "p50", "p90", "p99", "most", "spread"});
  for (const auto& [name, times] : series.times()) {
    if (series.times().size() == 2 && name != "total") continue;  // one phase is the whole
    out += row(name, Row{seconds_text(times.least()), seconds_text(times.at(0.5)),
                         seconds_text(times.at(0.9)), seconds_text(times.at(0.99)),
                         seconds_text(times.most()), seconds_text(times.at(0.9) - times.at(0.1))});
  }
  return out;
}

std::string ended_text(const WatchPlan& plan, const Watched& watched) {
  const bool wanted = plan.until.what() != Until::What::nothing;
  const std::string until = "'" + text::printable(plan.until.text()) + "'";
  switch (watched.ended) {
    case Ended::until:
      return until + " after " + seconds_text(static_cast<double>(watched.took.count()) / 1e3);
    case Ended::interrupted:
      return "interrupted";
    case Ended::bad_target:
      return "this is no target for the probe";
    case Ended::deadline:
      return wanted ? "the deadline came before " + until : "the deadline came";
    case Ended::repeat:
    case Ended::length:
      return wanted ? until + " did not come" : "";
  }
  return {};
}

std::string series_text(const WatchPlan& plan, const Watched& watched, std::size_t i,
                        const Console& console) {
  const Series& series = watched.series[i];
  const std::string target = series.last() ? series.last()->target : plan.looks.targets[i].text;
  std::string out =
      console.paint(Style::strong, std::string(plan.looks.spec->name) + " " + text::printable(target));
  out += "  " + counted(series.count(), "look") + " in " +
         seconds_text(static_cast<double>(watched.took.count()) / 1e3);
  if (series.count() == 0) return out + ", none of them ended\n";
  out += ", " + console.paint(series.bad() == 0 ? Style::good : Style::bad, counts_of(series)) + "\n";
  if (series.bad() > 0) out += label(console, "bad") + text::printable(bad_states(series)) + "\n";
  out += changes_text(series, console);
  if (series.recent().size() > 1)
    out += label(console, "newest") + sparkline(series.recent(), 60, console.utf8()) + "\n";
  return out + times_text(series, console);
}

Json times_json(const Series& series) {
  Json out = Json::object();
  const auto rounded = [](double seconds) { return std::round(seconds * 1e6) / 1e6; };
  for (const auto& [name, times] : series.times()) {
    out[name] = {{"count", times.count()},        {"min", rounded(times.least())},
                 {"p10", rounded(times.at(0.1))}, {"p50", rounded(times.at(0.5))},
                 {"p90", rounded(times.at(0.9))}, {"p99", rounded(times.at(0.99))},
                 {"max", rounded(times.most())},  {"mean", rounded(times.mean())}};
  }
  return out;
}

Json observation_json(const std::optional<fact::Observation>& seen) {
  return seen ? Json::parse(fact::to_json(*seen), nullptr, false) : Json(nullptr);
}

Json series_json(const WatchPlan& plan, const Series& series, std::size_t i) {
  Json changes = Json::array();
  for (const Change& change : series.changes()) {
    changes.push_back({{"at", to_rfc3339(change.at)},
                       {"from", change.from.empty() ? Json(nullptr) : Json(change.from)},
                       {"to", change.to}});
  }
  Json bad = Json::object();
  for (const auto& [state, count] : series.bad_states()) bad[state] = count;
  return {{"target", series.last() ? series.last()->target : plan.looks.targets[i].text},
          {"looks", series.count()},
          {"good", series.good()},
          {"bad", series.bad()},
          {"bad_states", std::move(bad)},
          {"state", series.state().empty() ? Json(nullptr) : Json(series.state())},
          {"changes", std::move(changes)},
          {"changes_left_out", series.changes_left_out()},
          {"seconds", times_json(series)},
          {"first_bad", observation_json(series.first_bad())},
          {"last", observation_json(series.last())}};
}

std::string_view name_of(Ended ended) {
  switch (ended) {
    case Ended::repeat:
      return "repeat";
    case Ended::until:
      return "until";
    case Ended::length:
      return "for";
    case Ended::deadline:
      return "deadline";
    case Ended::interrupted:
      return "interrupted";
    case Ended::bad_target:
      return "bad-target";
  }
  return {};
}

}  // namespace

std::string change_line(const WatchPlan& plan, std::size_t target, const Series& series,
                        const Console& console) {
  const Change& change = series.changes().back();
  std::string out = console.screen_second(change.at) + "  ";
  if (plan.looks.targets.size() > 1) out += text::printable(plan.looks.targets[target].text, 60) + "  ";
  if (!change.from.empty()) out += text::printable(change.from) + " -> ";
  out += console.paint(style_of(change.to), text::printable(change.to));
  const std::string& summary = series.last()->summary;
  if (!summary.empty()) out += "  " + text::printable(summary, 200);
  return out + "\n";
}

std::string status_line(const WatchPlan& plan, const Watched& watched, const Console& console) {
  const std::string spent = seconds_text(static_cast<double>(watched.took.count() / 1000));
  std::uint64_t looks = 0;
  std::uint64_t bad = 0;
  for (const Series& series : watched.series) {
    looks += series.count();
    bad += series.bad();
  }
  std::string out = counted(looks, "look") + " in " + spent + ", " + std::to_string(bad) + " bad";
  if (plan.looks.targets.size() > 1) {
    const auto down = std::count_if(watched.series.begin(), watched.series.end(), [](const Series& series) {
      return !series.state().empty() && series.state() != "good";
    });
    return out + "; now bad: " + std::to_string(down) + " of " + std::to_string(watched.series.size());
  }
  const Series& series = watched.series.front();
  if (!series.state().empty()) out += "; now " + series.state();
  if (!series.times().empty()) {
    const Percentiles& total = series.times().back().second;
    out += ", p50 " + seconds_text(total.at(0.5)) + ", p90 " + seconds_text(total.at(0.9));
  }
  return out + "  " + sparkline(series.recent(), 24, console.utf8());
}

std::string watched_text(const WatchPlan& plan, const Watched& watched, const Console& console) {
  std::string out;
  if (const std::string ended = ended_text(plan, watched); !ended.empty())
    out += console.paint(Style::strong, "ended") + ": " + ended + "\n";
  for (std::size_t i = 0; i < watched.series.size(); ++i) out += series_text(plan, watched, i, console);
  // What went wrong first is what somebody looks for next; nothing of it is kept after this.
  if (plan.looks.targets.size() > 1 || console.quiet()) return out;
  const Series& series = watched.series.front();
  if (series.first_bad()) return out + "\nthe first bad look\n" + probe_text(*series.first_bad(), console);
  return series.last() ? out + "\nthe last look\n" + probe_text(*series.last(), console) : out;
}

std::string watched_json(const WatchPlan& plan, const Watched& watched, bool one_line) {
  Json document;
  document["schema"] = 1;
  document["probe"] = plan.looks.spec->name;
  document["started"] = to_rfc3339(watched.started);
  document["took_ms"] = watched.took.count();
  document["every_ms"] = plan.every.count();
  document["until"] = plan.until.text().empty() ? Json(nullptr) : Json(plan.until.text());
  document["ended"] = name_of(watched.ended);
  document["met"] = plan.until.text().empty() ? Json(nullptr) : Json(watched.ended == Ended::until);
  auto& list = document["watched"] = Json::array();
  for (std::size_t i = 0; i < watched.series.size(); ++i)
    list.push_back(series_json(plan, watched.series[i], i));
  return document.dump(one_line ? -1 : 2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace aztriage::cli
