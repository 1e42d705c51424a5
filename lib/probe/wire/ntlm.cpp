#include "probe/wire/ntlm.h"

#include "base/text.h"
#include "probe/wire/bytes.h"
#include "probe/wire/der.h"

#include <algorithm>

#include <fmt/format.h>

namespace aztriage::probe::wire {
namespace {

constexpr std::string_view kSignature{"NTLMSSP\0", 8};
constexpr std::size_t kLongestName = 255;
constexpr int kMostPairs = 64;
constexpr std::size_t kMostMechanisms = 20;

// [MS-NLMP] 2.2.2.5
constexpr std::uint32_t kUnicode = 0x1;
constexpr std::uint32_t kRequestTarget = 0x4;
constexpr std::uint32_t kNtlm = 0x200;
constexpr std::uint32_t kAnonymous = 0x800;
constexpr std::uint32_t kAlwaysSign = 0x8000;
constexpr std::uint32_t kExtendedSecurity = 0x80000;
constexpr std::uint32_t kTargetInfo = 0x800000;
constexpr std::uint32_t kVersion = 0x2000000;
constexpr std::uint32_t k128 = 0x20000000;
constexpr std::uint32_t k56 = 0x80000000;
constexpr std::uint32_t kOurs =
    kUnicode | kRequestTarget | kNtlm | kAlwaysSign | kExtendedSecurity | kTargetInfo | kVersion | k128 | k56;

constexpr std::string_view kSpnegoOid{"\x2b\x06\x01\x05\x05\x02", 6};
constexpr std::string_view kNtlmOid{"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a", 10};

struct Mechanism {
  std::string_view oid;
  std::string_view name;
};
constexpr std::array<Mechanism, 5> kMechanisms = {{
    {kNtlmOid, "ntlm"},
    {{"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", 9}, "kerberos"},
    {{"\x2a\x86\x48\x82\xf7\x12\x01\x02\x02", 9}, "ms-kerberos"},
    {{"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x03", 10}, "kerberos-user-to-user"},
    {{"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x1e", 10}, "negoex"},
}};

/// X.690 8.19: two numbers in the first byte, then seven bits a byte.
std::string dotted(std::string_view oid) {
  std::string out;
  std::uint64_t number = 0;
  for (const char c : oid.substr(0, 32)) {
    const auto byte = static_cast<unsigned char>(c);
    number = (number << 7) | (byte & 0x7fU);
    if ((byte & 0x80U) != 0) continue;
    out += out.empty() ? fmt::format("{}.{}", std::min<std::uint64_t>(number / 40, 2),
                                     number < 80 ? number % 40 : number - 80)
                       : fmt::format(".{}", number);
    number = 0;
  }
  return out;
}

std::string mechanism_name(std::string_view oid) {
  const auto known = std::find_if(kMechanisms.begin(), kMechanisms.end(),
                                  [&](const Mechanism& one) { return one.oid == oid; });
  return known == kMechanisms.end() ? dotted(oid) : std::string(known->name);
}

ByteWriter message(std::uint32_t type) {
  ByteWriter out(Order::little);
  out.put(kSignature).u32(type);
  return out;
}

void put_version(ByteWriter& out) {
  out.u8(10).u8(0).u16(20348).u8(0).u8(0).u8(0).u8(15);
}

std::string name_of(std::string_view utf16) {
  return text::to_utf8(from_utf16(utf16.substr(0, kLongestName * 2)).substr(0, kLongestName));
}

std::string& name_for(NtlmChallenge& challenge, std::uint16_t id, std::string& other) {
  switch (id) {
    case 1:
      return challenge.computer;
    case 2:
      return challenge.domain;
    case 3:
      return challenge.dns_computer;
    case 4:
      return challenge.dns_domain;
    case 5:
      return challenge.forest;
    default:
      return other;
  }
}

/// [MS-NLMP] 2.2.2.1
void read_pairs(std::string_view bytes, NtlmChallenge& challenge) {
  constexpr std::uint16_t kTimestamp = 7;
  ByteReader in(bytes, Order::little);
  for (int i = 0; i < kMostPairs; ++i) {
    const std::uint16_t id = in.u16();
    const std::string_view value = in.counted(2);
    if (!in.good() || id == 0) return;
    std::string ignored;
    if (id == kTimestamp && value.size() == 8) {
      challenge.time = seconds_of_filetime(ByteReader(value, Order::little).u64());
    } else {
      name_for(challenge, id, ignored) = name_of(value);
    }
  }
}

}  // namespace

std::string ntlm_negotiate() {
  ByteWriter out = message(1);
  out.u32(kOurs).u64(0).u64(0);
  put_version(out);
  return out.bytes();
}

std::optional<NtlmChallenge> read_ntlm_challenge(std::string_view bytes) {
  ByteReader in(bytes, Order::little);
  if (in.take(8) != kSignature || in.u32() != 2) return std::nullopt;
  const std::size_t target_length = in.u16();
  in.u16();
  const std::size_t target_at = in.u32();
  NtlmChallenge challenge;
  challenge.flags = in.u32();
  in.take(16);  // the challenge itself, reserved
  if (!in.good()) return std::nullopt;
  // The rest came with later versions of NTLM.
  const std::size_t info_length = in.u16();
  in.u16();
  const std::size_t info_at = in.u32();
  if (in.good()) read_pairs(piece_of(bytes, info_at, info_length), challenge);
  const unsigned major = in.u8();
  const unsigned minor = in.u8();
  const unsigned build = in.u16();
  if (in.good() && (challenge.flags & kVersion) != 0 && major > 0) {
    challenge.version = fmt::format("{}.{}.{}", major, minor, build);
  }
  if (challenge.domain.empty() && (challenge.flags & kUnicode) != 0) {
    challenge.domain = name_of(piece_of(bytes, target_at, target_length));
  }
  return challenge;
}

std::string ntlm_anonymous(const NtlmChallenge& challenge) {
  constexpr std::size_t kHead = 72;  // fixed fields with the version, without an integrity code
  ByteWriter out = message(3);
  out.u16(1).u16(1).u32(kHead);  // the LM answer: one zero
  for (int i = 0; i < 5; ++i) out.u16(0).u16(0).u32(kHead + 1);
  out.u32((challenge.flags & kOurs & ~kTargetInfo) | kAnonymous);
  put_version(out);
  out.u8(0);
  return out.bytes();
}

std::string spnego_first(std::string_view ntlm) {
  const std::string mechanisms =
      make_der(der_context(0), make_der(kDerSequence, make_der(kDerOid, kNtlmOid)));
  const std::string token = make_der(der_context(2), make_der(kDerOctets, ntlm));
  const std::string init = make_der(der_context(0), make_der(kDerSequence, mechanisms + token));
  return make_der(0x60, make_der(kDerOid, kSpnegoOid) + init);
}

std::string spnego_next(std::string_view ntlm) {
  return make_der(der_context(1),
                  make_der(kDerSequence, make_der(der_context(2), make_der(kDerOctets, ntlm))));
}

std::optional<SpnegoToken> read_spnego(std::string_view bytes) {
  SpnegoToken read;
  if (bytes.starts_with(kSignature)) {
    read.token = std::string(bytes);
    return read;
  }
  std::optional<std::string_view> fields;
  const bool first = !bytes.empty() && bytes[0] == 0x60;
  if (first) {
    const auto all = inside_der(bytes, 0x60);
    if (!all || find_der(*all, kDerOid) != kSpnegoOid) return std::nullopt;
    if (const auto init = find_der(*all, der_context(0))) fields = inside_der(*init, kDerSequence);
  } else if (const auto next = inside_der(bytes, der_context(1))) {
    fields = inside_der(*next, kDerSequence);
  }
  if (!fields) return std::nullopt;
  if (first) {
    const auto list = find_der(*fields, der_context(0));
    auto oids = list ? inside_der(*list, kDerSequence) : std::nullopt;
    while (oids && read.mechanisms.size() < kMostMechanisms) {
      const auto oid = take_der(*oids);
      if (!oid) break;
      if (oid->tag == kDerOid) read.mechanisms.push_back(mechanism_name(oid->content));
    }
  } else if (const auto state = find_der(*fields, der_context(0))) {
    const auto value = inside_der(*state, kDerEnumerated);
    if (value && value->size() == 1) read.state = static_cast<unsigned char>((*value)[0]);
  }
  if (const auto token = find_der(*fields, der_context(2))) {
    if (const auto octets = inside_der(*token, kDerOctets)) read.token = std::string(*octets);
  }
  return read;
}

void fill_ntlm(const NtlmChallenge& challenge, fact::Observation& seen) {
  seen.read.insert("ntlm");
  const auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) seen.facts.insert_or_assign(name, fact::Value::text(value));
  };
  put("ntlm.computer", challenge.computer);
  put("ntlm.domain", challenge.domain);
  put("ntlm.dns-computer", challenge.dns_computer);
  put("ntlm.dns-domain", challenge.dns_domain);
  put("ntlm.forest", challenge.forest);
  put("ntlm.version", challenge.version);
}

}  // namespace aztriage::probe::wire
