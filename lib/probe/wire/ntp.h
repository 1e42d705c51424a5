#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aztriage::probe::wire {

/// Whether a server's last minute has a leap second, or that its clock is not set (RFC 5905 figure 9).
inline constexpr std::array<std::string_view, 4> kNtpLeaps = {"none", "add", "delete", "unsynchronized"};

/// A server's answer (RFC 5905 section 7.3), timestamps in seconds since 1970.
struct NtpAnswer {
  int leap = 0;
  int version = 0;
  int stratum = 0;
  double precision = 0;        // seconds
  double root_delay = 0;       // to the reference clock
  double root_dispersion = 0;  // greatest error against it
  std::string reference;  // who sets it: `GPS`, `PPS`, or an IPv4 address (of IPv6: four bytes of a digest)
  std::string kiss;       // of stratum 0: `RATE`, `DENY`, ... (7.4); the answer is a refusal
  std::optional<double> set_at;  // when its clock was last set
  double received = 0, sent = 0;
  bool synchronized() const { return leap != 3 && stratum > 0 && stratum < 16 && sent > 0; }
};

/// A request that tells nothing of this machine: in place of its time stands a cookie, which the server
/// copies into its answer as it is (RFC 4330 section 5).
std::string ntp_request(std::uint64_t cookie);

/// Nothing when it is no answer of a server to this cookie; `why` says so. `now` (seconds since 1970) tells
/// in which era of 136 years its timestamps are.
std::optional<NtpAnswer> read_ntp(std::string_view bytes, std::uint64_t cookie, double now,
                                  std::string_view& why);

/// RFC 5905 section 8: how far the server's clock is ahead of ours, and the round trip without its own time.
struct NtpSample {
  double offset = 0;
  double delay = 0;
};
NtpSample ntp_sample(const NtpAnswer& answer, double asked_at, double took);

}  // namespace aztriage::probe::wire
