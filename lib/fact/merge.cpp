#include "fact/merge.h"

#include <algorithm>

namespace aztriage::fact {
namespace {

bool passed(const Observation& one) {
  return one.ok.value_or(one.answered);
}

/// The value a try counts under, or nothing when it is not known.
std::optional<std::string> key_of(const Observation& one, std::string_view by) {
  if (by.empty()) {
    std::vector<std::string> values;
    std::string key;
    for (const auto& [name, value] : one.varied) key += (key.empty() ? "" : ", ") + to_text(value);
    return one.varied.empty() ? std::nullopt : std::optional(key);
  }
  if (const auto varied = one.varied.find(by); varied != one.varied.end()) return to_text(varied->second);
  const Look seen = look(one, by, {});
  return seen.value ? std::optional(to_text(*seen.value)) : std::nullopt;
}

struct Tally {
  std::string key;
  int ok = 0;
  int failed = 0;
};

/// In the order in which the values were first seen.
std::vector<Tally> tally(const std::vector<Observation>& tries, std::string_view by) {
  std::vector<Tally> tallies;
  for (const Observation& one : tries) {
    const auto key = key_of(one, by);
    if (!key) continue;
    auto at = std::find_if(tallies.begin(), tallies.end(), [&](const Tally& t) { return t.key == *key; });
    if (at == tallies.end()) at = tallies.insert(at, Tally{*key});
    ++(passed(one) ? at->ok : at->failed);
  }
  return tallies;
}

void add_by(Observation& merged, std::string_view by) {
  std::vector<std::string> working, failing, mixed;
  const auto tallies = tally(merged.tries, by);
  for (const Tally& t : tallies) (t.failed == 0 ? working : t.ok == 0 ? failing : mixed).push_back(t.key);
  if (tallies.empty()) return;  // nobody knows the value: unknown, not empty
  merged.facts.insert_or_assign("by.working", Value::list_of(Kind::text, working));
  merged.facts.insert_or_assign("by.failing", Value::list_of(Kind::text, failing));
  merged.facts.insert_or_assign("by.mixed", Value::list_of(Kind::text, mixed));
}

}  // namespace

Value try_record(const Observation& one, int number) {
  Value::Record record;
  for (const FactSpec& spec : head_facts()) {
    if (auto seen = look(one, spec.name, {}); seen.value) record.emplace(spec.name, *std::move(seen.value));
  }
  for (const auto& [name, value] : one.facts) record.insert_or_assign(name, value);
  for (const auto& [name, value] : one.varied) record.insert_or_assign(name, value);
  record.insert_or_assign("number", Value::number(number));
  record.insert_or_assign("ok", Value::boolean(passed(one)));
  record.insert_or_assign(
      std::string(kReadGroups),
      Value::list_of(Kind::text, std::vector<std::string>(one.read.begin(), one.read.end())));
  return Value::record(std::move(record));
}

std::vector<std::string> differing_facts(const std::vector<Observation>& tries) {
  std::set<std::string> names{"answered", "address", "family", "proxy", "failure.kind", "failure.operation"};
  for (const Observation& one : tries) {
    for (const auto& [name, value] : one.facts) names.insert(name);
  }
  for (const Observation& one : tries) {
    for (const auto& [name, value] : one.varied) names.erase(name);
  }
  std::vector<std::string> differing;
  for (const std::string& name : names) {
    const std::string_view group = std::string_view(name).substr(0, name.find('.'));
    std::optional<Look> first;
    const bool differs = std::any_of(tries.begin(), tries.end(), [&](const Observation& one) {
      Look seen = look(one, name, group);
      if (!seen.known) return false;
      if (!first) {
        first = std::move(seen);
        return false;
      }
      return first->value.has_value() != seen.value.has_value() ||
             (seen.value && !first->value->same_as(*seen.value));
    });
    if (differs) differing.push_back(name);
  }
  return differing;
}

std::optional<Value> tries_fact(const std::vector<Observation>& tries, std::string_view name) {
  if (tries.empty() || !name.starts_with("tries")) return std::nullopt;
  const auto record = [&](std::size_t at) { return try_record(tries[at], static_cast<int>(at) + 1); };
  const auto good = static_cast<double>(std::count_if(tries.begin(), tries.end(), passed));
  const auto count = static_cast<double>(tries.size());
  if (name == "tries.count") return Value::number(count);
  if (name == "tries.failed") return Value::number(count - good);
  if (name == "tries.ok") return Value::number(good);
  if (name == "tries.first") return record(0);
  if (name == "tries.last") return record(tries.size() - 1);
  if (name == "tries.differ") return Value::list_of(Kind::text, differing_facts(tries));
  if (name != "tries") return std::nullopt;
  Value::List records;
  for (std::size_t i = 0; i < tries.size(); ++i) records.push_back(record(i));
  return Value::list(std::move(records));
}

Observation merge(std::vector<Observation> tries, const Bad& bad, std::string_view by) {
  for (Observation& one : tries) one.ok = bad ? !bad(one) : one.answered;
  const auto first_bad = std::find_if_not(tries.begin(), tries.end(), passed);
  Observation merged = first_bad == tries.end() ? tries.front() : *first_bad;
  merged.varied.clear();
  merged.ok.reset();
  merged.tries = std::move(tries);
  // The records themselves are made when they are looked at; only what a report shows is kept.
  for (const std::string_view name : {"tries.count", "tries.ok", "tries.failed", "tries.differ"}) {
    merged.facts.insert_or_assign(std::string(name), *tries_fact(merged.tries, name));
  }
  add_by(merged, by);
  return merged;
}

}  // namespace aztriage::fact
