#include "engine/answered_by.h"

#include "base/text.h"
#include "probe/registry.h"

#include <algorithm>
#include <string>

#include <re2/re2.h>

namespace aztriage::engine {
namespace {

std::string text_fact(const fact::Observation& observation, const std::string& name) {
  auto it = observation.facts.find(name);
  return it == observation.facts.end() ? "" : fact::to_text(it->second);
}

bool leaves_trace(const playbook::Family::Marker& marker, const fact::Observation& observation) {
  if (!marker.header.empty()) {
    auto it = observation.facts.find("headers." + text::lower(marker.header));
    if (it == observation.facts.end()) return false;
    if (!marker.matches.empty() &&
        !RE2::PartialMatch(fact::to_text(it->second), RE2(marker.matches, RE2::Quiet))) {
      return false;
    }
  }
  if (!marker.body.empty()) {
    return text::contains(text::lower(text_fact(observation, "body")), text::lower(marker.body));
  }
  return !marker.header.empty();
}

/// HTTP's answers are seen by several probes; those that declare the fact leave it to be filled here.
bool is_asked(const fact::Observation& observation) {
  const auto* spec = probe::find_probe(observation.probe);
  return spec != nullptr && std::ranges::any_of(spec->facts, [](const fact::FactSpec& fact) {
           return fact.name == "answered-by" && fact.type.kind == fact::Kind::text;
         });
}

void add_to_one(const std::vector<playbook::Family>& families, fact::Observation& observation) {
  if (!observation.facts.contains("status") || !is_asked(observation)) return;
  const playbook::Family* maker = nullptr;
  const playbook::Family* innermost = nullptr;
  std::vector<std::string> passed;
  for (const auto& family : families) {
    bool trace = false;
    bool makes = false;
    for (const auto& marker : family.markers) {
      if (!leaves_trace(marker, observation)) continue;
      trace = true;
      makes = makes || marker.makes;
    }
    if (!trace) continue;
    passed.push_back(family.id);
    // Two products that both say they made it: the outer one replaced the inner one's page.
    if (makes && (!maker || family.layer < maker->layer)) maker = &family;
    if (!innermost || family.layer > innermost->layer) innermost = &family;
  }
  observation.read.insert("answered-by");
  observation.read.insert("passed");
  observation.facts.insert_or_assign("passed", fact::Value::list_of(fact::Kind::text, passed));
  if (const auto* who = maker ? maker : innermost) {
    observation.facts.insert_or_assign("answered-by", fact::Value::text(who->id));
  }
}

}  // namespace

void add_answered_by(const std::vector<playbook::Family>& families, fact::Observation& observation) {
  add_to_one(families, observation);
  for (auto& each : observation.tries) add_to_one(families, each);
}

}  // namespace aztriage::engine
