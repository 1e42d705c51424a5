#include "match/reference.h"

#include "base/suggest.h"
#include "base/text.h"
#include "match/fill.h"

#include <fmt/format.h>

namespace aztriage::match {
namespace {

using source::Code;

constexpr std::size_t kLongestName = 200;

/// Turns offsets in a scalar's text into places in the file. Where escapes or line folding stand between
/// them, the scalar as a whole has to do.
class Places {
 public:
  explicit Places(const source::Node& scalar) : span_(scalar.span) {
    const auto width = static_cast<std::size_t>(std::max(0, span_.end.column - span_.begin.column));
    const std::size_t quotes = scalar.quoted ? 2 : 0;
    exact_ = span_.begin.line == span_.end.line && width == scalar.text.size() + quotes;
    shift_ = scalar.quoted ? 1 : 0;
  }
  source::Span at(std::size_t begin, std::size_t end) const {
    if (!exact_) return span_;
    const auto column = [&](std::size_t offset) {
      return span_.begin.column + shift_ + static_cast<int>(offset);
    };
    return {{span_.begin.line, column(begin)}, {span_.begin.line, column(end)}};
  }

 private:
  source::Span span_;
  bool exact_ = false;
  int shift_ = 0;
};

/// What is wrong with the text between the braces, or empty.
std::string name_problem(std::string_view name) {
  if (name.empty()) return "nothing stands between the braces of '${}'";
  if (name.size() > kLongestName) return "the name in '${...}' is too long";
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte == 0x7f) return "a space or control character stands in '${...}'";
    if (c == '{' || c == '$') return "'${...}' can't stand inside another";
    if (c == '?' || c == '"' || c == '\'')
      return fmt::format("'{}' can't stand in the name of '${{...}}'", c);
  }
  return {};
}

std::string unknown_name(std::string_view name) {
  return fmt::format("unknown name '{}' in '${{...}}'", text::printable(name, 80));
}

std::string refused_line(const std::string& text) {
  const auto bad = text.find_first_of(std::string_view("\r\n\0", 3));
  return bad == std::string::npos ? "" : "it has a line break or NUL in it";
}

/// Text for people, one line of a protocol, or one argument: the value as it is, or not at all.
FillOutcome fill_plain(const std::vector<FilledPiece>& pieces, Template::Encode encode) {
  FillOutcome out;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!pieces[i].value) {
      out.text += pieces[i].piece->literal;
      continue;
    }
    const std::string value = fact::to_text(*pieces[i].value);
    if (encode == Template::Encode::line) out.refused = refused_line(value);
    if (encode == Template::Encode::argument) {
      if (value.find('\0') != std::string::npos) out.refused = "it has a NUL in it";
      if (out.text.empty() && value.starts_with('-')) out.refused = "it starts with '-', like an option";
    }
    out.culprit = i;
    if (!out.refused.empty()) return out;
    out.text += value;
  }
  return out;
}

}  // namespace

std::string name_of(const Resolved& name) {
  std::string text;
  if (name.from == Resolved::From::cloud) text = "cloud.";
  if (name.from == Resolved::From::fact && !name.step.empty()) text = name.step + ".";
  return text + name.name + (name.part.empty() ? "" : "." + name.part);
}

bool same_place(const Resolved& a, const Resolved& b) {
  return a.from == b.from && a.step == b.step && a.name == b.name && a.part == b.part;
}

Template Template::literal(std::string text) {
  Template out;
  if (!text.empty()) out.pieces_.push_back({std::move(text), std::nullopt});
  return out;
}

Template Template::parse(const source::Node& scalar, const Scope& scope, bool own,
                         source::Diagnostics& diagnostics) {
  const std::string_view text = scalar.text;
  const Places places(scalar);
  Template out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t open = text.find("${", at);
    if (open > at) out.pieces_.push_back({std::string(text.substr(at, open - at)), std::nullopt});
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find('}', open);
    if (close == std::string_view::npos) {
      diagnostics.error(Code::P026, places.at(open, text.size()), "'${' without its closing brace",
                        {"close it with '}'"});
      break;
    }
    std::string_view name = text.substr(open + 2, close - open - 2);
    const bool optional = name.size() > 1 && name.ends_with('?');
    if (optional) name.remove_suffix(1);
    const source::Span span = places.at(open, close + 1);
    at = close + 1;
    if (auto problem = name_problem(name); !problem.empty()) {
      diagnostics.error(Code::P026, span, std::move(problem), {"write it as '${name}' or '${step.fact}'"});
      continue;
    }
    auto target = scope.resolve(name, own);
    if (!target) {
      auto hint = did_you_mean(name, scope.known_names(own));
      diagnostics.error(Code::P027, span, unknown_name(name),
                        hint.empty() ? std::vector<std::string>{} : std::vector{std::move(hint)});
      continue;
    }
    out.pieces_.push_back({{}, Reference{*std::move(target), optional, span}});
  }
  return out;
}

bool Template::is_literal() const {
  for (const Piece& piece : pieces_) {
    if (piece.reference) return false;
  }
  return true;
}

const Reference* Template::sole_reference() const {
  return pieces_.size() == 1 && pieces_[0].reference ? &*pieces_[0].reference : nullptr;
}

std::vector<const Reference*> Template::references() const {
  std::vector<const Reference*> out;
  for (const Piece& piece : pieces_) {
    if (piece.reference) out.push_back(&*piece.reference);
  }
  return out;
}

Template::Filled Template::fill(const Environment& environment, Encode encode) const {
  Filled filled;
  std::vector<FilledPiece> pieces;
  for (const Piece& piece : pieces_) {
    pieces.push_back({&piece, std::nullopt});
    if (!piece.reference) continue;
    pieces.back().value = environment.value(piece.reference->target).value;
    if (pieces.back().value) continue;
    // An optional one that is not known takes the parameter away, whatever else is missing.
    if (piece.reference->optional) {
      filled.left_out = true;
    } else if (!filled.missing) {
      filled.missing = name_of(piece.reference->target);
    }
  }
  if (filled.left_out) filled.missing.reset();
  if (filled.left_out || filled.missing) return filled;
  const bool shell = encode == Encode::shell || encode == Encode::powershell;
  FillOutcome outcome = encode == Encode::url ? fill_url(pieces)
                        : shell               ? fill_shell(pieces, encode == Encode::powershell)
                                              : fill_plain(pieces, encode);
  if (outcome.refused.empty()) {
    filled.text = std::move(outcome.text);
    return filled;
  }
  const auto& reference =
      pieces.empty() ? std::optional<Reference>{} : pieces[outcome.culprit].piece->reference;
  filled.missing = reference ? name_of(reference->target) : std::string{};
  filled.refused = std::move(outcome.refused);
  return filled;
}

}  // namespace aztriage::match
