#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::text {

/// ASCII only: host names, header names and keywords are ASCII, and locale must not matter.
std::string lower(std::string_view s);
bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string_view trim(std::string_view s);
/// Always at least one piece; empty pieces are kept.
std::vector<std::string_view> split(std::string_view s, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
bool contains(std::string_view s, std::string_view piece);

/// Reads one code point at `at` and moves past it. A malformed sequence gives U+FFFD, `valid` false, and
/// moves one byte on.
struct CodePoint {
  char32_t value = 0;
  bool valid = true;
};
CodePoint next_code_point(std::string_view s, std::size_t& at);
/// Appends it as UTF-8.
void append_utf8(std::string& out, char32_t value);

/// Offset of the first byte that is not well-formed UTF-8 (RFC 3629), or npos.
std::size_t first_invalid_utf8(std::string_view s);
/// Malformed bytes become U+FFFD.
std::string to_utf8(std::string_view s);

/// Text from a server or file made safe for a terminal: C0, DEL, C1 and Unicode direction controls become
/// visible escapes such as `\x1b` or `\u202e`; tabs become a space; at most `max_bytes`, then an ellipsis.
std::string printable(std::string_view s, std::size_t max_bytes = 400);

/// JSON made safe for a terminal without a change of what it means: characters that `printable` would show as
/// escapes, and that JSON allows as they are, become `\uXXXX`. It must be well-formed UTF-8.
std::string printable_json(std::string_view json);

/// Columns a terminal needs for UTF-8 text (wide East Asian characters count 2, combining marks 0).
std::size_t width(std::string_view s);

}  // namespace aztriage::text
