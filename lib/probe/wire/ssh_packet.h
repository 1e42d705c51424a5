#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace aztriage::probe::wire {

/// Bytes that nobody can guess; tests and fuzzers give their own.
using RandomBytes = std::function<std::string(std::size_t)>;
std::string system_random(std::size_t count);

/// How one direction is protected: a cipher and a MAC by their names, which are ours to offer.
struct SshProtection {
  std::string cipher = "none";
  std::string mac = "none";
};

/// How many bytes of key and first vector a cipher takes, and of key a MAC takes; 0 for "none".
struct SshSizes {
  std::size_t key = 0;
  std::size_t vector = 0;
  std::size_t mac_key = 0;
};
SshSizes sizes_of(const SshProtection& protection);

/// One direction of the binary packet protocol (RFC 4253 6), with AES-GCM and encrypt-then-MAC as OpenSSH
/// does them (its PROTOCOL 1.6, 1.5 and PROTOCOL.chacha20poly1305).
class SshDirection {
 public:
  SshDirection();
  ~SshDirection();
  SshDirection(SshDirection&&) noexcept;
  SshDirection& operator=(SshDirection&&) noexcept;

  /// From the next packet on. The keys have the lengths that `sizes_of` says.
  void protect(const SshProtection& protection, std::string_view key, std::string_view vector,
               std::string_view mac_key, bool sending);

  std::string wrap(std::string_view payload, const RandomBytes& random);

  struct Got {
    std::optional<std::string> payload;  // nothing: wait for more
    std::string broken;                  // why no packet can ever be read again
  };
  /// Takes one packet from the front of `bytes`, which holds what has come so far.
  Got unwrap(std::string& bytes);

 private:
  struct Guard;
  bool length_ok(std::uint32_t length) const;
  Got open_gcm(std::string& bytes);
  Got open_chacha(std::string& bytes);
  Got open_etm(std::string& bytes);
  Got open_plain_mac(std::string& bytes);
  Got payload_of(std::string_view packet) const;

  std::unique_ptr<Guard> guard_;
  std::uint32_t sequence_ = 0;
  std::string head_;  // the first block of a packet, opened already, while the rest is awaited
};

}  // namespace aztriage::probe::wire
