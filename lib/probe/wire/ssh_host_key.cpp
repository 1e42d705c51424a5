#include "probe/wire/ssh_host_key.h"

#include "base/text.h"
#include "decode/encoding.h"
#include "probe/wire/bytes.h"

#include <array>
#include <memory>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

namespace aztriage::probe::wire {
namespace {

constexpr std::size_t kMostKeyBytes = 2049;  // RSA with 16384 bits, the most that OpenSSL computes with

template <class T, void (*Free)(T*)>
struct Freer {
  void operator()(T* thing) const { Free(thing); }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY, EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX, EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freer<BIGNUM, BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freer<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>>;
using BuiltParams = std::unique_ptr<OSSL_PARAM, Freer<OSSL_PARAM, OSSL_PARAM_free>>;

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Key key_of(const char* kind, OSSL_PARAM* params) {
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* made = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params) != 1) {
    return nullptr;
  }
  return Key(made);
}

Number number_of(std::string_view mpint) {
  return Number(BN_bin2bn(octets(mpint), static_cast<int>(mpint.size()), nullptr));
}

/// RFC 4253 6.6
Key rsa_key(ByteReader& in) {
  const std::string_view exponent = in.counted(4);
  const std::string_view modulus = in.counted(4);
  if (!in.good() || exponent.size() > 16 || modulus.size() > kMostKeyBytes) return nullptr;
  const Number e = number_of(exponent);
  const Number n = number_of(modulus);
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  const BuiltParams params(OSSL_PARAM_BLD_to_param(builder.get()));
  return params ? key_of("RSA", params.get()) : nullptr;
}

/// RFC 5656 3.1
Key ecdsa_key(ByteReader& in) {
  const std::string_view curve = in.counted(4);
  std::string point(in.counted(4));
  if (!in.good() || point.empty() || point.size() > 200) return nullptr;
  std::string name = curve == "nistp256"   ? "P-256"
                     : curve == "nistp384" ? "P-384"
                     : curve == "nistp521" ? "P-521"
                                           : "";
  if (name.empty()) return nullptr;
  std::array<OSSL_PARAM, 3> params = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  return key_of("EC", params.data());
}

Key read_key(std::string_view blob) {
  ByteReader in(blob);
  const std::string_view type = in.counted(4);
  if (type == "ssh-rsa") return rsa_key(in);
  if (type.starts_with("ecdsa-sha2-nistp")) return ecdsa_key(in);
  if (type != "ssh-ed25519") return nullptr;
  const std::string_view raw = in.counted(4);
  if (!in.good()) return nullptr;
  return Key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(raw), raw.size()));
}

const EVP_MD* digest_for(std::string_view algorithm) {
  if (algorithm == "ssh-rsa") return EVP_sha1();
  if (algorithm == "rsa-sha2-256" || algorithm == "ecdsa-sha2-nistp256") return EVP_sha256();
  if (algorithm == "ecdsa-sha2-nistp384") return EVP_sha384();
  if (algorithm == "rsa-sha2-512" || algorithm == "ecdsa-sha2-nistp521") return EVP_sha512();
  return nullptr;  // ed25519 has its own
}

/// SSH writes r and s as two numbers, OpenSSL wants DER.
std::string der_signature(std::string_view pair) {
  ByteReader in(pair);
  const std::string_view r = in.counted(4);
  const std::string_view s = in.counted(4);
  if (!in.good() || r.size() > 100 || s.size() > 100) return {};
  ECDSA_SIG* both = ECDSA_SIG_new();
  ECDSA_SIG_set0(both, number_of(r).release(), number_of(s).release());
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(both, &der);
  ECDSA_SIG_free(both);
  std::string out(reinterpret_cast<const char*>(der), size > 0 ? static_cast<std::size_t>(size) : 0);
  OPENSSL_free(der);
  return out;
}

/// OpenSSH's way to write it: base64 without padding.
std::string fingerprint_of(std::string_view blob) {
  std::array<unsigned char, 32> hash{};
  EVP_Digest(blob.data(), blob.size(), hash.data(), nullptr, EVP_sha256(), nullptr);
  std::string text =
      decode::base64_encode(std::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
  while (text.ends_with('=')) text.pop_back();
  return "SHA256:" + text;
}

}  // namespace

SshHostKey read_host_key(std::string_view blob) {
  SshHostKey key;
  key.blob = std::string(blob);
  ByteReader in(blob);
  const std::string_view type = in.counted(4);
  key.type = text::to_utf8(type.substr(0, 64));
  key.fingerprint = fingerprint_of(blob);
  const Key read = read_key(blob);
  if (read) key.bits = EVP_PKEY_get_bits(read.get());
  return key;
}

std::optional<bool> verify_host_signature(std::string_view key_blob, std::string_view signature,
                                          std::string_view text) {
  const Key key = read_key(key_blob);
  if (!key) return std::nullopt;
  ByteReader in(signature);
  const std::string_view algorithm = in.counted(4);
  std::string value(in.counted(4));
  if (!in.good()) return false;
  ByteReader key_in(key_blob);
  const std::string_view type = key_in.counted(4);
  const bool fits =
      type == "ssh-rsa" ? algorithm == "ssh-rsa" || algorithm.starts_with("rsa-sha2-") : algorithm == type;
  if (!fits) return false;
  if (type.starts_with("ecdsa")) value = der_signature(value);
  const Digest digest(EVP_MD_CTX_new());
  if (EVP_DigestVerifyInit(digest.get(), nullptr, digest_for(algorithm), nullptr, key.get()) != 1) {
    return false;
  }
  return EVP_DigestVerify(digest.get(), octets(value), value.size(), octets(text), text.size()) == 1;
}

std::optional<KnownHostKey> read_known_host_key(std::string_view text) {
  constexpr std::string_view kMark = "SHA256:";
  std::string words(text);
  for (char& c : words) {
    if (c == '\t' || c == '\n' || c == '\r' || c == ',') c = ' ';
  }
  for (std::string_view word : text::split(words, ' ')) {
    while (word.ends_with('=') || word.ends_with('.')) word.remove_suffix(1);
    if (word.starts_with(kMark)) {
      const auto hash = decode::base64_decode(word.substr(kMark.size()));
      if (!hash || hash->size() != 32) return std::nullopt;
      return KnownHostKey{.fingerprint = std::string(word), .type = {}};
    }
    if (!word.starts_with("AAAA")) continue;
    const auto blob = decode::base64_decode(word);
    if (!blob) return std::nullopt;
    SshHostKey key = read_host_key(*blob);
    return KnownHostKey{.fingerprint = key.fingerprint, .type = key.type};
  }
  return std::nullopt;
}

}  // namespace aztriage::probe::wire
