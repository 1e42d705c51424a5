#include "cli/probe_view.h"

#include "base/text.h"
#include "cli/columns.h"
#include "cli/look/look.h"
#include "cli/probe_chain.h"
#include "cli/waterfall.h"

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

std::string head(const Observation& observation, const Console& console) {
  std::string text =
      console.paint(Style::strong, observation.probe + " " + text::printable(observation.target));
  if (!observation.summary.empty()) text += "  " + text::printable(observation.summary);
  text += "\n";
  if (observation.failure) {
    const auto& failure = *observation.failure;
    std::string what(fact::failure_name(failure.kind));
    if (!failure.operation.empty()) what += " at " + failure.operation;
    if (!failure.code.empty()) what += " (" + text::printable(failure.code, 80) + ")";
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

/// The chain as a tree, each certificate below its issuer.
std::string chain(const Observation& observation, const Console& console) {
  std::string text;
  for (const ChainLine& one : chain_lines(observation, console.utf8())) {
    text += label(console, text.empty() ? "chain" : "") + one.branch + text::printable(one.name, 200);
    if (one.sent) {
      const double left = std::floor(one.days_left);
      const std::string note =
          left < 0 ? fmt::format("expired {:.0f} days ago", -left) : fmt::format("{:.0f} days left", left);
      text += "  " + console.paint(left < 0 ? Style::bad : left < 14 ? Style::warn : Style::dim, note);
    }
    if (!one.notes.empty()) text += (one.sent ? ", " : "  ") + one.notes;
    text += "\n";
  }
  return text;
}

std::string waterfall_text(const Observation& observation, const Console& console) {
  std::string text;
  for (const Bar& bar : waterfall(observation, console.utf8()))
    text += label(console, bar.name) + bar.bar + "  " + seconds_text(bar.seconds) + "\n";
  return text;
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

std::string probe_text(const Observation& observation, const Console& console) {
  std::string text = head(observation, console) + tries(observation, console) +
                     problems(observation, console) + chain(observation, console);
  if (console.quiet()) return text;
  return text + facts(observation, console) + waterfall_text(observation, console);
}

std::string overview_text(const std::vector<Observation>& looks, const Console& console) {
  std::size_t widest = 0;
  std::size_t widest_state = 0;
  for (const auto& one : looks) {
    widest = std::max(widest, std::min<std::size_t>(text::width(text::printable(one.target)), 60));
    widest_state = std::max(widest_state, text::width(state_of(one)));
  }
  std::string text;
  for (const auto& one : looks) {
    const std::string state = state_of(one);
    text += "  " + padded(text::printable(one.target), widest + 2) +
            console.paint(state == "good" ? Style::good : Style::bad, padded(state, widest_state + 2)) +
            text::printable(one.summary, 200) + "\n";
  }
  return text;
}

}  // namespace aztriage::cli
