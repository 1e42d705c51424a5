#include "fact/observation.h"

#include "fact/merge.h"

#include <array>

namespace aztriage::fact {
namespace {

constexpr Type kBoolean{.kind = Kind::boolean};
constexpr Type kNumber{.kind = Kind::number};
constexpr Type kText{.kind = Kind::text};
constexpr Type kTexts{.kind = Kind::list, .item = Kind::text};

std::span<const std::string_view> failure_words() {
  return failure_names();
}

/// Facts of the head; nothing for other names.
std::optional<Look> look_at_head(const Observation& o, std::string_view name) {
  const auto text_or_missing = [](const std::string& s, Kind kind) {
    return Look{s.empty() ? std::nullopt : std::optional(Value::text(s, kind)), true};
  };
  if (name == "answered") return Look{Value::boolean(o.answered), true};
  if (name == "address") return text_or_missing(o.address, Kind::ip);
  if (name == "family") return Look{Value::number(o.family), true};
  if (name == "proxy") return text_or_missing(o.proxy, Kind::text);
  if (name == "took") return Look{Value::number(static_cast<double>(o.took.count()) / 1000), true};
  if (!name.starts_with("failure.")) return std::nullopt;
  const std::string_view part = name.substr(8);
  if (part != "kind" && part != "operation" && part != "text" && part != "code") return std::nullopt;
  if (!o.failure) return Look{std::nullopt, true};
  if (part == "kind")
    return Look{Value::text(std::string(failure_name(o.failure->kind)), Kind::choice), true};
  const std::string& words = part == "operation" ? o.failure->operation
                             : part == "code"    ? o.failure->code
                                                 : o.failure->text;
  return text_or_missing(words, Kind::text);
}

}  // namespace

std::span<const FactSpec> head_facts() {
  static const std::array<FactSpec, 9> facts{{
      {"answered", kBoolean, "whether the protocol's answer came from some address"},
      {"address", {.kind = Kind::ip}, "the address that was used"},
      {"family", kNumber, "4 or 6; 0 when no address was used"},
      {"proxy", kText, "host and port of the proxy that was used"},
      {"took", kNumber, "seconds that the look took"},
      {"failure.kind", {.kind = Kind::choice, .words = failure_words()}, "what stopped the probe"},
      {"failure.operation", kText, "the operation at which it was stopped"},
      {"failure.text", kText, "the library's or system's own words"},
      {"failure.code", kText, "the library's, system's or protocol's own code, such as ECONNREFUSED"},
  }};
  return facts;
}

std::span<const FactSpec> try_fields() {
  static const std::array<FactSpec, 2> fields{{
      {"number", kNumber, "the first try is 1"},
      {"ok", kBoolean, "false for a try that counts as failed"},
  }};
  return fields;
}

std::span<const FactSpec> tries_facts() {
  static const std::array<FactSpec, 10> facts{{
      {"tries", {.kind = Kind::list, .item = Kind::record, .fields = try_fields()}, "each try's facts"},
      {"tries.count", kNumber, "how many tries there were"},
      {"tries.ok", kNumber, "how many passed"},
      {"tries.failed", kNumber, "how many failed"},
      {"tries.first", {.kind = Kind::record, .fields = try_fields()}, "the first try"},
      {"tries.last", {.kind = Kind::record, .fields = try_fields()}, "the last try"},
      {"tries.differ", kTexts, "names of facts that are not the same in all tries"},
      {"by.working", kTexts, "values at which all tries passed"},
      {"by.failing", kTexts, "values at which no try passed"},
      {"by.mixed", kTexts, "values at which some tries passed"},
  }};
  return facts;
}

Look look(const Observation& observation, std::string_view name, std::string_view group) {
  if (auto head = look_at_head(observation, name)) return *std::move(head);
  if (const auto found = observation.facts.find(name); found != observation.facts.end()) {
    return {found->second, true};
  }
  if (!observation.tries.empty()) {
    if (auto value = tries_fact(observation.tries, name)) return {std::move(value), true};
  }
  return {std::nullopt, observation.read.find(group) != observation.read.end()};
}

}  // namespace aztriage::fact
