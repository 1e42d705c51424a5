#pragma once

#include <string>
#include <string_view>

namespace aztriage::decode {

/// What a text lacks that no reader could read, so that somebody can be asked for just that: the output under
/// the command, the end of a JSON document, a login, the tool itself. `plain` is the text with its prompts.
/// Never empty.
std::string paste_lack(std::string_view reader, std::string_view plain);

}  // namespace aztriage::decode
