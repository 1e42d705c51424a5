#include "base/text.h"

#include "match/value_tests.h"

#include <algorithm>

#include <fmt/format.h>
#include <re2/re2.h>

namespace aztriage::match {
namespace {

using fact::Kind;

constexpr std::size_t kLongestExpression = 1000;
constexpr std::int64_t kMostMemory = 1 << 20;

bool ignores_case(Kind kind) {
  return kind == Kind::host || kind == Kind::endpoint || kind == Kind::ip;
}

/// Host names are compared without case and without their final dot.
std::string folded(std::string_view s, Kind kind) {
  if (!ignores_case(kind)) return std::string(s);
  return text::lower(s.substr(0, s.size() - (kind == Kind::host && s.ends_with('.'))));
}

/// A text that contains, starts or ends with one of these pieces.
class Piece final : public Test {
 public:
  enum class Where { anywhere, start, end };
  Piece(Where where, Operand operand, Kind kind) : where_(where), operand_(std::move(operand)), kind_(kind) {}

  Truth of(const fact::Look& look, const Environment& environment) const override {
    if (!look.value) return without_value(look);
    const auto pieces = operand_.values(environment);
    const std::string whole = folded(fact::to_text(*look.value), kind_);
    bool complete = pieces.complete;
    for (const fact::Value& value : pieces.values) {
      const std::string piece = fact::to_text(value);
      // An input that is empty today says nothing about the text.
      if (piece.empty()) {
        complete = false;
      } else if (holds(whole, piece)) {
        return Truth::yes;
      }
    }
    return complete ? Truth::no : Truth::unknown;
  }
  std::string text() const override {
    constexpr std::string_view kWords[] = {"contains", "starts", "ends"};
    return fmt::format("{} {} as {}", kWords[static_cast<int>(where_)], operand_.text(),
                       fact::kind_name(kind_));
  }
  void collect(std::vector<Resolved>& names) const override { operand_.collect(names); }
  bool decided() const override { return operand_.is_literal(); }
  bool covers(const Test& other) const override {
    if (Test::covers(other)) return true;
    const auto* piece = dynamic_cast<const Piece*>(&other);
    if (piece == nullptr || !decided() || !piece->decided() || kind_ != piece->kind_) return false;
    if (where_ != Where::anywhere && where_ != piece->where_) return false;
    const auto& theirs = piece->operand_.literals();
    return std::all_of(theirs.begin(), theirs.end(), [&](const fact::Value& value) {
      const std::string given =
          piece->where_ == Where::end ? folded(value.as_text(), kind_) : lower_if_needed(value.as_text());
      return std::any_of(operand_.literals().begin(), operand_.literals().end(),
                         [&](const fact::Value& mine) { return holds(given, mine.as_text()); });
    });
  }

 private:
  std::string lower_if_needed(const std::string& s) const { return ignores_case(kind_) ? text::lower(s) : s; }
  bool holds(std::string_view whole, const std::string& part) const {
    // Only the whole text loses its final dot: a piece may end with the dot between two labels.
    const std::string piece = lower_if_needed(part);
    if (where_ == Where::start) return whole.starts_with(piece);
    if (where_ == Where::anywhere) return text::contains(whole, piece);
    const bool host = kind_ == Kind::host && piece.size() > 1 && piece.ends_with('.');
    return whole.ends_with(std::string_view(piece).substr(0, piece.size() - host));
  }

  Where where_;
  Operand operand_;
  Kind kind_;
};

/// An expression that matches somewhere in the text.
class Matches final : public Test {
 public:
  explicit Matches(std::shared_ptr<const re2::RE2> expression) : expression_(std::move(expression)) {}

  Truth of(const fact::Look& look, const Environment&) const override {
    if (!look.value) return without_value(look);
    return truth_of(re2::RE2::PartialMatch(fact::to_text(*look.value), *expression_));
  }
  std::string text() const override {
    return fmt::format("matches {:?}{}", expression_->pattern(),
                       expression_->options().case_sensitive() ? "" : " i");
  }
  void collect(std::vector<Resolved>&) const override {}
  bool decided() const override { return true; }

 private:
  std::shared_ptr<const re2::RE2> expression_;
};

TestPtr compile_piece(Piece::Where where, const source::Node& node, const Resolved& subject,
                      Compiler& compiler) {
  auto operand = compiler.operand(node, subject, subject.type, /*pieces=*/true);
  if (!operand) return nullptr;
  return std::make_shared<Piece>(where, *std::move(operand), subject.type.kind);
}

}  // namespace

TestPtr compile_contains(const source::Node& node, const Resolved& subject, Compiler& compiler) {
  if (subject.type.kind == Kind::list) return compile_item(node, subject, compiler);
  return compile_piece(Piece::Where::anywhere, node, subject, compiler);
}

TestPtr compile_starts(const source::Node& node, const Resolved& subject, Compiler& compiler) {
  return compile_piece(Piece::Where::start, node, subject, compiler);
}

TestPtr compile_ends(const source::Node& node, const Resolved& subject, Compiler& compiler) {
  return compile_piece(Piece::Where::end, node, subject, compiler);
}

TestPtr compile_matches(const source::Node& node, const Resolved& subject, Compiler& compiler) {
  if (node.kind != source::Node::Kind::scalar || node.text.empty()) {
    compiler.error(source::Code::P023, node, "'matches' takes one RE2 expression");
    return nullptr;
  }
  if (node.text.find("${") != std::string::npos) {
    compiler.error(source::Code::P023, node, "'${...}' can't stand in an expression",
                   "use 'contains', 'starts' or 'ends' with it");
    return nullptr;
  }
  if (node.text.size() > kLongestExpression) {
    compiler.error(source::Code::P023, node, "the expression is longer than 1000 bytes");
    return nullptr;
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMostMemory);
  options.set_case_sensitive(!ignores_case(subject.type.kind));
  auto expression = std::make_shared<const re2::RE2>(node.text, options);
  if (!expression->ok()) {
    compiler.error(source::Code::P023, node,
                   fmt::format("not an RE2 expression: {}", text::printable(expression->error())),
                   "RE2 has no look-around and no back-references");
    return nullptr;
  }
  return std::make_shared<Matches>(std::move(expression));
}

}  // namespace aztriage::match
