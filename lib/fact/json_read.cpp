#include "base/suggest.h"
#include "base/text.h"
#include "fact/json.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace aztriage::fact {
namespace {

using Json = nlohmann::json;

constexpr int kMostLevels = 16;

/// The value as JSON shows its type; nothing for null.
std::optional<Value> plain_value(const Json& json) {
  if (json.is_boolean()) return Value::boolean(json.get<bool>());
  if (json.is_number()) return Value::number(json.get<double>());
  if (json.is_string()) return Value::text(json.get<std::string>());
  if (json.is_array()) {
    Value::List items;
    for (const Json& item : json) {
      if (auto value = plain_value(item)) items.push_back(*std::move(value));
    }
    return Value::list(std::move(items));
  }
  if (!json.is_object()) return std::nullopt;
  Value::Record fields;
  for (const auto& [name, field] : json.items()) {
    if (auto value = plain_value(field)) fields.emplace(name, *std::move(value));
  }
  return Value::record(std::move(fields));
}

Result<Value> typed_value(const Json& json, const Type& type, int depth);

const FactSpec* find_spec(std::span<const FactSpec> specs, std::string_view name) {
  for (const FactSpec& spec : specs) {
    if (spec.name == name) return &spec;
  }
  for (const FactSpec& spec : specs) {
    const auto stem = spec.name.substr(0, spec.name.size() - 1);
    if (spec.name.ends_with(".*") && name.size() > stem.size() && name.starts_with(stem)) return &spec;
  }
  return nullptr;
}

Result<Value> typed_record(const Json& json, const Type& type, int depth) {
  Value::Record fields;
  for (const auto& [name, field] : json.items()) {
    if (field.is_null()) continue;
    const FactSpec* spec = find_spec(type.fields, name);
    if (spec == nullptr) {
      fields.emplace(name, *plain_value(field));
      continue;
    }
    auto value = typed_value(field, spec->type, depth + 1);
    if (!value) return value;
    fields.emplace(name, *std::move(value));
  }
  return Value::record(std::move(fields));
}

Result<Value> typed_list(const Json& json, const Type& type, int depth) {
  Type item = type;
  item.kind = type.item;
  item.item = Kind::text;
  Value::List items;
  for (const Json& element : json) {
    if (element.is_null()) continue;
    auto value = typed_value(element, item, depth + 1);
    if (!value) return value;
    items.push_back(*std::move(value));
  }
  return Value::list(std::move(items));
}

/// What a server sent may break the rules for what people write, so text is only labelled with its kind.
Result<Value> typed_value(const Json& json, const Type& type, int depth) {
  const bool structured = json.is_array() || json.is_object();
  switch (type.kind) {
    case Kind::boolean:
      if (json.is_boolean()) return Value::boolean(json.get<bool>());
      if (json.is_string()) return parse_value(json.get_ref<const std::string&>(), type);
      break;
    case Kind::number:
      if (json.is_number()) return Value::number(json.get<double>());
      if (json.is_string()) return parse_value(json.get_ref<const std::string&>(), type);
      break;
    case Kind::list:
      if (json.is_array() && depth < kMostLevels) return typed_list(json, type, depth);
      break;
    case Kind::record:
      if (json.is_object() && depth < kMostLevels) return typed_record(json, type, depth);
      break;
    default:
      if (!structured) return Value::text(to_text(*plain_value(json)), type.kind);
  }
  return failed(fmt::format("expected {}, found {}", describe(type), json.type_name()));
}

class Reader {
 public:
  explicit Reader(std::span<const FactSpec> declared) : declared_(declared) {}

  Result<Observation> read(const Json& json) {
    if (!json.is_object()) return failed("an observation is a JSON object");
    Observation o;
    bool has_answered = false;
    for (const auto& [key, value] : json.items()) {
      has_answered = has_answered || (key == "answered" && !value.is_null());
      if (value.is_null()) continue;
      auto done = read_key(o, key, value);
      if (!done)
        return failed(fmt::format("'{}': {}", text::printable(key, 80), done.error().what),
                      done.error().hint);
    }
    if (!has_answered) o.answered = !o.failure;
    return o;
  }

 private:
  using Done = Result<void>;

  Done read_key(Observation& o, const std::string& key, const Json& value) {
    if (key == "probe") return read_text(o.probe, value);
    if (key == "target") return read_text(o.target, value);
    if (key == "here") return read_text(o.here, value);
    if (key == "address") return read_text(o.address, value);
    if (key == "proxy") return read_text(o.proxy, value);
    if (key == "summary") return read_text(o.summary, value);
    if (key == "at") return read_time(o, value);
    if (key == "took_ms") return read_took(o, value);
    if (key == "family") return read_family(o, value);
    if (key == "failure") return read_failure(o, value);
    if (key == "answered" || key == "ok") {
      auto b = typed_value(value, {.kind = Kind::boolean}, 0);
      if (!b) return tl::unexpected(b.error());
      if (key == "ok") o.ok = b->as_bool();
      if (key == "answered") o.answered = b->as_bool();
      return {};
    }
    if (key == "read") return read_groups(o, value);
    if (key == "tries") return read_tries(o, value);
    if (key == "varied") return read_members(o.varied, "", value);
    if (key == "facts") return read_members(o.facts, "", value);
    if (value.is_object()) return read_members(o.facts, key + ".", value);
    return read_fact(o.facts, key, value);
  }

  static Done read_text(std::string& out, const Json& value) {
    if (!value.is_string()) return failed("expected text");
    out = value.get<std::string>();
    return {};
  }

  static Done read_time(Observation& o, const Json& value) {
    const auto at = value.is_string() ? parse_rfc3339(value.get_ref<const std::string&>()) : std::nullopt;
    if (!at) return failed("expected a time in UTC", "write it as 2026-11-24T14:02:03Z");
    o.at = *at;
    return {};
  }

  static Done read_took(Observation& o, const Json& value) {
    const auto took = typed_value(value, {.kind = Kind::number, .least = 0, .most = 1e12}, 0);
    if (!took) return tl::unexpected(took.error());
    const double ms = took->as_number();
    if (!(ms >= 0 && ms <= 1e12)) return failed("expected milliseconds");
    o.took = Milliseconds(std::llround(ms));
    return {};
  }

  static Done read_family(Observation& o, const Json& value) {
    const auto family = typed_value(value, {.kind = Kind::number}, 0);
    if (!family) return tl::unexpected(family.error());
    const double n = family->as_number();
    if (n != 0 && n != 4 && n != 6) return failed("an address family is 4 or 6");
    o.family = static_cast<int>(n);
    return {};
  }

  static Done read_failure(Observation& o, const Json& value) {
    if (!value.is_object()) return failed("expected an object with operation, kind, text and code");
    Failure failure;
    std::string kind;
    for (const auto& [key, part] : value.items()) {
      std::string* place = key == "operation" ? &failure.operation
                           : key == "text"    ? &failure.text
                           : key == "code"    ? &failure.code
                           : key == "kind"    ? &kind
                                              : nullptr;
      if (place == &failure.code && part.is_null()) continue;
      if (place == nullptr) return failed(fmt::format("unknown key '{}'", text::printable(key, 80)));
      if (auto done = read_text(*place, part); !done) return done;
    }
    const auto known = failure_from_name(kind);
    if (!known) {
      const std::vector<std::string> names(failure_names().begin(), failure_names().end());
      return failed(fmt::format("unknown kind of failure '{}'", text::printable(kind, 80)),
                    did_you_mean(kind, names));
    }
    failure.kind = *known;
    o.failure = std::move(failure);
    return {};
  }

  static Done read_groups(Observation& o, const Json& value) {
    if (!value.is_array()) return failed("expected a list of groups");
    for (const Json& group : value) {
      std::string name;
      if (auto done = read_text(name, group); !done) return done;
      o.read.insert(std::move(name));
    }
    return {};
  }

  Done read_tries(Observation& o, const Json& value) {
    if (!value.is_array()) return failed("expected a list of observations");
    for (const Json& one : value) {
      auto observation = read(one);
      if (!observation) return tl::unexpected(observation.error());
      o.tries.push_back(*std::move(observation));
    }
    return {};
  }

  Done read_members(Facts& facts, const std::string& prefix, const Json& value) {
    if (!value.is_object()) return failed("expected an object");
    for (const auto& [key, member] : value.items()) {
      if (member.is_null()) continue;
      if (auto done = read_fact(facts, prefix + key, member); !done) {
        return failed(fmt::format("'{}': {}", text::printable(key, 80), done.error().what),
                      done.error().hint);
      }
    }
    return {};
  }

  Done read_fact(Facts& facts, const std::string& name, const Json& value) {
    const FactSpec* spec = find_spec(declared_, name);
    if (spec == nullptr) spec = find_spec(tries_facts(), name);
    if (spec == nullptr) {
      facts.insert_or_assign(name, *plain_value(value));
      return {};
    }
    auto typed = typed_value(value, spec->type, 0);
    if (!typed) return tl::unexpected(typed.error());
    facts.insert_or_assign(name, *std::move(typed));
    return {};
  }

  std::span<const FactSpec> declared_;
};

}  // namespace

bool deeper_than(std::string_view json, int levels) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > levels) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

Result<Observation> from_json(std::string_view json, std::span<const FactSpec> declared,
                              std::size_t most_bytes) {
  if (json.size() > most_bytes) {
    return failed(fmt::format("the observation is larger than {} MiB", most_bytes / (1024 * 1024)));
  }
  if (deeper_than(json, kMostLevels)) return failed("the observation has more than 16 levels");
  const Json parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return failed("the observation is not well-formed JSON");
  return Reader(declared).read(parsed);
}

}  // namespace aztriage::fact
