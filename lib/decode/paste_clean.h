#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aztriage::decode {

/// What a person pasted, as the program printed it: after `plain_text`, the prompts of shells go from the
/// lines that begin with one, the marks of a quoted mail from those that have them, and the headings that
/// Windows tools print in other languages become English. Linear; a line that it does not know stays as it
/// is, and each line keeps its number.
std::string clean_paste(std::string_view text);

/// The same with lines joined that a terminal broke at its width. Nothing when no line looks broken.
std::optional<std::string> unwrapped(std::string_view cleaned);

/// Where the prompt at the beginning of a line ends and what was typed begins: `PS C:\> `, `admin@host:~$ `,
/// `bash-5.1# `, `/ # `, `C:\Users\a>`; npos when the line has none.
std::size_t after_prompt(std::string_view line);

}  // namespace aztriage::decode
