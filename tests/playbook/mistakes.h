#pragma once

#include "base/text.h"
#include "small_world.h"
#include "source/render.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

/// One file with one mistake: what is said about it, and where.
struct Mistake {
  const char* text;
  source::Code code;
  source::Position at;
  const char* message;  // a piece of it
  const char* hint;     // a piece of a hint; empty: any
};

inline std::vector<source::Diagnostic> of_severity(const source::Diagnostics& all,
                                                   source::Severity severity) {
  std::vector<source::Diagnostic> some;
  for (const source::Diagnostic& d : all.items()) {
    if (d.severity == severity) some.push_back(d);
  }
  return some;
}

/// Exactly this one mistake is reported, and there is no playbook.
inline void check_mistake(const std::string& prefix, const Mistake& row) {
  const std::string text = prefix + row.text;
  const auto loaded = small_world::load(text);
  INFO(text);
  INFO(source::render(loaded.diagnostics, source::Source("p.yaml", text)));
  const auto errors = of_severity(loaded.diagnostics, source::Severity::error);
  CHECK_FALSE(loaded.playbook);
  REQUIRE(errors.size() == 1);
  CHECK(source::code_name(errors[0].code) == source::code_name(row.code));
  CHECK(errors[0].span.begin.line == row.at.line);
  CHECK(errors[0].span.begin.column == row.at.column);
  CHECK_MESSAGE(text::contains(errors[0].message, row.message), errors[0].message);
  std::string hints = text::join(errors[0].hints, "; ");
  CHECK_MESSAGE(text::contains(hints, row.hint), hints);
}
