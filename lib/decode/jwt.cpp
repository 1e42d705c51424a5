#include "base/text.h"
#include "decode/certificate.h"
#include "decode/decode.h"
#include "decode/encoding.h"
#include "decode/utc.h"

#include <array>
#include <cmath>

#include <nlohmann/json.hpp>

namespace aztriage::decode {
namespace {

using fact::Value;
using nlohmann::json;

constexpr std::size_t kMostPart = 256 * 1024;
constexpr int kDeepest = 16;
constexpr std::size_t kMostItems = 300;

/// A JSON object, or null: too deep, too long and malformed texts are none.
json parse_object(const std::optional<std::string>& text) {
  if (!text || text->size() > kMostPart) return nullptr;
  bool deep = false;
  const auto guard = [&](int depth, json::parse_event_t, json&) {
    deep = deep || depth > kDeepest;
    return !deep;
  };
  json parsed = json::parse(*text, guard, false);
  return !deep && parsed.is_object() ? parsed : json(nullptr);
}

std::string text_of(const json& value) {
  if (value.is_string()) return text::to_utf8(value.get_ref<const std::string&>());
  if (value.is_number_float()) return std::to_string(value.get<double>());
  if (value.is_number() || value.is_boolean()) return value.dump();
  return {};
}

std::vector<std::string> list_of(const json& value) {
  std::vector<std::string> out;
  if (value.is_array()) {
    for (const json& item : value) {
      if (out.size() < kMostItems) out.push_back(text_of(item));
    }
  } else if (const std::string text = text_of(value); !text.empty()) {
    for (const std::string_view piece : text::split(text, ' ')) {
      if (!piece.empty() && out.size() < kMostItems) out.emplace_back(piece);
    }
  }
  return out;
}

void put_text(fact::Facts& facts, const char* fact, const json& object, const char* claim) {
  const auto found = object.find(claim);
  if (found == object.end()) return;
  const std::string value = found->is_array() ? text::join(list_of(*found), ", ") : text_of(*found);
  if (!value.empty()) facts[fact] = Value::text(value);
}

void put_list(fact::Facts& facts, const char* fact, const json& object, const char* claim) {
  if (const auto found = object.find(claim); found != object.end()) {
    facts[fact] = Value::list_of(fact::Kind::text, list_of(*found));
  }
}

std::optional<UtcTime> put_time(fact::Facts& facts, const char* fact, const json& object, const char* claim) {
  const auto found = object.find(claim);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const double seconds = found->get<double>();
  if (!(seconds >= 0) || seconds > 253402300799.0) return std::nullopt;
  const UtcTime time{std::chrono::milliseconds(std::llround(seconds * 1000))};
  facts[fact] = Value::text(certificate_time(time));
  return time;
}

void put_times(fact::Facts& facts, const json& claims, UtcTime now) {
  put_time(facts, "jwt.iat", claims, "iat");
  const auto starts = put_time(facts, "jwt.nbf", claims, "nbf");
  const auto ends = put_time(facts, "jwt.exp", claims, "exp");
  facts["jwt.started"] = Value::boolean(!starts || *starts <= now);
  if (!ends) return;
  facts["jwt.expired"] = Value::boolean(*ends <= now);
  facts["jwt.left"] = Value::number(std::chrono::duration<double>(*ends - now).count());
}

void put_claims(fact::Facts& facts, const json& claims, UtcTime now) {
  constexpr std::array<std::array<const char*, 2>, 8> kTexts = {{{"jwt.aud", "aud"},
                                                                 {"jwt.iss", "iss"},
                                                                 {"jwt.tid", "tid"},
                                                                 {"jwt.oid", "oid"},
                                                                 {"jwt.sub", "sub"},
                                                                 {"jwt.idtyp", "idtyp"},
                                                                 {"jwt.ver", "ver"},
                                                                 {"jwt.identity", "xms_mirid"}}};
  for (const auto& [fact, claim] : kTexts) put_text(facts, fact, claims, claim);
  for (const char* claim : {"azp", "appid"}) put_text(facts, "jwt.appid", claims, claim);
  for (const char* claim : {"preferred_username", "unique_name", "upn"})
    put_text(facts, "jwt.upn", claims, claim);
  put_list(facts, "jwt.roles", claims, "roles");
  put_list(facts, "jwt.scp", claims, "scp");
  put_list(facts, "jwt.groups", claims, "groups");
  put_times(facts, claims, now);
  std::vector<std::string> names;
  for (const auto& [name, value] : claims.items()) {
    if (names.size() < kMostItems) names.push_back(text::to_utf8(name));
  }
  facts["jwt.claims"] = Value::list_of(fact::Kind::text, names);
}

std::string summary_of(const fact::Facts& facts) {
  const auto text = [&](const char* name) {
    const auto found = facts.find(name);
    return found == facts.end() ? std::string() : text::printable(fact::to_text(found->second), 80);
  };
  std::string out = "token";
  if (!text("jwt.aud").empty()) out += " for " + text("jwt.aud");
  if (facts.contains("jwt.expired")) {
    out += (facts.at("jwt.expired").as_bool() ? ", expired at " : ", expires at ") + text("jwt.exp");
  }
  if (facts.contains("jwt.encrypted")) out += facts.at("jwt.encrypted").as_bool() ? ", encrypted" : "";
  return out + ", signature not checked";
}

std::string_view strip_bearer(std::string_view text) {
  constexpr std::string_view kHeader = "Authorization:";
  constexpr std::string_view kWord = "Bearer ";
  if (text::equal_ignoring_case(text.substr(0, kHeader.size()), kHeader)) {
    text = text::trim(text.substr(kHeader.size()));
  }
  if (text::equal_ignoring_case(text.substr(0, kWord.size()), kWord))
    text = text::trim(text.substr(kWord.size()));
  return text;
}

}  // namespace

std::optional<Decoded> decode_jwt(std::string_view text, UtcTime now) {
  const auto parts = text::split(strip_bearer(text), '.');
  if (parts.size() != 3 && parts.size() != 5) return std::nullopt;
  const json header = parse_object(base64_decode(parts[0]));
  if (!header.is_object() || !(header.contains("alg") || header.contains("typ"))) return std::nullopt;
  const bool encrypted = parts.size() == 5;
  const json claims = encrypted ? json(nullptr) : parse_object(base64_decode(parts[1]));
  if (!encrypted && !claims.is_object()) return std::nullopt;
  Decoded out{"jwt", {}, {}};
  put_text(out.facts, "jwt.alg", header, "alg");
  put_text(out.facts, "jwt.kid", header, "kid");
  out.facts["jwt.encrypted"] = Value::boolean(encrypted);
  out.facts["jwt.signed"] = Value::boolean(!encrypted && !parts[2].empty());
  out.facts["jwt.checked"] = Value::boolean(false);
  if (!encrypted) put_claims(out.facts, claims, now);
  out.summary = summary_of(out.facts);
  return out;
}

}  // namespace aztriage::decode
