#pragma once

#include <string>
#include <string_view>

namespace aztriage::decode {

/// Appends a line of a Windows tool with its heading in English, where the heading is one that nslookup or
/// netstat print in another language; any other line as it is.
void append_in_english(std::string& out, std::string_view line);

}  // namespace aztriage::decode
