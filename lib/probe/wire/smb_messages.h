#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::probe::wire {

/// Messages of [MS-SMB2] 2.2 on direct TCP, as far as a session without a user needs them; of SMB 1 only the
/// question whether it is spoken at all ([MS-SMB] 2.2.4.5).
struct SmbDialect {
  std::uint16_t number;
  std::string_view name;
};
inline constexpr std::array<SmbDialect, 5> kSmbDialects = {
    {{0x0202, "2.0.2"}, {0x0210, "2.1"}, {0x0300, "3.0"}, {0x0302, "3.0.2"}, {0x0311, "3.1.1"}}};
/// In the order of preference.
inline constexpr std::array<SmbDialect, 4> kSmbCiphers = {
    {{2, "aes-128-gcm"}, {4, "aes-256-gcm"}, {1, "aes-128-ccm"}, {3, "aes-256-ccm"}}};
inline constexpr std::array<SmbDialect, 3> kSmbSignings = {
    {{0, "hmac-sha256"}, {1, "aes-cmac"}, {2, "aes-gmac"}}};
inline constexpr std::array<SmbDialect, 5> kSmbCompressions = {
    {{1, "lznt1"}, {2, "lz77"}, {3, "lz77-huffman"}, {4, "pattern-v1"}, {5, "lz4"}}};

inline constexpr std::uint32_t kSmbSuccess = 0;
inline constexpr std::uint32_t kSmbPending = 0x103;
inline constexpr std::uint32_t kSmbMoreProcessing = 0xc0000016;
/// "STATUS_ACCESS_DENIED", or the number in hexadecimal ([MS-ERREF] 2.3.1).
std::string smb_status_name(std::uint32_t status);

struct SmbOffer {
  std::vector<std::uint16_t> dialects;
  std::vector<std::uint16_t> ciphers;  // of 3.1.1
  std::string server_name;             // as 3.1.1 tells it the server
};
std::string smb_negotiate(const SmbOffer& offer, std::string_view guid, std::string_view salt);
std::string smb_session_setup(std::uint64_t message, std::uint64_t session, std::string_view token);
/// SMB 1 alone: "NT LM 0.12".
std::string smb1_negotiate();
/// The frame of direct TCP around a message ([MS-SMB2] 2.1).
std::string smb_frame(std::string_view message);

struct SmbHeader {
  std::uint16_t command = 0;
  std::uint32_t status = 0;
  std::uint64_t session = 0;
};
std::optional<SmbHeader> read_smb_header(std::string_view message);

struct SmbNegotiated {
  std::uint16_t dialect = 0;
  std::uint16_t security = 0;  // 1 signing enabled, 2 required
  std::uint32_t capabilities = 0;
  std::string guid;
  std::uint32_t max_transact = 0, max_read = 0, max_write = 0;
  std::uint64_t time = 0, started = 0;  // FILETIME
  std::string token;
  // Of 3.1.1: what the contexts say.
  std::optional<std::uint16_t> cipher, signing;
  std::vector<std::uint16_t> compressions;
};
std::optional<SmbNegotiated> read_smb_negotiated(std::string_view message);

struct SmbSession {
  std::uint16_t flags = 0;  // 1 guest, 2 nobody, 4 encryption is required
  std::string token;
};
std::optional<SmbSession> read_smb_session(std::string_view message);

/// Whether an SMB 1 answer takes the dialect; nothing when it is no SMB 1 answer.
std::optional<bool> smb1_accepts(std::string_view message);

}  // namespace aztriage::probe::wire
