#include "base/text.h"

#include <algorithm>
#include <array>

namespace aztriage::text {
namespace {

char lower_char(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

struct Range {
  char32_t first, last;
};

template <std::size_t N>
bool in_ranges(const std::array<Range, N>& ranges, char32_t value) {
  const auto it = std::upper_bound(ranges.begin(), ranges.end(), value,
                                   [](char32_t v, const Range& range) { return v < range.first; });
  return it != ranges.begin() && value <= std::prev(it)->last;
}

/// Marks that stand on the character before them, and what shows nothing at all.
constexpr std::array kZeroWidth = std::to_array<Range>(
    {{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x05bf, 0x05bf}, {0x05c1, 0x05c2},
     {0x0610, 0x061a}, {0x064b, 0x065f}, {0x0670, 0x0670}, {0x06d6, 0x06dc}, {0x06df, 0x06e4},
     {0x0900, 0x0902}, {0x093a, 0x093a}, {0x093c, 0x093c}, {0x0941, 0x0948}, {0x094d, 0x094d},
     {0x0e31, 0x0e31}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
     {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0x20d0, 0x20f0}, {0x302a, 0x302d},
     {0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xe0000, 0xe01ef}});

/// East Asian wide and full-width characters and emoji.
constexpr std::array kWide = std::to_array<Range>(
    {{0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},   {0x2614, 0x2615},
     {0x26a1, 0x26a1},   {0x2705, 0x2705},   {0x274c, 0x274c},   {0x2753, 0x2755},   {0x2e80, 0x303e},
     {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97f},
     {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe10, 0xfe19},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},
     {0xffe0, 0xffe6},   {0x1f004, 0x1f004}, {0x1f18e, 0x1f19a}, {0x1f200, 0x1f320}, {0x1f32d, 0x1f64f},
     {0x1f680, 0x1f6fc}, {0x1f7e0, 0x1f7eb}, {0x1f90c, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd}});

/// What moves a terminal's cursor, changes its state or the order in which text is read.
bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c || c == 0x200e || c == 0x200f || c == 0x2028 ||
         c == 0x2029 || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
         (c >= 0xe0000 && c <= 0xe007f);
}

void append_hex(std::string& out, char32_t value, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
    out += "0123456789abcdef"[(value >> shift) & 0xfU];
}

std::string escaped(char32_t c) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  std::string out = c <= 0xff ? "\\x" : c <= 0xffff ? "\\u" : "\\U";
  append_hex(out, c, c <= 0xff ? 2 : c <= 0xffff ? 4 : 8);
  return out;
}

/// Length of the sequence that `first` announces, and the least value that needs it; 0 when it can't start
/// one.
int sequence_length(unsigned char first, char32_t& value, char32_t& least) {
  if (first >= 0xc2 && first <= 0xdf) return value = first & 0x1fU, least = 0x80, 2;
  if (first >= 0xe0 && first <= 0xef) return value = first & 0x0fU, least = 0x800, 3;
  if (first >= 0xf0 && first <= 0xf4) return value = first & 0x07U, least = 0x10000, 4;
  return 0;
}

}  // namespace

std::string lower(std::string_view s) {
  std::string out(s);
  std::transform(out.begin(), out.end(), out.begin(), lower_char);
  return out;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower_char(x) == lower_char(y); });
}

std::string_view trim(std::string_view s) {
  while (!s.empty() && is_space(s.front())) s.remove_prefix(1);
  while (!s.empty() && is_space(s.back())) s.remove_suffix(1);
  return s;
}

std::vector<std::string_view> split(std::string_view s, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const std::size_t at = s.find(separator);
    pieces.push_back(s.substr(0, at));
    if (at == std::string_view::npos) return pieces;
    s.remove_prefix(at + 1);
  }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += separator;
    out += parts[i];
  }
  return out;
}

bool contains(std::string_view s, std::string_view piece) {
  return s.find(piece) != std::string_view::npos;
}

CodePoint next_code_point(std::string_view s, std::size_t& at) {
  constexpr CodePoint kMalformed{0xfffd, false};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const std::size_t start = at++;
  if (byte(start) < 0x80) return {byte(start), true};
  char32_t value = 0;
  char32_t least = 0;
  const int length = sequence_length(byte(start), value, least);
  if (length == 0 || s.size() - start < static_cast<std::size_t>(length)) return kMalformed;
  for (std::size_t i = start + 1; i < start + static_cast<std::size_t>(length); ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return kMalformed;
    value = (value << 6U) | (byte(i) & 0x3fU);
  }
  if (value < least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return kMalformed;
  at = start + static_cast<std::size_t>(length);
  return {value, true};
}

void append_utf8(std::string& out, char32_t value) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (value < 0x80) return put(value);
  if (value < 0x800) {
    put(0xc0U | (value >> 6U));
  } else if (value < 0x10000) {
    put(0xe0U | (value >> 12U));
    put(0x80U | ((value >> 6U) & 0x3fU));
  } else {
    put(0xf0U | (value >> 18U));
    put(0x80U | ((value >> 12U) & 0x3fU));
    put(0x80U | ((value >> 6U) & 0x3fU));
  }
  put(0x80U | (value & 0x3fU));
}

std::size_t first_invalid_utf8(std::string_view s) {
  for (std::size_t at = 0; at < s.size();) {
    const std::size_t start = at;
    if (!next_code_point(s, at).valid) return start;
  }
  return std::string_view::npos;
}

std::string to_utf8(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  for (std::size_t at = 0; at < s.size();) {
    const std::size_t start = at;
    if (next_code_point(s, at).valid) {
      out += s.substr(start, at - start);
    } else {
      append_utf8(out, 0xfffd);
    }
  }
  return out;
}

std::string printable(std::string_view s, std::size_t max_bytes) {
  std::string out;
  for (std::size_t at = 0; at < s.size();) {
    const std::size_t start = at;
    const CodePoint c = next_code_point(s, at);
    std::string piece;
    if (!c.valid) {
      piece = escaped(static_cast<unsigned char>(s[start]));
    } else if (c.value == '\t') {
      piece = " ";
    } else if (is_control(c.value)) {
      piece = escaped(c.value);
    } else {
      piece = s.substr(start, at - start);
    }
    if (out.size() + piece.size() > max_bytes) return out + "\u2026";
    out += piece;
  }
  return out;
}

std::string printable_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t at = 0; at < json.size();) {
    const std::size_t start = at;
    const char32_t c = next_code_point(json, at).value;
    // Line breaks stand between values; inside of texts whatever is below U+0020 is escaped already.
    if (c < 0x20 || !is_control(c)) {
      out += json.substr(start, at - start);
      continue;
    }
    const bool pair = c > 0xffff;
    const char32_t high = pair ? 0xd800 + ((c - 0x10000) >> 10U) : c;
    out += "\\u";
    append_hex(out, high, 4);
    if (!pair) continue;
    out += "\\u";
    append_hex(out, 0xdc00 + ((c - 0x10000) & 0x3ffU), 4);
  }
  return out;
}

std::size_t width(std::string_view s) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < s.size();) {
    const char32_t c = next_code_point(s, at).value;
    if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || in_ranges(kZeroWidth, c)) continue;
    columns += in_ranges(kWide, c) ? 2U : 1U;
  }
  return columns;
}

}  // namespace aztriage::text
