#pragma once

#include "fact/json.h"
#include "fact/merge.h"
#include "match/condition.h"
#include "match/flow.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::test {

using fact::Kind;

inline constexpr std::string_view kClasses[] = {"private", "public", "mixed", "none"};
inline constexpr std::string_view kProblems[] = {"expired", "name-mismatch", "self-signed"};
inline constexpr fact::FactSpec kCookieFields[] = {{"name", {.kind = Kind::text}, ""},
                                                   {"secure", {.kind = Kind::boolean}, ""},
                                                   {"domain", {.kind = Kind::host}, ""}};
inline constexpr fact::FactSpec kRedirectFields[] = {{"url", {.kind = Kind::url}, ""},
                                                     {"status", {.kind = Kind::number}, ""}};

/// The facts of the step that is judged; the step `edge` has the same.
inline constexpr fact::FactSpec kFacts[] = {
    {"status", {.kind = Kind::number}, ""},
    {"reason", {.kind = Kind::text}, ""},
    {"title", {.kind = Kind::text}, "", "body"},
    {"body", {.kind = Kind::text}, ""},
    {"complete", {.kind = Kind::boolean}, ""},
    {"class", {.kind = Kind::choice, .words = kClasses}, ""},
    {"alias", {.kind = Kind::host}, "", "chain"},
    {"location", {.kind = Kind::url}, "", "headers"},
    {"server-at", {.kind = Kind::endpoint}, ""},
    {"range", {.kind = Kind::network}, ""},
    {"addresses", {.kind = Kind::list, .item = Kind::ip}, ""},
    {"chain", {.kind = Kind::list, .item = Kind::host}, ""},
    {"headers.*", {.kind = Kind::text}, ""},
    {"headers.content-length", {.kind = Kind::number}, ""},
    {"certificate.problems", {.kind = Kind::list, .item = Kind::choice, .words = kProblems}, ""},
    {"certificate.names", {.kind = Kind::list, .item = Kind::host}, ""},
    {"cookies", {.kind = Kind::list, .item = Kind::record, .fields = kCookieFields}, ""},
    {"redirects", {.kind = Kind::list, .item = Kind::record, .fields = kRedirectFields}, ""},
    {"last-redirect", {.kind = Kind::record, .fields = kRedirectFields}, "", "redirects"},
    {"time.total", {.kind = Kind::number}, ""},
};

inline const fact::FactSpec* find_fact(std::string_view name) {
  for (const auto facts :
       {std::span<const fact::FactSpec>(kFacts), fact::head_facts(), fact::tries_facts()}) {
    for (const auto& spec : facts) {
      if (spec.name == name) return &spec;
    }
  }
  return name.starts_with("headers.") && name.size() > 8 ? find_fact("headers.*") : nullptr;
}

/// Inputs and cloud entries with their types.
inline const std::map<std::string, fact::Type, std::less<>>& known_inputs() {
  static const std::map<std::string, fact::Type, std::less<>> inputs{
      {"origin", {.kind = Kind::host}},  {"port", {.kind = Kind::number}}, {"url", {.kind = Kind::url}},
      {"name", {.kind = Kind::text}},    {"path", {.kind = Kind::text}},   {"client_ip", {.kind = Kind::ip}},
      {"node", {.kind = Kind::endpoint}}};
  return inputs;
}

struct World : match::Scope, match::Environment {
  std::map<std::string, fact::Observation, std::less<>> steps;  // "" is the one that is judged
  std::map<std::string, fact::Value, std::less<>> inputs;
  std::map<std::string, fact::Value, std::less<>> cloud{
      {"vault", fact::Value::text("vault.azure.net", Kind::host)},
      {"blob", fact::Value::text(".blob.core.windows.net", Kind::host)}};

  static fact::Observation observation(std::string_view json) {
    auto read = fact::from_json(json, kFacts);
    return read ? *std::move(read) : fact::Observation{};
  }

  std::optional<match::Resolved> resolve(std::string_view name, bool own) const override {
    if (name.starts_with("cloud.")) return resolve_cloud(name.substr(6));
    std::string step;
    std::string_view rest = name;
    if (name.starts_with("edge.")) {
      step = "edge";
      rest.remove_prefix(5);
    } else if (!own || !resolve_fact("", name)) {
      return resolve_input(name);
    }
    return resolve_fact(step, rest);
  }

  std::vector<std::string> known_names(bool own) const override {
    std::vector<std::string> names;
    for (const auto& spec : kFacts) {
      if (own) names.emplace_back(spec.name);
      names.push_back("edge." + std::string(spec.name));
    }
    for (const auto& [name, type] : known_inputs()) names.push_back(name);
    return names;
  }

  std::optional<fact::Type> varied(std::string_view, std::string_view name) const override {
    if (name == "server") return fact::Type{.kind = Kind::text};
    return std::nullopt;
  }

  fact::Look value(const match::Resolved& name) const override {
    fact::Look look;
    if (name.from == match::Resolved::From::fact) {
      const auto step = steps.find(name.step);
      if (step == steps.end()) return {};
      look = fact::look(step->second, name.name, name.group);
    } else {
      const auto& values = name.from == match::Resolved::From::input ? inputs : cloud;
      const auto found = values.find(name.name);
      if (found == values.end()) return {};
      look = {found->second, true};
    }
    if (!look.value || name.part.empty()) return look;
    fact::Value part;
    if (!fact::part_of(*look.value, name.part, part)) return {std::nullopt, true};
    return {part, true};
  }

 private:
  template <class Find>
  static std::optional<match::Resolved> with_part(std::string_view name, Find find) {
    if (auto whole = find(name)) return whole;
    for (std::size_t dot = name.rfind('.'); dot != std::string_view::npos && dot > 0;
         dot = name.rfind('.', dot - 1)) {
      auto whole = find(name.substr(0, dot));
      fact::Kind kind{};
      if (!whole || !fact::part_kind(whole->type.kind, name.substr(dot + 1), kind)) continue;
      whole->part = name.substr(dot + 1);
      whole->type = {.kind = kind};
      return whole;
    }
    return std::nullopt;
  }
  static std::optional<match::Resolved> resolve_fact(const std::string& step, std::string_view name) {
    return with_part(name, [&](std::string_view whole) -> std::optional<match::Resolved> {
      const auto* spec = find_fact(whole);
      if (spec == nullptr) return std::nullopt;
      const std::string group(fact::group_of(*spec));
      return match::Resolved{match::Resolved::From::fact, step, std::string(whole), group, "", spec->type};
    });
  }
  static std::optional<match::Resolved> resolve_input(std::string_view name) {
    return with_part(name, [&](std::string_view whole) -> std::optional<match::Resolved> {
      const auto found = known_inputs().find(whole);
      if (found == known_inputs().end()) return std::nullopt;
      return match::Resolved{match::Resolved::From::input, "", std::string(whole), "", "", found->second};
    });
  }
  std::optional<match::Resolved> resolve_cloud(std::string_view name) const {
    const auto found = cloud.find(name);
    if (found == cloud.end()) return std::nullopt;
    return match::Resolved{match::Resolved::From::cloud, "", std::string(name), "", "", {.kind = Kind::host}};
  }
};

/// A world in which the own step has seen a lot, and `edge` something.
inline World sample_world() {
  World world;
  world.steps[""] = World::observation(R"({
    "answered": true, "address": "10.1.2.4", "family": 4, "took_ms": 1500,
    "status": 502, "reason": "Bad Gateway", "complete": false, "class": "private", "alias": "A.PrivateLink.contoso.com.",
    "location": "https://Login.contoso.com/a?code=x", "server-at": "Redis.contoso.com:6380", "range": "10.0.0.0/16",
    "addresses": ["10.1.2.4", "203.0.113.9"], "chain": ["a.privatelink.contoso.com", "edge.contoso.net"],
    "headers": {"server": "nginx", "content-length": "120", "age": "12", "empty": "", "odd": "1 2"},
    "certificate": {"problems": ["expired", "name-mismatch"], "names": ["*.contoso.com", "contoso.net"]},
    "cookies": [{"name": "ARRAffinity", "secure": true, "domain": "shop.contoso.com"}, {"name": "x", "secure": false}],
    "redirects": [], "facts": {"last-redirect": {"url": "https://contoso.com/b", "status": 302}}, "time": {"total": 0.4},
    "body": "Our services aren't available right now", "read": ["headers", "cookies", "certificate", "chain"]})");
  world.steps["edge"] = World::observation(R"({"status": 200, "addresses": ["10.1.2.4"], "reason": "Bad",
    "location": "https://login.contoso.com", "alias": "edge.contoso.net", "read": ["headers"]})");
  world.inputs["origin"] = fact::Value::text("a.privatelink.contoso.com", Kind::host);
  world.inputs["port"] = fact::Value::number(502);
  world.inputs["name"] = fact::Value::text("Bad");
  world.inputs["path"] = fact::Value::text("");
  world.inputs["client_ip"] = fact::Value::text("::ffff:10.1.2.4", Kind::ip);
  return world;
}

struct Compiled {
  std::optional<match::Condition> condition;
  source::Diagnostics diagnostics;
  bool readable = false;
};

inline Compiled compile(std::string_view flow, const match::Scope& scope) {
  Compiled out;
  const auto node = Flow(flow).read();
  out.readable = node.has_value();
  if (node) out.condition = match::Condition::compile(*node, scope, out.diagnostics);
  return out;
}

}  // namespace aztriage::test
