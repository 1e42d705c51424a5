#pragma once

#include "playbook/catalog.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::playbook {

/// A playbook that may fit what the customer says, and why.
struct Match {
  std::string id;
  std::string title;
  double score = 0;              // comparable within one search only
  std::vector<std::string> why;  // "family Front Door", "code AADSTS50011", "words 502, gateway"
};

/// A plain search for playbooks by the customer's words: titles, symptoms, titles of causes, codes, and the
/// names of products, old and new. No index is kept on disk; the texts are read at the first search.
class Search {
 public:
  explicit Search(const Catalog& catalog);
  ~Search();

  /// The best first; none when no word says anything. At most kMostQuery bytes of the words count. An overlay
  /// that can't be read is an error.
  Result<std::vector<Match>> find(std::string_view words, std::size_t most);
  static constexpr std::size_t kMostQuery = 16 * 1024;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aztriage::playbook
