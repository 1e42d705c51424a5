#pragma once

#include "fact/type.h"
#include "net/tls.h"
#include "probe/head.h"

#include <array>
#include <cstddef>

namespace aztriage::probe {

/// Which server, and on which way; `port` is each probe's own.
inline constexpr std::array<fact::ParamSpec, 4> kPlaceParams = {{
    {.name = "host",
     .type = {fact::Kind::host},
     .help = "host name or address of the server",
     .required = true},
    {.name = "address", .type = {fact::Kind::ip}, .help = "connect to this address instead of the host's"},
    {.name = "family",
     .type = {.kind = fact::Kind::choice, .words = kFamilies},
     .help = "address family to use",
     .default_value = "any"},
    {.name = "proxy", .type = {fact::Kind::text}, .help = "proxy to go through: a URL, or none"},
}};

/// How TLS is done with it; `tls_options_of` reads them.
inline constexpr std::array<fact::ParamSpec, 4> kTlsParams = {{
    {.name = "sni",
     .type = {fact::Kind::text},
     .help = "name to ask for and to check the certificate against, or none; the host unless said"},
    {.name = "ca", .type = {fact::Kind::text}, .help = "PEM file: trust only these authorities"},
    {.name = "min",
     .type = {.kind = fact::Kind::choice, .words = net::kTlsVersions},
     .help = "oldest TLS version to offer"},
    {.name = "max",
     .type = {.kind = fact::Kind::choice, .words = net::kTlsVersions},
     .help = "newest TLS version to offer"},
}};

inline constexpr std::array<fact::FactSpec, 1> kConnectTimeFact = {{
    {"time.connect", {fact::Kind::number}, "seconds until the connection was there"},
}};

/// Several lists of parameters as one, at compile time.
template <std::size_t... N>
constexpr auto param_list(const std::array<fact::ParamSpec, N>&... lists) {
  std::array<fact::ParamSpec, (N + ... + 0)> all{};
  std::size_t at = 0;
  (
      [&] {
        for (const auto& spec : lists) all[at++] = spec;
      }(),
      ...);
  return all;
}

}  // namespace aztriage::probe
