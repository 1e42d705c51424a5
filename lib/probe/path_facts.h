#pragma once

#include "fact/observation.h"
#include "net/datagram_sizes.h"
#include "net/segment_sizes.h"
#include "net/trace.h"

#include <array>
#include <optional>

namespace aztriage::probe {

inline constexpr std::array<fact::FactSpec, 3> kHopFields = {{
    {"number", {fact::Kind::number}, "how many hops away it is"},
    {"address", {fact::Kind::ip}, "the router's address, or the target's"},
    {"rtt", {fact::Kind::number}, "seconds until it answered"},
}};
inline constexpr std::array<std::string_view, 2> kDirections = {"sent", "received"};
inline constexpr std::array<std::string_view, 4> kPathEnds = {"prohibited", "unreachable", "port-closed",
                                                              "other"};

inline constexpr std::array<fact::FactSpec, 18> kPathFacts = {{
    {"reached", {fact::Kind::boolean}, "whether the target itself answered, if only that nothing listens"},
    {"refused", {fact::Kind::boolean}, "whether it answered that nothing listens on the port"},
    {"rtt", {fact::Kind::number}, "seconds until the target answered"},
    {"hops", {fact::Kind::list, fact::Kind::record, kHopFields}, "the routers that answered, and the target"},
    {"hops.count", {fact::Kind::number}, "how many hops away the target is; missing when it did not answer"},
    {"hops.last", {fact::Kind::number}, "the number of the farthest hop that answered"},
    {"hops.last-address", {fact::Kind::ip}, "its address"},
    {"hops.loop", {fact::Kind::boolean}, "whether one router answered for hops with others between: a loop"},
    {"denied-by", {fact::Kind::ip}, "the router or firewall that says that it goes no further", "hops"},
    {"denied", {fact::Kind::choice, {}, {}, kPathEnds}, "what it says", "hops"},
    {"mtu",
     {fact::Kind::number},
     "the largest packet that passes, with its headers, where that could be found out"},
    {"mtu.local", {fact::Kind::number}, "the largest packet that this machine's device sends"},
    {"mtu.told-by", {fact::Kind::ip}, "the router that says that no larger ones pass", "sizes"},
    {"mss", {fact::Kind::number}, "the largest TCP segment, as both ends announced it", "sizes"},
    {"passed", {fact::Kind::number}, "the largest packet that was seen to pass", "sizes"},
    {"silent-above",
     {fact::Kind::number},
     "the size above which nothing comes back although smaller packets pass: a black hole",
     "sizes"},
    {"silent-direction",
     {fact::Kind::list, fact::Kind::choice, {}, kDirections},
     "which packets vanish: those that are sent, those that the target sends",
     "sizes"},
    {"limited", {fact::Kind::text}, "why this machine can't see more of the path"},
}};

/// What the looks at one path have found.
struct PathSeen {
  net::TraceResult trace;
  bool traced = false;  // to its end
  std::optional<net::DatagramSizes> datagrams;
  std::optional<net::SegmentSizes> segments;
  int local_mtu = 0;
  bool tcp = true;
};
/// Adds all facts, `answered`, and the failure when the target was not reached.
void fill_path(const PathSeen& path, fact::Observation& seen);

}  // namespace aztriage::probe
