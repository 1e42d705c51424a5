#include "base/text.h"
#include "decode/readers/json_document.h"
#include "decode/readers/lines.h"
#include "decode/readers/tables.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace aztriage::decode {
namespace {

using fact::Kind;
using fact::Value;
using nlohmann::json;

constexpr std::size_t kMostItems = 1000;

/// `a.b.0.c`; a key may have dots of its own, so the longest that fits is taken.
const json* at_path(const json& node, std::string_view path) {
  if (path.empty()) return &node;
  if (node.is_array()) {
    const std::string_view index = path.substr(0, path.find('.'));
    const bool digits =
        !index.empty() && index.size() < 6 && index.find_first_not_of("0123456789") == std::string_view::npos;
    if (!digits) return node.size() == 1 ? at_path(node[0], path) : nullptr;
    const std::size_t at = std::stoul(std::string(index));
    const std::string_view rest =
        index.size() < path.size() ? path.substr(index.size() + 1) : std::string_view();
    return at < node.size() ? at_path(node[at], rest) : nullptr;
  }
  if (!node.is_object()) return nullptr;
  for (std::size_t end = path.size(); end != std::string_view::npos && end > 0;
       end = path.substr(0, end).rfind('.')) {
    const json* next = json_member(node, path.substr(0, end));
    if (next == nullptr) continue;
    if (const json* found = at_path(*next, end < path.size() ? path.substr(end + 1) : std::string_view())) {
      return found;
    }
  }
  return nullptr;
}

Value scalar(const json& node) {
  if (node.is_boolean()) return Value::boolean(node.get<bool>());
  if (node.is_number()) return Value::number(node.get<double>());
  return Value::text(json_text(node));
}

Value list_of(const json& node) {
  Value::List items;
  for (const json& item : node) {
    if (items.size() >= kMostItems) break;
    if (!item.is_object()) {
      items.push_back(scalar(item));
      continue;
    }
    Value::Record fields;
    for (auto it = item.begin(); it != item.end(); ++it) {
      if (!it->is_null()) fields.emplace(text::to_utf8(it.key()), scalar(*it));
    }
    items.push_back(Value::record(std::move(fields)));
  }
  return Value::list(std::move(items));
}

std::optional<Value> typed(const std::string& text, Kind kind) {
  auto value = fact::parse_value(text, fact::Type{.kind = kind});
  return value ? std::optional(std::move(*value)) : std::nullopt;
}

std::optional<Value> value_of(const json& node, Kind kind) {
  if (node.is_null()) return std::nullopt;
  if (kind == Kind::list) return node.is_array() ? list_of(node) : list_of(json::array({node}));
  if (kind == Kind::text) return Value::text(json_text(node));
  return typed(json_text(node), kind);
}

/// What a table or list of `Name : value` says, where the customer's shell printed that instead of JSON.
bool read_labels(std::string_view text, std::span<const Wanted> wanted, fact::Facts& facts) {
  bool any = false;
  for (const auto& [name, value] : labels_of(text)) {
    for (const Wanted& one : wanted) {
      const std::string_view last = std::string_view(one.name).substr(one.name.rfind('.') + 1);
      if (!text::equal_ignoring_case(one.name, name) && !text::equal_ignoring_case(last, name)) continue;
      any = true;
      if (value.empty() || facts.contains(one.name)) continue;
      if (auto found = typed(value, one.kind == Kind::list ? Kind::text : one.kind))
        facts.emplace(one.name, *found);
    }
  }
  return any;
}

Reading read(std::string_view text, const ReaderParams&, std::span<const Wanted> wanted) {
  Reading reading;
  fact::Observation& seen = reading.observation;
  const json document = find_document(text);
  if (document.is_discarded()) {
    if (!read_labels(text, wanted, seen.facts)) {
      seen = unreadable("JSON");
      return reading;
    }
  } else {
    for (const Wanted& one : wanted) {
      const json* node = at_path(document, one.name);
      if (node == nullptr && one.name == "items" && document.is_array()) node = &document;
      if (node == nullptr) continue;
      if (auto value = value_of(*node, one.kind)) seen.facts.insert_or_assign(one.name, std::move(*value));
    }
  }
  if (document.is_array() && !seen.facts.contains("items")) {
    Value::List items;
    for (std::size_t i = 0; i < std::min(document.size(), kMostItems); ++i)
      items.push_back(Value::text(json_text(document[i])));
    seen.facts.emplace("items", Value::list(std::move(items)));
    seen.read.emplace("items");
  }
  // The document is here whole: what is not in it is known to be missing.
  for (const Wanted& one : wanted) seen.read.insert(one.name.substr(0, one.name.find('.')));
  seen.answered = true;
  return reading;
}

constexpr std::array<fact::FactSpec, 2> kFacts = {{
    {"text", {Kind::text}, "the text itself, the first 64 KiB"},
    {"items", {.kind = Kind::list, .item = Kind::text}, "the items of a document that is a list"},
}};

}  // namespace

extern const ReaderSpec kJsonReader;
const ReaderSpec kJsonReader = {
    "json", "a JSON document; facts are its paths, with the types that the step declares", {}, kFacts, read};

}  // namespace aztriage::decode
