#pragma once

#include <string>
#include <string_view>

/// Text of servers and people made safe for a format. What a terminal or browser would act on (control
/// characters, marks that change the direction of text) becomes visible; malformed bytes become U+FFFD.
namespace aztriage::report {

/// For element content and double-quoted attributes.
std::string html_text(std::string_view text);
/// For Markdown (CommonMark and GitHub's tables): nothing in it is markup, in a paragraph, a list or a cell;
/// one line.
std::string markdown_text(std::string_view text);
/// Inline code with as many backticks as it takes; also for a cell of a table.
std::string markdown_code(std::string_view text);
/// Several lines, each made visible; no escapes.
std::string visible_lines(std::string_view text);

/// An address that a link may lead to: https, and nothing that ends an attribute or a Markdown link.
bool is_plain_address(std::string_view address);

}  // namespace aztriage::report
