#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aztriage::probe::wire {

/// A server's public key as it stands in the protocol, and what can be told of it.
struct SshHostKey {
  std::string blob;
  std::string type;         // "ssh-ed25519"
  std::string fingerprint;  // "SHA256:..." as OpenSSH prints it
  int bits = 0;             // 0: unreadable
};
SshHostKey read_host_key(std::string_view blob);

/// Whether `signature` is the key's over `text`; nothing for kinds of keys that we do not know.
std::optional<bool> verify_host_signature(std::string_view key_blob, std::string_view signature,
                                          std::string_view text);

/// A fingerprint as people have it: `SHA256:...` alone or within what ssh-keygen or a known_hosts line says,
/// or a public key, of which it is made. Nothing when there is neither.
struct KnownHostKey {
  std::string fingerprint;
  std::string type;  // empty when only the fingerprint is known
};
std::optional<KnownHostKey> read_known_host_key(std::string_view text);

}  // namespace aztriage::probe::wire
