#include "cli/probe_view.h"

#include "base/text.h"
#include "cli/columns.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

namespace aztriage::cli {
namespace {

using fact::Kind;
using fact::Observation;
using fact::Value;

constexpr std::size_t kLabel = 14;
constexpr std::size_t kBar = 40;

std::string label(const Console& console, std::string_view name) {
  return "  " + console.paint(Style::dim, padded(name, kLabel));
}

std::string line(const Console& console, std::string_view name, std::string_view text,
                 std::size_t most = 400) {
  return label(console, name) + text::printable(text, most) + "\n";
}

const Value* find(const Observation& observation, std::string_view name) {
  const auto found = observation.facts.find(name);
  return found == observation.facts.end() ? nullptr : &found->second;
}

std::optional<double> number(const Observation& observation, std::string_view name) {
  const Value* value = find(observation, name);
  if (value == nullptr || value->kind() != Kind::number) return std::nullopt;
  return value->as_number();
}

std::string head(const Observation& observation, const Console& console) {
  std::string text =
      console.paint(Style::strong, observation.probe + " " + text::printable(observation.target));
  if (!observation.summary.empty()) text += "  " + text::printable(observation.summary);
  text += "\n";
  if (observation.failure) {
    const auto& failure = *observation.failure;
    std::string what(fact::failure_name(failure.kind));
    if (!failure.operation.empty()) what += " at " + failure.operation;
    text += label(console, "failed") + console.paint(Style::bad, what) + ": " +
            std::string(fact::failure_meaning(failure.kind)) + "\n";
    const bool more = !failure.text.empty() && failure.text != observation.summary;
    if (more) text += line(console, "", failure.text);
  }
  if (!observation.address.empty()) {
    std::string from = observation.address + (observation.family == 6 ? ", IPv6" : ", IPv4");
    if (!observation.proxy.empty()) from += ", by proxy " + observation.proxy;
    text += line(console, "address", from);
  }
  return text;
}

std::string tries(const Observation& observation, const Console& console) {
  if (observation.tries.size() < 2) return {};
  std::string text;
  for (const auto& one : observation.tries) {
    const std::string what = one.failure ? std::string(fact::failure_name(one.failure->kind)) : one.summary;
    const std::string mark =
        console.paint(one.answered ? Style::good : Style::bad, one.answered ? "answered" : "failed");
    text += label(console, text.empty() ? "addresses" : "") + text::printable(one.address) + "  " + mark +
            "  " + text::printable(what) + "\n";
  }
  return text;
}

std::string problems(const Observation& observation, const Console& console) {
  const Value* value = find(observation, "certificate.problems");
  if (value == nullptr || value->kind() != Kind::list || value->as_list().empty()) return {};
  return label(console, "certificate") + console.paint(Style::bad, text::printable(fact::to_text(*value))) +
         "\n";
}

std::string field(const Value::Record& record, std::string_view name) {
  const auto found = record.find(name);
  return found == record.end() ? std::string() : fact::to_text(found->second);
}

/// The chain from the server's own certificate to the root, each one step further in.
std::string chain(const Observation& observation, const Console& console) {
  const Value* value = find(observation, "chain");
  if (value == nullptr || value->kind() != Kind::list) return {};
  std::string text;
  std::size_t depth = 0;
  for (const auto& item : value->as_list()) {
    if (item.kind() != Kind::record) return {};
    const auto& record = item.as_record();
    std::string note;
    if (const auto days = record.find("days-left");
        days != record.end() && days->second.kind() == Kind::number) {
      const double left = std::floor(days->second.as_number());
      note = left < 0 ? fmt::format("expired {:.0f} days ago", -left) : fmt::format("{:.0f} days left", left);
      note = console.paint(left < 0 ? Style::bad : left < 14 ? Style::warn : Style::dim, note);
    }
    if (field(record, "self-signed") == "true") note += ", self-signed";
    const std::string indent = depth == 0 ? "" : std::string(3 * (depth - 1), ' ') + "\u2514\u2500 ";
    text += label(console, depth == 0 ? "chain" : "") + indent +
            text::printable(field(record, "subject"), 100) + "   " + note + "\n";
    ++depth;
  }
  return text;
}

/// Where the time went: one bar a phase, each beginning where the one before it ended.
std::string waterfall(const Observation& observation, const Console& console) {
  struct Phase {
    std::string_view name;
    double seconds;
  };
  std::vector<Phase> phases;
  double known = 0;
  constexpr std::pair<std::string_view, std::string_view> kPhases[] = {
      {"time.dns", "names"}, {"time.connect", "connect"}, {"connect", "connect"},
      {"time.tls", "TLS"},   {"time.handshake", "TLS"},   {"time.first-byte", "first byte"},
      {"held", "idle"}};
  for (const auto& [fact_name, name] : kPhases) {
    const auto seconds = number(observation, fact_name);
    if (!seconds || *seconds < 0 || (!phases.empty() && phases.back().name == name)) continue;
    phases.push_back({name, *seconds});
    known += *seconds;
  }
  const double total =
      number(observation, "time.total").value_or(static_cast<double>(observation.took.count()) / 1e3);
  if (total > known * 1.02 + 0.001)
    phases.push_back({observation.failure ? "until failure" : "rest", total - known});
  const double whole = std::max(total, known);
  if (phases.empty() || whole <= 0) return {};
  std::string text;
  double begin = 0;
  for (const auto& phase : phases) {
    const auto from = static_cast<std::size_t>(std::floor(begin / whole * kBar));
    begin += phase.seconds;
    const auto to = static_cast<std::size_t>(std::ceil(begin / whole * kBar));
    std::string bar(std::min(from, kBar - 1), ' ');
    for (std::size_t i = std::min(from, kBar - 1); i < std::min(std::max(to, from + 1), kBar); ++i)
      bar += "\u2588";
    bar += std::string(kBar - std::min(kBar, text::width(bar)), ' ');
    text += label(console, phase.name) + bar + "  " + seconds_text(phase.seconds) + "\n";
  }
  return text + label(console, "in all") + std::string(kBar, ' ') + "  " + seconds_text(whole) + "\n";
}

bool drawn_elsewhere(std::string_view name) {
  return name.starts_with("time.") || name == "chain" || name == "certificate.problems" ||
         name == "connect" || name == "held";
}

bool only_verbose(std::string_view name) {
  return name == "body" || name.starts_with("headers.") || name.starts_with("header-values.") ||
         name.starts_with("cookies") || name.starts_with("json.");
}

std::string shown(const Value& value) {
  if (value.kind() == Kind::list && !value.as_list().empty() &&
      value.as_list().front().kind() == Kind::record) {
    return fmt::format("{} entries; -o json shows them", value.as_list().size());
  }
  return fact::to_text(value);
}

std::string facts(const Observation& observation, const Console& console) {
  std::string text;
  std::size_t hidden = 0;
  for (const auto& [name, value] : observation.facts) {
    if (drawn_elsewhere(name)) continue;
    if (only_verbose(name) && !console.verbose()) {
      ++hidden;
      continue;
    }
    const std::string words = shown(value);
    if (!words.empty()) text += line(console, name, words, name == "body" ? 4000 : 400);
  }
  if (hidden > 0)
    text +=
        label(console, "") + console.paint(Style::dim, fmt::format("{} more facts with -v", hidden)) + "\n";
  return text;
}

}  // namespace

std::string seconds_text(double seconds) {
  if (seconds < 0.0095) return fmt::format("{:.1f} ms", seconds * 1000);
  if (seconds < 0.9995) return fmt::format("{:.0f} ms", seconds * 1000);
  return fmt::format("{:.2f} s", seconds);
}

std::string probe_text(const Observation& observation, const Console& console) {
  std::string text = head(observation, console) + tries(observation, console) +
                     problems(observation, console) + chain(observation, console);
  if (console.quiet()) return text;
  return text + facts(observation, console) + waterfall(observation, console);
}

}  // namespace aztriage::cli
