#pragma once

#include <memory>
#include <string>
#include <vector>

#include <openssl/evp.h>
#include <openssl/x509.h>

namespace aztriage::test {

struct CertificateOptions {
  std::string common_name = {};  // may hold any bytes
  std::vector<std::string> dns = {};
  std::vector<std::string> addresses = {};
  bool authority = false;
  int valid_from = -1;  // days from now
  int valid_until = 365;
  std::string key = "ec-p256";  // or rsa-BITS, ed25519
  const char* digest = "sha256";
  std::string issuer_url = {};
  std::string usage = "serverAuth";
};

/// A key and a certificate for it.
class Identity {
 public:
  Identity(EVP_PKEY* key, X509* certificate);
  EVP_PKEY* key() const { return key_.get(); }
  X509* certificate() const { return certificate_.get(); }
  std::string certificate_pem() const;
  std::string key_pem() const;
  std::string der() const;

 private:
  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;
};

Identity self_signed(const CertificateOptions& options);
Identity issue(const Identity& authority, const CertificateOptions& options);

/// An OCSP answer about `leaf`, signed by its issuer, in DER. `status` as V_OCSP_CERTSTATUS_...
std::string ocsp_answer(const Identity& leaf, const Identity& issuer, int status, int hours_old = 1);

}  // namespace aztriage::test
