#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aztriage::decode {

/// Standard and URL-safe alphabets, with or without padding, whitespace between; nothing when another sign
/// stands in it or it ends in the middle of a byte.
std::optional<std::string> base64_decode(std::string_view text);
std::string base64_encode(std::string_view bytes);

/// `%41` becomes `A`; what is no valid escape stays as it is. A plus stays a plus.
std::string percent_decode(std::string_view text);
/// Everything but letters, digits and `-._~` (RFC 3986) as upper case escapes.
std::string percent_encode(std::string_view bytes);

}  // namespace aztriage::decode
