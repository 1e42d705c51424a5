#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aztriage::probe::wire {

/// One line of `CLUSTER NODES` (redis.io/docs/latest/commands/cluster-nodes).
struct RedisNode {
  std::string host;  // as the server announces it: its name if it has one, else its address
  int port = 0;
  bool replica = false;
  bool failed = false;
  int slots = 0;
};
/// Nodes without an address are left out; `self` stands for a node that does not know its own. At most 1000.
std::vector<RedisNode> read_redis_nodes(std::string_view text, std::string_view self);

/// `MOVED 3999 10.0.0.5:15001` and `ASK ...`: the endpoint; empty of anything else.
std::string redis_redirect(std::string_view error);

}  // namespace aztriage::probe::wire
