#pragma once

#include "fact/observation.h"

#include <array>
#include <string_view>

namespace aztriage::decode {

inline constexpr std::array<fact::FactSpec, 37> kRedisInfoFacts = {{
    {"version", {fact::Kind::text}, "version of the server", "info"},
    {"mode", {fact::Kind::text}, "standalone, cluster or sentinel", "info"},
    {"run-id", {fact::Kind::text}, "changes with each start of the server", "info"},
    {"uptime", {fact::Kind::number}, "seconds since the server started", "info"},
    {"role", {fact::Kind::text}, "master or slave, as the server calls it", "info"},
    {"loading", {fact::Kind::boolean}, "whether it still loads its data", "info"},
    {"persistence.failed", {fact::Kind::boolean}, "whether its last save or write to disk failed", "info"},
    {"clients", {fact::Kind::number}, "connected clients", "info"},
    {"clients-max", {fact::Kind::number}, "how many it lets in", "info"},
    {"clients-blocked", {fact::Kind::number}, "clients that wait in a blocking command", "info"},
    {"clients-used-share", {fact::Kind::number}, "share of the clients that it lets in, 0 to 1", "info"},
    {"connections.received", {fact::Kind::number}, "connections taken since its start", "info"},
    {"connections.rejected", {fact::Kind::number}, "connections turned away as too many", "info"},
    {"memory.used", {fact::Kind::number}, "bytes in use", "info"},
    {"memory.max", {fact::Kind::number}, "bytes it may use; 0 is without a limit", "info"},
    {"memory.used-share", {fact::Kind::number}, "share of the bytes it may use, 0 to 1", "info"},
    {"memory.policy", {fact::Kind::text}, "what it evicts when memory is full", "info"},
    {"memory.fragmentation", {fact::Kind::number}, "memory taken from the system by what is in use", "info"},
    {"evicted", {fact::Kind::number}, "keys evicted since its start", "info"},
    {"expired", {fact::Kind::number}, "keys expired since its start", "info"},
    {"hits", {fact::Kind::number}, "reads that found their key", "info"},
    {"misses", {fact::Kind::number}, "reads that did not", "info"},
    {"hit-share", {fact::Kind::number}, "share of reads that found their key, 0 to 1", "info"},
    {"operations", {fact::Kind::number}, "commands in the last second", "info"},
    {"server-load", {fact::Kind::number}, "the service's own figure of its load, where it tells one", "info"},
    {"keys", {fact::Kind::number}, "keys of all databases", "info"},
    {"keys-expiring-share", {fact::Kind::number}, "share of the keys that have an expiry, 0 to 1", "info"},
    {"replication.replicas", {fact::Kind::number}, "replicas that are connected", "info"},
    {"replication.primary", {fact::Kind::text}, "host:port of a replica's primary", "info"},
    {"replication.link", {fact::Kind::text}, "of a replica: whether its link is up or down", "info"},
    {"replication.syncing", {fact::Kind::boolean}, "of a replica: whether it copies everything anew", "info"},
    {"cluster.enabled", {fact::Kind::boolean}, "whether it is a node of a cluster", "info"},
    {"flushes", {fact::Kind::number}, "calls of FLUSHALL and FLUSHDB since its start", "calls"},
    {"keys-calls", {fact::Kind::number}, "calls of KEYS since its start", "calls"},
    {"script-calls", {fact::Kind::number}, "calls of EVAL, EVALSHA and FCALL since its start", "calls"},
    {"calls.*", {fact::Kind::number}, "calls of a command since its start, by its name in lower case"},
    {"errors.*", {fact::Kind::number}, "errors that it answered since its start, by their first word"},
}};
/// What `INFO` tells, at most 100 commands and 50 kinds of error of it. Adds the groups that it holds.
void fill_redis_info(std::string_view info, fact::Observation& seen);

}  // namespace aztriage::decode
