#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "fact/observation.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

struct X509_name_st;
struct x509_st;

namespace aztriage::decode {

/// What one X.509 certificate says of itself. Texts are UTF-8 and may hold anything an issuer wrote; whoever
/// shows them on a terminal makes them printable.
struct Certificate {
  std::string subject;  // "CN=shop.contoso.com, O=Contoso, C=US"
  std::string issuer;
  std::vector<std::string> names;  // DNS names and addresses it is for; the common name when it lists none
  std::string serial;              // hexadecimal, upper case
  std::string thumbprint;          // SHA-1 of the whole certificate, as Azure shows it
  std::string key;                 // "rsa-2048", "ec-p256", "ed25519"
  std::string signature;           // "sha256", "sha1", "md5", ...: the digest under the issuer's signature
  std::string issuer_url;  // where the issuer's certificate can be had (AIA); empty when it does not say
  UtcTime not_before{};
  UtcTime not_after{};
  bool self_signed = false;  // its own key signed it
  bool authority = false;    // may issue certificates
  bool weak = false;         // a short key, or signed with MD5 or SHA-1 by somebody else

  double days_left(UtcTime now) const;   // negative once it has expired
  double share_left(UtcTime now) const;  // of its life, 1 to 0
};

Certificate describe_certificate(x509_st& certificate);
/// "CN=shop.contoso.com, O=Contoso, C=US".
std::string describe_name(const X509_name_st& name);

/// The first certificate in PEM or DER; text around a PEM block is ignored. At most 1 MiB.
Result<Certificate> read_certificate(std::string_view bytes);

/// Whether one of its names fits: letter case and the final dot do not matter, `*.` stands for one label.
bool certificate_is_for(const Certificate& certificate, std::string_view host);

/// `2027-04-16T23:59:59Z`.
std::string certificate_time(UtcTime t);

/// Adds `certificate.subject` to `certificate.issuer-url` of one certificate.
void add_certificate_facts(const Certificate& certificate, UtcTime now, fact::Facts& facts);

inline constexpr std::array<fact::FactSpec, 13> kCertificateFacts = {{
    {"certificate.subject", {fact::Kind::text}, "whom the certificate names"},
    {"certificate.issuer", {fact::Kind::text}, "who issued it"},
    {"certificate.names", {fact::Kind::list, fact::Kind::host}, "the names and addresses it is for"},
    {"certificate.serial", {fact::Kind::text}, "its serial number, hexadecimal"},
    {"certificate.thumbprint", {fact::Kind::text}, "SHA-1 of the certificate, as Azure shows it"},
    {"certificate.not-before", {fact::Kind::text}, "from when it is valid, UTC"},
    {"certificate.not-after", {fact::Kind::text}, "until when it is valid, UTC"},
    {"certificate.days-left", {fact::Kind::number}, "days until it expires; negative when it has"},
    {"certificate.left", {fact::Kind::number}, "the share of its life that is left, 1 to 0"},
    {"certificate.key", {fact::Kind::text}, "kind and size of its key, such as rsa-2048 or ec-p256"},
    {"certificate.signature", {fact::Kind::text}, "the digest its issuer signed, such as sha256"},
    {"certificate.issuer-url", {fact::Kind::text}, "where its issuer's certificate can be had (AIA)"},
    {"certificate.self-signed", {fact::Kind::boolean}, "whether it is signed with its own key"},
}};

}  // namespace aztriage::decode
