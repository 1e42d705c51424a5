#include "probe/wire/smb_messages.h"

#include "probe/wire/bytes.h"

#include <algorithm>

#include <fmt/format.h>

namespace aztriage::probe::wire {
namespace {

constexpr std::string_view kSmb2{"\xfeSMB", 4};
constexpr std::string_view kSmb1{"\xffSMB", 4};
constexpr std::size_t kHead = 64;
constexpr std::uint16_t kNegotiate = 0;
constexpr std::uint16_t kSessionSetup = 1;
constexpr std::uint16_t kSigningEnabled = 1;
constexpr int kMostContexts = 16;

// Types of contexts ([MS-SMB2] 2.2.3.1).
constexpr std::uint16_t kPreauth = 1;
constexpr std::uint16_t kEncryption = 2;
constexpr std::uint16_t kCompression = 3;
constexpr std::uint16_t kNetname = 5;
constexpr std::uint16_t kSigning = 8;

ByteWriter header(std::uint16_t command, std::uint64_t message, std::uint64_t session) {
  ByteWriter out(Order::little);
  out.put(kSmb2).u16(kHead).u16(0).u32(0).u16(command).u16(31).u32(0).u32(0).u64(message);
  out.u32(0xfeff).u32(0).u64(session).u64(0).u64(0);
  return out;
}

void pad8(ByteWriter& out) {
  while (out.size() % 8 != 0) out.u8(0);
}

void put_context(ByteWriter& out, std::uint16_t type, const std::string& data) {
  pad8(out);
  out.u16(type).u16(data.size()).u32(0).put(data);
}

std::string numbers(const std::vector<std::uint16_t>& list) {
  ByteWriter out(Order::little);
  out.u16(list.size());
  for (const std::uint16_t one : list) out.u16(one);
  return out.bytes();
}

int put_contexts(ByteWriter& out, const SmbOffer& offer, std::string_view salt) {
  constexpr std::uint16_t kSha512 = 1;
  put_context(out, kPreauth,
              ByteWriter(Order::little).u16(1).u16(salt.size()).u16(kSha512).put(salt).bytes());
  put_context(out, kEncryption, numbers(offer.ciphers));
  ByteWriter compression(Order::little);
  compression.u16(kSmbCompressions.size()).u16(0).u32(1);  // 1: several may be used together
  for (const SmbDialect& one : kSmbCompressions) compression.u16(one.number);
  put_context(out, kCompression, compression.bytes());
  put_context(out, kSigning, numbers({2, 1, 0}));
  if (offer.server_name.empty()) return 4;
  put_context(out, kNetname, to_utf16(offer.server_name));
  return 5;
}

void read_context(std::uint16_t type, std::string_view data, SmbNegotiated& read) {
  ByteReader in(data, Order::little);
  const std::size_t count = in.u16();
  if (type == kEncryption || type == kSigning) {
    const std::uint16_t first = in.u16();
    if (count == 1 && in.good()) (type == kEncryption ? read.cipher : read.signing) = first;
  } else if (type == kCompression) {
    in.take(6);
    for (std::size_t i = 0; i < count && i < 16; ++i) {
      const std::uint16_t one = in.u16();
      if (in.good()) read.compressions.push_back(one);
    }
  }
}

struct Status {
  std::uint32_t number;
  std::string_view name;
};
constexpr std::array<Status, 30> kStatuses = {{
    {0x00000000, "STATUS_SUCCESS"},
    {0xc0000001, "STATUS_UNSUCCESSFUL"},
    {0xc000000d, "STATUS_INVALID_PARAMETER"},
    {0xc0000010, "STATUS_INVALID_DEVICE_REQUEST"},
    {0xc0000016, "STATUS_MORE_PROCESSING_REQUIRED"},
    {0xc0000022, "STATUS_ACCESS_DENIED"},
    {0xc0000064, "STATUS_NO_SUCH_USER"},
    {0xc000006a, "STATUS_WRONG_PASSWORD"},
    {0xc000006d, "STATUS_LOGON_FAILURE"},
    {0xc000006e, "STATUS_ACCOUNT_RESTRICTION"},
    {0xc000006f, "STATUS_INVALID_LOGON_HOURS"},
    {0xc0000070, "STATUS_INVALID_WORKSTATION"},
    {0xc0000071, "STATUS_PASSWORD_EXPIRED"},
    {0xc0000072, "STATUS_ACCOUNT_DISABLED"},
    {0xc000009a, "STATUS_INSUFFICIENT_RESOURCES"},
    {0xc00000b5, "STATUS_IO_TIMEOUT"},
    {0xc00000ba, "STATUS_FILE_IS_A_DIRECTORY"},
    {0xc00000bb, "STATUS_NOT_SUPPORTED"},
    {0xc00000c9, "STATUS_NETWORK_NAME_DELETED"},
    {0xc00000ca, "STATUS_NETWORK_ACCESS_DENIED"},
    {0xc00000cc, "STATUS_BAD_NETWORK_NAME"},
    {0xc00000d0, "STATUS_REQUEST_NOT_ACCEPTED"},
    {0xc000015b, "STATUS_LOGON_TYPE_NOT_GRANTED"},
    {0xc0000193, "STATUS_ACCOUNT_EXPIRED"},
    {0xc0000203, "STATUS_USER_SESSION_DELETED"},
    {0xc0000224, "STATUS_PASSWORD_MUST_CHANGE"},
    {0xc0000234, "STATUS_ACCOUNT_LOCKED_OUT"},
    {0xc000035c, "STATUS_NETWORK_SESSION_EXPIRED"},
    {0xc0000388, "STATUS_DOWNGRADE_DETECTED"},
    {0xc0000418, "STATUS_NTLM_BLOCKED"},
}};

}  // namespace

std::string smb_status_name(std::uint32_t status) {
  const auto found = std::find_if(kStatuses.begin(), kStatuses.end(),
                                  [&](const Status& one) { return one.number == status; });
  return found == kStatuses.end() ? fmt::format("0x{:08X}", status) : std::string(found->name);
}

std::string smb_frame(std::string_view message) {
  return ByteWriter().u32(message.size()).put(message).bytes();
}

std::string smb_negotiate(const SmbOffer& offer, std::string_view guid, std::string_view salt) {
  constexpr std::uint32_t kEverything = 0x7f;  // capabilities, up to encryption
  const bool contexts = std::find(offer.dialects.begin(), offer.dialects.end(), kSmbDialects.back().number) !=
                        offer.dialects.end();
  ByteWriter list(Order::little);
  int count = 0;
  if (contexts) count = put_contexts(list, offer, salt);
  const std::size_t dialects_end = kHead + 36 + 2 * offer.dialects.size();
  const std::size_t contexts_at = (dialects_end + 7) / 8 * 8;
  ByteWriter out = header(kNegotiate, 0, 0);
  out.u16(36).u16(offer.dialects.size()).u16(kSigningEnabled).u16(0).u32(kEverything).put(guid);
  out.u32(contexts ? contexts_at : 0).u16(static_cast<std::uint64_t>(count)).u16(0);
  for (const std::uint16_t dialect : offer.dialects) out.u16(dialect);
  if (contexts) pad8(out);
  out.put(list.bytes());
  return out.bytes();
}

std::string smb_session_setup(std::uint64_t message, std::uint64_t session, std::string_view token) {
  ByteWriter out = header(kSessionSetup, message, session);
  out.u16(25).u8(0).u8(kSigningEnabled).u32(1).u32(0).u16(kHead + 24).u16(token.size()).u64(0).put(token);
  return out.bytes();
}

std::string smb1_negotiate() {
  constexpr std::string_view kDialect{"\x02NT LM 0.12\0", 12};
  ByteWriter out(Order::little);
  out.put(kSmb1).u8(0x72).u32(0).u8(0x18).u16(0xc843).put(std::string(12, '\0'));
  out.u16(0xffff).u16(0xfeff).u16(0).u16(0);
  out.u8(0).u16(kDialect.size()).put(kDialect);
  return out.bytes();
}

std::optional<SmbHeader> read_smb_header(std::string_view message) {
  ByteReader in(message, Order::little);
  if (in.take(4) != kSmb2 || in.u16() != kHead) return std::nullopt;
  SmbHeader read;
  in.u16();
  read.status = in.u32();
  read.command = in.u16();
  in.take(2 + 4 + 4 + 8 + 8);  // credits, flags, next, message, process and tree
  read.session = in.u64();
  in.take(16);
  if (!in.good()) return std::nullopt;
  return read;
}

std::optional<SmbNegotiated> read_smb_negotiated(std::string_view message) {
  ByteReader in(message, Order::little);
  in.take(kHead);
  const std::uint16_t size = in.u16();
  SmbNegotiated read;
  read.security = in.u16();
  read.dialect = in.u16();
  const int contexts = in.u16();
  read.guid = std::string(in.take(16));
  read.capabilities = in.u32();
  read.max_transact = in.u32();
  read.max_read = in.u32();
  read.max_write = in.u32();
  read.time = in.u64();
  read.started = in.u64();
  const std::size_t token_at = in.u16();
  const std::size_t token_length = in.u16();
  const std::size_t contexts_at = in.u32();
  if (!in.good() || size != 65) return std::nullopt;
  read.token = std::string(piece_of(message, token_at, token_length));
  if (read.dialect != kSmbDialects.back().number || contexts_at > message.size()) return read;
  ByteReader list(message.substr(contexts_at), Order::little);
  for (int i = 0; i < std::min(contexts, kMostContexts) && list.good(); ++i) {
    list.take((8 - list.at() % 8) % 8);
    const std::uint16_t type = list.u16();
    const std::size_t length = list.u16();
    list.u32();
    const std::string_view data = list.take(length);
    if (list.good()) read_context(type, data, read);
  }
  return read;
}

std::optional<SmbSession> read_smb_session(std::string_view message) {
  ByteReader in(message, Order::little);
  in.take(kHead);
  const std::uint16_t size = in.u16();
  SmbSession read;
  read.flags = in.u16();
  const std::size_t token_at = in.u16();
  const std::size_t token_length = in.u16();
  if (!in.good() || size != 9) return std::nullopt;
  read.token = std::string(piece_of(message, token_at, token_length));
  return read;
}

std::optional<bool> smb1_accepts(std::string_view message) {
  ByteReader in(message, Order::little);
  if (in.take(4) != kSmb1 || in.u8() != 0x72) return std::nullopt;
  const std::uint32_t status = in.u32();
  in.take(23);
  const unsigned words = in.u8();
  const std::uint16_t index = in.u16();
  return status == 0 && words > 0 && in.good() && index == 0;
}

}  // namespace aztriage::probe::wire
