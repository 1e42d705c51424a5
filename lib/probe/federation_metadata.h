#pragma once

#include "base/clock.h"
#include "decode/certificate.h"

#include <string>
#include <string_view>
#include <vector>

namespace aztriage::probe {

/// What a federation's metadata document (SAML 2.0 metadata, 2.3 and 2.4; WS-Federation) says of who signs.
struct FederationMetadata {
  std::string entity_id;
  std::vector<decode::Certificate> signing;  // each once, at most 20
};
/// Reads what is there, however broken the rest is; linear in the text.
FederationMetadata read_federation_metadata(std::string_view xml);

}  // namespace aztriage::probe
