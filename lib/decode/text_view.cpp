#include "decode/text_view.h"

#include "base/text.h"

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

std::optional<Piece> backslash_piece(std::string_view s, std::size_t from) {
  if (s[from] != '\\' || from + 1 >= s.size()) return std::nullopt;
  switch (s[from + 1]) {
    case '"':
    case '\'':
    case '\\':
    case '/':
      return Piece{std::string(1, s[from + 1]), 2};
    case 'n':
      return Piece{"\n", 2};
    case 'r':
      return Piece{"\r", 2};
    case 't':
      return Piece{"\t", 2};
    case 'u':
      return unicode_piece(s, from);
    default:
      return std::nullopt;
  }
}

std::optional<Piece> entity_piece(std::string_view s, std::size_t from) {
  struct Entity {
    std::string_view name;
    std::string_view text;
  };
  constexpr std::array<Entity, 9> kEntities = {{{"&quot;", "\""},
                                                {"&amp;", "&"},
                                                {"&apos;", "'"},
                                                {"&lt;", "<"},
                                                {"&gt;", ">"},
                                                {"&#34;", "\""},
                                                {"&#39;", "'"},
                                                {"&#38;", "&"},
                                                {"&#61;", "="}}};
  if (s[from] != '&') return std::nullopt;
  for (const Entity& entity : kEntities) {
    if (s.substr(from, entity.name.size()) == entity.name) {
      return Piece{std::string(entity.text), entity.name.size()};
    }
  }
  return std::nullopt;
}

template <class Decode>
TextView decoded(const TextView& view, Decode decode) {
  TextView out;
  out.text.reserve(view.text.size());
  out.at.reserve(view.text.size() + 1);
  for (std::size_t i = 0; i < view.text.size();) {
    const std::optional<Piece> piece = decode(view.text, i);
    const std::string_view bytes =
        piece ? std::string_view(piece->text) : std::string_view(view.text).substr(i, 1);
    out.text += bytes;
    out.at.insert(out.at.end(), bytes.size(), view.at[i]);
    i += piece ? piece->length : 1;
  }
  out.at.push_back(view.at.back());
  return out;
}

}  // namespace

TextView plain_view(std::string_view text) {
  TextView view{std::string(text), std::vector<std::uint32_t>(text.size() + 1)};
  std::iota(view.at.begin(), view.at.end(), 0U);
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

std::vector<TextView> all_views(std::string_view text) {
  std::vector<TextView> views = {plain_view(text)};
  const auto add = [&](TextView view, const std::string& before) {
    if (view.text == before) return false;
    views.push_back(std::move(view));
    return true;
  };
  if (text.find('%') != std::string_view::npos && add(without_percent(views[0]), views[0].text)) {
    add(without_percent(views.back()), views.back().text);
  }
  if (text.find('\\') != std::string_view::npos && add(without_backslashes(views[0]), views[0].text)) {
    add(without_backslashes(views.back()), views.back().text);
  }
  if (text.find('&') != std::string_view::npos) add(without_entities(views[0]), views[0].text);
  return views;
}

}  // namespace aztriage::decode
