#include "base/text.h"
#include "match/registry.h"
#include "match/world.h"

#include <string>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::test;
using source::Code;

namespace {

struct Row {
  const char* condition;
  Code code;
  const char* at;       // the text of the condition that is pointed at
  const char* message;  // a piece of it
  const char* hint;     // a piece of it
};

std::string pointed_at(const std::string& condition, source::Span span) {
  REQUIRE(span.begin.line == 1);
  const auto begin = static_cast<std::size_t>(span.begin.column - 1);
  return condition.substr(begin, static_cast<std::size_t>(span.end.column - span.begin.column));
}

}  // namespace

TEST_CASE("compile: every mistake has its code, place and hint") {
  const Row rows[] = {
      {"{statsu: 502}", Code::P020, "statsu", "unknown fact 'statsu'", "did you mean 'status'?"},
      {"{edge.statsu: 502}", Code::P020, "edge.statsu", "unknown fact", "'edge.status'"},
      {"{location.hots: a}", Code::P020, "location.hots", "unknown fact",
       "scheme, host, port, path and query.NAME"},
      {"{alias.host: a}", Code::P020, "alias.host", "unknown fact", "label and parent"},
      {"{server-at.path: a}", Code::P020, "server-at.path", "unknown fact", "host and port"},
      {"{below: 5}", Code::P020, "below", "unknown fact", "name the fact first"},
      {"{cookies: {some: {nmae: x}}}", Code::P020, "nmae", "unknown field 'nmae'", "'name'"},
      {"{last-redirect: {sttus: 302}}", Code::P020, "sttus", "unknown field", "'status'"},
      {"{tries: {some: {statsu: 5}}}", Code::P020, "statsu", "unknown field", "'status'"},
      {"{tries: {some: {tries.count: 5}}}", Code::P020, "tries.count", "unknown field", ""},
      {"{status: {blow: 5}}", Code::P021, "blow", "unknown test 'blow'", "'below'"},
      {"{status: {equals: 5}}", Code::P021, "equals", "unknown test", "write the value itself"},
      {"{status: {gt: 5}}", Code::P021, "gt", "unknown test", "'above'"},
      {"{body: {regex: x}}", Code::P021, "regex", "unknown test", "'matches'"},
      {"{status: {nonsense: 5}}", Code::P021, "nonsense", "unknown test", ""},
      {"{status: abc}", Code::P022, "abc", "'abc' is not a number", ""},
      {"{status: [502, abc]}", Code::P022, "abc", "not a number", ""},
      {"{class: privat}", Code::P022, "privat", "not one of the known words", "'private'"},
      {"{complete: maybe}", Code::P022, "maybe", "not a yes or no", "'true' or 'false'"},
      {"{alias: a b}", Code::P022, "a b", "not a host name", ""},
      {"{address: contoso.com}", Code::P022, "contoso.com", "not an address", ""},
      {"{address: 10.0.0.0/8}", Code::P022, "10.0.0.0/8", "it is a network", ""},
      {"{location: /login}", Code::P022, "/login", "not a URL", ""},
      {"{certificate.problems: {contains: expird}}", Code::P022, "expird", "known words", "'expired'"},
      {"{certificate.problems: expired}", Code::P022, "expired", "is a list", "{contains: expired}"},
      {"{chain: [a.com, b.com]}", Code::P022, "[a.com, b.com]", "is a list", "'some'"},
      {"{last-redirect: 302}", Code::P022, "302", "is a record", "map of its fields"},
      {"{cookies: {some: x}}", Code::P022, "x", "is a record", ""},
      {"{cookies: {contains: x}}", Code::P022, "x", "a value of the list", "'some'"},
      {"{chain: {contains: {starts: a}}}", Code::P022, "{starts: a}", "a value of the list", "'some'"},
      {"{reason: {below: 5}}", Code::P022, "below", "'below' needs a number, but 'reason' is a text",
       "'facts'"},
      {"{status: {contains: 5}}", Code::P022, "contains", "needs a text or a list", ""},
      {"{status: {some: 5}}", Code::P022, "some", "needs a list", ""},
      {"{status: {empty: true}}", Code::P022, "empty", "needs a text or a list", ""},
      {"{chain: {starts: a}}", Code::P022, "starts", "needs a text", "'some' or 'every'"},
      {"{addresses: {in-network: 10.0.0.0/8}}", Code::P022, "in-network", "needs an address",
       "'some' or 'every'"},
      {"{chain: {some: {below: 5}}}", Code::P022, "below", "an item of the list is a host", ""},
      {"{address: {in-network: 10.0.0.4}}", Code::P022, "10.0.0.4", "no prefix length", "'10.0.0.4/32'"},
      {"{status: {exists: maybe}}", Code::P022, "maybe", "not a yes or no", ""},
      {"{status: {exists: [true]}}", Code::P022, "[true]", "true or false", ""},
      {"{status: {below: [1, 2]}}", Code::P022, "[1, 2]", "one number", ""},
      {"{status: {between: 5}}", Code::P022, "5", "takes two numbers", "[LOW, HIGH]"},
      {"{status: {between: [1]}}", Code::P022, "[1]", "takes two numbers", ""},
      {"{status: {between: [1, 2, 3]}}", Code::P022, "[1, 2, 3]", "takes two numbers", ""},
      {"{status: {between: [5, 1]}}", Code::P022, "[5, 1]", "larger than the second", "swap"},
      {"{chain: {count: abc}}", Code::P022, "abc", "not a number", ""},
      {"{status: \"${origin}\"}", Code::P022, "\"${origin}\"", "'${origin}' is a host", ""},
      {"{status: \"${edge.reason}\"}", Code::P022, "\"${edge.reason}\"",
       "can't be compared with the number 'status'", ""},
      {"{alias: \"${edge.server-at}\"}", Code::P022, "\"${edge.server-at}\"", "is a endpoint", ""},
      {"{alias: \"${edge.cookies}\"}", Code::P022, "\"${edge.cookies}\"", "list of record", ""},
      {"{alias: \"x${edge.chain}\"}", Code::P022, "\"x${edge.chain}\"", "list of host", ""},
      {"{body: {matches: \"(a\"}}", Code::P023, "\"(a\"", "not an RE2 expression", "look-around"},
      {"{body: {matches: \"(?=a)\"}}", Code::P023, "\"(?=a)\"", "not an RE2 expression", ""},
      {"{body: {matches: \"(a)\\1\"}}", Code::P023, "\"(a)\\1\"", "not an RE2 expression", ""},
      {"{body: {matches: \"((a{1000}){1000}){1000}\"}}", Code::P023, "\"((a{1000}){1000}){1000}\"", "RE2",
       ""},
      {"{body: {matches: \"a${name}\"}}", Code::P023, "\"a${name}\"", "can't stand in an expression",
       "'contains'"},
      {"{body: {matches: [a]}}", Code::P023, "[a]", "takes one", ""},
      {"{}", Code::P024, "{}", "without a test", ""},
      {"{status: {}}", Code::P024, "{}", "no test for 'status'", ""},
      {"{status: []}", Code::P024, "[]", "no test for 'status'", ""},
      {"{any: []}", Code::P024, "any", "'any' without a test", ""},
      {"{all: }", Code::P024, "all", "'all' without a test", ""},
      {"{any: [{}]}", Code::P024, "{}", "without a test", ""},
      {"{not: {}}", Code::P024, "{}", "without a test", ""},
      {"{status: {not: {}}}", Code::P024, "{}", "no test", ""},
      {"{chain: {some: {}}}", Code::P024, "{}", "no test for an item", ""},
      {"{chain: {contains: []}}", Code::P024, "[]", "", ""},
      {"{body: {contains: []}}", Code::P024, "[]", "empty list of values", ""},
      {"{body: {contains: \"\"}}", Code::P024, "\"\"", "part of every text", ""},
      {"{body: {contains: }}", Code::P024, "contains", "'contains' without a value", ""},
      {"{any: {status: 5}}", Code::P013, "{status: 5}", "'any' takes a list", "'- '"},
      {"{not: [{status: 5}]}", Code::P013, "[{status: 5}]", "a map of facts", ""},
      {"[{status: 5}]", Code::P013, "[{status: 5}]", "a map of facts", ""},
      {"status", Code::P013, "status", "a map of facts", ""},
      {"{status: [[5]]}", Code::P013, "[5]", "a value has to stand here", ""},
      {"{reason: {starts: {a: b}}}", Code::P013, "{a: b}", "a value or a list", ""},
      {"{alias: \"${orgin}\"}", Code::P027, "${orgin}", "unknown name 'orgin'", "'origin'"},
      {"{alias: \"${origin\"}", Code::P026, "${origin", "without its closing brace", "'}'"},
  };
  const World world = sample_world();
  for (const Row& row : rows) {
    CAPTURE(std::string(row.condition));
    const auto compiled = compile(row.condition, world);
    REQUIRE(compiled.readable);
    CHECK_FALSE(compiled.condition);
    REQUIRE(compiled.diagnostics.items().size() == 1);
    const auto& item = compiled.diagnostics.items()[0];
    CHECK(source::code_name(item.code) == source::code_name(row.code));
    CHECK(pointed_at(row.condition, item.span) == row.at);
    CHECK_MESSAGE(text::contains(item.message, row.message), item.message);
    std::string hints = text::join(item.hints, " | ");
    CHECK_MESSAGE(text::contains(hints, row.hint), hints);
  }
}

TEST_CASE("compile: all mistakes of a condition are told at once") {
  const auto compiled =
      compile("{statsu: 1, status: {blow: 5, above: x}, any: [{class: privat}, {}], body: {matches: \"(\"}}",
              sample_world());
  CHECK_FALSE(compiled.condition);
  CHECK(compiled.diagnostics.error_count() == 6);
}

TEST_CASE("compile: depth is bounded, and what is just inside works") {
  const auto nested = [](int levels) {
    std::string condition;
    for (int i = 0; i < levels; ++i) condition += "{not: ";
    condition += "{status: 5}";
    return condition + std::string(static_cast<std::size_t>(levels), '}');
  };
  const World world = sample_world();
  CHECK(compile(nested(14), world).condition);
  const auto deep = compile(nested(15), world);
  REQUIRE(deep.diagnostics.items().size() == 1);
  CHECK(deep.diagnostics.items()[0].code == Code::P025);
  CHECK(compile(nested(50), world).diagnostics.items().size() == 1);
}

TEST_CASE("compile: a long expression is refused before it is compiled") {
  const auto compiled = compile("{body: {matches: " + std::string(1001, 'a') + "}}", sample_world());
  REQUIRE(compiled.diagnostics.items().size() == 1);
  CHECK(compiled.diagnostics.items()[0].code == Code::P023);
}

TEST_CASE("registry: every test is listed once, in order, and is explained") {
  std::string_view last;
  for (const auto& test : match::all_tests()) {
    CAPTURE(test.name);
    CHECK(last < test.name);
    last = test.name;
    CHECK_FALSE(test.help.empty());
    CHECK_FALSE(test.due.empty());
    CHECK(match::find_test(test.name) == &test);
    // The code's explanation lists them for people.
    CHECK(text::contains(source::code_explanation(Code::P021), test.name));
  }
}
