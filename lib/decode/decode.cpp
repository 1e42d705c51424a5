#include "decode/decode.h"

#include "base/text.h"
#include "decode/certificate.h"

#include <algorithm>

namespace aztriage::decode {
namespace {

/// What a terminal, a mail or a shell put around and into it.
std::string clean(std::string_view text) {
  text = text::trim(text);
  while (text.size() >= 2 && (text.front() == '"' || text.front() == '\'' || text.front() == '<') &&
         text.back() == (text.front() == '<' ? '>' : text.front())) {
    text = text::trim(text.substr(1, text.size() - 2));
  }
  std::string out(text);
  std::erase_if(out, [](char c) { return c == '\r' || c == '\n'; });
  return out;
}

std::string without_blanks(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t'; });
  return text;
}

std::optional<Decoded> as_jwt(const std::string& text, UtcTime now) {
  if (auto jwt = decode_jwt(text, now)) return jwt;
  return decode_jwt(without_blanks(text), now);
}

std::optional<Decoded> as_sas(const std::string& text, UtcTime now) {
  return decode_sas(text.starts_with("SharedAccessSignature ") ? text : without_blanks(text), now);
}

std::optional<Decoded> find_out(std::string_view raw, const std::string& text, UtcTime now) {
  if (raw.find("-----BEGIN") != std::string_view::npos) return decode_certificate(raw, now);
  if (auto jwt = as_jwt(text, now)) return jwt;
  if (auto connection = decode_connection_string(text, now)) return connection;
  if (auto sas = as_sas(text, now)) return sas;
  return decode_certificate(raw, now);
}

}  // namespace

std::optional<Decoded> decode_certificate(std::string_view text, UtcTime now) {
  const auto certificate = read_certificate(text);
  if (!certificate) return std::nullopt;
  Decoded out{"certificate", {}, {}};
  add_certificate_facts(*certificate, now, out.facts);
  const bool expired = certificate->not_after <= now;
  out.summary = text::printable(certificate->subject, 100) + (expired ? ", expired at " : ", expires at ") +
                certificate_time(certificate->not_after);
  return out;
}

Result<Decoded> decode(std::string_view text, std::string_view as, UtcTime now) {
  if (text.size() > kMostDecoded)
    return failed("the text is longer than 1 MiB", "give only the part to decode");
  const std::string cleaned = clean(text);
  if (cleaned.empty())
    return failed("there is nothing to decode",
                  "give a SAS URL, a token, a connection string or a certificate");
  std::optional<Decoded> out;
  if (as == "sas") {
    out = as_sas(cleaned, now);
  } else if (as == "jwt") {
    out = as_jwt(cleaned, now);
  } else if (as == "connection-string") {
    out = decode_connection_string(cleaned, now);
  } else if (as == "certificate") {
    out = decode_certificate(text, now);
  } else {
    out = find_out(text, cleaned, now);
  }
  if (!out) {
    const std::string what =
        as == "auto" || as.empty() ? "SAS, token, connection string or certificate" : std::string(as);
    return failed("the text is no " + what, "paste it whole, as it was given out");
  }
  out->facts["kind"] = fact::Value::text(out->kind, fact::Kind::choice);
  return std::move(*out);
}

}  // namespace aztriage::decode
