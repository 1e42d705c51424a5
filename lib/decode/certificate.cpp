#include "decode/certificate.h"

#include "base/text.h"
#include "decode/encoding.h"

#include <algorithm>
#include <ctime>
#include <memory>

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace aztriage::decode {
namespace {

constexpr std::size_t kMostBytes = 1024 * 1024;
constexpr std::size_t kMostNames = 1000;

template <class T, void (*free_it)(T*)>
struct Freer {
  void operator()(T* p) const { free_it(p); }
};
struct BioFreer {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Bio = std::unique_ptr<BIO, BioFreer>;
using Cert = std::unique_ptr<X509, Freer<X509, X509_free>>;

std::string bio_text(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? text::to_utf8({data, static_cast<std::size_t>(size)}) : std::string();
}

std::string text_of(const ASN1_STRING* s) {
  if (s == nullptr) return {};
  const auto* data = ASN1_STRING_get0_data(s);
  return text::to_utf8(
      {reinterpret_cast<const char*>(data), static_cast<std::size_t>(ASN1_STRING_length(s))});
}

std::string address_text(const ASN1_OCTET_STRING* s) {
  char buffer[INET6_ADDRSTRLEN] = {};
  const int size = ASN1_STRING_length(s);
  if (size != 4 && size != 16) return {};
  inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(s), buffer, sizeof buffer);
  return buffer;
}

std::string common_name(X509& certificate) {
  const X509_NAME* subject = X509_get_subject_name(&certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  if (size < 0) return {};
  std::string name(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
  return name;
}

std::vector<std::string> names_of(X509& certificate) {
  std::vector<std::string> names;
  auto* all =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(all) && names.size() < kMostNames; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(all, i);
    std::string found;
    if (name->type == GEN_DNS) found = text_of(name->d.dNSName);
    if (name->type == GEN_IPADD) found = address_text(name->d.iPAddress);
    if (!found.empty()) names.push_back(std::move(found));
  }
  GENERAL_NAMES_free(all);
  if (names.empty()) {
    if (std::string name = common_name(certificate); !name.empty()) names.push_back(std::move(name));
  }
  return names;
}

std::string issuer_url_of(X509& certificate) {
  std::string url;
  auto* access =
      static_cast<AUTHORITY_INFO_ACCESS*>(X509_get_ext_d2i(&certificate, NID_info_access, nullptr, nullptr));
  for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access) && url.empty(); ++i) {
    const ACCESS_DESCRIPTION* entry = sk_ACCESS_DESCRIPTION_value(access, i);
    if (OBJ_obj2nid(entry->method) == NID_ad_ca_issuers && entry->location->type == GEN_URI) {
      url = text_of(entry->location->d.uniformResourceIdentifier);
    }
  }
  AUTHORITY_INFO_ACCESS_free(access);
  return url;
}

std::string curve_name(EVP_PKEY* key) {
  char group[80] = {};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, group, sizeof group, &size) != 1) return "unknown";
  const std::string_view name(group, size);
  if (name == "prime256v1" || name == "P-256") return "p256";
  if (name == "secp384r1" || name == "P-384") return "p384";
  if (name == "secp521r1" || name == "P-521") return "p521";
  return text::lower(name);
}

struct Key {
  std::string name;
  bool short_key = false;
};

Key key_of(X509& certificate) {
  EVP_PKEY* key = X509_get0_pubkey(&certificate);
  if (key == nullptr) return {"unknown", false};
  const int bits = EVP_PKEY_get_bits(key);
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
      return {"rsa-" + std::to_string(bits), bits < 2048};
    case EVP_PKEY_DSA:
      return {"dsa-" + std::to_string(bits), bits < 2048};
    case EVP_PKEY_EC:
      return {"ec-" + curve_name(key), bits < 224};
    case EVP_PKEY_ED25519:
      return {"ed25519", false};
    case EVP_PKEY_ED448:
      return {"ed448", false};
    default: {
      const char* name = EVP_PKEY_get0_type_name(key);
      return {name != nullptr ? text::lower(name) : "unknown", false};
    }
  }
}

struct Digest {
  std::string name;
  bool broken = false;
};

Digest digest_of(X509& certificate) {
  int digest = NID_undef;
  X509_get_signature_info(&certificate, &digest, nullptr, nullptr, nullptr);
  const bool broken = digest == NID_md2 || digest == NID_md4 || digest == NID_md5 || digest == NID_md5_sha1 ||
                      digest == NID_sha1 || digest == NID_mdc2 || digest == NID_ripemd160;
  const int shown = digest != NID_undef ? digest : X509_get_signature_nid(&certificate);
  const char* name = OBJ_nid2sn(shown);
  return {name != nullptr ? text::lower(name) : "unknown", broken};
}

UtcTime time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  const std::time_t seconds = timegm(&parts);
  return UtcTime{std::chrono::seconds{seconds}};
}

std::string hex(const unsigned char* bytes, std::size_t size) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (std::size_t i = 0; i < size; ++i) {
    out += kDigits[bytes[i] >> 4];
    out += kDigits[bytes[i] & 15];
  }
  return out;
}

std::string serial_of(X509& certificate) {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(&certificate);
  return hex(ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial)));
}

std::string thumbprint_of(X509& certificate) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (X509_digest(&certificate, EVP_sha1(), digest, &size) != 1) return {};
  return hex(digest, size);
}

Cert from_der(std::string_view bytes) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  return Cert(d2i_X509(nullptr, &at, static_cast<long>(bytes.size())));
}

// The callback keeps OpenSSL from asking for a pass phrase on the terminal.
int no_password(char*, int, int, void*) {
  return -1;
}

Cert from_pem(std::string_view bytes) {
  const Bio bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
  return bio ? Cert(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr)) : nullptr;
}

}  // namespace

double Certificate::days_left(UtcTime now) const {
  return std::chrono::duration<double, std::ratio<86400>>(not_after - now).count();
}

double Certificate::share_left(UtcTime now) const {
  const auto life = std::chrono::duration<double>(not_after - not_before).count();
  if (life <= 0) return 0;
  return std::clamp(std::chrono::duration<double>(not_after - now).count() / life, 0.0, 1.0);
}

std::string describe_name(const X509_NAME& name) {
  const Bio bio(BIO_new(BIO_s_mem()));
  constexpr unsigned long kFlags =
      (ASN1_STRFLGS_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB)) | XN_FLAG_SEP_CPLUS_SPC |
      XN_FLAG_DN_REV | XN_FLAG_FN_SN;
  if (!bio || X509_NAME_print_ex(bio.get(), &name, 0, kFlags) < 0) return {};
  return bio_text(bio.get());
}

Certificate describe_certificate(X509& certificate) {
  Certificate c;
  c.subject = describe_name(*X509_get_subject_name(&certificate));
  c.issuer = describe_name(*X509_get_issuer_name(&certificate));
  c.names = names_of(certificate);
  c.serial = serial_of(certificate);
  c.thumbprint = thumbprint_of(certificate);
  c.issuer_url = issuer_url_of(certificate);
  c.not_before = time_of(X509_get0_notBefore(&certificate));
  c.not_after = time_of(X509_get0_notAfter(&certificate));
  c.self_signed = X509_self_signed(&certificate, 1) == 1;
  c.authority = X509_check_ca(&certificate) > 0;
  const Key key = key_of(certificate);
  const Digest digest = digest_of(certificate);
  c.key = key.name;
  c.signature = digest.name;
  c.weak = key.short_key || (digest.broken && !c.self_signed);
  ERR_clear_error();
  return c;
}

Result<Certificate> read_certificate(std::string_view bytes) {
  if (bytes.size() > kMostBytes)
    return failed("the text is too long for a certificate", "give one certificate");
  Cert certificate = from_pem(bytes);
  if (!certificate) certificate = from_der(bytes);
  if (!certificate) {
    if (const auto raw = base64_decode(bytes)) certificate = from_der(*raw);
  }
  ERR_clear_error();
  if (!certificate) {
    return failed("no certificate in the text",
                  "give PEM ('-----BEGIN CERTIFICATE-----'), DER or its base64");
  }
  return describe_certificate(*certificate);
}

bool certificate_is_for(const Certificate& certificate, std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  const std::size_t dot = host.find('.');
  return std::any_of(certificate.names.begin(), certificate.names.end(), [&](std::string_view name) {
    if (text::equal_ignoring_case(name, host)) return true;
    return name.starts_with("*.") && dot != std::string_view::npos && dot > 0 &&
           text::equal_ignoring_case(name.substr(1), host.substr(dot));
  });
}

std::string certificate_time(UtcTime t) {
  std::string full = to_rfc3339(t);
  if (const std::size_t dot = full.find('.'); dot != std::string::npos)
    full.replace(dot, std::string::npos, "Z");
  return full;
}

void add_certificate_facts(const Certificate& c, UtcTime now, fact::Facts& facts) {
  using fact::Value;
  const auto add_text = [&](const char* name, const std::string& value) {
    if (!value.empty()) facts[name] = Value::text(value);
  };
  add_text("certificate.subject", c.subject);
  add_text("certificate.issuer", c.issuer);
  facts["certificate.names"] = Value::list_of(fact::Kind::host, c.names);
  add_text("certificate.serial", c.serial);
  add_text("certificate.thumbprint", c.thumbprint);
  add_text("certificate.not-before", certificate_time(c.not_before));
  add_text("certificate.not-after", certificate_time(c.not_after));
  facts["certificate.days-left"] = Value::number(c.days_left(now));
  facts["certificate.left"] = Value::number(c.share_left(now));
  add_text("certificate.key", c.key);
  add_text("certificate.signature", c.signature);
  add_text("certificate.issuer-url", c.issuer_url);
  facts["certificate.self-signed"] = Value::boolean(c.self_signed);
}

}  // namespace aztriage::decode
