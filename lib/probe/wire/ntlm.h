#pragma once

#include "fact/observation.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::probe::wire {

/// The messages of [MS-NLMP] as far as nobody's password is needed, and SPNEGO (RFC 4178, [MS-SPNG]) around
/// them.
std::string ntlm_negotiate();

/// What a server tells of itself in its CHALLENGE_MESSAGE.
struct NtlmChallenge {
  std::uint32_t flags = 0;
  std::string computer, domain;                  // NetBIOS names
  std::string dns_computer, dns_domain, forest;  // DNS names
  std::string version;                           // "10.0.20348"
  std::optional<double> time;                    // seconds since 1970 by the server's clock
};
/// Names are cut to 255 bytes.
std::optional<NtlmChallenge> read_ntlm_challenge(std::string_view message);
/// An answer to it that claims to be nobody ([MS-NLMP] 3.2.5.1.2).
std::string ntlm_anonymous(const NtlmChallenge& challenge);

/// The first SPNEGO token of a client that can do NTLM alone, and the later ones.
std::string spnego_first(std::string_view ntlm);
std::string spnego_next(std::string_view ntlm);

struct SpnegoToken {
  std::vector<std::string> mechanisms;  // by name, or as dotted numbers; at most 20
  std::string token;                    // of the mechanism
  std::optional<int> state;             // 0 completed, 1 incomplete, 2 rejected, 3 request for a code
};
/// A token of either kind, or the mechanism's own token without SPNEGO around it; nothing when it is neither.
std::optional<SpnegoToken> read_spnego(std::string_view bytes);

inline constexpr std::array<fact::FactSpec, 6> kNtlmFacts = {{
    {"ntlm.computer", {fact::Kind::text}, "the server's own NetBIOS name"},
    {"ntlm.domain", {fact::Kind::text}, "the NetBIOS name of its domain, or its own outside of one"},
    {"ntlm.dns-computer", {fact::Kind::text}, "the server's own DNS name"},
    {"ntlm.dns-domain", {fact::Kind::text}, "the DNS name of its domain"},
    {"ntlm.forest", {fact::Kind::text}, "the DNS name of its forest"},
    {"ntlm.version", {fact::Kind::text}, "its version of Windows, such as 10.0.20348"},
}};
void fill_ntlm(const NtlmChallenge& challenge, fact::Observation& seen);

}  // namespace aztriage::probe::wire
