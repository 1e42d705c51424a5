#pragma once

#include "fact/type.h"

#include <array>

namespace aztriage::decode {

inline constexpr std::array<std::string_view, 5> kRcodes = {"noerror", "nxdomain", "servfail", "refused",
                                                            "other"};
inline constexpr std::array<std::string_view, 4> kAddressKinds = {"private", "public", "mixed", "none"};

/// Named as the probe `dns` names them, so that its conditions hold on a customer's output, too.
inline constexpr std::array<fact::FactSpec, 15> kDnsTextFacts = {{
    {"text", {fact::Kind::text}, "the text itself, the first 64 KiB"},
    {"exists", {fact::Kind::boolean}, "whether the name exists"},
    {"rcode", {.kind = fact::Kind::choice, .words = kRcodes}, "the name server's answer"},
    {"class", {.kind = fact::Kind::choice, .words = kAddressKinds}, "kind of the addresses"},
    {"addresses", {.kind = fact::Kind::list, .item = fact::Kind::ip}, "addresses of the name"},
    {"ipv4", {.kind = fact::Kind::list, .item = fact::Kind::ip}, "those of IPv4"},
    {"ipv6", {.kind = fact::Kind::list, .item = fact::Kind::ip}, "those of IPv6"},
    {"chain",
     {.kind = fact::Kind::list, .item = fact::Kind::host},
     "aliases in order, without the name itself"},
    {"alias", {fact::Kind::host}, "the first alias"},
    {"last", {fact::Kind::host}, "the last name of the chain"},
    {"denied-by", {fact::Kind::host}, "zone of the SOA in an answer without records"},
    {"ttl", {fact::Kind::number}, "seconds that the answer may be kept"},
    {"server", {fact::Kind::text}, "name server that answered"},
    {"authentic", {fact::Kind::boolean}, "whether DNSSEC vouches for it"},
    {"records", {.kind = fact::Kind::list, .item = fact::Kind::text}, "records of other types"},
}};

}  // namespace aztriage::decode
