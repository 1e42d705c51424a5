#include "support/pki.h"

#include <stdexcept>

#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

namespace aztriage::test {
namespace {

void need(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("pki: ") + what);
}

EVP_PKEY* make_key(const std::string& kind) {
  EVP_PKEY* key = nullptr;
  if (kind.starts_with("rsa-")) {
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(std::stoul(kind.substr(4))));
  } else if (kind == "ed25519") {
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  } else {
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", kind == "ec-p384" ? "P-384" : "P-256");
  }
  need(key != nullptr, "key");
  return key;
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  need(extension != nullptr, "extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string alternative_names(const CertificateOptions& options) {
  std::string all;
  for (const std::string& name : options.dns) all += (all.empty() ? "DNS:" : ",DNS:") + name;
  for (const std::string& address : options.addresses) all += (all.empty() ? "IP:" : ",IP:") + address;
  return all;
}

X509* make(const CertificateOptions& options, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  static long serial = 0x10AF;
  X509* certificate = X509_new();
  need(certificate != nullptr, "certificate");
  if (issuer == nullptr) issuer = certificate;
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), 86400L * options.valid_from);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86400L * options.valid_until);
  X509_set_pubkey(certificate, key);
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_NID(subject, NID_organizationName, MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>("Contoso"), 7, -1, 0);
  X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(options.common_name.data()),
                             static_cast<int>(options.common_name.size()), -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  add_extension(certificate, issuer, NID_basic_constraints,
                options.authority ? "critical,CA:TRUE" : "CA:FALSE");
  add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
  if (issuer != certificate) add_extension(certificate, issuer, NID_authority_key_identifier, "keyid");
  if (options.authority) {
    add_extension(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign,digitalSignature");
  } else if (!options.usage.empty()) {
    add_extension(certificate, issuer, NID_ext_key_usage, options.usage);
  }
  if (const std::string names = alternative_names(options); !names.empty()) {
    add_extension(certificate, issuer, NID_subject_alt_name, names);
  }
  if (!options.issuer_url.empty()) {
    add_extension(certificate, issuer, NID_info_access, "caIssuers;URI:" + options.issuer_url);
  }
  const EVP_MD* digest =
      EVP_PKEY_get_base_id(issuer_key) == EVP_PKEY_ED25519 ? nullptr : EVP_get_digestbyname(options.digest);
  need(X509_sign(certificate, issuer_key, digest) > 0, "signature");
  return certificate;
}

template <class Write>
std::string pem(Write write) {
  BIO* bio = BIO_new(BIO_s_mem());
  write(bio);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string out(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return out;
}

}  // namespace

Identity::Identity(EVP_PKEY* key, X509* certificate)
    : key_(key, EVP_PKEY_free), certificate_(certificate, X509_free) {}

std::string Identity::certificate_pem() const {
  return pem([&](BIO* bio) { PEM_write_bio_X509(bio, certificate()); });
}

std::string Identity::key_pem() const {
  return pem([&](BIO* bio) { PEM_write_bio_PrivateKey(bio, key(), nullptr, nullptr, 0, nullptr, nullptr); });
}

std::string Identity::der() const {
  return pem([&](BIO* bio) { i2d_X509_bio(bio, certificate()); });
}

Identity self_signed(const CertificateOptions& options) {
  EVP_PKEY* key = make_key(options.key);
  return {key, make(options, key, nullptr, key)};
}

Identity issue(const Identity& authority, const CertificateOptions& options) {
  EVP_PKEY* key = make_key(options.key);
  return {key, make(options, key, authority.certificate(), authority.key())};
}

std::string ocsp_answer(const Identity& leaf, const Identity& issuer, int status, int hours_old) {
  OCSP_BASICRESP* basic = OCSP_BASICRESP_new();
  OCSP_CERTID* id = OCSP_cert_to_id(EVP_sha1(), leaf.certificate(), issuer.certificate());
  ASN1_TIME* from = X509_gmtime_adj(nullptr, -3600L * hours_old);
  ASN1_TIME* until = X509_gmtime_adj(nullptr, 3600L * (24 - hours_old));
  ASN1_TIME* revoked = status == V_OCSP_CERTSTATUS_REVOKED ? X509_gmtime_adj(nullptr, -7200) : nullptr;
  need(OCSP_basic_add1_status(basic, id, status, 0, revoked, from, until) != nullptr, "OCSP status");
  need(OCSP_basic_sign(basic, issuer.certificate(), issuer.key(), EVP_sha256(), nullptr, 0) == 1,
       "OCSP sign");
  OCSP_RESPONSE* response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
  unsigned char* der = nullptr;
  const int size = i2d_OCSP_RESPONSE(response, &der);
  std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  OCSP_RESPONSE_free(response);
  OCSP_BASICRESP_free(basic);
  OCSP_CERTID_free(id);
  for (ASN1_TIME* time : {from, until, revoked}) ASN1_TIME_free(time);
  return out;
}

}  // namespace aztriage::test
