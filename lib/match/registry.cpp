#include "match/registry.h"

#include "base/suggest.h"
#include "match/value_tests.h"

#include <algorithm>
#include <array>
#include <utility>

namespace aztriage::match {
namespace {

using fact::Kind;
using fact::Type;

bool is_number(const Type& type) {
  return type.kind == Kind::number;
}
bool is_list(const Type& type) {
  return type.kind == Kind::list;
}
bool is_address(const Type& type) {
  return type.kind == Kind::ip || type.kind == Kind::host;
}
bool is_anything(const Type&) {
  return true;
}
bool is_text(const Type& type) {
  return type.kind != Kind::number && type.kind != Kind::boolean && type.kind != Kind::list &&
         type.kind != Kind::record;
}
bool is_text_or_list(const Type& type) {
  return is_text(type) || is_list(type);
}

constexpr std::array<TestSpec, 13> kTests{{
    {"above", "more than a number", "a number", is_number, compile_above},
    {"below", "less than a number", "a number", is_number, compile_below},
    {"between", "from one number to another, both included", "a number", is_number, compile_between},
    {"contains", "a piece of a text, or an item of a list", "a text or a list", is_text_or_list,
     compile_contains},
    {"count", "how many items a list has", "a list", is_list, compile_count},
    {"empty", "whether a text or list has nothing in it", "a text or a list", is_text_or_list, compile_empty},
    {"ends", "how a text ends", "a text", is_text, compile_ends},
    {"every", "what each item of a list must be; there must be one", "a list", is_list, compile_every},
    {"exists", "whether there is such a fact", "a fact", is_anything, compile_exists},
    {"in-network", "an address in one of these ranges", "an address", is_address, compile_in_network},
    {"matches", "an RE2 expression, anywhere in the text", "a text", is_text, compile_matches},
    {"some", "what at least one item of a list must be", "a list", is_list, compile_some},
    {"starts", "how a text starts", "a text", is_text, compile_starts},
}};

/// What people who know other tools write, and what to write instead.
constexpr std::array<std::pair<std::string_view, std::string_view>, 27> kOtherWords{{
    {"equals", "write the value itself: 'fact: 502'"},
    {"equal", "write the value itself: 'fact: 502'"},
    {"eq", "write the value itself: 'fact: 502'"},
    {"is", "write the value itself: 'fact: 502'"},
    {"in", "write the list itself: 'fact: [502, 503]'"},
    {"one-of", "write the list itself: 'fact: [502, 503]'"},
    {"ne", "use 'not': 'fact: {not: 502}'"},
    {"not-equal", "use 'not': 'fact: {not: 502}'"},
    {"gt", "use 'above'"},
    {"greater", "use 'above'"},
    {"more", "use 'above'"},
    {"over", "use 'above'"},
    {"lt", "use 'below'"},
    {"less", "use 'below'"},
    {"under", "use 'below'"},
    {"range", "use 'between: [LOW, HIGH]'"},
    {"has", "use 'contains'"},
    {"includes", "use 'contains'"},
    {"prefix", "use 'starts'"},
    {"suffix", "use 'ends'"},
    {"regex", "use 'matches'"},
    {"regexp", "use 'matches'"},
    {"cidr", "use 'in-network'"},
    {"missing", "use 'exists: false'"},
    {"present", "use 'exists: true'"},
    {"length", "use 'count'"},
    {"size", "use 'count'"},
}};

}  // namespace

std::span<const TestSpec> all_tests() {
  return kTests;
}

const TestSpec* find_test(std::string_view name) {
  const auto* found =
      std::find_if(kTests.begin(), kTests.end(), [&](const TestSpec& t) { return t.name == name; });
  return found == kTests.end() ? nullptr : found;
}

std::string hint_for_test(std::string_view word) {
  for (const auto& [other, hint] : kOtherWords) {
    if (other == word) return std::string(hint);
  }
  std::vector<std::string> names{"all", "any", "not"};
  for (const TestSpec& test : kTests) names.emplace_back(test.name);
  return did_you_mean(word, names);
}

}  // namespace aztriage::match
