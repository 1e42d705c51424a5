#include "decode/readers/json_document.h"

#include "base/text.h"

#include <nlohmann/json.hpp>

namespace aztriage::decode {
namespace {

using fact::Value;
using nlohmann::json;

constexpr int kDeepest = 32;
constexpr std::size_t kMostStarts = 20;
constexpr std::size_t kMostText = 16 * 1024;

/// The document that begins at `from`, up to its closing bracket; empty when it does not close. Line breaks
/// inside strings are a terminal's, and go.
std::string document_at(std::string_view text, std::size_t from) {
  std::string out;
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = from; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\n') continue;
      out += c;
      if (c == '\\' && i + 1 < text.size()) out += text[++i];
      in_string = c != '"';
      continue;
    }
    out += c;
    if (c == '"') in_string = true;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth == 0) return out;
  }
  return {};
}

json parse_bounded(const std::string& text) {
  bool deep = false;
  const auto guard = [&](int depth, json::parse_event_t, json&) {
    deep = deep || depth > kDeepest;
    return !deep;
  };
  json parsed = json::parse(text, guard, false);
  return deep || parsed.is_discarded() ? json(json::value_t::discarded) : parsed;
}

}  // namespace

json find_document(std::string_view text) {
  std::size_t starts = 0;
  for (std::size_t line = 0; line < text.size() && starts < kMostStarts;) {
    const std::size_t first = text.find_first_not_of(" \t", line);
    if (first != std::string_view::npos && (text[first] == '{' || text[first] == '[')) {
      ++starts;
      if (const std::string document = document_at(text, first); !document.empty()) {
        if (json parsed = parse_bounded(document); !parsed.is_discarded()) return parsed;
      }
    }
    const std::size_t end = text.find('\n', line);
    line = end == std::string_view::npos ? text.size() : end + 1;
  }
  return json(json::value_t::discarded);
}

const json* json_member(const json& node, std::string_view name) {
  if (!node.is_object()) return nullptr;
  if (const auto found = node.find(name); found != node.end()) return &*found;
  for (auto it = node.begin(); it != node.end(); ++it) {
    if (text::equal_ignoring_case(it.key(), name)) return &*it;
  }
  return nullptr;
}

const json* json_at(const json& node, std::string_view path) {
  const json* at = &node;
  while (at != nullptr && !path.empty()) {
    const std::size_t dot = path.find('.');
    at = json_member(*at, path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return at;
}

const json& json_items(const json& node, std::string_view path) {
  static const json kNone = json::array();
  const json* found = json_at(node, path);
  return found != nullptr && found->is_array() ? *found : kNone;
}

std::string json_text(const json& node, std::string_view path) {
  const json* found = json_at(node, path);
  if (found == nullptr || found->is_null()) return {};
  std::string out = found->is_string() ? found->get<std::string>()
                                       : found->dump(-1, ' ', false, json::error_handler_t::replace);
  if (out.size() > kMostText) out.resize(kMostText);
  return text::to_utf8(out);
}

std::optional<double> json_number(const json& node, std::string_view path) {
  const json* found = json_at(node, path);
  if (found == nullptr || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

std::optional<bool> json_flag(const json& node, std::string_view path) {
  const json* found = json_at(node, path);
  if (found == nullptr || !found->is_boolean()) return std::nullopt;
  return found->get<bool>();
}

void put_field(Value::Record& record, std::string_view name, const std::string& value, fact::Kind kind) {
  if (!value.empty()) record.emplace(name, Value::text(value, kind));
}
void put_field(Value::Record& record, std::string_view name, std::optional<double> value) {
  if (value) record.emplace(name, Value::number(*value));
}
void put_field(Value::Record& record, std::string_view name, std::optional<bool> value) {
  if (value) record.emplace(name, Value::boolean(*value));
}

}  // namespace aztriage::decode
