#pragma once

#include "match/compiler.h"

namespace aztriage::match {

// The tests behind the registry's lines. Each returns nothing when it has reported a mistake.

TestPtr compile_below(const source::Node& node, const Resolved& subject, Compiler& compiler);
TestPtr compile_above(const source::Node& node, const Resolved& subject, Compiler& compiler);
TestPtr compile_between(const source::Node& node, const Resolved& subject, Compiler& compiler);

TestPtr compile_contains(const source::Node& node, const Resolved& subject, Compiler& compiler);
TestPtr compile_starts(const source::Node& node, const Resolved& subject, Compiler& compiler);
TestPtr compile_ends(const source::Node& node, const Resolved& subject, Compiler& compiler);
TestPtr compile_matches(const source::Node& node, const Resolved& subject, Compiler& compiler);

TestPtr compile_in_network(const source::Node& node, const Resolved& subject, Compiler& compiler);

TestPtr compile_exists(const source::Node& node, const Resolved& subject, Compiler& compiler);
TestPtr compile_empty(const source::Node& node, const Resolved& subject, Compiler& compiler);

TestPtr compile_item(const source::Node& node, const Resolved& subject,
                     Compiler& compiler);  // contains, of a list
TestPtr compile_some(const source::Node& node, const Resolved& subject, Compiler& compiler);
TestPtr compile_every(const source::Node& node, const Resolved& subject, Compiler& compiler);
TestPtr compile_count(const source::Node& node, const Resolved& subject, Compiler& compiler);

/// A record of which `inner` holds.
TestPtr record_test(Tree inner);

}  // namespace aztriage::match
