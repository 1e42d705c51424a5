#include "base/text.h"
#include "decode/certificate.h"
#include "decode/decode.h"
#include "decode/encoding.h"
#include "decode/pairs.h"
#include "decode/utc.h"

#include <cmath>

#include <fmt/format.h>

namespace aztriage::decode {
namespace {

using fact::Value;

/// The parts of a text with a signature in it.
struct Parts {
  std::string host;
  std::string path;
  Pairs pairs;
  bool messaging = false;
  bool twice = false;
};

bool has_escape(std::string_view value) {
  return percent_decode(value) != value;
}

/// `se=2026-11-24T14%253A02Z`: what is left after decoding once is encoded still.
bool is_encoded_twice(const Pairs& pairs) {
  for (const NameValue& pair : pairs) {
    if (pair.value.find("%25") != std::string::npos && has_escape(percent_decode(pair.value))) return true;
  }
  return false;
}

std::string_view strip_scheme_word(std::string_view text, Parts& parts) {
  constexpr std::string_view kWord = "SharedAccessSignature";
  if (!text::equal_ignoring_case(text.substr(0, kWord.size()), kWord)) return text;
  text.remove_prefix(kWord.size());
  if (!text.empty() && text[0] == '=') return text.substr(1);  // cut out of a connection string
  parts.messaging = true;
  return text::trim(text);
}

std::string_view split_url(std::string_view text, Parts& parts) {
  const std::size_t scheme = text.find("://");
  const std::size_t query = text.find('?');
  if (scheme != std::string_view::npos && scheme < 10 &&
      (query == std::string_view::npos || scheme < query)) {
    const std::size_t begin = scheme + 3;
    const std::size_t end = std::min(text.find_first_of("/?", begin), text.size());
    parts.host = text::lower(text.substr(begin, end - begin));
    parts.host = parts.host.substr(0, parts.host.find(':'));
    parts.path = std::string(text.substr(end, query == std::string_view::npos ? query : query - end));
  }
  return query == std::string_view::npos ? text : text.substr(query + 1);
}

std::optional<Parts> take_apart(std::string_view text) {
  Parts parts;
  std::string query(split_url(strip_scheme_word(text, parts), parts));
  query = query.substr(0, query.find('#'));
  parts.pairs = query_pairs(query);
  if (parts.pairs.empty() && query.find("%3D") != std::string::npos) {
    // The whole query was encoded once more, its separators included.
    parts.pairs = query_pairs(percent_decode(query));
    parts.twice = true;
  }
  const bool named = value_of(parts.pairs, "sig") ||
                     (value_of(parts.pairs, "sv") && value_of(parts.pairs, "se")) ||
                     (value_of(parts.pairs, "sp") && value_of(parts.pairs, "se"));
  if (!named) return std::nullopt;
  parts.twice = parts.twice || is_encoded_twice(parts.pairs);
  return parts;
}

std::string signature_state(const Parts& parts) {
  const auto signature = value_of(parts.pairs, "sig");
  if (!signature || signature->empty()) return "missing";
  if (parts.twice) return "encoded-twice";
  if (signature->find('+') != std::string::npos) return "unescaped-plus";
  const auto bytes = base64_decode(percent_decode(*signature));
  return bytes && bytes->size() == 32 ? "fine" : "malformed";
}

std::string kind_of(const Parts& parts) {
  if (parts.messaging || value_of(parts.pairs, "skn")) return "messaging";
  if (value_of(parts.pairs, "skoid")) return "user-delegation";
  return value_of(parts.pairs, "srt") ? "account" : "service";
}

class SasFacts {
 public:
  SasFacts(const Parts& parts, UtcTime now, Decoded& out) : parts_(parts), now_(now), out_(out) {}

  std::optional<std::string> value(std::string_view name) const {
    auto value = value_of(parts_.pairs, name);
    if (!value || value->empty()) return std::nullopt;
    value = percent_decode(*value);
    return parts_.twice ? percent_decode(*value) : value;
  }
  std::optional<UtcTime> time(std::string_view name) const {
    const auto text = value(name);
    if (!text) return std::nullopt;
    const auto iso = parse_iso_time(*text);
    return iso ? iso : parse_epoch(*text);
  }
  void put(const char* fact, std::string_view name) {
    if (const auto text = value(name)) out_.facts[fact] = Value::text(text::to_utf8(*text));
  }
  void put_time(const char* fact, std::optional<UtcTime> time) {
    if (time) out_.facts[fact] = Value::text(certificate_time(*time));
  }
  void put_times() {
    const auto starts = time("st");
    const auto expires = time("se");
    put_time("sas.starts", starts);
    put_time("sas.expires", expires);
    if (expires) {
      out_.facts["sas.started"] = Value::boolean(!starts || *starts <= now_);
      out_.facts["sas.expired"] = Value::boolean(*expires <= now_);
      const double days = std::chrono::duration<double, std::ratio<86400>>(*expires - now_).count();
      out_.facts["sas.days-left"] = Value::number(days);
    }
    if (const auto key = time("ske")) {
      put_time("sas.key-expires", key);
      out_.facts["sas.key-expired"] = Value::boolean(*key <= now_);
    }
  }

 private:
  const Parts& parts_;
  UtcTime now_;
  Decoded& out_;
};

std::string summary_of(const fact::Facts& facts) {
  const auto text = [&](const char* name) {
    const auto found = facts.find(name);
    return found == facts.end() ? std::string() : fact::to_text(found->second);
  };
  std::string out = text("sas.kind") + " SAS";
  if (!text("sas.permissions").empty()) out += ", allows " + text::printable(text("sas.permissions"), 40);
  if (facts.contains("sas.expired")) {
    const bool expired = facts.at("sas.expired").as_bool();
    out += (expired ? ", expired at " : ", expires at ") + text("sas.expires");
    if (!facts.at("sas.started").as_bool()) out += ", not valid before " + text("sas.starts");
  }
  if (text("sas.signature") != "fine") out += ", signature " + text("sas.signature");
  return out;
}

}  // namespace

std::optional<Decoded> decode_sas(std::string_view text, UtcTime now) {
  const auto parts = take_apart(text);
  if (!parts) return std::nullopt;
  Decoded out{"sas", {}, {}};
  SasFacts facts(*parts, now, out);
  out.facts["sas.kind"] = Value::text(kind_of(*parts), fact::Kind::choice);
  out.facts["sas.encoded-twice"] = Value::boolean(parts->twice);
  out.facts["sas.signature"] = Value::text(signature_state(*parts), fact::Kind::choice);
  out.facts["sas.repeated"] = Value::list_of(fact::Kind::text, repeated_names(parts->pairs));
  if (!parts->host.empty()) out.facts["sas.host"] = Value::text(text::to_utf8(parts->host), fact::Kind::host);
  if (!parts->path.empty()) out.facts["sas.path"] = Value::text(text::to_utf8(parts->path));
  facts.put_times();
  facts.put("sas.permissions", "sp");
  facts.put("sas.services", "ss");
  facts.put("sas.resource-types", "srt");
  facts.put("sas.resource", "sr");
  facts.put("sas.version", "sv");
  facts.put("sas.ip", "sip");
  facts.put("sas.protocol", "spr");
  facts.put("sas.policy", "si");
  facts.put("sas.key-name", "skn");
  facts.put("sas.tenant", "sktid");
  facts.put("sas.object", "skoid");
  out.summary = summary_of(out.facts);
  return out;
}

}  // namespace aztriage::decode
