#pragma once

#include "fact/observation.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aztriage::probe {

/// One way to log in that a WWW-Authenticate header offers (RFC 9110, 11.6.1).
struct Challenge {
  std::string scheme;                                           // as sent: "Bearer"
  std::vector<std::pair<std::string, std::string>> parameters;  // names in lower case
  std::string_view value(std::string_view name) const;          // empty without it
};
/// All challenges of one header value: at most 16, with 32 parameters each. Parameters may also be separated
/// by spaces alone and stand without quotes, as Azure Storage sends them.
std::vector<Challenge> parse_challenges(std::string_view text);

/// The tenant in a URL of an Entra authority (`https://login.../TENANT/...`); empty when there is none.
std::string tenant_of(std::string_view authority);

/// The facts `challenge.*` of a header value: those of the first Bearer challenge, else of the first.
void fill_challenge(std::string_view text, fact::Observation& seen);

}  // namespace aztriage::probe
