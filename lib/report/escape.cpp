#include "report/escape.h"

#include "base/text.h"

#include <algorithm>

namespace aztriage::report {
namespace {

constexpr std::size_t kLongest = 64 * 1024;  // bytes of one text

std::string visible(std::string_view text) {
  return text::printable(text, kLongest);
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : visible(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string markdown_text(std::string_view text) {
  std::string out;
  const std::string safe = visible(text);
  for (std::size_t i = 0; i < safe.size(); ++i) {
    const char c = safe[i];
    // `&` and `<` as entities, since a backslash does not help against them everywhere.
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (std::string_view("\\`*_{}[]>#|~$").find(c) != std::string_view::npos) {
      out += '\\';
      out += c;
    } else if (i == 0 && (c == '-' || c == '+' || c == '=')) {
      out += '\\';
      out += c;
    } else if ((c == '.' || c == ')') && i > 0 && i < 10 &&
               std::ranges::all_of(safe.substr(0, i), [](char d) { return d >= '0' && d <= '9'; })) {
      out += '\\';  // else a list begins here
      out += c;
    } else if (c == ':' && safe.compare(i, 3, "://") == 0) {
      out += "&#58;";  // else it becomes a link by itself
    } else if (c == '@') {
      out += "&#64;";
    } else {
      out += c;
    }
  }
  // The same for addresses without a scheme.
  for (std::size_t at = out.find("www."); at != std::string::npos; at = out.find("www.", at + 4))
    out.replace(at + 3, 1, "&#46;");
  return out;
}

std::string markdown_code(std::string_view text) {
  std::string safe = visible(text);
  if (safe.find_first_not_of(' ') == std::string::npos) return markdown_text(safe);
  std::size_t longest = 0;
  for (std::size_t i = 0, run = 0; i < safe.size(); ++i) {
    run = safe[i] == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  // A bar ends a cell even inside code; there a backslash before it goes away again.
  std::string out;
  for (const char c : safe) out += c == '|' ? "\\|" : std::string(1, c);
  const std::string ticks(longest + 1, '`');
  const std::string pad = longest > 0 ? " " : "";
  return ticks + pad + out + pad + ticks;
}

std::string visible_lines(std::string_view text) {
  std::string out;
  for (const std::string_view line : text::split(text.substr(0, kLongest), '\n')) {
    out += visible(line) + '\n';
  }
  out.pop_back();
  return out;
}

bool is_plain_address(std::string_view address) {
  constexpr std::string_view kSigns =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/?#=&%+:,;@!";
  return address.starts_with("https://") && address.find_first_not_of(kSigns) == std::string_view::npos;
}

}  // namespace aztriage::report
