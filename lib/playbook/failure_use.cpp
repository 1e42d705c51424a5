#include "playbook/failure_use.h"

#include "fact/merge.h"

#include <algorithm>

namespace aztriage::playbook {
namespace {

using fact::FailureKind;
using fact::Kind;
using fact::Value;
using match::Truth;

/// Knows the kind of failure (none: that there is none) and nothing else.
class FailureWorld final : public match::Environment {
 public:
  explicit FailureWorld(std::optional<FailureKind> kind) : kind_(kind) {}

  fact::Look value(const match::Resolved& name) const override {
    if (name.from != match::Resolved::From::fact) return {};
    if (name.name == "failure.kind" && name.part.empty())
      return {kind_ ? std::optional(text()) : std::nullopt, true};
    if (name.name == "tries") return {Value::list({attempt()}), true};
    if (name.name == "tries.first" || name.name == "tries.last") return {attempt(), true};
    return {};
  }

 private:
  Value text() const { return Value::text(std::string(fact::failure_name(*kind_)), Kind::choice); }
  /// A try that has read no group, so that all else of it is unknown.
  Value attempt() const {
    Value::Record record{{std::string(fact::kReadGroups), Value::list({})}};
    if (kind_) record.emplace("failure.kind", text());
    return Value::record(std::move(record));
  }
  std::optional<FailureKind> kind_;
};

int rank(Truth truth) {
  return truth == Truth::yes ? 2 : truth == Truth::unknown ? 1 : 0;
}

int rank_at(const Condition& condition, std::optional<FailureKind> kind) {
  return rank(condition.evaluate(FailureWorld(kind)));
}

bool asks_for(const Condition& condition, FailureKind kind) {
  const int here = rank_at(condition, kind);
  if (here == 0 || here <= rank_at(condition, std::nullopt)) return false;
  const auto& names = fact::failure_names();
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
    return rank_at(condition, fact::failure_from_name(name)) < here;
  });
}

template <class Test>
std::vector<FailureUse> outcomes_where(const Playbook& playbook, const Test& test) {
  std::vector<FailureUse> uses;
  for (std::size_t s = 0; s < playbook.steps.size(); ++s) {
    const auto& outcomes = playbook.steps[s].outcomes;
    for (std::size_t o = 0; o < outcomes.size(); ++o) {
      if (test(outcomes[o])) uses.push_back({static_cast<int>(s), static_cast<int>(o)});
    }
  }
  return uses;
}

}  // namespace

std::vector<FailureUse> failure_uses(const Playbook& playbook, FailureKind kind) {
  return outcomes_where(
      playbook, [&](const Outcome& outcome) { return outcome.when && asks_for(*outcome.when, kind); });
}

std::vector<FailureUse> outcomes_for(const Playbook& playbook, int cause) {
  return outcomes_where(playbook, [&](const Outcome& outcome) {
    if (!outcome.given) return false;
    const auto found = outcome.given->causes.find(cause);
    return found != outcome.given->causes.end() && found->second > outcome.given->otherwise;
  });
}

}  // namespace aztriage::playbook
