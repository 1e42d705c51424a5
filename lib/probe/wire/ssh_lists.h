#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::probe::wire {

/// Message numbers (RFC 4250 4.1.2, RFC 8308 2.3).
enum SshMessage : unsigned char {
  kSshDisconnect = 1,
  kSshIgnore = 2,
  kSshUnimplemented = 3,
  kSshDebug = 4,
  kSshServiceRequest = 5,
  kSshServiceAccept = 6,
  kSshExtInfo = 7,
  kSshKexInit = 20,
  kSshNewKeys = 21,
  kSshKexFirst = 30,  // ECDH_INIT, DH_INIT
  kSshKexReply = 31,
  kSshLoginRequest = 50,
  kSshLoginFailure = 51,
  kSshLoginSuccess = 52,
  kSshLoginBanner = 53,
};

using SshNames = std::vector<std::string>;

/// What one side is willing to use (RFC 4253 7.1); `in` and `out` as the client sees them.
struct SshAlgorithms {
  SshNames kex, hostkeys, ciphers_out, ciphers_in, macs_out, macs_in, compression_out, compression_in;
  bool guess_follows = false;  // the other side's next packet is a guess
};
std::string write_kexinit(std::string_view cookie, const SshAlgorithms& ours);
/// Nothing when it is malformed. Of a list at most 200 names of at most 100 bytes are kept.
std::optional<SshAlgorithms> read_kexinit(std::string_view payload);
SshNames read_names(std::string_view comma_separated);

/// What we can do, the best first: a current client's choice, then what only old servers have, so that their
/// keys can be seen, too.
const SshAlgorithms& ssh_offer();
/// What OpenSSH 9 offers unless it is configured otherwise.
const SshAlgorithms& current_openssh();

/// Those of `wanted` that stand in `offered`, too, in the order of `wanted`.
SshNames common_names(const SshNames& wanted, const SshNames& offered);

/// The key type that a host key algorithm signs with: `rsa-sha2-256` signs with an `ssh-rsa` key.
std::string_view key_type_of(std::string_view hostkey_algorithm);

}  // namespace aztriage::probe::wire
