#include "probe/wire/ssh_kex.h"

#include "probe/wire/bytes.h"
#include "probe/wire/ssh_lists.h"

#include <array>
#include <utility>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

namespace aztriage::probe::wire {
namespace {

template <class T, void (*Free)(T*)>
struct Freer {
  void operator()(T* thing) const { Free(thing); }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY, EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freer<BIGNUM, BN_free>>;
using NumberContext = std::unique_ptr<BN_CTX, Freer<BN_CTX, BN_CTX_free>>;

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* octets(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

std::string digest_of(const char* name, std::string_view text) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), octets(out), &size, EVP_get_digestbyname(name), nullptr);
  out.resize(size);
  return out;
}

std::string secret_of(EVP_PKEY* own, EVP_PKEY* theirs) {
  const KeyContext context(EVP_PKEY_CTX_new(own, nullptr));
  std::size_t size = 0;
  if (EVP_PKEY_derive_init(context.get()) != 1 || EVP_PKEY_derive_set_peer(context.get(), theirs) != 1 ||
      EVP_PKEY_derive(context.get(), nullptr, &size) != 1) {
    return {};
  }
  std::string secret(size, '\0');
  if (EVP_PKEY_derive(context.get(), octets(secret), &size) != 1) return {};
  secret.resize(size);
  return secret;
}

class Curve25519 : public SshKex {
 public:
  explicit Curve25519(const RandomBytes& random) {
    const std::string seed = random(32);
    key_.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, octets(seed), seed.size()));
    std::size_t size = 32;
    own_.resize(size);
    EVP_PKEY_get_raw_public_key(key_.get(), octets(own_), &size);
  }

 protected:
  const std::string& own() const override { return own_; }
  const char* digest() const override { return "SHA256"; }
  std::string agree(std::string_view theirs) override {
    const Key peer(EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, octets(theirs), theirs.size()));
    return peer ? secret_of(key_.get(), peer.get()) : std::string();
  }

 private:
  Key key_;
  std::string own_;
};

class EllipticCurve : public SshKex {
 public:
  EllipticCurve(const char* curve, const char* digest)
      : curve_(curve), digest_(digest), key_(EVP_EC_gen(curve)) {
    std::size_t size = 0;
    EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, nullptr, 0, &size);
    own_.resize(size);
    EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, octets(own_), own_.size(), &size);
    own_.resize(size);
  }

  /// A public point on a named curve; empty when it is not on it.
  static Key point(const char* curve, std::string_view encoded) {
    std::string copy(encoded);
    std::string name(curve);
    const std::array<OSSL_PARAM, 3> params = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy.data(), copy.size()),
        OSSL_PARAM_construct_end()};
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    EVP_PKEY* made = nullptr;
    if (encoded.empty() || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY,
                          const_cast<OSSL_PARAM*>(params.data())) != 1) {
      return nullptr;
    }
    return Key(made);
  }

 protected:
  const std::string& own() const override { return own_; }
  const char* digest() const override { return digest_; }
  std::string agree(std::string_view theirs) override {
    const Key peer = point(curve_, theirs);
    return peer ? secret_of(key_.get(), peer.get()) : std::string();
  }

 private:
  const char* curve_;
  const char* digest_;
  Key key_;
  std::string own_;
};

class FixedGroup : public SshKex {
 public:
  /// A secret exponent of twice the strength that the group gives is enough (RFC 4253 8.1, RFC 7919 5.2).
  FixedGroup(BIGNUM* (*prime)(BIGNUM*), const char* digest, const RandomBytes& random)
      : digest_(digest), prime_(prime(nullptr)), context_(BN_CTX_new()) {
    const std::string seed = random(64);
    secret_.reset(BN_bin2bn(octets(seed), static_cast<int>(seed.size()), nullptr));
    BN_set_bit(secret_.get(), 511);
    const Number generator(BN_new());
    BN_set_word(generator.get(), 2);
    own_ = mpint(power(generator.get()));
  }

 protected:
  const std::string& own() const override { return own_; }
  const char* digest() const override { return digest_; }
  std::string agree(std::string_view theirs) override {
    const std::size_t longest = static_cast<std::size_t>(BN_num_bytes(prime_.get())) + 1;
    if (theirs.empty() || theirs.size() > longest || (static_cast<unsigned char>(theirs[0]) & 0x80) != 0) {
      return {};
    }
    const Number value(BN_bin2bn(octets(theirs), static_cast<int>(theirs.size()), nullptr));
    const Number most(BN_dup(prime_.get()));
    BN_sub_word(most.get(), 1);
    if (BN_cmp(value.get(), BN_value_one()) <= 0 || BN_cmp(value.get(), most.get()) >= 0) return {};
    return power(value.get());
  }

 private:
  std::string power(const BIGNUM* base) {
    const Number result(BN_new());
    BN_mod_exp(result.get(), base, secret_.get(), prime_.get(), context_.get());
    std::string bytes(static_cast<std::size_t>(BN_num_bytes(result.get())), '\0');
    BN_bn2bin(result.get(), octets(bytes));
    return bytes;
  }

  const char* digest_;
  Number prime_;
  NumberContext context_;
  Number secret_;
  std::string own_;
};

}  // namespace

std::string mpint(std::string_view unsigned_number) {
  while (!unsigned_number.empty() && unsigned_number.front() == '\0') unsigned_number.remove_prefix(1);
  const bool high = !unsigned_number.empty() && (static_cast<unsigned char>(unsigned_number[0]) & 0x80) != 0;
  return (high ? std::string(1, '\0') : std::string()) + std::string(unsigned_number);
}

std::unique_ptr<SshKex> SshKex::create(std::string_view method, const RandomBytes& random) {
  if (method.starts_with("curve25519-sha256")) return std::make_unique<Curve25519>(random);
  if (method == "ecdh-sha2-nistp256") return std::make_unique<EllipticCurve>("P-256", "SHA256");
  if (method == "ecdh-sha2-nistp384") return std::make_unique<EllipticCurve>("P-384", "SHA384");
  if (method == "ecdh-sha2-nistp521") return std::make_unique<EllipticCurve>("P-521", "SHA512");
  const auto group = [&](BIGNUM* (*prime)(BIGNUM*), const char* digest) {
    return std::make_unique<FixedGroup>(prime, digest, random);
  };
  if (method == "diffie-hellman-group14-sha256") return group(BN_get_rfc3526_prime_2048, "SHA256");
  if (method == "diffie-hellman-group16-sha512") return group(BN_get_rfc3526_prime_4096, "SHA512");
  if (method == "diffie-hellman-group18-sha512") return group(BN_get_rfc3526_prime_8192, "SHA512");
  if (method == "diffie-hellman-group14-sha1") return group(BN_get_rfc3526_prime_2048, "SHA1");
  if (method == "diffie-hellman-group1-sha1") return group(BN_get_rfc2409_prime_1024, "SHA1");
  return nullptr;
}

std::string SshKex::first_message() const {
  return ByteWriter().u8(kSshKexFirst).counted(own(), 4).bytes();
}

std::optional<SshKex::Reply> SshKex::finish(std::string_view payload, const SshTranscript& transcript) {
  ByteReader in(payload);
  const bool right = in.u8() == kSshKexReply;
  const std::string_view blob = in.counted(4);
  const std::string_view theirs = in.counted(4);
  const std::string_view signature = in.counted(4);
  if (!right || !in.good()) return std::nullopt;
  const std::string secret = agree(theirs);
  if (secret.empty()) return std::nullopt;
  shared_ = ByteWriter().counted(mpint(secret), 4).bytes();
  ByteWriter text;
  for (const std::string& part : {transcript.client_banner, transcript.server_banner,
                                  transcript.client_kexinit, transcript.server_kexinit}) {
    text.counted(part, 4);
  }
  text.counted(blob, 4).counted(own(), 4).counted(theirs, 4).put(shared_);
  hash_ = digest_of(digest(), text.bytes());
  return Reply{.host_key = read_host_key(blob),
               .verified = verify_host_signature(blob, signature, hash_),
               .hash = hash_};
}

std::string SshKex::derive(char letter, std::size_t size) const {
  std::string key = digest_of(digest(), shared_ + hash_ + letter + hash_);
  while (key.size() < size) key += digest_of(digest(), shared_ + hash_ + key);
  key.resize(size);
  return key;
}

}  // namespace aztriage::probe::wire
