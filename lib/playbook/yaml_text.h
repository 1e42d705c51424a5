#pragma once

#include "source/diagnostic.h"

#include <string>
#include <string_view>

namespace aztriage::playbook {

inline constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// Where the text in quotes that begins at `at` ends, the closing quote included; npos when nothing closes
/// it.
std::size_t end_of_quotes(std::string_view all, std::size_t at);

/// The offset of a value, past the anchors and tags before it.
std::size_t past_properties(std::string_view all, std::size_t at);

/// `~` and `null` are words like any other.
std::string null_word(std::string_view rest);

/// Control characters, and those that make a text look other than it is.
bool is_forbidden(char32_t c, bool before_line_feed);

/// Reports the first byte from `start` on that is not UTF-8 or that no text has; false when there is one.
bool check_characters(const source::Source& source, std::size_t start, source::Diagnostics& diagnostics);

}  // namespace aztriage::playbook
