#pragma once

#include "probe/wire/ssh_host_key.h"
#include "probe/wire/ssh_packet.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace aztriage::probe::wire {

/// What both sides said before the keys: the exchange's hash is made of it (RFC 4253 8).
struct SshTranscript {
  std::string client_banner, server_banner;    // without the line's end
  std::string client_kexinit, server_kexinit;  // whole payloads
};

/// A key exchange of the client: curve25519-sha256 (RFC 8731), ECDH on the NIST curves (RFC 5656) and the
/// fixed Diffie-Hellman groups (RFC 4253, 8268). Each makes a new key of its own.
class SshKex {
 public:
  /// Nothing when the method is unknown.
  static std::unique_ptr<SshKex> create(std::string_view method, const RandomBytes& random);
  virtual ~SshKex() = default;

  /// The message that begins it.
  std::string first_message() const;

  struct Reply {
    SshHostKey host_key;
    std::optional<bool> verified;  // whether the host's signature fits; nothing: a key we can't check
    std::string hash;              // H, which is the session's name, too
  };
  /// Nothing when the server's answer breaks the rules.
  std::optional<Reply> finish(std::string_view payload, const SshTranscript& transcript);
  /// The letter's key (RFC 4253 7.2), as long as asked.
  std::string derive(char letter, std::size_t size) const;

 protected:
  virtual const std::string& own() const = 0;  // our public value, as in the message
  /// The shared secret as an unsigned number; empty when the other's value is not allowed.
  virtual std::string agree(std::string_view theirs) = 0;
  virtual const char* digest() const = 0;

 private:
  std::string shared_;  // as mpint
  std::string hash_;
};

/// A number as an mpint's content: no needless zeros, one before a high bit (RFC 4251 5).
std::string mpint(std::string_view unsigned_number);

}  // namespace aztriage::probe::wire
