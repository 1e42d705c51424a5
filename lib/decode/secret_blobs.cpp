#include "base/text.h"
#include "decode/encoding.h"
#include "decode/secret_scan.h"

#include <algorithm>

namespace aztriage::decode {
namespace {

bool is_base64(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
         c == '-' || c == '_';
}
bool is_break(char c) {
  return c == '\n' || c == '\r';
}

/// Whether DER begins with a private key (PKCS#1, PKCS#8, SEC 1) or a PKCS#12 file: a sequence whose first
/// member is a version. A certificate begins with two sequences. Encrypted PKCS#8 begins with PBES2's
/// identifier.
bool is_key(std::string_view der) {
  if (der.size() < 16 || der[0] != '\x30') return false;
  const auto length = static_cast<unsigned char>(der[1]);
  const std::size_t head = length < 0x80 ? 2 : 2 + (length & 0x7fU);
  if (head > 4) return false;
  const std::string_view body = der.substr(head);
  using namespace std::string_view_literals;
  for (const std::string_view start : {"\x02\x01\x00\x30"sv, "\x02\x01\x00\x02"sv, "\x02\x01\x01\x04"sv,
                                       "\x02\x01\x03\x30"sv, "\x02\x01\x01\x30"sv}) {
    if (body.starts_with(start)) return true;
  }
  return body.size() > 8 && body[0] == '\x30' &&
         body.substr(2).starts_with("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d"sv);
}

/// Keys without the lines of PEM around them.
void scan_der(std::string_view text, std::vector<SecretSpan>& out) {
  constexpr std::size_t kLeast = 60;
  constexpr std::size_t kHead = 32;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_base64(text[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && is_base64(text[end])) ++end;
    // `M` is 0x30 to 0x33, the sequence; `b3BlbnNzaC1rZXktdjE` is "openssh-key-v1".
    const std::string_view run = text.substr(i, end - i);
    if (run.size() >= kLeast && (run[0] == 'M' || run.starts_with("b3BlbnNzaC1rZXktdjE"))) {
      const auto head = base64_decode(run.substr(0, kHead));
      if (run[0] != 'M' || (head && is_key(*head))) {
        while (end < text.size() && text[end] == '=') ++end;
        out.push_back({i, end, "private key"});
      }
    }
    i = end;
  }
}

/// `Private-Lines: 14` of PuTTY's key files, and that many lines of base64.
void scan_putty_keys(std::string_view text, std::vector<SecretSpan>& out) {
  constexpr std::string_view kMark = "Private-Lines:";
  for (std::size_t at = 0; (at = text.find(kMark, at)) != std::string_view::npos;) {
    at = std::min(text.find('\n', at), text.size());
    const std::size_t begin = std::min(at + 1, text.size());
    std::size_t end = begin;
    while (end < text.size() && (is_base64(text[end]) || text[end] == '=' || is_break(text[end]))) ++end;
    while (end > begin && end < text.size() && !is_break(text[end - 1])) --end;  // the next line has a name
    while (end > begin && is_break(text[end - 1])) --end;
    if (end > begin) out.push_back({begin, end, "private key"});
    at = std::max(end, at);
  }
}

struct Line {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t indent = 0;
};

/// `name: value` or `name:`; the place of the value, or npos where there is no name.
std::size_t yaml_value(std::string_view text, const Line& line) {
  const std::string_view body = text.substr(line.begin, line.end - line.begin);
  const std::size_t colon = body.find(':', line.indent);
  if (colon == std::string_view::npos) return colon;
  std::size_t at = colon + 1;
  while (at < body.size() && (body[at] == ' ' || is_break(body[at]))) ++at;
  return line.begin + at;
}

/// All values under `data:` and `stringData:`, of as many lines as each has.
class YamlSecret {
 public:
  YamlSecret(std::string_view text, std::vector<SecretSpan>& out) : text_(text), out_(out) {}

  void run() {
    for (std::size_t begin = 0; begin < text_.size();) {
      const std::size_t end = std::min(text_.find('\n', begin), text_.size());
      Line line{begin, end, 0};
      if (line.end > line.begin && text_[line.end - 1] == '\r') --line.end;
      while (line.begin + line.indent < line.end && text_[line.begin + line.indent] == ' ') ++line.indent;
      if (line.begin + line.indent < line.end) take(line);
      begin = end + 1;
    }
  }

 private:
  void take(const Line& line) {
    const std::string_view body = text_.substr(line.begin + line.indent, line.end - line.begin - line.indent);
    if (inside_ && line.indent > indent_) return take_member(line);
    inside_ = body == "data:" || body == "stringData:";
    indent_ = line.indent;
    members_ = 0;
  }
  void take_member(const Line& line) {
    if (members_ == 0) members_ = line.indent;
    const std::size_t value = line.indent == members_ ? yaml_value(text_, line) : line.begin + line.indent;
    if (value == std::string_view::npos || value >= line.end || is_mark(value)) return;
    if (!is_placeholder(text_.substr(value, line.end - value))) out_.push_back({value, line.end, "secret"});
  }
  /// `|` or `>` of a text on the next lines.
  bool is_mark(std::size_t at) const { return text_[at] == '|' || text_[at] == '>'; }

  std::string_view text_;
  std::vector<SecretSpan>& out_;
  bool inside_ = false;
  std::size_t indent_ = 0;
  std::size_t members_ = 0;  // their indent
};

std::size_t json_string_end(std::string_view text, std::size_t from) {
  while (from < text.size() && text[from] != '"') from += text[from] == '\\' ? 2 : 1;
  return std::min(from, text.size());
}

/// All strings that are values in `"data": {...}`.
void scan_json_secret(std::string_view text, std::vector<SecretSpan>& out) {
  for (const std::string_view name : {"\"data\"", "\"stringData\""}) {
    for (std::size_t at = 0; (at = text.find(name, at)) != std::string_view::npos;) {
      at += name.size();
      const std::size_t brace = text.find_first_not_of(" \t\r\n:", at);
      if (brace == std::string_view::npos || text[brace] != '{') continue;
      bool value = false;
      for (at = brace + 1; at < text.size() && text[at] != '}'; ++at) {
        if (text[at] == ':') value = true;
        if (text[at] == ',') value = false;
        if (text[at] != '"') continue;
        const std::size_t end = json_string_end(text, at + 1);
        if (value && end > at + 1 && !is_placeholder(text.substr(at + 1, end - at - 1)))
          out.push_back({at + 1, end, "secret"});
        at = end;
      }
    }
  }
}

bool says_secret(std::string_view text, std::string_view name) {
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string_view::npos;) {
    at += name.size();
    const std::size_t word = std::min(text.find_first_not_of(" \t\"':", at), text.size());
    if (word > at && text.substr(word).starts_with("Secret")) {
      const std::size_t end = word + 6;
      if (end == text.size() || std::string_view("\r\n\"', }").find(text[end]) != std::string_view::npos)
        return true;
    }
  }
  return false;
}

}  // namespace

void scan_blobs(std::string_view text, std::vector<SecretSpan>& out) {
  scan_der(text, out);
  scan_putty_keys(text, out);
  if (!says_secret(text, "kind")) return;
  YamlSecret(text, out).run();
  scan_json_secret(text, out);
}

}  // namespace aztriage::decode
