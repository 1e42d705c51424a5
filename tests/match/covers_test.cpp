#include "match/world.h"

#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::test;
using match::Truth;

namespace {

bool covers(const char* wide, const char* narrow) {
  static const World world = sample_world();
  const auto a = compile(wide, world), b = compile(narrow, world);
  REQUIRE(a.condition);
  REQUIRE(b.condition);
  return a.condition->covers(*b.condition);
}

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  int below(int n) { return static_cast<int>(engine_() % static_cast<unsigned>(n)); }
  const char* one_of(const std::vector<const char*>& words) {
    return words[static_cast<std::size_t>(below(static_cast<int>(words.size())))];
  }

 private:
  std::mt19937 engine_;
};

/// Few facts and few values, so that conditions often meet.
std::string random_test(Random& random) {
  const std::vector<const char*> numbers{"200", "300", "404", "502"};
  const std::vector<const char*> pieces{"a", "ab", "b", "abc"};
  const auto number = [&] { return std::string(random.one_of(numbers)); };
  const auto piece = [&] { return std::string(random.one_of(pieces)); };
  switch (random.below(16)) {
    case 0:
      return "status: " + number();
    case 1:
      return "status: [" + number() + ", " + number() + "]";
    case 2:
      return "status: {above: " + number() + "}";
    case 3:
      return "status: {below: " + number() + "}";
    case 4:
      return "status: {between: [200, " + number() + "]}";
    case 5:
      return "status: {not: " + number() + "}";
    case 6:
      return "reason: " + piece();
    case 7:
      return "reason: {contains: " + piece() + "}";
    case 8:
      return "reason: {starts: [" + piece() + ", " + piece() + "]}";
    case 9:
      return "reason: {ends: " + piece() + "}";
    case 10:
      return "reason: {matches: \"^" + piece() + "\"}";
    case 11:
      return std::string("status: {exists: ") + random.one_of({"true", "false"}) + "}";
    case 12:
      return std::string("reason: {empty: ") + random.one_of({"true", "false"}) + "}";
    case 13:
      return std::string("chain: {") + random.one_of({"some", "every"}) + ": {contains: " + piece() + "}}";
    case 14:
      return "chain: {count: {above: " + std::to_string(random.below(3)) + "}}";
    default:
      return std::string("address: {in-network: ") +
             random.one_of({"10.0.0.0/8", "10.0.0.0/16", "10.0.0.4/32", "0.0.0.0/0"}) + "}";
  }
}

std::string random_condition(Random& random, int depth) {
  const int kind = depth == 0 ? 0 : random.below(6);
  const auto inner = [&] { return random_condition(random, depth - 1); };
  if (kind == 3) return "{all: [" + inner() + ", " + inner() + "]}";
  if (kind == 4) return "{any: [" + inner() + ", " + inner() + "]}";
  if (kind == 5) return "{not: " + inner() + "}";
  return "{" + random_test(random) + "}";
}

/// Each fact is there, known to be missing, or unknown.
World random_world(Random& random) {
  World world;
  fact::Observation& o = world.steps[""];
  const auto group = [&](const char* name) {
    const int state = random.below(3);
    if (state == 1) o.read.insert(name);
    return state == 0 || random.below(3) > 0;
  };
  if (group("status"))
    o.facts["status"] = fact::Value::number(std::stod(random.one_of({"200", "250", "404", "502"})));
  if (group("reason"))
    o.facts["reason"] = fact::Value::text(random.one_of({"", "a", "ab", "abc", "cab", "xyz"}));
  if (group("chain")) {
    std::vector<std::string> items;
    for (int i = random.below(3); i > 0; --i) items.emplace_back(random.one_of({"a", "ab", "x"}));
    o.facts["chain"] = fact::Value::list_of(Kind::host, items);
  }
  o.address = random.one_of({"", "10.0.0.4", "10.9.9.9", "10.0.1.1", "203.0.113.9"});
  return world;
}

}  // namespace

TEST_CASE("covers: what can't be reached behind what") {
  struct Row {
    const char *wide, *narrow;
    bool covered;
  };
  const Row rows[] = {
      {"{status: 502}", "{status: 502}", true},
      {"{status: [502, 503]}", "{status: 502}", true},
      {"{status: 502}", "{status: [502, 503]}", false},
      {"{status: {above: 499}}", "{status: [502, 503]}", true},
      {"{status: {above: 499}}", "{status: {above: 500}}", true},
      {"{status: {above: 500}}", "{status: {above: 499}}", false},
      {"{status: {above: 499}}", "{status: {between: [500, 599]}}", true},
      {"{status: {above: 500}}", "{status: {between: [500, 599]}}", false},
      {"{status: {between: [500, 600]}}", "{status: {above: 500}}", false},
      {"{status: {not: 502}}", "{status: 503}", true},
      {"{status: {not: {above: 499}}}", "{status: 200}", true},
      {"{status: {not: 502}}", "{status: {not: [502, 503]}}", true},
      {"{status: {not: [502, 503]}}", "{status: {not: 502}}", false},
      {"{status: {exists: true}}", "{status: 502}", true},
      {"{status: {exists: true}}", "{status: {not: 502}}", false},
      {"{reason: {contains: ad}}", "{reason: Bad Gateway}", true},
      {"{reason: {contains: ad}}", "{reason: {starts: Bad}}", true},
      {"{reason: {starts: B}}", "{reason: {starts: [Bad, Bold]}}", true},
      {"{reason: {starts: Bad}}", "{reason: {contains: Bad}}", false},
      {"{alias: {ends: contoso.com}}", "{alias: {ends: A.Contoso.com.}}", true},
      {"{address: {in-network: 10.0.0.0/8}}", "{address: {in-network: 10.1.0.0/16}}", true},
      {"{address: {in-network: 10.1.0.0/16}}", "{address: {in-network: 10.0.0.0/8}}", false},
      {"{chain: {some: {contains: a}}}", "{chain: {some: {contains: ab}}}", true},
      {"{chain: {some: {contains: a}}}", "{chain: {every: {contains: ab}}}", true},
      {"{chain: {every: {contains: a}}}", "{chain: {some: {contains: ab}}}", false},
      {"{chain: {count: {above: 1}}}", "{chain: {count: 3}}", true},
      {"{cookies: {some: {name: a}}}", "{cookies: {some: {name: a, secure: true}}}", true},
      {"{status: 502}", "{status: 502, reason: x}", true},
      {"{status: 502, reason: x}", "{status: 502}", false},
      {"{any: [{status: 502}, {reason: x}]}", "{reason: x}", true},
      {"{any: [{status: 502}, {reason: x}]}", "{any: [{reason: x}, {status: 502}]}", true},
      {"{status: 502, reason: x}", "{reason: x, status: 502, class: none}", true},
      {"{status: \"${port}\"}", "{status: \"${port}\"}", true},
      {"{status: \"${port}\"}", "{status: 502}", false},
      {"{status: 502}", "{edge.status: 502}", false},
      {"{time.total: {below: 0.1234}}", "{time.total: {below: 0.12341}}", false},
      {"{time.total: 0.12341}", "{time.total: 0.12342}", false},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.wide));
    CAPTURE(std::string(row.narrow));
    CHECK(covers(row.wide, row.narrow) == row.covered);
  }
}

TEST_CASE("covers: what it claims holds in every world") {
  Random random(20261124);
  int claims = 0, tested = 0;
  const World names = sample_world();
  for (int i = 0; i < 3000; ++i) {
    const std::string wide_text = random_condition(random, 2), narrow_text = random_condition(random, 2);
    const auto wide = compile(wide_text, names), narrow = compile(narrow_text, names);
    REQUIRE(wide.condition);
    REQUIRE(narrow.condition);
    if (!wide.condition->covers(*narrow.condition)) continue;
    ++claims;
    for (int w = 0; w < 60; ++w) {
      const World world = random_world(random);
      if (narrow.condition->evaluate(world) != Truth::yes) continue;
      ++tested;
      CAPTURE(wide_text);
      CAPTURE(narrow_text);
      REQUIRE(wide.condition->evaluate(world) == Truth::yes);
    }
  }
  CHECK(claims > 60);
  CHECK(tested > 300);
}

TEST_CASE("covers: deeply mixed conditions end quickly") {
  const auto mixed = [](const char* piece) {
    std::string condition = std::string("{reason: ") + piece + "}";
    for (int i = 0; i < 7; ++i) {
      condition =
          "{any: [" + condition + ", {all: [{status: " + std::to_string(i) + "}, " + condition + "]}]}";
    }
    return condition;
  };
  const World world = sample_world();
  const auto a = compile(mixed("a"), world), b = compile(mixed("b"), world);
  REQUIRE(a.condition);
  REQUIRE(b.condition);
  CHECK_FALSE(a.condition->covers(*b.condition));
}

TEST_CASE("logic: not exchanges all and any, whatever is unknown") {
  Random random(7);
  const World names = sample_world();
  for (int i = 0; i < 600; ++i) {
    const std::string a = random_condition(random, 1), b = random_condition(random, 1);
    const auto left = compile("{not: {all: [" + a + ", " + b + "]}}", names);
    const auto right = compile("{any: [{not: " + a + "}, {not: " + b + "}]}", names);
    const auto twice = compile("{not: {not: " + a + "}}", names);
    const auto once = compile(a, names);
    for (int w = 0; w < 5; ++w) {
      const World world = random_world(random);
      CAPTURE(a);
      CAPTURE(b);
      REQUIRE(left.condition->evaluate(world) == right.condition->evaluate(world));
      REQUIRE(twice.condition->evaluate(world) == once.condition->evaluate(world));
    }
  }
}

TEST_CASE("logic: the order of tests does not matter") {
  Random random(11);
  const World names = sample_world();
  for (int i = 0; i < 600; ++i) {
    const std::string a = random_condition(random, 1), b = random_condition(random, 1),
                      c = random_condition(random, 1);
    for (const char* op : {"all", "any"}) {
      const std::string head = std::string("{") + op + ": [";
      const auto one = compile(head + a + ", " + b + ", " + c + "]}", names);
      const auto other = compile(head + c + ", " + a + ", " + b + "]}", names);
      const World world = random_world(random);
      CAPTURE(a + b + c);
      REQUIRE(one.condition->evaluate(world) == other.condition->evaluate(world));
    }
  }
}
