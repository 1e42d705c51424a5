#pragma once

#include "match/compiler.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::match {

/// A test that can be named in a map: `below`, `contains`, ... To add one: a Test, and a line in
/// registry.cpp.
struct TestSpec {
  std::string_view name;
  std::string_view help;  // one line
  std::string_view due;   // "a number", for messages
  bool (*fits)(const fact::Type& type);
  TestPtr (*compile)(const source::Node& node, const Resolved& subject, Compiler& compiler);
};
std::span<const TestSpec> all_tests();
const TestSpec* find_test(std::string_view name);
/// What was meant by a word that is no test: the nearest ones, or what other tools call them.
std::string hint_for_test(std::string_view word);

TestPtr compile_equal(const source::Node& node, const Resolved& subject, Compiler& compiler);

}  // namespace aztriage::match
