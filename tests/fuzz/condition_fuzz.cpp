// Two conditions in flow style and an observation in JSON, one a line. Whatever they are: no crash, `not`
// turns the answer around, and what one condition claims to cover it does cover.

#include "base/text.h"
#include "fuzz/must.h"
#include "match/world.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace aztriage;
using namespace aztriage::test;
using match::Condition;
using match::Truth;

namespace {

std::optional<Condition> compiled(const source::Node& node, const match::Scope& scope) {
  source::Diagnostics diagnostics;
  auto condition = Condition::compile(node, scope, diagnostics);
  must(condition.has_value() != diagnostics.has_errors(), "there is a condition unless there is an error");
  return condition;
}

source::Node negated(source::Node node) {
  source::Node out;
  out.kind = source::Node::Kind::map;
  out.entries.push_back({"not", {}, std::move(node)});
  return out;
}

void check_negation(const source::Node& node, const Condition& condition, const World& world) {
  const auto opposite = compiled(negated(node), world);
  if (!opposite) return;  // one level too deep
  const Truth truth = condition.evaluate(world), other = opposite->evaluate(world);
  const Truth expected = truth == Truth::unknown ? truth : truth == Truth::yes ? Truth::no : Truth::yes;
  must(other == expected, "not turns the answer around");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 8192) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto lines = text::split(input, '\n');
  static const World sample = sample_world();
  World world = sample;
  if (lines.size() > 2) {
    if (auto observation = fact::from_json(lines[2], kFacts)) world.steps[""] = *std::move(observation);
  }
  std::vector<Condition> conditions;
  for (std::size_t i = 0; i < lines.size() && i < 2; ++i) {
    const auto node = Flow(lines[i]).read();
    if (!node) continue;
    auto condition = compiled(*node, world);
    if (!condition) continue;
    check_negation(*node, *condition, world);
    must(condition->covers(*condition), "a condition covers itself", lines[i]);
    must(condition->facts().size() + condition->needs().size() > 0, "a condition looks at something",
         lines[i]);
    conditions.push_back(*std::move(condition));
  }
  if (conditions.size() == 2 && conditions[0].covers(conditions[1])) {
    const bool broken =
        conditions[1].evaluate(world) == Truth::yes && conditions[0].evaluate(world) != Truth::yes;
    must(!broken, "what a condition covers is covered", input);
  }
  return 0;
}
