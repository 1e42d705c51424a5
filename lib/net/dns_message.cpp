#include "net/dns_message.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include <arpa/inet.h>

namespace aztriage::net::dns {
namespace {

constexpr std::size_t kHeader = 12;
constexpr std::size_t kLongestName = 255;
constexpr std::uint16_t kInternet = 1;
constexpr std::size_t kMostAliases = 64;

using Bytes = std::span<const std::uint8_t>;

/// Reads forward and never past the end; once something was missing, all that follows is.
class Reader {
 public:
  Reader(Bytes all, std::size_t at, std::size_t end) : all_(all), at_(at), end_(end) {}
  explicit Reader(Bytes all) : Reader(all, 0, all.size()) {}
  bool good() const { return good_; }
  std::size_t at() const { return at_; }
  std::size_t left() const { return good_ ? end_ - at_ : 0; }

  std::uint8_t byte() { return need(1) ? all_[at_++] : std::uint8_t{0}; }
  std::uint16_t two() {
    const unsigned high = byte();
    return static_cast<std::uint16_t>(high << 8 | byte());
  }
  std::uint32_t four() {
    const std::uint32_t high = two();
    return high << 16 | two();
  }
  Bytes take(std::size_t count) {
    if (!need(count)) return {};
    at_ += count;
    return all_.subspan(at_ - count, count);
  }
  std::string name();

 private:
  bool need(std::size_t count) {
    good_ = good_ && count <= end_ - at_;
    return good_;
  }
  Bytes all_;
  std::size_t at_;
  std::size_t end_;
  bool good_ = true;
};

/// As in a zone file: dots inside labels and what can't be printed are escaped.
void append_escaped(std::string& out, std::uint8_t byte, std::string_view special) {
  const char c = static_cast<char>(byte);
  if (byte <= 0x20 || byte >= 0x7f) {
    out += '\\';
    out += static_cast<char>('0' + byte / 100);
    out += static_cast<char>('0' + byte / 10 % 10);
    out += static_cast<char>('0' + byte % 10);
  } else {
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
}

/// A pointer must lead before the place where the name, or the piece it continues, began: so it ends.
std::string Reader::name() {
  std::string out;
  std::size_t length = 1;
  std::size_t from = at_;  // where this piece began
  std::size_t here = at_;
  std::size_t end = end_;
  bool jumped = false;
  while (good_) {
    if (here >= end) break;
    const std::uint8_t size = all_[here++];
    if (size == 0) {
      if (!jumped) at_ = here;
      return out;
    }
    if ((size & 0xc0) == 0xc0) {
      if (here >= end) break;
      const std::size_t target = static_cast<std::size_t>(size & 0x3f) << 8 | all_[here++];
      if (!jumped) at_ = here;
      if (target >= from) break;
      jumped = true;
      from = here = target;
      end = all_.size();
      continue;
    }
    length += size + 1U;
    if ((size & 0xc0) != 0 || size > end - here || length > kLongestName) break;
    if (!out.empty()) out += '.';
    for (std::size_t i = 0; i < size; ++i) append_escaped(out, all_[here + i], ".\\\"();@$");
    here += size;
  }
  good_ = false;
  return {};
}

std::string address(Bytes data, int family) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const std::size_t size = family == AF_INET ? 4 : 16;
  if (data.size() != size || inet_ntop(family, data.data(), text.data(), text.size()) == nullptr) return {};
  return text.data();
}

std::string as_text(Bytes data) {
  return std::string(data.begin(), data.end());
}

std::string quoted(std::string_view s) {
  std::string out = "\"";
  for (const char c : s) {
    if (c == ' ')
      out += c;
    else
      append_escaped(out, static_cast<std::uint8_t>(c), "\"\\");
  }
  return out + '"';
}

bool read_txt(Reader& data, Record& record) {
  while (data.left() > 0) {
    const std::string piece = as_text(data.take(data.byte()));
    record.data += piece;
    record.shown += (record.shown.empty() ? "" : " ") + quoted(piece);
  }
  return data.good();
}

bool read_caa(Reader& data, Record& record) {
  const unsigned flags = data.byte();
  record.tag = text::lower(as_text(data.take(data.byte())));
  record.data = as_text(data.take(data.left()));
  record.shown = std::to_string(flags) + " " + text::printable(record.tag) + " " + quoted(record.data);
  return data.good() && !record.tag.empty();
}

bool read_soa(Reader& data, Record& record) {
  record.data = data.name();
  record.shown = record.data + ". " + data.name() + ".";
  for (int i = 0; i < 5; ++i) record.shown += " " + std::to_string(data.four());
  return data.good();
}

bool read_data(Reader data, Record& record) {
  switch (static_cast<Type>(record.type)) {
    case Type::a:
    case Type::aaaa:
      record.data = record.shown = address(data.take(data.left()), record.is(Type::a) ? AF_INET : AF_INET6);
      return !record.data.empty();
    case Type::ns:
    case Type::cname:
      record.data = data.name();
      record.shown = record.data + ".";
      return data.good();
    case Type::txt:
      return read_txt(data, record);
    case Type::caa:
      return read_caa(data, record);
    case Type::soa:
      return read_soa(data, record);
    case Type::opt:
      break;
  }
  return true;
}

/// One section. The OPT record is not a record but more header: the upper bits of the response code.
bool read_section(Bytes bytes, Reader& reader, unsigned count, Message& message,
                  std::vector<Record>& section) {
  for (unsigned i = 0; i < count; ++i) {
    Record record;
    record.name = reader.name();
    record.type = reader.two();
    const std::uint16_t cls = reader.two();
    record.ttl = reader.four();
    const std::uint16_t length = reader.two();
    const std::size_t begin = reader.at();
    reader.take(length);
    if (!reader.good()) return false;
    if (record.is(Type::opt)) {
      message.rcode |= static_cast<int>(record.ttl >> 24) << 4;
      continue;
    }
    if (record.ttl > 0x7fffffff) record.ttl = 0;  // RFC 2181, 8
    if (cls != kInternet) continue;
    if (!read_data(Reader(bytes, begin, begin + length), record)) return false;
    section.push_back(std::move(record));
  }
  return true;
}

}  // namespace

Result<Message> parse(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < kHeader) return failed("the message is shorter than its header");
  if (bytes.size() > 0xffff) return failed("the message is longer than 64 KiB");
  Reader reader(bytes);
  Message message;
  message.id = reader.two();
  const unsigned flags = reader.two();
  message.response = (flags & 0x8000) != 0;
  message.authoritative = (flags & 0x0400) != 0;
  message.truncated = (flags & 0x0200) != 0;
  message.recursion_available = (flags & 0x0080) != 0;
  message.authentic = (flags & 0x0020) != 0;
  message.rcode = static_cast<int>(flags & 0x000f);
  const unsigned questions = reader.two();
  std::array<unsigned, 3> counts{};
  for (unsigned& count : counts) count = reader.two();
  if (questions > 1) return failed("the message has more than one question");
  if (questions == 1) {
    message.question = reader.name();
    message.question_type = reader.two();
    if (reader.two() != kInternet || !reader.good()) return failed("the question can't be read");
  }
  // What was cut off may end in the middle of a record; the header is all that counts then.
  const std::array<std::vector<Record>*, 3> sections = {&message.answers, &message.authority,
                                                        &message.additional};
  for (std::size_t i = 0; i < sections.size(); ++i)
    if (!read_section(bytes, reader, counts[i], message, *sections[i])) {
      if (message.truncated) return message;
      return failed("a record of the message can't be read");
    }
  return message;
}

bool same_name(std::string_view a, std::string_view b) {
  if (a.ends_with('.')) a.remove_suffix(1);
  if (b.ends_with('.')) b.remove_suffix(1);
  return text::equal_ignoring_case(a, b);
}

Aliases aliases_of(const Message& message, std::string_view name) {
  Aliases aliases;
  std::string current(name);
  // Each turn uses up one alias, so there are at most as many as records.
  std::vector<const Record*> left;
  for (const Record& record : message.answers)
    if (record.is(Type::cname)) left.push_back(&record);
  for (bool moved = true; moved;) {
    moved = false;
    for (auto record = left.begin(); record != left.end(); ++record) {
      if (!same_name((*record)->name, current)) continue;
      current = (*record)->data;
      left.erase(record);
      const auto seen = [&](const std::string& n) { return same_name(n, current); };
      aliases.loop =
          same_name(current, name) || std::any_of(aliases.names.begin(), aliases.names.end(), seen);
      if (aliases.loop) return aliases;
      aliases.names.push_back(current);
      moved = aliases.names.size() < kMostAliases;
      break;
    }
  }
  return aliases;
}

void keep_answers_about(Message& message, std::string_view name) {
  const Aliases aliases = aliases_of(message, name);
  std::erase_if(message.answers, [&](const Record& record) {
    const auto same = [&](std::string_view n) { return same_name(record.name, n); };
    return !same(name) && std::none_of(aliases.names.begin(), aliases.names.end(), same);
  });
}

std::string rcode_name(int rcode) {
  // IANA, DNS RCODEs.
  static constexpr std::array<std::string_view, 12> kNames = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
                                                              "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
                                                              "NXRRSET", "NOTAUTH", "NOTZONE",  "DSOTYPENI"};
  if (rcode >= 0 && rcode < static_cast<int>(kNames.size()))
    return std::string(kNames[static_cast<std::size_t>(rcode)]);
  return rcode == 16 ? "BADVERS" : "RCODE " + std::to_string(rcode);
}

bool answers_question(const Message& message, std::string_view name, Type type) {
  if (!message.response) return false;
  if (message.question.empty() && message.question_type == 0)
    return message.rcode != kNoError && message.rcode != kNxDomain && message.answers.empty();
  return message.question_type == static_cast<std::uint16_t>(type) && same_name(message.question, name);
}

}  // namespace aztriage::net::dns
