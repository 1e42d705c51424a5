#include "cli/keys.h"

#include "base/text.h"

#include <algorithm>
#include <utility>

namespace aztriage::cli {
namespace {

constexpr std::string_view kPasteBegin = "\x1b[200~";
constexpr std::string_view kPasteEnd = "\x1b[201~";
constexpr std::size_t kLongestSequence = 32;

/// Keys that the editor binds: arrows, home, end, delete, and words back and forth.
bool editor_knows(std::string_view sequence) {
  static constexpr std::string_view kKnown[] = {"\x1b[A",
                                                "\x1b[B",
                                                "\x1b[C",
                                                "\x1b[D",
                                                "\x1b[H",
                                                "\x1b[F",
                                                "\x1bOA",
                                                "\x1bOB",
                                                "\x1bOC",
                                                "\x1bOD",
                                                "\x1bOH",
                                                "\x1bOF",
                                                "\x1b[1~",
                                                "\x1b[3~",
                                                "\x1b[4~",
                                                "\x1b[7~",
                                                "\x1b[8~",
                                                "\x1b"
                                                "b",
                                                "\x1b"
                                                "f",
                                                "\x1b"
                                                "d"};
  return std::find(std::begin(kKnown), std::end(kKnown), sequence) != std::end(kKnown);
}

/// Length of the escape sequence at the front, 0 when its end is not there yet.
std::size_t sequence_length(std::string_view bytes) {
  if (bytes.size() < 2) return 0;
  if (bytes[1] == 'O') return bytes.size() < 3 ? 0 : 3;
  if (bytes[1] != '[') return 2;
  for (std::size_t i = 2; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (byte >= 0x40 && byte <= 0x7e) return i + 1;
    if (byte < 0x20 || byte > 0x7e || i > kLongestSequence) return i;
  }
  return 0;
}

std::size_t utf8_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

wchar_t decode(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  if (bytes.size() == 1) return static_cast<wchar_t>(lead);
  static constexpr unsigned kMask[] = {0, 0, 0x1f, 0x0f, 0x07};
  unsigned code = lead & kMask[bytes.size()];
  for (const char c : bytes.substr(1)) code = (code << 6) | (static_cast<unsigned char>(c) & 0x3f);
  return static_cast<wchar_t>(code);
}

}  // namespace

void append_utf8(std::string& out, wchar_t wide) {
  const auto code = static_cast<unsigned>(wide);
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3f)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

void KeyStream::add(std::string_view bytes) {
  bytes_.erase(0, at_);
  at_ = 0;
  // Nobody types this much before it is taken; a hostile program on the terminal's other end might.
  if (bytes_.size() < 2 * kMostPasted) bytes_ += bytes;
}

Key KeyStream::next() {
  while (!rest().empty()) {
    if (pasting_) return read_paste();
    const std::size_t before = at_;
    Key key = rest()[0] == '\x1b' ? read_escape() : read_character();
    if (key.kind != Key::Kind::none || at_ == before) return key;
  }
  return {};
}

Key KeyStream::read_paste() {
  const auto end = rest().find(kPasteEnd);
  // The last bytes may be the first ones of the end mark.
  const std::size_t kept = std::min(rest().size(), kPasteEnd.size() - 1);
  const std::size_t sure = end != std::string_view::npos ? end : rest().size() - kept;
  const std::size_t room = kMostPasted - std::min(kMostPasted, paste_.size());
  cut_ = cut_ || sure > room;
  paste_ += rest().substr(0, std::min(sure, room));
  at_ += sure;
  if (end == std::string_view::npos) return {};
  at_ += kPasteEnd.size();
  Key key{Key::Kind::paste, {}, std::exchange(paste_, {}), std::exchange(cut_, false)};
  pasting_ = false;
  return key;
}

Key KeyStream::read_escape() {
  const std::size_t length = sequence_length(rest());
  const std::string_view sequence = rest().substr(0, length);
  at_ += length;
  if (sequence == kPasteBegin) pasting_ = true;
  if (!editor_knows(sequence)) return {};
  return {Key::Kind::characters, std::wstring(sequence.begin(), sequence.end()), {}, false};
}

Key KeyStream::read_character() {
  const std::size_t length = utf8_length(static_cast<unsigned char>(rest()[0]));
  const std::string_view bytes = rest().substr(0, length);
  const bool continued = std::all_of(bytes.begin() + (length > 0 ? 1 : 0), bytes.end(),
                                     [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; });
  if (length > 0 && continued && bytes.size() < length) return {};
  if (length == 0 || !continued || text::first_invalid_utf8(bytes) != std::string_view::npos) {
    ++at_;
    return {};
  }
  at_ += length;
  if (bytes == "\x04") return {Key::Kind::end, {}, {}, false};
  if (bytes[0] == '\0') return {};
  return {Key::Kind::characters, std::wstring(1, decode(bytes)), {}, false};
}

}  // namespace aztriage::cli
