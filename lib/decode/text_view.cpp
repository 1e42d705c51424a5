#include "decode/text_view.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

namespace aztriage::decode {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// What stands encoded at `from`: its text, and how many bytes it took.
struct Piece {
  std::string text;
  std::size_t length;
};

std::optional<Piece> percent_piece(std::string_view s, std::size_t from) {
  if (s[from] != '%' || from + 2 >= s.size()) return std::nullopt;
  const int high = hex_digit(s[from + 1]);
  const int low = hex_digit(s[from + 2]);
  if (high < 0 || low < 0) return std::nullopt;
  return Piece{std::string(1, static_cast<char>(high * 16 + low)), 3};
}

std::optional<Piece> unicode_piece(std::string_view s, std::size_t from) {
  if (from + 5 >= s.size()) return std::nullopt;
  char32_t value = 0;
  for (std::size_t i = from + 2; i < from + 6; ++i) {
    const int digit = hex_digit(s[i]);
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<char32_t>(digit);
  }
  Piece piece{{}, 6};
  text::append_utf8(piece.text, value >= 0xd800 && value <= 0xdfff ? U'\ufffd' : value);
  return piece;
}

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_sign(char c) {
  return c > ' ' && c < '\x7f' && !is_alnum(c);
}

std::optional<Piece> byte_piece(std::string_view s, std::size_t from) {
  if (from + 3 >= s.size()) return std::nullopt;
  const int high = hex_digit(s[from + 2]);
  const int low = hex_digit(s[from + 3]);
  if (high < 0 || low < 0) return std::nullopt;
  return Piece{std::string(1, static_cast<char>(high * 16 + low)), 4};
}

std::optional<Piece> backslash_piece(std::string_view s, std::size_t from) {
  if (s[from] != '\\' || from + 1 >= s.size()) return std::nullopt;
  if (is_sign(s[from + 1])) return Piece{std::string(1, s[from + 1]), 2};
  switch (s[from + 1]) {
    case ' ':
      return Piece{" ", 2};
    case 'n':
      return Piece{"\n", 2};
    case 'r':
      return Piece{"\r", 2};
    case 't':
      return Piece{"\t", 2};
    case 'u':
      return unicode_piece(s, from);
    case 'x':
      return byte_piece(s, from);
    default:
      return std::nullopt;
  }
}

/// `&#43;`, `&#x2B;`.
std::optional<Piece> numeric_entity(std::string_view s, std::size_t from) {
  const bool hex = from + 2 < s.size() && (s[from + 2] == 'x' || s[from + 2] == 'X');
  char32_t value = 0;
  std::size_t i = from + (hex ? 3 : 2);
  const std::size_t most = std::min(s.size(), i + 7);
  const std::size_t digits = i;
  for (; i < most; ++i) {
    const int digit = hex_digit(s[i]);
    if (digit < 0 || (!hex && digit > 9)) break;
    value = value * (hex ? 16 : 10) + static_cast<char32_t>(digit);
  }
  if (i == digits || i >= s.size() || s[i] != ';' || value > 0x10ffff) return std::nullopt;
  Piece piece{{}, i + 1 - from};
  text::append_utf8(piece.text, value >= 0xd800 && value <= 0xdfff ? U'\ufffd' : value);
  return piece;
}

std::optional<Piece> entity_piece(std::string_view s, std::size_t from) {
  struct Entity {
    std::string_view name;
    std::string_view text;
  };
  constexpr std::array<Entity, 6> kEntities = {
      {{"&quot;", "\""}, {"&amp;", "&"}, {"&apos;", "'"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&nbsp;", " "}}};
  if (s[from] != '&') return std::nullopt;
  if (s.substr(from, 2) == "&#") return numeric_entity(s, from);
  for (const Entity& entity : kEntities) {
    if (s.substr(from, entity.name.size()) == entity.name) {
      return Piece{std::string(entity.text), entity.name.size()};
    }
  }
  return std::nullopt;
}

std::optional<Piece> backtick_piece(std::string_view s, std::size_t from) {
  if (s[from] != '`' || from + 1 >= s.size() || !is_sign(s[from + 1])) return std::nullopt;
  return Piece{std::string(1, s[from + 1]), 2};
}

std::optional<Piece> any_piece(std::string_view s, std::size_t from) {
  switch (s[from]) {
    case '%':
      return percent_piece(s, from);
    case '\\':
      return backslash_piece(s, from);
    case '&':
      return entity_piece(s, from);
    case '`':
      return backtick_piece(s, from);
    default:
      return std::nullopt;
  }
}

template <class Decode>
TextView decoded(const TextView& view, Decode decode) {
  TextView out;
  out.text.reserve(view.text.size());
  out.from.reserve(view.text.size());
  out.until.reserve(view.text.size());
  for (std::size_t i = 0; i < view.text.size();) {
    const std::optional<Piece> piece = decode(view.text, i);
    const std::string_view bytes =
        piece ? std::string_view(piece->text) : std::string_view(view.text).substr(i, 1);
    out.text += bytes;
    out.from.insert(out.from.end(), bytes.size(), view.from[i]);
    i += piece ? piece->length : 1;
    out.until.insert(out.until.end(), bytes.size(), view.until[i - 1]);
  }
  return out;
}

}  // namespace

TextView plain_view(std::string_view text) {
  TextView view{std::string(text), std::vector<std::uint32_t>(text.size()),
                std::vector<std::uint32_t>(text.size())};
  std::iota(view.from.begin(), view.from.end(), 0U);
  std::iota(view.until.begin(), view.until.end(), 1U);
  return view;
}

TextView without_percent(const TextView& view) {
  return decoded(view, percent_piece);
}
TextView without_backslashes(const TextView& view) {
  return decoded(view, backslash_piece);
}
TextView without_entities(const TextView& view) {
  return decoded(view, entity_piece);
}
TextView without_escapes(const TextView& view) {
  return decoded(view, any_piece);
}
std::vector<TextView> all_views(std::string_view text) {
  const auto has = [](std::string_view what, std::string_view signs) {
    return what.find_first_of(signs) != std::string_view::npos;
  };
  std::vector<TextView> bases;
  bases.push_back(plain_view(text));
  const auto add_base = [&](TextView view) {
    if (view.text != bases[0].text && view.text != bases.back().text) bases.push_back(std::move(view));
  };
  if (has(text, "\n")) {
    add_base(without_wraps(bases[0]));
    if (has(text, "=")) add_base(without_quoted_printable(bases[0]));
  }
  if (has(text, " ")) add_base(with_plus_signs(bases[0]));
  std::vector<TextView> views;
  for (TextView& base : bases) {
    // Taken once more as long as something changes, twice at most.
    const auto twice = [&](TextView (*take)(const TextView&)) {
      TextView once = take(base);
      if (once.text == base.text) return;
      TextView again = take(once);
      const bool more = again.text != once.text;
      views.push_back(std::move(once));
      if (more) views.push_back(std::move(again));
    };
    int kinds = (has(text, "\\") ? 1 : 0) + (has(text, "&") ? 1 : 0) + (has(text, "`") ? 2 : 0);
    if (has(text, "%")) {
      twice(without_percent);
      kinds += 1 + (!views.empty() && has(views.back().text, "\\&`") ? 1 : 0);
    }
    if (has(text, "\\")) twice(without_backslashes);
    if (has(text, "&")) twice(without_entities);
    TextView last = base;
    for (int i = 0; i < 3 && kinds > 1; ++i) {
      TextView next = without_escapes(last);
      if (next.text == last.text) break;
      views.push_back(next);
      last = std::move(next);
    }
    views.push_back(std::move(base));
  }
  return views;
}

}  // namespace aztriage::decode
