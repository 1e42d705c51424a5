#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "fact/observation.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace aztriage::decode {

/// What was taken apart. The facts hold no secret: what is one is told by its presence and shape only.
struct Decoded {
  std::string kind;  // "sas", "jwt", "connection-string", "certificate"
  fact::Facts facts;
  std::string summary;
};

inline constexpr std::array<std::string_view, 5> kDecodeForms = {"auto", "sas", "jwt", "connection-string",
                                                                 "certificate"};
inline constexpr std::size_t kMostDecoded = 1024 * 1024;

/// Takes a text apart as `as`; `auto` finds out what it is. Blanks, quotes and line breaks of a terminal do
/// not matter. The error says what was expected.
Result<Decoded> decode(std::string_view text, std::string_view as, UtcTime now);

/// Each reads one form; nothing when the text is not of that form.
std::optional<Decoded> decode_sas(std::string_view text, UtcTime now);
std::optional<Decoded> decode_jwt(std::string_view text, UtcTime now);
std::optional<Decoded> decode_connection_string(std::string_view text, UtcTime now);
std::optional<Decoded> decode_certificate(std::string_view text, UtcTime now);

}  // namespace aztriage::decode
