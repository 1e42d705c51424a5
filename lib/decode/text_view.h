#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::decode {

/// A text with an encoding taken off it, and where each of its bytes stood before. `[begin, end)` of the view
/// is
/// `[at[begin], at[end])` of the original.
struct TextView {
  std::string text;
  std::vector<std::uint32_t> at;  // one more than the text is long
};

/// The text as it is.
TextView plain_view(std::string_view text);
/// `%41` becomes `A`.
TextView without_percent(const TextView& view);
/// `\"`, `\n`, `\u0026` of JSON strings.
TextView without_backslashes(const TextView& view);
/// `&quot;`, `&amp;`, `&#39;` and their like.
TextView without_entities(const TextView& view);

/// The text and all its views that differ from it: percent-encoded once and twice, JSON, HTML.
std::vector<TextView> all_views(std::string_view text);

}  // namespace aztriage::decode
