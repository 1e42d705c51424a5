#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aztriage::decode {

/// Digests as logins need them; bytes in, bytes out.
enum class Digest { md5, sha1, sha256 };
std::string digest(Digest kind, std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);
/// PBKDF2 with HMAC-SHA-256 (RFC 8018), 32 bytes. Its time grows with `rounds`: bound what a server says.
std::string pbkdf2_sha256(std::string_view password, std::string_view salt, int rounds);
/// Fit for secrets.
std::string random_bytes(std::size_t count);
std::string to_hex(std::string_view bytes);

}  // namespace aztriage::decode
