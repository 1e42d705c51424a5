#include "engine/recorded_facts.h"

#include "base/suggest.h"

#include <algorithm>
#include <string>
#include <vector>

namespace aztriage::engine {
namespace {

using source::Code;
using source::Node;

bool matches(const fact::FactSpec& spec, std::string_view name) {
  if (spec.name == name) return true;
  if (!spec.name.ends_with(".*")) return false;
  const auto stem = spec.name.substr(0, spec.name.size() - 1);
  return name.size() > stem.size() && name.starts_with(stem);
}

const fact::FactSpec* spec_of(std::span<const fact::FactSpec> declared, std::string_view name) {
  // A fact with a name of its own comes before the open group that would hold it.
  auto it = std::ranges::find(declared, name, &fact::FactSpec::name);
  if (it == declared.end())
    it = std::ranges::find_if(declared, [&](const auto& each) { return matches(each, name); });
  return it == declared.end() ? nullptr : &*it;
}

/// Builds one observation; every mistake is reported where it stands.
class ObservationReader {
 public:
  ObservationReader(std::span<const fact::FactSpec> declared, source::Diagnostics& diagnostics)
      : declared_(declared), diagnostics_(diagnostics) {}

  fact::Observation read(const Node& node) {
    if (node.kind != Node::Kind::map) {
      diagnostics_.error(Code::P013, node.span, "an observation is a map of facts");
      return {};
    }
    bool told_answered = false;
    bool told_read = false;
    for (const auto& entry : node.entries) {
      told_answered = told_answered || entry.key == "answered";
      told_read = told_read || entry.key == "read";
      if (!head(entry)) add(entry.key, entry.value);
    }
    if (!told_answered) seen_.answered = !seen_.failure;
    // Who records an answer has recorded it whole; what a failed look saw is only what stands there.
    if (!told_read && seen_.answered) {
      for (const auto& spec : declared_) seen_.read.emplace(fact::group_of(spec));
    }
    return std::move(seen_);
  }

 private:
  bool head(const Node::Entry& entry) {
    const auto& value = entry.value;
    if (entry.key == "answered") {
      if (auto flag = typed(value, {fact::Kind::boolean})) seen_.answered = flag->as_bool();
    } else if (entry.key == "failure") {
      failure(value);
    } else if (entry.key == "address") {
      seen_.address = value.text;
    } else if (entry.key == "family") {
      seen_.family = value.text == "6" ? 6 : 4;
    } else if (entry.key == "proxy") {
      seen_.proxy = value.text;
    } else if (entry.key == "summary") {
      seen_.summary = value.text;
    } else if (entry.key == "took") {
      if (auto seconds = typed(value, {fact::Kind::number})) {
        seen_.took = Milliseconds(static_cast<std::int64_t>(seconds->as_number() * 1000));
      }
    } else if (entry.key == "read") {
      for (const auto& item : value.items) seen_.read.insert(item.text);
    } else if (entry.key == "tries" && value.kind == Node::Kind::list) {
      for (const auto& item : value.items)
        seen_.tries.push_back(ObservationReader(declared_, diagnostics_).read(item));
    } else {
      return false;
    }
    return true;
  }

  void failure(const Node& node) {
    fact::Failure failure;
    const Node* kind = node.kind == Node::Kind::scalar ? &node : node.find("kind");
    const auto known = kind ? fact::failure_from_name(kind->text) : std::nullopt;
    if (!known) {
      std::vector<std::string> names(fact::failure_names().begin(), fact::failure_names().end());
      diagnostics_.error(Code::P014, node.span, "unknown failure '" + (kind ? kind->text : "") + "'",
                         {did_you_mean(kind ? kind->text : "", names)});
      return;
    }
    failure.kind = *known;
    if (const auto* operation = node.find("operation")) failure.operation = operation->text;
    if (const auto* text = node.find("text")) failure.text = text->text;
    if (const auto* code = node.find("code")) failure.code = code->text;
    seen_.failure = std::move(failure);
  }

  void add(const std::string& name, const Node& node) {
    const auto* spec = spec_of(declared_, name);
    if (spec) {
      if (auto value = typed(node, spec->type)) {
        seen_.facts.insert_or_assign(name, std::move(*value));
        seen_.read.emplace(fact::group_of(*spec));
      }
      return;
    }
    if (node.kind == Node::Kind::map) {
      for (const auto& entry : node.entries) add(name + "." + entry.key, entry.value);
      return;
    }
    std::vector<std::string> names;
    for (const auto& each : declared_) names.emplace_back(each.name);
    std::vector<std::string> hints;
    if (auto hint = did_you_mean(name, names); !hint.empty()) hints.push_back(std::move(hint));
    diagnostics_.error(Code::P020, node.span, "unknown fact '" + name + "'", std::move(hints));
  }

  std::optional<fact::Value> typed(const Node& node, const fact::Type& type) {
    if (type.kind == fact::Kind::list) return list(node, type);
    if (type.kind == fact::Kind::record) return record(node, type.fields);
    if (node.kind != Node::Kind::scalar && node.kind != Node::Kind::missing) {
      diagnostics_.error(Code::P013, node.span,
                         "a " + std::string(fact::kind_name(type.kind)) + " is due here");
      return std::nullopt;
    }
    // A certificate names `*.contoso.com` where nobody could type it as a host to look at.
    if (type.kind == fact::Kind::host && node.text.starts_with("*.")) {
      if (fact::parse_value(node.text.substr(2), type)) return fact::Value::text(node.text, fact::Kind::host);
    }
    auto value = fact::parse_value(node.text, type);
    if (value) return std::move(*value);
    diagnostics_.error(Code::P014, node.span, value.error().what);
    return std::nullopt;
  }

  std::optional<fact::Value> list(const Node& node, const fact::Type& type) {
    if (node.kind != Node::Kind::list) {
      diagnostics_.error(Code::P013, node.span, "a list is due here");
      return std::nullopt;
    }
    fact::Type item{type.item};
    item.fields = type.fields;
    item.words = type.words;
    fact::Value::List items;
    for (const auto& each : node.items) {
      if (auto value = typed(each, item)) items.push_back(std::move(*value));
    }
    return fact::Value::list(std::move(items));
  }

  std::optional<fact::Value> record(const Node& node, std::span<const fact::FactSpec> fields) {
    fact::Value::Record result;
    for (const auto& entry : node.entries) {
      const auto* spec = spec_of(fields, entry.key);
      auto value = typed(entry.value, spec ? spec->type : fact::Type{});
      if (value) result.emplace(entry.key, std::move(*value));
    }
    return fact::Value::record(std::move(result));
  }

  std::span<const fact::FactSpec> declared_;
  source::Diagnostics& diagnostics_;
  fact::Observation seen_;
};

}  // namespace

fact::Observation read_observation(const source::Node& node, std::span<const fact::FactSpec> declared,
                                   source::Diagnostics& diagnostics) {
  return ObservationReader(declared, diagnostics).read(node);
}

}  // namespace aztriage::engine
