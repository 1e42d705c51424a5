#pragma once

#include "net/tls.h"

#include <string>

namespace aztriage::probe {

/// A handshake in one line for people: "*.azurewebsites.net, full chain, 143 days left"; problems by name
/// first.
std::string tls_summary(const net::Handshake& handshake);

}  // namespace aztriage::probe
