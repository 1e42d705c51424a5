#pragma once

#include <vector>

namespace aztriage::playbook {

/// One way round for each knot of nodes that wait for each other, the first node of it named first.
/// `edges[n]` are the nodes that n waits for.
std::vector<std::vector<int>> find_cycles(const std::vector<std::vector<int>>& edges);

}  // namespace aztriage::playbook
