#pragma once

#include "source/source.h"

#include <optional>
#include <string>
#include <string_view>

namespace aztriage::test {

/// Reads one line of YAML in flow style (`{status: {below: 500}, any: [...]}`) into nodes with their places
/// on line 1, so that tests of conditions need no reader of playbooks. At most 64 levels.
class Flow {
 public:
  explicit Flow(std::string_view text) : text_(text) {}

  std::optional<source::Node> read() {
    auto node = value(0);
    skip_space();
    return good_ && at_ == text_.size() ? std::optional(std::move(node)) : std::nullopt;
  }

 private:
  using Node = source::Node;

  void skip_space() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  source::Position here() const { return {1, static_cast<int>(at_) + 1}; }

  Node value(int depth) {
    skip_space();
    Node node;
    node.span.begin = here();
    if (depth > 64) {
      good_ = false;
    } else if (take('{')) {
      node.kind = Node::Kind::map;
      map(node, depth);
    } else if (take('[')) {
      node.kind = Node::Kind::list;
      list(node, depth);
    } else {
      scalar(node);
    }
    node.span.end = here();
    return node;
  }

  void map(Node& node, int depth) {
    if (take('}')) return;
    do {
      skip_space();
      Node key;
      key.span.begin = here();
      scalar(key, /*is_key=*/true);
      key.span.end = here();
      good_ = good_ && take(':');
      if (!good_) return;
      node.entries.push_back({key.text, key.span, value(depth + 1)});
    } while (good_ && take(','));
    good_ = good_ && take('}');
  }

  void list(Node& node, int depth) {
    if (take(']')) return;
    do {
      node.items.push_back(value(depth + 1));
    } while (good_ && take(','));
    good_ = good_ && take(']');
  }

  void scalar(Node& node, bool is_key = false) {
    node.kind = Node::Kind::scalar;
    const char quote = at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'') ? text_[at_] : '\0';
    node.quoted = quote != 0;
    if (quote != 0) {
      const std::size_t end = text_.find(quote, at_ + 1);
      good_ = good_ && end != std::string_view::npos;
      if (!good_) return;
      node.text = text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
      return;
    }
    const std::size_t begin = at_;
    while (at_ < text_.size() && std::string_view(",{}[]").find(text_[at_]) == std::string_view::npos) {
      const bool colon = text_[at_] == ':' && (at_ + 1 == text_.size() || text_[at_ + 1] == ' ');
      if (is_key && colon) break;
      ++at_;
    }
    std::string_view plain = text_.substr(begin, at_ - begin);
    while (plain.ends_with(' ')) {
      plain.remove_suffix(1);
      --at_;
    }
    node.text = plain;
    if (plain.empty()) node.kind = Node::Kind::missing;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool good_ = true;
};

}  // namespace aztriage::test
