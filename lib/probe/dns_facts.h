#pragma once

#include "fact/observation.h"
#include "net/names.h"
#include "probe/address_class.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::probe {

inline constexpr std::array<std::string_view, 7> kRcodes = {"noerror", "nxdomain", "servfail", "refused",
                                                            "formerr", "notimp",   "other"};

inline constexpr std::array<fact::FactSpec, 25> kDnsFacts = {{
    {"is-address", {fact::Kind::boolean}, "whether the name is an address: nothing was asked"},
    {"exists", {fact::Kind::boolean}, "whether the name, and what it is an alias of, exists"},
    {"rcode", {.kind = fact::Kind::choice, .words = kRcodes}, "the response code"},
    {"class",
     {.kind = fact::Kind::choice, .words = kAddressClasses},
     "of the addresses; 168.63.129.16 is of a public range, but only Azure's own platform answers on it"},
    {"addresses", {fact::Kind::list, fact::Kind::ip}, "IPv4 addresses, then IPv6"},
    {"ipv4", {fact::Kind::list, fact::Kind::ip}, "missing when nobody answered for IPv4"},
    {"ipv6", {fact::Kind::list, fact::Kind::ip}, "missing when nobody answered for IPv6"},
    {"ipv4.rcode",
     {.kind = fact::Kind::choice, .words = kRcodes},
     "the response code for IPv4, when both families were asked for"},
    {"ipv6.rcode", {.kind = fact::Kind::choice, .words = kRcodes}, "the response code for IPv6"},
    {"ipv4.failure", {fact::Kind::text}, "why there was no response for IPv4 though there was one for IPv6"},
    {"ipv6.failure", {fact::Kind::text}, "why there was none for IPv6: a resolver that drops the question"},
    {"chain",
     {fact::Kind::list, fact::Kind::host},
     "all aliases in order, without the name itself",
     "answers"},
    {"alias", {fact::Kind::host}, "the first of the chain", "answers"},
    {"last", {fact::Kind::host}, "the last of the chain: the name that has the addresses", "answers"},
    {"denied-by", {fact::Kind::host}, "the zone that says there is no such name or record", "answers"},
    {"ttl", {fact::Kind::number}, "seconds for which the answer may be kept", "answers"},
    {"records", {fact::Kind::list, fact::Kind::text}, "the records of the type asked for", "answers"},
    {"caa.issuers",
     {fact::Kind::list, fact::Kind::text},
     "who may issue certificates; empty: anybody",
     "answers"},
    {"caa.at", {fact::Kind::host}, "the name that says so, perhaps a parent", "answers"},
    {"in-hosts-file", {fact::Kind::boolean}, "whether this machine's hosts file overrides the name"},
    {"server", {fact::Kind::text}, "the name server that answered"},
    {"truncated", {fact::Kind::boolean}, "whether the answer over UDP was cut off"},
    {"over-tcp", {fact::Kind::boolean}, "whether the answer came over TCP"},
    {"authentic", {fact::Kind::boolean}, "whether the resolver says that it checked DNSSEC signatures"},
    {"time.dns", {fact::Kind::number}, "seconds until the answer was there"},
}};

struct DnsAnswer {
  net::dns::Type type;
  const net::Answer* answer;  // null: none came in time
};

bool has_records(const net::dns::Message& message, net::dns::Type type);

/// For an address where a name was due.
void fill_literal(const std::string& address, fact::Observation& seen);
/// Facts of the answers to one name: of one type, or of A and AAAA.
void fill_answers(const std::vector<DnsAnswer>& answers, const std::string& name, fact::Observation& seen);
/// Facts of CAA answers, the last of which was for `at`: the name or one above it.
void fill_caa(const std::vector<DnsAnswer>& answers, const std::string& name, const std::string& at,
              fact::Observation& seen);

}  // namespace aztriage::probe
