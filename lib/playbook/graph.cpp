#include "playbook/graph.h"

#include <algorithm>

namespace aztriage::playbook {
namespace {

class Search {
 public:
  explicit Search(const std::vector<std::vector<int>>& edges)
      : edges_(edges), state_(edges.size(), State::fresh) {}

  std::vector<std::vector<int>> run() {
    for (int node = 0; node < static_cast<int>(edges_.size()); ++node) {
      if (state(node) == State::fresh) walk(node);
    }
    return std::move(cycles_);
  }

 private:
  enum class State : char { fresh, open, done };
  struct Visit {
    int node;
    std::size_t next = 0;
  };
  State& state(int node) { return state_[static_cast<std::size_t>(node)]; }

  /// Without recursion: a chain may be as long as the playbook.
  void walk(int start) {
    std::vector<Visit> path{{start}};
    state(start) = State::open;
    while (!path.empty()) {
      Visit& top = path.back();
      const std::vector<int>& edges = edges_[static_cast<std::size_t>(top.node)];
      if (top.next == edges.size()) {
        state(top.node) = State::done;
        path.pop_back();
        continue;
      }
      const int to = edges[top.next++];
      if (state(to) == State::open) {
        report(path, to);
      } else if (state(to) == State::fresh) {
        state(to) = State::open;
        path.push_back({to});
      }
    }
  }

  void report(const std::vector<Visit>& path, int to) {
    const auto first =
        std::find_if(path.begin(), path.end(), [&](const Visit& visit) { return visit.node == to; });
    std::vector<int> cycle;
    for (auto it = first; it != path.end(); ++it) cycle.push_back(it->node);
    std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
    cycles_.push_back(std::move(cycle));
  }

  const std::vector<std::vector<int>>& edges_;
  std::vector<State> state_;
  std::vector<std::vector<int>> cycles_;
};

}  // namespace

std::vector<std::vector<int>> find_cycles(const std::vector<std::vector<int>>& edges) {
  return Search(edges).run();
}

}  // namespace aztriage::playbook
