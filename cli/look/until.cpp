#include "cli/look/until.h"

#include "base/suggest.h"
#include "base/text.h"
#include "playbook/names.h"
#include "playbook/yaml_reader.h"
#include "source/diagnostic.h"

#include <algorithm>

namespace aztriage::cli {
namespace {

/// The facts of one observation, and no inputs.
class SeenFacts final : public match::Environment {
 public:
  explicit SeenFacts(const fact::Observation& seen) : seen_(seen) {}

  fact::Look value(const match::Resolved& name) const override {
    if (name.from != match::Resolved::From::fact) return {};
    fact::Look look = fact::look(seen_, name.name, name.group);
    if (name.part.empty() || !look.value) return look;
    fact::Value part;
    if (!fact::part_of(*look.value, name.part, part)) return {std::nullopt, true};
    return {std::move(part), true};
  }

 private:
  const fact::Observation& seen_;
};

std::string first_hint(const source::Diagnostic& diagnostic) {
  for (const auto& hint : diagnostic.hints) {
    if (!hint.empty()) return hint;
  }
  return "such as 'status: 200', 'certificate.days-left: {above: 30}', recovered or broken";
}

tl::unexpected<Error> mistake(const source::Diagnostics& diagnostics) {
  const auto& items = diagnostics.items();
  const auto first = std::find_if(items.begin(), items.end(), [](const source::Diagnostic& one) {
    return one.severity == source::Severity::error;
  });
  if (first == items.end()) return failed("--until: not a condition", "such as 'status: 200'");
  return failed("--until: " + first->message, first_hint(*first));
}

}  // namespace

Result<Until> Until::parse(const std::string& text, const probe::ProbeSpec& spec) {
  Until until;
  until.text_ = text::trim(text);
  if (until.text_ == "recovered") {
    until.what_ = What::recovered;
    return until;
  }
  if (until.text_ == "broken" || until.text_ == "fails") {
    until.what_ = What::broken;
    return until;
  }
  source::Diagnostics diagnostics;
  const source::Node node = playbook::read_yaml(source::Source("--until", until.text_), diagnostics);
  if (diagnostics.has_errors()) return mistake(diagnostics);
  if (node.kind != source::Node::Kind::map) {
    std::string hint = did_you_mean(until.text_, {std::begin(kWords), std::end(kWords)});
    if (hint.empty())
      hint = "recovered, broken, or a condition such as 'status: 200' or 'failure.kind: tcp-refused'";
    return failed("--until: '" + text::printable(until.text_) + "' is no condition", std::move(hint));
  }
  playbook::Names names;
  auto& step = names.steps.emplace_back("look");
  names.step_of["look"] = 0;
  step.add(fact::head_facts());
  step.add(spec.facts);
  step.add(fact::tries_facts());
  until.condition_ = match::Condition::compile(node, playbook::NameScope(names, 0), diagnostics);
  if (diagnostics.has_errors() || !until.condition_) return mistake(diagnostics);
  until.what_ = What::condition;
  return until;
}

bool Until::holds(const fact::Observation& seen, ExitCode code) const {
  switch (what_) {
    case What::nothing:
      return false;
    case What::recovered:
      return code == ExitCode::ok;
    case What::broken:
      return code == ExitCode::fault;
    case What::condition:
      return condition_->evaluate(SeenFacts(seen)) == match::Truth::yes;
  }
  return false;
}

}  // namespace aztriage::cli
