#include "fact/json.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <nlohmann/json.hpp>

namespace aztriage::fact {
namespace {

using Json = nlohmann::ordered_json;

/// Keys of the object itself, which no fact may take; such a fact stands whole under "facts".
constexpr std::array<std::string_view, 16> kOwnKeys{
    "probe", "target",  "here", "at",      "took_ms", "answered", "address", "family",
    "proxy", "failure", "read", "summary", "tries",   "varied",   "ok",      "facts"};

bool is_own_key(std::string_view key) {
  return std::find(kOwnKeys.begin(), kOwnKeys.end(), key) != kOwnKeys.end();
}

Json value_to_json(const Value& value) {
  Json out;
  switch (value.kind()) {
    case Kind::boolean:
      return value.as_bool();
    case Kind::number: {
      const double n = value.as_number();
      // Counts and codes without a decimal point; 2^53 is where a double stops to hold every whole number.
      if (n == std::trunc(n) && std::fabs(n) <= 9007199254740992.0) return static_cast<std::int64_t>(n);
      return n;
    }
    case Kind::list:
      out = Json::array();
      for (const Value& item : value.as_list()) out.push_back(value_to_json(item));
      return out;
    case Kind::record:
      out = Json::object();
      for (const auto& [name, field] : value.as_record()) out[name] = value_to_json(field);
      return out;
    default:
      return value.as_text();
  }
}

Json text_or_null(const std::string& s) {
  return s.empty() ? Json(nullptr) : Json(s);
}

void add_head(Json& out, const Observation& o) {
  out["probe"] = o.probe;
  out["target"] = o.target;
  out["here"] = o.here;
  out["at"] = to_rfc3339(o.at);
  out["took_ms"] = o.took.count();
  out["answered"] = o.answered;
  out["address"] = text_or_null(o.address);
  out["family"] = o.family == 0 ? Json(nullptr) : Json(o.family);
  out["proxy"] = text_or_null(o.proxy);
  out["failure"] = nullptr;
  if (!o.failure) return;
  out["failure"] = Json::object({{"operation", o.failure->operation},
                                 {"kind", failure_name(o.failure->kind)},
                                 {"text", o.failure->text},
                                 {"code", text_or_null(o.failure->code)}});
}

void add_fact(Json& out, const Facts& facts, const std::string& name, const Value& value) {
  const std::size_t dot = name.find('.');
  const std::string first = name.substr(0, dot);
  const bool whole = dot == std::string::npos || is_own_key(first) || facts.find(first) != facts.end();
  if (!whole) {
    out[first][name.substr(dot + 1)] = value_to_json(value);
    return;
  }
  // A record would read like a group of facts, so it stands apart, too.
  const bool apart = is_own_key(name) || value.kind() == Kind::record;
  (apart ? out["facts"] : out)[name] = value_to_json(value);
}

Json observation_to_json(const Observation& o) {
  Json out = Json::object();
  add_head(out, o);
  for (const auto& [name, value] : o.facts) add_fact(out, o.facts, name, value);
  if (!o.varied.empty()) {
    for (const auto& [name, value] : o.varied) out["varied"][name] = value_to_json(value);
  }
  if (o.ok) out["ok"] = *o.ok;
  out["read"] = o.read;
  out["summary"] = o.summary;
  out["tries"] = Json::array();
  for (const Observation& one : o.tries) out["tries"].push_back(observation_to_json(one));
  return out;
}

}  // namespace

std::string to_json(const Observation& observation) {
  return observation_to_json(observation).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace aztriage::fact
