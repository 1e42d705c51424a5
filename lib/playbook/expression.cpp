#include "playbook/expression.h"

#include "match/condition.h"

namespace aztriage::playbook {
namespace {

/// One text fact, so that match/ can compile the expression as a test of it.
struct TextScope final : match::Scope {
  std::optional<match::Resolved> resolve(std::string_view name, bool own) const override {
    if (name != "text" || !own) return std::nullopt;
    match::Resolved resolved;
    resolved.name = name;
    return resolved;
  }
  std::vector<std::string> known_names(bool) const override { return {}; }
};

source::Node map_of(std::string key, source::Node value) {
  source::Node map;
  map.kind = source::Node::Kind::map;
  map.span = value.span;
  map.entries.push_back({std::move(key), value.span, std::move(value)});
  return map;
}

}  // namespace

bool check_expression(const source::Node& scalar, source::Diagnostics& diagnostics) {
  const source::Node when = map_of("text", map_of("matches", scalar));
  return match::Condition::compile(when, TextScope{}, diagnostics).has_value();
}

int group_count(std::string_view expression) {
  int groups = 0;
  bool in_class = false;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const std::string_view rest = expression.substr(i);
    if (rest.starts_with("\\Q")) {
      // Literal up to \E.
      const std::size_t end = expression.find("\\E", i);
      if (end == std::string_view::npos) break;
      i = end + 1;
    } else if (rest[0] == '\\') {
      ++i;
    } else if (in_class) {
      if (rest.starts_with("[:")) {
        const std::size_t end = expression.find(":]", i);
        if (end != std::string_view::npos) i = end + 1;
      } else if (rest[0] == ']') {
        in_class = false;
      }
    } else if (rest[0] == '[') {
      in_class = true;
      // A bracket that comes first is a member.
      if (rest.starts_with("[^]")) {
        i += 2;
      } else if (rest.starts_with("[]")) {
        i += 1;
      } else if (rest.starts_with("[^")) {
        i += 1;
      }
    } else if (rest[0] == '(' && (!rest.starts_with("(?") || rest.starts_with("(?P<"))) {
      ++groups;
    }
  }
  return groups;
}

}  // namespace aztriage::playbook
