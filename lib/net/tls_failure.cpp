#include "net/tls_failure.h"

#include <algorithm>
#include <array>

#include <openssl/sslerr.h>

namespace aztriage::net {
namespace {

using Kind = fact::FailureKind;

struct Alert {
  int description;
  std::string_view name;
  Kind means;
};

/// tls_client_certificate: these are about the certificate that the other side presented, here ours.
constexpr std::array<Alert, 34> kAlerts = {{
    {0, "close_notify", Kind::tls_closed},
    {10, "unexpected_message", Kind::tls_protocol},
    {20, "bad_record_mac", Kind::tls_protocol},
    {21, "decryption_failed", Kind::tls_protocol},
    {22, "record_overflow", Kind::tls_protocol},
    {30, "decompression_failure", Kind::tls_protocol},
    {40, "handshake_failure", Kind::tls_cipher},
    {41, "no_certificate", Kind::tls_client_certificate},
    {42, "bad_certificate", Kind::tls_client_certificate},
    {43, "unsupported_certificate", Kind::tls_client_certificate},
    {44, "certificate_revoked", Kind::tls_client_certificate},
    {45, "certificate_expired", Kind::tls_client_certificate},
    {46, "certificate_unknown", Kind::tls_client_certificate},
    {47, "illegal_parameter", Kind::tls_alert},
    {48, "unknown_ca", Kind::tls_client_certificate},
    {49, "access_denied", Kind::tls_alert},
    {50, "decode_error", Kind::tls_protocol},
    {51, "decrypt_error", Kind::tls_protocol},
    {60, "export_restriction", Kind::tls_cipher},
    {70, "protocol_version", Kind::tls_version},
    {71, "insufficient_security", Kind::tls_cipher},
    {80, "internal_error", Kind::tls_alert},
    {86, "inappropriate_fallback", Kind::tls_version},
    {90, "user_canceled", Kind::tls_alert},
    {100, "no_renegotiation", Kind::tls_protocol},
    {109, "missing_extension", Kind::tls_alert},
    {110, "unsupported_extension", Kind::tls_protocol},
    {111, "certificate_unobtainable", Kind::tls_alert},
    {112, "unrecognized_name", Kind::tls_alert},
    {113, "bad_certificate_status_response", Kind::tls_alert},
    {114, "bad_certificate_hash_value", Kind::tls_alert},
    {115, "unknown_psk_identity", Kind::tls_alert},
    {116, "certificate_required", Kind::tls_client_certificate},
    {120, "no_application_protocol", Kind::tls_alert},
}};

const Alert* find_alert(int description) {
  const auto found = std::find_if(kAlerts.begin(), kAlerts.end(),
                                  [&](const Alert& alert) { return alert.description == description; });
  return found == kAlerts.end() ? nullptr : &*found;
}

struct Opening {
  std::string_view start;
  std::string_view protocol;
};
constexpr std::array<Opening, 11> kOpenings = {{
    {"HTTP/", "HTTP"},
    {"<html", "HTTP"},
    {"<!DOCTYPE", "HTTP"},
    {"SSH-", "SSH"},
    {"220", "SMTP or FTP"},
    {"+OK", "POP3"},
    {"* OK", "IMAP"},
    {"RFB ", "VNC"},
    {"-ERR", "Redis"},
    {"-DENIED", "Redis"},
    {"AMQP", "AMQP"},
}};

}  // namespace

std::string alert_name(int description) {
  const Alert* alert = find_alert(description);
  return alert != nullptr ? std::string(alert->name) : "alert " + std::to_string(description);
}

Kind failure_of_alert(int description, bool asked) {
  const Alert* alert = find_alert(description);
  if (alert == nullptr) return Kind::tls_alert;
  // Servers before TLS 1.3 have no alert of their own for a missing certificate.
  if (description == 40 && asked) return Kind::tls_client_certificate;
  return alert->means;
}

Kind failure_of_reason(int reason) {
  switch (reason) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_VERSION_TOO_HIGH:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_INAPPROPRIATE_FALLBACK:
    case SSL_R_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED:
      return Kind::tls_version;
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_CIPHERS_AVAILABLE:
    case SSL_R_NO_CIPHER_MATCH:
    case SSL_R_WRONG_CIPHER_RETURNED:
    case SSL_R_UNKNOWN_CIPHER_RETURNED:
    case SSL_R_DH_KEY_TOO_SMALL:
    case SSL_R_EE_KEY_TOO_SMALL:
    case SSL_R_CA_KEY_TOO_SMALL:
    case SSL_R_CA_MD_TOO_WEAK:
    case SSL_R_BAD_ECPOINT:
    case SSL_R_NO_SUITABLE_KEY_SHARE:
    case SSL_R_NO_SUITABLE_GROUPS:
    case SSL_R_WRONG_CURVE:
    case SSL_R_WRONG_SIGNATURE_TYPE:
    case SSL_R_WRONG_SIGNATURE_SIZE:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
    case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
      return Kind::tls_cipher;
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      return Kind::tls_certificate;
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
      return Kind::tls_closed;
    default:
      return Kind::tls_protocol;
  }
}

std::string_view preface_protocol(std::string_view first) {
  for (const Opening& opening : kOpenings) {
    if (first.starts_with(opening.start)) return opening.protocol;
  }
  return "plain text";
}

}  // namespace aztriage::net
