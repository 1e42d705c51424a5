#include "probe/wire/said.h"

#include "base/text.h"
#include "decode/mask.h"
#include "fact/address.h"
#include "net/tls_failure.h"

namespace aztriage::probe::wire {
namespace {

bool may_be_address(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

bool is_tls(std::string_view first) {
  const auto type = static_cast<unsigned char>(first[0]);
  return type >= 20 && type <= 24 && (first.size() < 2 || first[1] == 3);
}

}  // namespace

std::string said(std::string_view bytes, std::size_t most) {
  return text::to_utf8(bytes.substr(0, most));
}

std::string quote(std::string_view bytes, std::size_t most) {
  constexpr std::size_t kLongestSecret = 4096;
  return text::printable(decode::mask(text::to_utf8(bytes.substr(0, kLongestSecret))).text, most);
}

std::string first_address(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (!may_be_address(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && may_be_address(text[end])) ++end;
    std::string_view word = text.substr(at, end - at);
    while (word.ends_with('.') || (word.ends_with(':') && !word.ends_with("::"))) word.remove_suffix(1);
    if (word.size() > 2 && word != "::" && fact::parse_address(word)) return std::string(word);
    at = end;
  }
  return {};
}

std::string other_protocol(std::string_view first) {
  if (first.empty()) return "the server said nothing";
  if (is_tls(first)) return "the server answered TLS: this port wants TLS from the first byte";
  const std::string_view line = first.substr(0, first.find_first_of("\r\n"));
  return "the server answered " + std::string(net::preface_protocol(first)) + ": " + quote(line);
}

}  // namespace aztriage::probe::wire
