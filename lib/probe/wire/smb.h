#pragma once

#include "probe/wire/dialogue.h"
#include "probe/wire/ntlm.h"
#include "probe/wire/smb_messages.h"
#include "probe/wire/ssh_packet.h"

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::probe::wire {

struct SmbPlan {
  SmbOffer offer;
  bool smb1 = false;                 // ask for SMB 1 alone, and for nothing else
  bool session = true;               // go on to a session of nobody
  std::function<double()> utc = {};  // seconds since 1970; for the server's clock
  RandomBytes random = system_random;
};

inline constexpr std::array<std::string_view, 6> kSmbVersions = {"1.0", "2.0.2", "2.1",
                                                                 "3.0", "3.0.2", "3.1.1"};
inline constexpr std::array<std::string_view, 3> kSmbSigningStates = {"required", "enabled", "none"};
inline constexpr std::array<std::string_view, 4> kSmbCipherNames = {"aes-128-gcm", "aes-256-gcm",
                                                                    "aes-128-ccm", "aes-256-ccm"};
inline constexpr std::array<std::string_view, 7> kSmbCapabilities = {
    "dfs", "leasing", "large-mtu", "multichannel", "persistent-handles", "directory-leasing", "encryption"};

inline constexpr std::array<fact::FactSpec, 25> kSmbTalkFacts = {{
    {"dialect",
     {.kind = fact::Kind::choice, .words = kSmbVersions},
     "the version of SMB that the server chose",
     "negotiate"},
    {"signing",
     {.kind = fact::Kind::choice, .words = kSmbSigningStates},
     "whether the server wants messages signed",
     "negotiate"},
    {"signing-algorithm", {fact::Kind::text}, "the signature that it chose (3.1.1)", "negotiate"},
    {"encryption", {fact::Kind::boolean}, "whether it can encrypt; SMB 3 only", "negotiate"},
    {"encryption.cipher", {fact::Kind::text}, "the cipher that it chose (3.1.1)", "negotiate"},
    {"compression", {fact::Kind::list, fact::Kind::text}, "the compressions that it has", "negotiate"},
    {"capabilities",
     {.kind = fact::Kind::list, .item = fact::Kind::choice, .words = kSmbCapabilities},
     "what else it says it can do",
     "negotiate"},
    {"mechanisms",
     {fact::Kind::list, fact::Kind::text},
     "the ways to log in that it offers: kerberos, ntlm, ...",
     "negotiate"},
    {"server.guid", {fact::Kind::text}, "the server's identifier", "negotiate"},
    {"server.started", {fact::Kind::number}, "seconds since it started, where it tells", "negotiate"},
    {"max.transact", {fact::Kind::number}, "the largest transaction in bytes", "negotiate"},
    {"max.read", {fact::Kind::number}, "the largest read in bytes", "negotiate"},
    {"max.write", {fact::Kind::number}, "the largest write in bytes", "negotiate"},
    {"clock-offset",
     {fact::Kind::number},
     "the server's clock minus this machine's, in seconds",
     "negotiate"},
    {"session.challenged", {fact::Kind::boolean}, "whether the server began a login by NTLM"},
    {"session.anonymous", {fact::Kind::boolean}, "whether nobody, without a password, gets a session"},
    {"session.status", {fact::Kind::text}, "its last answer to the login, such as STATUS_ACCESS_DENIED"},
    {"session.guest", {fact::Kind::boolean}, "whether that session is a guest's"},
    {"session.encrypted", {fact::Kind::boolean}, "whether that session has to be encrypted"},
    {"error.code", {fact::Kind::text}, "the status with which it refused, by its name"},
    {"error.number", {fact::Kind::text}, "the same as a number, such as 0xC0000022"},
    {"preface", {fact::Kind::text}, "what a server that does not speak SMB said instead", "negotiate"},
    {"time.connect", {fact::Kind::number}, "seconds until the connection was there"},
    {"time.negotiate", {fact::Kind::number}, "seconds until the server chose a version"},
    {"time.session", {fact::Kind::number}, "seconds until its last answer to the login"},
}};

/// The client's side of SMB on direct TCP: which version, what protection, and how far nobody gets. No user's
/// name and no password is sent.
class SmbTalk : public Dialogue {
 public:
  explicit SmbTalk(SmbPlan plan) : plan_(std::move(plan)) {}
  Step begin() override;
  Step take(std::string_view bytes) override;
  Step closed(const std::optional<fact::Failure>& failure) override;
  std::string_view operation() const override;
  void fill(fact::Observation& seen) const override;

  const std::optional<SmbNegotiated>& negotiated() const { return negotiated_; }
  /// The server's error to what was offered.
  const std::optional<std::uint32_t>& refused() const { return refused_; }
  const std::optional<bool>& smb1() const { return smb1_; }

 private:
  enum class Stage { negotiate, first, second, over };
  Step message(std::string_view bytes);
  Step negotiate(std::string_view bytes, const SmbHeader& header);
  Step session(std::string_view bytes, const SmbHeader& header);
  Step refuse(std::uint32_t status, std::string_view what);
  void fill_negotiated(fact::Observation& seen) const;
  void fill_session(fact::Observation& seen) const;
  std::string summary() const;

  SmbPlan plan_;
  Stage stage_ = Stage::negotiate;
  std::string buffer_;
  std::string preface_;
  std::optional<SmbNegotiated> negotiated_;
  std::vector<std::string> mechanisms_;
  std::optional<double> clock_offset_, started_;
  std::optional<NtlmChallenge> challenge_;
  std::optional<std::uint32_t> session_status_;
  std::uint16_t session_flags_ = 0;
  std::optional<std::uint32_t> refused_;
  std::optional<bool> smb1_;
  double negotiated_at_ = 0, session_at_ = 0;
};

}  // namespace aztriage::probe::wire
