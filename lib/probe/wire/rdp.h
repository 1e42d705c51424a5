#pragma once

#include "probe/wire/dialogue.h"
#include "probe/wire/ntlm.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace aztriage::probe::wire {

/// Ways to protect a session, with their bits in [MS-RDPBCGR] 2.2.1.1.1. "rdp" is RDP's own old security,
/// "hybrid" is CredSSP (network level authentication), "rdsaad" the sign-in by Entra ID.
inline constexpr std::array<std::string_view, 6> kRdpProtocols = {"rdp",    "tls",       "hybrid",
                                                                  "rdstls", "hybrid-ex", "rdsaad"};
std::uint32_t rdp_bit(std::string_view protocol);
/// "SSL_REQUIRED_BY_SERVER", or the number.
std::string rdp_refusal_name(std::uint32_t code);

struct RdpPlan {
  std::uint32_t offer = 0xb;  // bits: TLS, CredSSP, CredSSP with early user authorization
  bool only_negotiate = false;
  bool credssp = true;               // ask by CredSSP who the server is, when it is selected
  std::function<double()> utc = {};  // seconds since 1970; for the server's clock
};

inline constexpr std::array<std::string_view, 5> kRdpFlags = {
    "extended-client-data", "graphics-pipeline", "reserved", "restricted-admin", "redirected-authentication"};
inline constexpr std::array<fact::FactSpec, 12> kRdpTalkFacts = {{
    {"selected",
     {.kind = fact::Kind::choice, .words = kRdpProtocols},
     "the protection that the server chose out of what was offered",
     "negotiate"},
    {"negotiates",
     {fact::Kind::boolean},
     "whether the server knows of negotiation at all; old ones do not",
     "negotiate"},
    {"flags",
     {.kind = fact::Kind::list, .item = fact::Kind::choice, .words = kRdpFlags},
     "what else the server says it can do",
     "negotiate"},
    {"refused-with", {fact::Kind::number}, "the code with which it refused the offer", "negotiate"},
    {"refused-name", {fact::Kind::text}, "its name, such as HYBRID_REQUIRED_BY_SERVER", "negotiate"},
    {"credssp.answered", {fact::Kind::boolean}, "whether the server answered a first CredSSP message"},
    {"credssp.version", {fact::Kind::number}, "its version of CredSSP"},
    {"credssp.error", {fact::Kind::text}, "the status with which it refused CredSSP, such as 0xC000006D"},
    {"clock-offset", {fact::Kind::number}, "the server's clock minus this machine's, in seconds", "ntlm"},
    {"time.connect", {fact::Kind::number}, "seconds until the connection was there"},
    {"time.negotiate", {fact::Kind::number}, "seconds until the server chose a protection"},
    {"time.credssp", {fact::Kind::number}, "seconds until it answered CredSSP"},
}};

/// The client's first steps to a remote desktop: the negotiation ([MS-RDPBCGR] 2.2.1.1, 2.2.1.2), TLS, and
/// the first message of CredSSP ([MS-CSSP] 3.1.5), which makes the server say who it is. No user, no
/// password.
class RdpTalk : public Dialogue {
 public:
  explicit RdpTalk(RdpPlan plan) : plan_(std::move(plan)) {}
  Step begin() override;
  Step take(std::string_view bytes) override;
  Step secured() override;
  Step closed(const std::optional<fact::Failure>& failure) override;
  std::string_view operation() const override;
  void fill(fact::Observation& seen) const override;
  std::size_t most_bytes() const override { return std::size_t{256} << 10; }

  /// What the server chose; nothing when it refused or has not answered.
  const std::optional<std::uint32_t>& selected() const { return selected_; }
  const std::optional<std::uint32_t>& refused() const { return refused_; }

 private:
  Step negotiated(std::string_view tpdu);
  Step credssp();
  std::string summary() const;

  RdpPlan plan_;
  std::string buffer_;
  bool secured_ = false;
  std::optional<std::uint32_t> selected_;
  bool negotiates_ = false;
  std::uint8_t flags_ = 0;
  std::optional<std::uint32_t> refused_;
  std::optional<bool> answered_;  // CredSSP
  std::optional<std::uint64_t> version_;
  std::optional<std::uint32_t> error_;
  std::optional<NtlmChallenge> challenge_;
  std::optional<double> clock_offset_;
  double negotiated_at_ = 0, secured_at_ = 0, answered_at_ = 0;
};

}  // namespace aztriage::probe::wire
