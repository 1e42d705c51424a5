#include "net/trust.h"

#include "base/file.h"
#include "decode/encoding.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

namespace aztriage::net {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostCaFile = 16 * 1024 * 1024;

/// Where distributions keep a folder with hashed names, and where they keep a bundle.
constexpr std::array kFolders = {"/etc/ssl/certs", "/etc/pki/tls/certs", "/usr/lib/ssl/certs"};
constexpr std::array kBundles = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                 "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};

// The callback keeps OpenSSL from asking for a pass phrase on the terminal.
int no_password(char*, int, int, void*) {
  return -1;
}

std::size_t add_all(X509_STORE* store, std::string_view pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  std::size_t count = 0;
  while (X509* certificate = PEM_read_bio_X509(bio, nullptr, no_password, nullptr)) {
    if (X509_STORE_add_cert(store, certificate) == 1) ++count;
    X509_free(certificate);
  }
  BIO_free(bio);
  ERR_clear_error();
  return count;
}

bool has_hashed_names(const std::string& folder) {
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.size() == 10 && name.find_first_not_of("0123456789abcdef") == 8 && name.ends_with(".0"))
      return true;
  }
  return false;
}

/// A hashed folder is read one certificate at a time, when a chain asks for it, so it costs nothing now.
bool use_folder(X509_STORE* store, const std::string& folder) {
  if (!has_hashed_names(folder)) return false;
  X509_LOOKUP* lookup = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir());
  return lookup != nullptr && X509_LOOKUP_add_dir(lookup, folder.c_str(), X509_FILETYPE_PEM) == 1;
}

bool use_bundle(X509_STORE* store, const std::string& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return false;
  const Result<std::string> pem = read_file(file, kMostCaFile);
  return pem && add_all(store, *pem) > 0;
}

bool use_environment(X509_STORE* store, bool& given) {
  const char* file = std::getenv("SSL_CERT_FILE");
  const char* folder = std::getenv("SSL_CERT_DIR");
  given = (file != nullptr && *file != '\0') || (folder != nullptr && *folder != '\0');
  bool any = false;
  if (folder != nullptr && *folder != '\0') any = use_folder(store, folder);
  if (file != nullptr && *file != '\0') any = use_bundle(store, file) || any;
  return any;
}

bool use_system(X509_STORE* store) {
  bool given = false;
  const bool any = use_environment(store, given);
  if (given) return any;
  for (const char* folder : kFolders) {
    if (use_folder(store, folder)) return true;
  }
  for (const char* bundle : kBundles) {
    if (use_bundle(store, bundle)) return true;
  }
  return false;
}

/// Certificates given in place of a file's name, as they stand or in base64; nothing for a name.
std::optional<std::string> inline_pem(const std::string& ca) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kEncoded = "LS0tLS1CRUdJTi";  // the same in base64
  if (std::string_view(ca).starts_with(kBegin)) return ca;
  return std::string_view(ca).starts_with(kEncoded) ? decode::base64_decode(ca) : std::nullopt;
}

Result<void> use_ca_file(X509_STORE* store, const std::string& ca_file) {
  const std::optional<std::string> given = inline_pem(ca_file);
  const Result<std::string> pem = given ? Result<std::string>(*given) : read_file(ca_file, kMostCaFile);
  if (!pem) return tl::unexpected(pem.error());
  if (add_all(store, *pem) > 0) return {};
  return failed(given ? "no certificate in the text" : "no certificate in '" + ca_file + "'",
                "give a PEM file with '-----BEGIN CERTIFICATE-----' in it");
}

}  // namespace

Trust::~Trust() {
  X509_STORE_free(store_);
}

Result<std::shared_ptr<const Trust>> Trust::load(const std::string& ca_file, bool system) {
  static std::map<std::pair<std::string, bool>, std::shared_ptr<const Trust>> known;
  const std::pair key(ca_file, system);
  if (const auto found = known.find(key); found != known.end()) return found->second;
  std::shared_ptr<Trust> trust(new Trust(X509_STORE_new()));
  if (trust->store_ == nullptr) return failed("no memory for the certificate store");
  if (!ca_file.empty()) {
    if (const Result<void> used = use_ca_file(trust->store_, ca_file); !used)
      return tl::unexpected(used.error());
    trust->any_ = true;
  }
  if (system && use_system(trust->store_)) trust->any_ = true;
  known.emplace(key, trust);
  return trust;
}

Result<std::shared_ptr<const Trust>> Trust::system_and(const std::string& ca_file) {
  return load(ca_file, true);
}

Result<std::shared_ptr<const Trust>> Trust::only(const std::string& ca_file) {
  return load(ca_file, false);
}

}  // namespace aztriage::net
