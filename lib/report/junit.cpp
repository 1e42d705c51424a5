#include "base/clock.h"
#include "base/text.h"
#include "isolation/explain.h"
#include "report/registry.h"
#include "report/words.h"

#include <algorithm>
#include <cstdio>
#include <sstream>

#include <pugixml.hpp>

namespace aztriage::report {
namespace {

constexpr std::size_t kLongest = 4000;

/// XML 1.0 has no place for control characters, not even escaped, and malformed UTF-8 makes a reader give up.
std::string xml_text(std::string_view text) {
  std::string safe;
  for (std::string_view line : text::split(text, '\n')) {
    if (!safe.empty()) safe += '\n';
    safe += text::printable(line, kLongest);
  }
  // Well-formed UTF-8 that XML refuses all the same.
  for (const std::string_view refused : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (auto at = safe.find(refused); at != std::string::npos; at = safe.find(refused, at)) {
      safe.replace(at, refused.size(), "\xEF\xBF\xBD");
    }
  }
  return safe;
}

void set(pugi::xml_node node, const char* name, std::string_view value) {
  node.append_attribute(name).set_value(xml_text(value).c_str());
}

void set_seconds(pugi::xml_node node, Milliseconds took) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f",
                static_cast<double>(std::max(took, Milliseconds{0}).count()) / 1000);
  set(node, "time", text);
}

struct Counts {
  int tests = 0;
  int failures = 0;
  int errors = 0;
  int skipped = 0;

  void write(pugi::xml_node node) const {
    set(node, "tests", std::to_string(tests));
    set(node, "failures", std::to_string(failures));
    set(node, "errors", std::to_string(errors));
    set(node, "skipped", std::to_string(skipped));
  }
  void operator+=(const Counts& other) {
    tests += other.tests;
    failures += other.failures;
    errors += other.errors;
    skipped += other.skipped;
  }
};

/// `failure`: the target is bad; `error`: we could not tell; `skipped`: nobody looked.
enum class Mark { passed, failure, error, skipped };

void mark(pugi::xml_node test, Mark what, std::string_view type, std::string_view message,
          const std::string& body, Counts& counts) {
  ++counts.tests;
  if (what == Mark::passed) return;
  const char* name = "skipped";
  if (what == Mark::failure) {
    name = "failure";
    ++counts.failures;
  } else if (what == Mark::error) {
    name = "error";
    ++counts.errors;
  } else {
    ++counts.skipped;
  }
  pugi::xml_node node = test.append_child(name);
  set(node, "message", message);
  if (what == Mark::skipped) return;
  set(node, "type", type);
  if (!body.empty()) node.text().set(xml_text(body).c_str());
}

std::string class_name(const engine::RunResult& result) {
  std::string name = result.playbook;
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

std::string_view line_of(const engine::StepResult& step) {
  if (!step.say.empty()) return step.say;
  return step.outcome_name.empty() ? std::string_view(step.reason) : std::string_view(step.outcome_name);
}

/// In a healthy run nothing counts as failed: what is not fine beside it is a warning, which the step's
/// output tells, and what could not be looked at was not needed.
void add_step(pugi::xml_node suite, const engine::RunResult& result, const engine::StepResult& step,
              Counts& counts) {
  const bool healthy = result.verdict == isolation::Verdict::healthy;
  pugi::xml_node test = suite.append_child("testcase");
  set(test, "classname", class_name(result));
  set(test, "name", step.id);
  set_seconds(test, step.took);
  switch (step.state) {
    case engine::StepState::done:
      if (step.fine == false && !healthy) {
        mark(test, Mark::failure, step.outcome_name.empty() ? "bad" : step.outcome_name, line_of(step), {},
             counts);
      } else {
        mark(test, Mark::passed, {}, {}, {}, counts);
      }
      break;
    case engine::StepState::failed:
      mark(test, healthy ? Mark::skipped : Mark::error, "failed", step.reason, {}, counts);
      break;
    case engine::StepState::skipped:
    case engine::StepState::not_run:
      mark(test, Mark::skipped, {}, step.reason.empty() ? state_name(step.state) : step.reason, {}, counts);
      break;
  }
  if (step.say.empty()) return;
  const bool warning = healthy && step.fine == false;
  test.append_child("system-out").text().set(xml_text((warning ? "warning: " : "") + step.say).c_str());
}

std::string advice_of(const engine::RunResult& result) {
  std::string text;
  const auto add = [&](std::string_view label, std::string_view what) {
    if (!what.empty()) text += std::string(label) + ": " + std::string(what) + "\n";
  };
  if (result.cause) {
    for (const engine::EvidenceResult& e : result.cause->evidence) {
      add(e.step + " " + e.outcome, isolation::strength(e.bits));
    }
  }
  for (const engine::WorkaroundResult& w : result.workarounds) {
    add("do now", w.action);
    add("command", w.command);
    add("risk", w.risk);
    add("undo", w.undo);
  }
  add("fix", result.fix);
  if (result.next)
    add("next", result.next->step + (result.next->what.empty() ? "" : ", " + result.next->what));
  return text;
}

std::string cause_line(const engine::RunResult& result) {
  if (!result.cause) return {};
  return result.cause->id + ": " + result.cause->title + ", " + isolation::percent(result.cause->probability);
}

void add_verdict(pugi::xml_node suite, const engine::RunResult& result, Counts& counts) {
  pugi::xml_node test = suite.append_child("testcase");
  set(test, "classname", class_name(result));
  set(test, "name", "verdict");
  set_seconds(test, result.took);
  const std::string_view verdict = isolation::name_of(result.verdict);
  if (result.confirmed || (result.verdict == isolation::Verdict::healthy && !result.interrupted)) {
    mark(test, Mark::passed, {}, {}, {}, counts);
  } else if (result.verdict == isolation::Verdict::isolated) {
    mark(test, Mark::failure, verdict, cause_line(result), advice_of(result), counts);
  } else {
    const std::string_view reason = isolation::name_of(result.reason);
    std::string message = result.interrupted ? "interrupted" : std::string(verdict);
    if (!result.reason_text.empty()) message += ": " + result.reason_text;
    if (result.cause) message += "; " + cause_line(result);
    mark(test, Mark::error, reason.empty() ? verdict : reason, message, advice_of(result), counts);
  }
}

void add_properties(pugi::xml_node suite, const engine::RunResult& result) {
  pugi::xml_node properties = suite.append_child("properties");
  const auto add = [&](const std::string& name, std::string_view value) {
    if (value.empty()) return;
    pugi::xml_node property = properties.append_child("property");
    set(property, "name", name);
    set(property, "value", value);
  };
  add("verdict", isolation::name_of(result.verdict));
  add("reason", isolation::name_of(result.reason));
  add("symptom", isolation::name_of(result.symptom));
  add("here", result.here);
  add("playbook_digest", result.digest);
  for (const auto& [name, value] : result.inputs) add("input." + name, value);
  for (const std::string& warning : result.warnings) add("warning", warning);
}

Counts add_suite(pugi::xml_node suites, const engine::RunResult& result) {
  pugi::xml_node suite = suites.append_child("testsuite");
  set(suite, "name", result.playbook);
  Counts counts;
  add_properties(suite, result);
  for (const engine::StepResult& step : result.steps) add_step(suite, result, step, counts);
  add_verdict(suite, result, counts);
  counts.write(suite);
  set_seconds(suite, result.took);
  set(suite, "timestamp", to_rfc3339(result.started));
  return counts;
}

}  // namespace

std::string render_junit(std::span<const engine::RunResult> results, const Style&) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version").set_value("1.0");
  declaration.append_attribute("encoding").set_value("UTF-8");
  pugi::xml_node suites = document.append_child("testsuites");
  set(suites, "name", "aztriage");
  Counts counts;
  Milliseconds took{};
  for (const engine::RunResult& result : results) {
    counts += add_suite(suites, result);
    took += result.took;
  }
  counts.write(suites);
  set_seconds(suites, took);
  std::ostringstream out;
  document.save(out, "  ", pugi::format_indent, pugi::encoding_utf8);
  return out.str();
}

}  // namespace aztriage::report
