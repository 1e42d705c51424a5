#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::decode {

/// A text with an encoding taken off it, and where each of its bytes stood before.
struct TextView {
  std::string text;
  std::vector<std::uint32_t> from;   // where what became this byte begins in the original
  std::vector<std::uint32_t> until;  // and where it ends
};

/// The text as it is.
TextView plain_view(std::string_view text);
/// `%41` becomes `A`.
TextView without_percent(const TextView& view);
/// `\"`, `\n`, `\u0026`, `\x26` of strings in JSON and programs, and signs that a shell's backslash protects.
TextView without_backslashes(const TextView& view);
/// `&quot;`, `&amp;`, `&#39;`, `&#x27;` and their like.
TextView without_entities(const TextView& view);
/// All of these in one pass, and PowerShell's backtick before a sign.
TextView without_escapes(const TextView& view);
/// `=3D` and the `=` at the end of a line, where a text is quoted-printable, as mails are.
TextView without_quoted_printable(const TextView& view);
/// Where a key in base64 fell apart because somebody took its `+` for a blank, as servers do with what stands
/// in a query.
TextView with_plus_signs(const TextView& view);
/// Lines that belong together: behind a backslash or a backtick, and where a line is as long as a screen, a
/// mail or a PEM line is wide. Quotation marks of mails and the indent of the next line go, too.
TextView without_wraps(const TextView& view);

/// The text and all its views that differ from it: each encoding once and twice, several of them in each
/// other, each also with its wrapped lines joined. A bounded number.
std::vector<TextView> all_views(std::string_view text);

}  // namespace aztriage::decode
