#include "decode/readers/lines.h"

#include "base/text.h"
#include "fact/address.h"

#include <algorithm>
#include <array>

namespace aztriage::decode {
namespace {

using fact::Kind;
using fact::Value;

constexpr std::size_t kMostUnread = 100;
constexpr int kMostQuoting = 5;

/// UTF-16 with a byte order mark, as PowerShell writes files.
std::string from_utf16(std::string_view text) {
  const bool little = text.starts_with("\xff\xfe");
  std::string out;
  for (std::size_t i = 2; i + 1 < text.size(); i += 2) {
    const auto low = static_cast<unsigned char>(text[little ? i : i + 1]);
    const auto high = static_cast<unsigned char>(text[little ? i + 1 : i]);
    const auto unit = static_cast<char32_t>(high * 256 + low);
    text::append_utf8(out, unit >= 0xd800 && unit <= 0xdfff ? U'\ufffd' : unit);
  }
  return out;
}

/// The end of a terminal's control sequence that begins at `from` with ESC.
std::size_t escape_end(std::string_view text, std::size_t from) {
  std::size_t i = from + 1;
  if (i >= text.size()) return i;
  if (text[i] == '[') {
    ++i;
    while (i < text.size() && text[i] >= 0x20 && text[i] < 0x40) ++i;
    return std::min(i + 1, text.size());
  }
  if (text[i] == ']') {  // a title: up to BEL or ESC backslash, on one line
    while (i < text.size() && text[i] != '\a' && text[i] != '\x1b' && text[i] != '\n') ++i;
    return i < text.size() && text[i] == '\a' ? i + 1 : i;
  }
  return i + 1;
}

void append_plain(std::string& out, char32_t c) {
  switch (c) {
    case 0x00a0:
    case 0x2007:
    case 0x202f:
    case 0x3000:
      out += ' ';
      return;
    case 0x201c:
    case 0x201d:
      out += '"';
      return;
    case 0x2018:
    case 0x2019:
      out += '\'';
      return;
    case 0x2028:
    case 0x2029:
      out += '\n';
      return;
    case 0x00ad:
    case 0x200b:
    case 0x200c:
    case 0x200d:
    case 0x200e:
    case 0x200f:
    case 0x2060:
    case 0xfeff:
      return;
    default:
      if (c >= 0x20 || c == '\t' || c == '\n') text::append_utf8(out, c);
  }
}

bool all_quoted(std::string_view text) {
  bool any = false;
  for (const std::string_view line : text::split(text, '\n')) {
    if (text::trim(line).empty()) continue;
    if (!line.starts_with('>')) return false;
    any = true;
  }
  return any;
}

std::string without_quoting(std::string text) {
  for (int depth = 0; depth < kMostQuoting && all_quoted(text); ++depth) {
    std::string out;
    for (std::string_view line : text::split(text, '\n')) {
      if (line.starts_with('>')) line.remove_prefix(line.starts_with("> ") ? 2 : 1);
      out += line;
      out += '\n';
    }
    out.pop_back();
    text = std::move(out);
  }
  return text;
}

bool is_private(const fact::Address& address) {
  static const std::vector<fact::Network> kNetworks = [] {
    std::vector<fact::Network> list;
    for (const char* text :
         {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
          "192.168.0.0/16", "::1/128", "::/128", "fc00::/7", "fe80::/10"}) {
      if (const auto network = fact::parse_network(text)) list.push_back(*network);
    }
    return list;
  }();
  return std::any_of(kNetworks.begin(), kNetworks.end(),
                     [&](const auto& network) { return network.contains(address); });
}

std::string_view class_of(const std::vector<std::string>& addresses) {
  std::size_t count = 0;
  for (const std::string& text : addresses) {
    const auto address = fact::parse_address(text);
    if (address && is_private(*address)) ++count;
  }
  if (addresses.empty()) return "none";
  return count == 0 ? "public" : count == addresses.size() ? "private" : "mixed";
}

}  // namespace

std::string plain_text(std::string_view text) {
  std::string decoded;
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    decoded = from_utf16(text);
    text = decoded;
  }
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '\x1b') {
      i = escape_end(text, i);
    } else if (text[i] == '\r') {
      if (i + 1 >= text.size() || text[i + 1] != '\n') out += '\n';
      ++i;
    } else {
      append_plain(out, text::next_code_point(text, i).value);
    }
  }
  return without_quoting(std::move(out));
}

Lines::Lines(std::string_view text) : lines_(text::split(text, '\n')), claimed_(lines_.size(), false) {}

std::vector<std::size_t> Lines::unread() const {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < lines_.size() && out.size() < kMostUnread; ++i) {
    const std::string_view line = text::trim(lines_[i]);
    const bool prompt = line.ends_with('$') || line.starts_with("$ ") || line.starts_with("PS ") ||
                        line.starts_with("C:\\") || line.starts_with("# ");
    if (!claimed_[i] && !line.empty() && !prompt) out.push_back(i + 1);
  }
  return out;
}

std::optional<Labelled> labelled(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon > 60) return std::nullopt;
  const std::string_view name = text::trim(line.substr(0, colon));
  if (name.empty()) return std::nullopt;
  return Labelled{text::lower(name), text::trim(line.substr(colon + 1))};
}

bool starts_with_word(std::string_view line, std::string_view word) {
  return line.size() >= word.size() && text::equal_ignoring_case(line.substr(0, word.size()), word);
}

void put_text(fact::Facts& facts, std::string_view name, std::string_view value, Kind kind) {
  if (!value.empty()) facts.insert_or_assign(std::string(name), Value::text(text::to_utf8(value), kind));
}

fact::Observation unreadable(std::string_view what) {
  fact::Observation seen;
  seen.failure = fact::Failure{"read", fact::FailureKind::unreadable, "the text is no " + std::string(what)};
  return seen;
}

void NameFacts::put(fact::Observation& seen) const {
  std::vector<std::string> four;
  std::vector<std::string> six;
  for (const std::string& text : addresses)
    (text.find(':') == std::string::npos ? four : six).push_back(text);
  seen.facts["addresses"] = Value::list_of(Kind::ip, addresses);
  seen.facts["ipv4"] = Value::list_of(Kind::ip, four);
  seen.facts["ipv6"] = Value::list_of(Kind::ip, six);
  seen.facts["chain"] = Value::list_of(Kind::host, chain);
  if (!chain.empty()) {
    put_text(seen.facts, "alias", chain.front(), Kind::host);
    put_text(seen.facts, "last", chain.back(), Kind::host);
  }
  seen.facts["class"] = Value::text(std::string(class_of(addresses)), Kind::choice);
  for (const char* group : {"addresses", "ipv4", "ipv6", "chain", "alias", "last", "class"})
    seen.read.insert(group);
}

void put_rcode(fact::Observation& seen, std::string_view rcode) {
  struct Row {
    std::string_view word;
    fact::FailureKind kind;
  };
  constexpr std::array<Row, 3> kRows = {{{"nxdomain", fact::FailureKind::dns_nxdomain},
                                         {"servfail", fact::FailureKind::dns_servfail},
                                         {"refused", fact::FailureKind::dns_refused}}};
  put_text(seen.facts, "rcode", rcode, Kind::choice);
  seen.answered = true;
  if (rcode == "noerror" || rcode == "nxdomain") seen.facts["exists"] = Value::boolean(rcode == "noerror");
  for (const Row& row : kRows) {
    if (row.word == rcode) {
      seen.failure = fact::Failure{"resolve", row.kind, std::string(fact::failure_meaning(row.kind))};
    }
  }
}

}  // namespace aztriage::decode
