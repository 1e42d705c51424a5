#include "playbook/yaml_reader.h"

#include "base/text.h"
#include "playbook/yaml_text.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <unordered_map>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace aztriage::playbook {
namespace {

using source::Code;
using source::Diagnostics;
using source::Node;
using source::Position;
using source::Source;
using source::Span;

/// In flow style yaml-cpp ends a plain text at every '?', against the standard (`{ask: Which host?}`). As
/// nothing here needs '?' as an indicator, each is handed over as a character that no file can hold, and put
/// back after.
constexpr char kQuestionMark = '?';
constexpr char kStandIn = '\x05';

std::string put_back(std::string text) {
  std::replace(text.begin(), text.end(), kStandIn, kQuestionMark);
  return text;
}

/// Ends the parse from inside a call-back of the parser, which has no other way out. Already reported.
struct Stopped {};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const Source& source, int first_column, Diagnostics& diagnostics)
      : source_(source), first_column_(first_column), diagnostics_(diagnostics) {}

  Node take() { return std::move(root_); }
  Position position(const YAML::Mark& mark) const {
    if (mark.is_null()) return {};
    return {mark.line + 1, mark.column + 1 + (mark.line == 0 ? first_column_ : 0)};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ == 0) return;
    const Position at = position(mark);
    if (source_.line(at.line).starts_with("---")) {
      stop(Code::P005, mark, "a second document begins here", "put it into a file of its own");
    }
    stop(Code::P003, mark, "not YAML: this belongs to nothing before it",
         "check the indentation and the quotes");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Position at = position(mark);
    const std::string_view line = source_.line(at.line);
    Node node;
    node.span = {at, at};
    // An empty value carries the mark of what comes next, so only a word in the key's own line is its value.
    const bool has_key = !frames_.empty() && frames_.back().has_key;
    const bool same_line = !has_key || frames_.back().key.key_span.begin.line == at.line;
    if (same_line && at.column >= 1 && static_cast<std::size_t>(at.column) <= line.size()) {
      node.text = null_word(line.substr(static_cast<std::size_t>(at.column) - 1));
    }
    if (!node.text.empty()) {
      node.kind = Node::Kind::scalar;
      node.span.end.column += static_cast<int>(node.text.size());
    } else if (has_key) {
      node.span = {frames_.back().key.key_span.end, frames_.back().key.key_span.end};
    }
    count(mark, 1, node.text.size());
    add(std::move(node), anchor, mark);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(mark, tag);
    Node node;
    node.kind = Node::Kind::scalar;
    node.text = put_back(value);
    node.quoted = tag == "!";
    node.span.begin = position(mark);
    node.span.end = end_of_scalar(node, mark);
    refuse_controls(node);
    count(mark, 1, value.size());
    if (frames_.size() >= static_cast<std::size_t>(kMaxDepth)) too_deep(mark);
    add(std::move(node), anchor, mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      stop(Code::P004, mark, "the alias stands inside what it stands for", "write the value out");
    }
    const Anchored& anchored = found->second;
    count(mark, anchored.nodes, anchored.bytes);
    if (static_cast<int>(frames_.size()) + anchored.depth > kMaxDepth) too_deep(mark);
    if (!frames_.empty()) frames_.back().depth = std::max(frames_.back().depth, anchored.depth + 1);
    add(anchored.node, 0, mark);
  }

 private:
  struct Frame {
    Node node;
    YAML::anchor_t anchor = 0;
    YAML::Mark mark;
    bool has_key = false;
    bool drop_value = false;  // the key was refused
    Node::Entry key;
    std::unordered_map<std::string, int> lines;  // of the keys so far
    std::size_t nodes_before = 0;
    std::size_t bytes_before = 0;
    int depth = 1;
  };
  struct Anchored {
    Node node;
    std::size_t nodes = 0;
    std::size_t bytes = 0;
    int depth = 1;
  };

  [[noreturn]] void stop(Code code, const YAML::Mark& mark, std::string message, std::string hint) {
    const Position at = position(mark);
    diagnostics_.error(code, {at, at}, std::move(message), {std::move(hint)});
    throw Stopped{};
  }
  [[noreturn]] void too_deep(const YAML::Mark& mark) {
    stop(Code::P004, mark, "deeper than " + std::to_string(kMaxDepth) + " levels", "flatten it");
  }

  void count(const YAML::Mark& mark, std::size_t nodes, std::size_t bytes) {
    nodes_ += nodes;
    bytes_ += bytes;
    if (nodes_ > kMaxNodes) {
      stop(Code::P004, mark, "more than " + std::to_string(kMaxNodes) + " nodes", "split the file");
    }
    if (bytes_ > kMaxExpandedBytes) {
      stop(Code::P004, mark, "more than 4 MiB once its aliases are written out", "use fewer aliases");
    }
  }

  /// Types come from where a value stands, never from the file.
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!" || tag == "tag:yaml.org,2002:str") return;
    const Position at = position(mark);
    constexpr std::string_view kStandard = "tag:yaml.org,2002:";
    const std::string shown =
        put_back(tag.starts_with(kStandard) ? "!!" + tag.substr(kStandard.size()) : tag);
    diagnostics_.error(Code::P003, {at, at}, "the tag '" + shown + "' has no meaning here",
                       {"remove the tag"});
  }

  /// Where it ends, when it stands on one line; else where it begins. yaml-cpp takes the end of the file for
  /// a closing quote, so that is looked at here.
  Position end_of_scalar(const Node& node, const YAML::Mark& mark) {
    const Position begin = node.span.begin;
    const std::string_view all = source_.text();
    const std::string_view line = source_.line(begin.line);
    if (line.data() == nullptr) return begin;
    const std::size_t line_start = static_cast<std::size_t>(line.data() - all.data());
    const std::size_t first = line_start + static_cast<std::size_t>(begin.column) - 1;
    const std::size_t value = past_properties(all, first);
    if (value >= all.size()) return begin;
    std::size_t end = first;
    if (node.quoted && (all[value] == '"' || all[value] == '\'')) {
      end = end_of_quotes(all, value);
      if (end == std::string_view::npos)
        stop(Code::P003, mark, "not YAML: the text ends inside quotes", "close the quote");
      if (value > first || end > line_start + line.size()) end = first;
    } else if (all.substr(first).starts_with(node.text)) {
      end = first + node.text.size();
    }
    return {begin.line, begin.column + static_cast<int>(end - first)};
  }

  /// An escape in double quotes can make what the file itself can't hold.
  void refuse_controls(const Node& node) {
    for (std::size_t at = 0; at < node.text.size();) {
      const std::size_t begin = at;
      const text::CodePoint c = text::next_code_point(node.text, at);
      if (c.valid && (c.value == '\r' || !is_forbidden(c.value, false))) continue;
      diagnostics_.error(
          Code::P002, node.span,
          "control character '" + text::printable(node.text.substr(begin, at - begin)) + "' in a text",
          {"remove the escape"});
      return;
    }
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    refuse_tag(mark, tag);
    count(mark, 1, 0);
    if (frames_.size() >= static_cast<std::size_t>(kMaxDepth)) too_deep(mark);
    Frame frame;
    frame.node.kind = kind;
    frame.node.span = {position(mark), position(mark)};
    frame.anchor = anchor;
    frame.mark = mark;
    frame.nodes_before = nodes_ - 1;
    frame.bytes_before = bytes_;
    frames_.push_back(std::move(frame));
  }

  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    if (frame.anchor != 0) {
      anchors_[frame.anchor] = {frame.node, nodes_ - frame.nodes_before, bytes_ - frame.bytes_before,
                                frame.depth};
    }
    if (!frames_.empty()) frames_.back().depth = std::max(frames_.back().depth, frame.depth + 1);
    add(std::move(frame.node), 0, frame.mark);
  }

  void add(Node node, YAML::anchor_t anchor, const YAML::Mark& mark) {
    if (anchor != 0) anchors_[anchor] = {node, 1, node.text.size(), 1};
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& top = frames_.back();
    if (top.node.kind == Node::Kind::list) {
      top.node.items.push_back(std::move(node));
    } else if (!top.has_key) {
      take_key(top, node, mark);
    } else {
      top.key.value = std::move(node);
      if (!top.drop_value) top.node.entries.push_back(std::move(top.key));
      top.key = {};
      top.has_key = false;
    }
  }

  void take_key(Frame& top, const Node& node, const YAML::Mark& mark) {
    top.has_key = true;
    top.drop_value = false;
    top.key.key = node.text;
    top.key.key_span = node.span;
    if (node.kind != Node::Kind::scalar) {
      top.drop_value = true;
      const Position at = position(mark);
      diagnostics_.error(Code::P003, {at, at}, "a key has to be one text",
                         {"quote it when it has brackets or braces"});
      return;
    }
    const auto [first, fresh] = top.lines.try_emplace(node.text, node.span.begin.line);
    if (fresh) return;
    top.drop_value = true;
    diagnostics_.error(
        Code::P011, node.span, "duplicate key '" + node.text + "'",
        {"it stands in line " + std::to_string(first->second) + " already; remove one or rename it"});
  }

  const Source& source_;
  const int first_column_;
  Diagnostics& diagnostics_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
  int documents_ = 0;
  Node root_;
};

/// The parser's words, and what people usually did to get them.
struct Explained {
  std::string_view theirs, ours, hint;
};
constexpr Explained kExplained[] = {
    {"illegal map value", "a ':' where no value can stand",
     "quote a text that contains ': ', and check the indentation"},
    {"illegal map key", "a key where none can stand", "check the indentation"},
    {"illegal block entry", "a list item where none can stand", "check the indentation"},
    {"illegal tab", "a tab in the indentation", "indent with spaces"},
    {"end of map not found", "the map does not end before this",
     "check the indentation of this line and the one before"},
    {"end of sequence not found", "the list does not end before this",
     "check the indentation of this line and the one before"},
    {"end of map flow", "'{' without its '}'", "close the brace, or quote a text that begins with one"},
    {"end of sequence flow", "'[' without its ']'",
     "close the bracket, or quote a text that begins with one"},
    {"illegal flow end", "a closing bracket without its opening one", "remove it or quote the text"},
    {"illegal EOF", "the text ends inside quotes", "close the quote"},
    {"unknown escape", "an unknown escape in double quotes",
     "use single quotes where a backslash means itself"},
    {"unknown token", "a character that can't begin a value", "quote the text"},
    {"alias", "'*' begins an alias, and this is none", "quote a text that begins with '*'"},
    {"anchor", "an anchor that is not one or not defined", "quote a text that begins with '*' or '&'"},
    {"tag", "'!' begins a tag, and this is none", "quote a text that begins with '!'"},
    {"block scalar", "this does not belong to the block of text above",
     "indent every line of it by the same amount"},
};

void report(const YAML::ParserException& e, const TreeBuilder& builder, Diagnostics& diagnostics) {
  const Position at = builder.position(e.mark);
  for (const Explained& row : kExplained) {
    if (!text::contains(e.msg, row.theirs)) continue;
    diagnostics.error(Code::P003, {at, at}, "not YAML: " + std::string(row.ours), {std::string(row.hint)});
    return;
  }
  diagnostics.error(Code::P003, {at, at}, "not YAML: " + text::lower(text::printable(put_back(e.msg), 200)));
}

}  // namespace

Node read_yaml(const Source& source, Diagnostics& diagnostics) {
  const std::string_view all = source.text();
  if (all.size() > kMaxFileBytes) {
    diagnostics.error(Code::P004, {}, "larger than 1 MiB", {"split the file"});
    return {};
  }
  const std::size_t start = all.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  if (!check_characters(source, start, diagnostics)) return {};

  TreeBuilder builder(source, static_cast<int>(start), diagnostics);
  try {
    std::string handed(all.substr(start));
    std::replace(handed.begin(), handed.end(), kQuestionMark, kStandIn);
    std::istringstream stream(std::move(handed));
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    Node root = builder.take();
    if (root.kind == Node::Kind::missing) diagnostics.error(Code::P006, {}, "there is nothing in it");
    return root;
  } catch (const Stopped&) {
  } catch (const YAML::ParserException& e) {
    report(e, builder, diagnostics);
  } catch (const YAML::Exception& e) {
    diagnostics.error(Code::P003, {}, "not YAML: " + text::lower(text::printable(put_back(e.msg), 200)));
  }
  return {};
}

}  // namespace aztriage::playbook
