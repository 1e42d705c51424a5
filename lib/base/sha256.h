#pragma once

#include <string>
#include <string_view>

namespace aztriage {

/// SHA-256 (FIPS 180-4) in lower-case hex: names a text, protects nothing.
std::string sha256_hex(std::string_view text);

}  // namespace aztriage
