#include "probe/wire/ntp.h"

#include "probe/wire/bytes.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace aztriage::probe::wire {
namespace {

constexpr std::size_t kPacket = 48;
constexpr std::uint8_t kClientVersion4 = 0x23;
constexpr int kServerMode = 4;
constexpr double kFrom1900To1970 = 2208988800.0;
constexpr double kEra = 4294967296.0;

/// Fixed point: 16 bits before the point, 16 behind it.
double short_time(std::uint32_t value) {
  return value / 65536.0;
}

/// 32 bits of seconds in an era, 32 of fraction: the moment nearest to now.
double long_time(std::uint64_t value, double now) {
  if (value == 0) return 0;
  const double seconds = static_cast<double>(value >> 32) + static_cast<double>(value & 0xffffffff) / kEra;
  const double first = seconds - kFrom1900To1970;
  return first + std::round((now - first) / kEra) * kEra;
}

/// Up to four letters, padded by zeros; empty when they are none.
std::string letters(std::string_view bytes) {
  std::string_view text = bytes.substr(0, bytes.find('\0'));
  const bool good = std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
  return good ? std::string(text) : std::string{};
}

}  // namespace

std::string ntp_request(std::uint64_t cookie) {
  std::string packet(kPacket, '\0');
  packet[0] = static_cast<char>(kClientVersion4);
  return packet.substr(0, kPacket - 8) + ByteWriter().u64(cookie).bytes();
}

std::optional<NtpAnswer> read_ntp(std::string_view bytes, std::uint64_t cookie, double now,
                                  std::string_view& why) {
  ByteReader in(bytes);
  NtpAnswer answer;
  const std::uint8_t first = in.u8();
  answer.leap = first >> 6;
  answer.version = (first >> 3) & 7;
  answer.stratum = in.u8();
  in.u8();  // poll
  const auto precision = static_cast<std::int8_t>(in.u8());
  answer.precision = std::ldexp(1.0, precision);
  answer.root_delay = short_time(in.u32());
  answer.root_dispersion = short_time(in.u32());
  const std::string_view reference = in.take(4);
  const std::uint64_t set_at = in.u64();
  const std::uint64_t originate = in.u64();
  answer.received = long_time(in.u64(), now);
  answer.sent = long_time(in.u64(), now);
  why = {};
  if (!in.good())
    why = "is too short";
  else if ((first & 7) != kServerMode)
    why = "is not of a server";
  else if (answer.version < 1 || answer.version > 4)
    why = "is of another version";
  else if (originate != cookie)
    why = "answers another request";
  if (!why.empty()) return std::nullopt;
  if (set_at != 0) answer.set_at = long_time(set_at, now);
  if (answer.stratum == 0) {
    answer.kiss = letters(reference);  // without one, the server only says that it is not set
  } else if (answer.stratum == 1) {
    answer.reference = letters(reference);
  } else if (reference != std::string_view("\0\0\0\0", 4)) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(reference[i]); };
    answer.reference = fmt::format("{}.{}.{}.{}", byte(0), byte(1), byte(2), byte(3));
  }
  return answer;
}

NtpSample ntp_sample(const NtpAnswer& answer, double asked_at, double took) {
  const double back_at = asked_at + took;
  return {.offset = ((answer.received - asked_at) + (answer.sent - back_at)) / 2,
          .delay = std::max(took - (answer.sent - answer.received), 0.0)};
}

}  // namespace aztriage::probe::wire
