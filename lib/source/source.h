#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aztriage::source {

/// 1-based; a column counts bytes of the line. {0, 0} is "the file as a whole".
struct Position {
  int line = 0;
  int column = 0;
  auto operator<=>(const Position&) const = default;
};

/// Half open; `end` equals `begin` where only a point is known.
struct Span {
  Position begin;
  Position end;
  bool operator==(const Span&) const = default;
};

/// A text that people wrote, with the name they know it by.
class Source {
 public:
  Source(std::string name, std::string text);
  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  /// Without its line end; empty when there is no such line. `number` is 1-based.
  std::string_view line(int number) const;
  int line_count() const { return static_cast<int>(line_starts_.size()); }

 private:
  std::string name_;
  std::string text_;
  std::vector<std::size_t> line_starts_;
};

/// A YAML or JSON document as people wrote it: scalars stay text, keys keep their order and place.
struct Node {
  enum class Kind { missing, scalar, list, map };
  struct Entry;
  Kind kind = Kind::missing;
  std::string text;     // scalar; an empty plain scalar is `missing`
  bool quoted = false;  // a quoted scalar is never a keyword
  std::vector<Node> items;
  std::vector<Entry> entries;
  Span span;

  const Node* find(std::string_view key) const;  // nullptr when it is no map or has no such key
};
struct Node::Entry {
  std::string key;
  Span key_span;
  Node value;
};

}  // namespace aztriage::source
