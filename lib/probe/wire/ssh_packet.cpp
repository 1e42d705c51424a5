#include "probe/wire/ssh_packet.h"

#include "probe/wire/bytes.h"

#include <algorithm>
#include <array>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

namespace aztriage::probe::wire {
namespace {

// RFC 4253 6.1 wants 35000 bytes to be taken; OpenSSH takes and sends up to 256 KiB.
constexpr std::uint32_t kLongestPacket = 256 * 1024;
constexpr std::size_t kTag = 16;

struct CipherInfo {
  std::string_view name;
  const EVP_CIPHER* (*make)();
  std::size_t key;
  std::size_t vector;
  std::size_t block;
};
constexpr std::array<CipherInfo, 10> kCiphers = {{
    {"aes128-gcm@openssh.com", EVP_aes_128_gcm, 16, 12, 16},
    {"aes256-gcm@openssh.com", EVP_aes_256_gcm, 32, 12, 16},
    {"aes128-ctr", EVP_aes_128_ctr, 16, 16, 16},
    {"aes192-ctr", EVP_aes_192_ctr, 24, 16, 16},
    {"aes256-ctr", EVP_aes_256_ctr, 32, 16, 16},
    {"aes128-cbc", EVP_aes_128_cbc, 16, 16, 16},
    {"aes192-cbc", EVP_aes_192_cbc, 24, 16, 16},
    {"aes256-cbc", EVP_aes_256_cbc, 32, 16, 16},
    {"3des-cbc", EVP_des_ede3_cbc, 24, 8, 8},
    {"chacha20-poly1305@openssh.com", EVP_chacha20, 64, 0, 8},
}};

struct MacInfo {
  std::string_view name;
  const EVP_MD* (*make)();
  std::size_t size;  // of key and code
  bool first_encrypt;
};
constexpr std::array<MacInfo, 6> kMacs = {{
    {"hmac-sha2-256-etm@openssh.com", EVP_sha256, 32, true},
    {"hmac-sha2-512-etm@openssh.com", EVP_sha512, 64, true},
    {"hmac-sha1-etm@openssh.com", EVP_sha1, 20, true},
    {"hmac-sha2-256", EVP_sha256, 32, false},
    {"hmac-sha2-512", EVP_sha512, 64, false},
    {"hmac-sha1", EVP_sha1, 20, false},
}};

const CipherInfo* cipher_of(std::string_view name) {
  const auto found =
      std::find_if(kCiphers.begin(), kCiphers.end(), [&](const CipherInfo& c) { return c.name == name; });
  return found == kCiphers.end() ? nullptr : &*found;
}
const MacInfo* mac_of(std::string_view name) {
  const auto found =
      std::find_if(kMacs.begin(), kMacs.end(), [&](const MacInfo& mac) { return mac.name == name; });
  return found == kMacs.end() ? nullptr : &*found;
}
bool is_gcm(const CipherInfo* cipher) {
  return cipher != nullptr && cipher->name.find("gcm") != std::string_view::npos;
}
bool is_chacha(const CipherInfo* cipher) {
  return cipher != nullptr && cipher->name.starts_with("chacha20");
}

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* octets(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

std::uint32_t length_in(std::string_view bytes) {
  return ByteReader(bytes).u32();
}
bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

SshDirection::Got broken(std::string why) {
  return {.payload = std::nullopt, .broken = std::move(why)};
}

struct CipherFree {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, CipherFree>;

/// ChaCha20 as it was first published: a nonce of 64 bits, here the packet's number, and a block counter.
std::string chacha(std::string_view key, std::uint32_t sequence, std::uint8_t block, std::string_view text) {
  std::string vector(16, '\0');
  vector[0] = static_cast<char>(block);
  vector.replace(8, 8, ByteWriter().u64(sequence).bytes());
  const CipherContext context(EVP_CIPHER_CTX_new());
  std::string out(text.size(), '\0');
  int made = 0;
  EVP_EncryptInit_ex(context.get(), EVP_chacha20(), nullptr, octets(key), octets(vector));
  EVP_EncryptUpdate(context.get(), octets(out), &made, octets(text), static_cast<int>(text.size()));
  return out;
}

std::string poly1305(std::string_view key, std::string_view text) {
  std::string tag(kTag, '\0');
  std::size_t size = tag.size();
  EVP_PKEY* one_time = EVP_PKEY_new_raw_private_key(EVP_PKEY_POLY1305, nullptr, octets(key), key.size());
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestSignInit(context, nullptr, nullptr, nullptr, one_time);
  EVP_DigestSign(context, octets(tag), &size, octets(text), text.size());
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(one_time);
  return tag;
}

}  // namespace

std::string system_random(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(octets(bytes), static_cast<int>(count)) != 1) bytes.assign(count, '\0');
  return bytes;
}

struct SshDirection::Guard {
  const CipherInfo* cipher = nullptr;
  const MacInfo* mac = nullptr;
  std::string key;
  std::string mac_key;
  std::string vector;  // of GCM: counts on with each packet
  CipherContext context;

  std::size_t block() const { return cipher == nullptr ? 8 : cipher->block; }

  std::string crypt(std::string_view text) const {
    if (cipher == nullptr) return std::string(text);
    std::string out(text.size() + 16, '\0');
    int made = 0;
    EVP_CipherUpdate(context.get(), octets(out), &made, octets(text), static_cast<int>(text.size()));
    out.resize(static_cast<std::size_t>(made));
    return out;
  }
  /// `prefix` with the packet's number before it is what the code is made of.
  std::string code(std::uint32_t sequence, std::string_view packet) const {
    if (mac == nullptr) return {};
    const std::string text = ByteWriter().u32(sequence).put(packet).bytes();
    std::string out(mac->size, '\0');
    unsigned size = 0;
    HMAC(mac->make(), mac_key.data(), static_cast<int>(mac_key.size()), octets(text), text.size(),
         octets(out), &size);
    return out;
  }
  void next_vector() {
    for (std::size_t i = vector.size(); i-- > 4;) {
      if (++vector[i] != 0) return;
    }
  }
};

SshSizes sizes_of(const SshProtection& protection) {
  SshSizes sizes;
  const CipherInfo* cipher = cipher_of(protection.cipher);
  if (cipher != nullptr) {
    sizes.key = cipher->key;
    sizes.vector = cipher->vector;
  }
  const MacInfo* mac = mac_of(protection.mac);
  if (mac != nullptr && !is_gcm(cipher) && !is_chacha(cipher)) sizes.mac_key = mac->size;
  return sizes;
}

SshDirection::SshDirection() : guard_(std::make_unique<Guard>()) {}
SshDirection::~SshDirection() = default;
SshDirection::SshDirection(SshDirection&&) noexcept = default;
SshDirection& SshDirection::operator=(SshDirection&&) noexcept = default;

void SshDirection::protect(const SshProtection& protection, std::string_view key, std::string_view vector,
                           std::string_view mac_key, bool sending) {
  auto guard = std::make_unique<Guard>();
  guard->cipher = cipher_of(protection.cipher);
  guard->key = std::string(key);
  guard->vector = std::string(vector);
  if (!is_gcm(guard->cipher) && !is_chacha(guard->cipher)) {
    guard->mac = mac_of(protection.mac);
    guard->mac_key = std::string(mac_key);
    if (guard->cipher != nullptr) {
      guard->context.reset(EVP_CIPHER_CTX_new());
      EVP_CipherInit_ex(guard->context.get(), guard->cipher->make(), nullptr, octets(key), octets(vector),
                        sending ? 1 : 0);
      EVP_CIPHER_CTX_set_padding(guard->context.get(), 0);
    }
  }
  guard_ = std::move(guard);
  head_.clear();
}

std::string SshDirection::wrap(std::string_view payload, const RandomBytes& random) {
  const bool gcm = is_gcm(guard_->cipher);
  const bool poly = is_chacha(guard_->cipher);
  const bool etm = guard_->mac != nullptr && guard_->mac->first_encrypt;
  // The padding fills up what is encrypted: without the length where that stays in the open.
  const std::size_t block = guard_->block();
  const std::size_t counted = payload.size() + 1 + (gcm || poly || etm ? 0 : 4);
  std::size_t padding = block - counted % block;
  if (padding < 4) padding += block;
  const std::string length = ByteWriter().u32(payload.size() + padding + 1).bytes();
  const std::string body = ByteWriter().u8(padding).put(payload).put(random(padding)).bytes();
  const std::uint32_t sequence = sequence_++;
  if (poly) {
    const std::string_view keys = guard_->key;
    const std::string sealed =
        chacha(keys.substr(32), sequence, 0, length) + chacha(keys.substr(0, 32), sequence, 1, body);
    const std::string once = chacha(keys.substr(0, 32), sequence, 0, std::string(32, '\0'));
    return sealed + poly1305(once, sealed);
  }
  if (gcm) {
    const CipherContext context(EVP_CIPHER_CTX_new());
    std::string sealed(body.size(), '\0');
    std::string tag(kTag, '\0');
    int made = 0;
    EVP_EncryptInit_ex(context.get(), guard_->cipher->make(), nullptr, octets(guard_->key),
                       octets(guard_->vector));
    EVP_EncryptUpdate(context.get(), nullptr, &made, octets(length), static_cast<int>(length.size()));
    EVP_EncryptUpdate(context.get(), octets(sealed), &made, octets(body), static_cast<int>(body.size()));
    EVP_EncryptFinal_ex(context.get(), octets(sealed) + made, &made);
    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTag, tag.data());
    guard_->next_vector();
    return length + sealed + tag;
  }
  if (etm) {
    const std::string sealed = length + guard_->crypt(body);
    return sealed + guard_->code(sequence, sealed);
  }
  const std::string packet = length + body;
  return guard_->crypt(packet) + guard_->code(sequence, packet);
}

bool SshDirection::length_ok(std::uint32_t length) const {
  return length >= 5 && length <= kLongestPacket;
}

SshDirection::Got SshDirection::unwrap(std::string& bytes) {
  Got got;
  if (is_gcm(guard_->cipher)) {
    got = open_gcm(bytes);
  } else if (is_chacha(guard_->cipher)) {
    got = open_chacha(bytes);
  } else if (guard_->mac != nullptr && guard_->mac->first_encrypt) {
    got = open_etm(bytes);
  } else {
    got = open_plain_mac(bytes);
  }
  if (got.payload) ++sequence_;
  return got;
}

/// `packet` is all behind the length: padding length, payload, padding.
SshDirection::Got SshDirection::payload_of(std::string_view packet) const {
  const std::size_t padding = packet.empty() ? 0 : static_cast<unsigned char>(packet[0]);
  if (packet.size() < padding + 2) return wire::broken("a packet's padding is longer than the packet");
  return {.payload = std::string(packet.substr(1, packet.size() - padding - 1)), .broken = {}};
}

SshDirection::Got SshDirection::open_gcm(std::string& bytes) {
  if (bytes.size() < 4) return {};
  const std::uint32_t length = length_in(bytes);
  if (!length_ok(length)) return wire::broken("a packet's length makes no sense");
  if (bytes.size() < 4 + length + kTag) return {};
  const CipherContext context(EVP_CIPHER_CTX_new());
  std::string packet(length, '\0');
  std::string tag = bytes.substr(4 + length, kTag);
  int made = 0;
  EVP_DecryptInit_ex(context.get(), guard_->cipher->make(), nullptr, octets(guard_->key),
                     octets(guard_->vector));
  EVP_DecryptUpdate(context.get(), nullptr, &made, octets(bytes), 4);
  EVP_DecryptUpdate(context.get(), octets(packet), &made, octets(bytes) + 4, static_cast<int>(length));
  EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTag, tag.data());
  if (EVP_DecryptFinal_ex(context.get(), octets(packet) + made, &made) != 1) {
    return wire::broken("a packet's code does not fit");
  }
  guard_->next_vector();
  bytes.erase(0, 4 + length + kTag);
  return payload_of(packet);
}

SshDirection::Got SshDirection::open_chacha(std::string& bytes) {
  if (bytes.size() < 4) return {};
  const std::string_view keys = guard_->key;
  const std::uint32_t length =
      length_in(chacha(keys.substr(32), sequence_, 0, std::string_view(bytes).substr(0, 4)));
  if (!length_ok(length)) return wire::broken("a packet's length makes no sense");
  if (bytes.size() < 4 + length + kTag) return {};
  const std::string once = chacha(keys.substr(0, 32), sequence_, 0, std::string(32, '\0'));
  if (!equal(poly1305(once, std::string_view(bytes).substr(0, 4 + length)),
             std::string_view(bytes).substr(4 + length, kTag))) {
    return wire::broken("a packet's code does not fit");
  }
  const std::string packet =
      chacha(keys.substr(0, 32), sequence_, 1, std::string_view(bytes).substr(4, length));
  bytes.erase(0, 4 + length + kTag);
  return payload_of(packet);
}

SshDirection::Got SshDirection::open_etm(std::string& bytes) {
  if (bytes.size() < 4) return {};
  const std::uint32_t length = length_in(bytes);
  if (!length_ok(length) || length % guard_->block() != 0) {
    return wire::broken("a packet's length makes no sense");
  }
  const std::size_t code = guard_->mac->size;
  if (bytes.size() < 4 + length + code) return {};
  const std::string_view sealed = std::string_view(bytes).substr(0, 4 + length);
  if (!equal(guard_->code(sequence_, sealed), std::string_view(bytes).substr(4 + length, code))) {
    return wire::broken("a packet's code does not fit");
  }
  const std::string packet = guard_->crypt(sealed.substr(4));
  bytes.erase(0, 4 + length + code);
  return payload_of(packet);
}

SshDirection::Got SshDirection::open_plain_mac(std::string& bytes) {
  const std::size_t block = guard_->block();
  if (head_.empty()) {
    if (bytes.size() < block) return {};
    head_ = guard_->crypt(std::string_view(bytes).substr(0, block));
  }
  const std::uint32_t length = length_in(head_);
  if (!length_ok(length) || (length + 4) % block != 0) {
    return wire::broken("a packet's length makes no sense");
  }
  const std::size_t code = guard_->mac == nullptr ? 0 : guard_->mac->size;
  if (bytes.size() < 4 + length + code) return {};
  const std::string packet = head_ + guard_->crypt(std::string_view(bytes).substr(block, 4 + length - block));
  if (!equal(guard_->code(sequence_, packet), std::string_view(bytes).substr(4 + length, code))) {
    return wire::broken("a packet's code does not fit");
  }
  head_.clear();
  bytes.erase(0, 4 + length + code);
  return payload_of(std::string_view(packet).substr(4));
}

}  // namespace aztriage::probe::wire
