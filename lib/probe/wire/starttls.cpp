#include "probe/wire/starttls.h"

#include "base/text.h"
#include "probe/wire/said.h"

#include <algorithm>

namespace aztriage::probe::wire {
namespace {

using Step = StartTls::Step;

constexpr std::size_t kMostBytes = 64 * 1024;

Step say(std::string text) {
  return {.send = std::move(text), .ready = false, .refused = {}, .strange = false};
}
Step ready() {
  return {.send = {}, .ready = true, .refused = {}, .strange = false};
}
Step refuse(std::string why) {
  return {.send = {}, .ready = false, .refused = std::move(why), .strange = false};
}
Step strange(std::string_view said) {
  return {.send = {}, .ready = false, .refused = "the server said: " + quote(said), .strange = true};
}

Step refused_with(std::string_view said) {
  return refuse("the server refused TLS: " + quote(said));
}

bool starts_ignoring_case(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && text::equal_ignoring_case(text.substr(0, start.size()), start);
}

std::uint32_t little(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i)
    value = (value << 8) | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

}  // namespace

Step StartTls::begin() {
  if (protocol_ == StartTlsProtocol::none) return ready();
  // SSLRequest: length 8, code 80877103.
  if (protocol_ == StartTlsProtocol::postgres) return say(std::string("\0\0\0\x08\x04\xd2\x16\x2f", 8));
  return {};
}

Step StartTls::feed(std::string_view bytes) {
  total_ += bytes.size();
  if (total_ > kMostBytes) return refuse("the server says too much before TLS");
  buffer_ += bytes;
  if (protocol_ == StartTlsProtocol::none) return ready();
  if (protocol_ == StartTlsProtocol::postgres) return postgres_bytes();
  if (protocol_ == StartTlsProtocol::mysql) return mysql_bytes();
  for (std::size_t end = 0; (end = buffer_.find('\n')) != std::string::npos;) {
    std::string text = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    if (text.ends_with('\r')) text.pop_back();
    Step step = line(text);
    // Plain text behind the answer would be taken for TLS, or slipped in by somebody between.
    if (step.ready && !buffer_.empty())
      return refuse("the server went on in plain text after it agreed to TLS");
    if (step.ready || step.refused || !step.send.empty()) return step;
  }
  return {};
}

Step StartTls::line(std::string_view text) {
  switch (protocol_) {
    case StartTlsProtocol::smtp:
      return smtp_line(text);
    case StartTlsProtocol::imap:
      return imap_line(text);
    case StartTlsProtocol::pop3:
      return pop3_line(text);
    default:
      return ftp_line(text);
  }
}

/// `250-` goes on, `250 ` ends a reply (RFC 5321 4.2.1, RFC 959 4.2).
bool StartTls::final_line(std::string_view text) const {
  return text.size() < 4 || text[3] != '-';
}

Step StartTls::smtp_line(std::string_view text) {
  const std::string_view code = text.substr(0, 3);
  if (stage_ == 1 && code == "250" && text.size() > 4) {
    offered_ = offered_ || text::equal_ignoring_case(text::trim(text.substr(4)), "STARTTLS");
  }
  if (!final_line(text)) return {};
  if (stage_ == 0) {
    if (code != "220") return strange(text);
    stage_ = 1;
    return say("EHLO localhost\r\n");
  }
  if (stage_ == 1) {
    if (code != "250") return refused_with(text);
    if (!offered_) return refuse("the server does not offer STARTTLS");
    stage_ = 2;
    return say("STARTTLS\r\n");
  }
  return code == "220" ? ready() : refused_with(text);
}

Step StartTls::imap_line(std::string_view text) {
  if (stage_ == 0) {
    if (!starts_ignoring_case(text, "* OK") && !starts_ignoring_case(text, "* PREAUTH")) return strange(text);
    stage_ = 1;
    return say("a1 STARTTLS\r\n");
  }
  if (!starts_ignoring_case(text, "a1 ")) return {};
  return starts_ignoring_case(text, "a1 OK") ? ready() : refused_with(text);
}

Step StartTls::pop3_line(std::string_view text) {
  if (stage_ == 0) {
    if (!text.starts_with("+OK")) return strange(text);
    stage_ = 1;
    return say("STLS\r\n");
  }
  return text.starts_with("+OK") ? ready() : refused_with(text);
}

Step StartTls::ftp_line(std::string_view text) {
  const bool coded =
      text.size() >= 3 && text.substr(0, 3).find_first_not_of("0123456789") == std::string_view::npos;
  if (!coded) return within_reply_ || stage_ > 0 ? Step{} : strange(text);
  within_reply_ = !final_line(text);
  if (within_reply_) return {};
  const std::string_view code = text.substr(0, 3);
  if (stage_ == 0) {
    if (code != "220") return strange(text);
    stage_ = 1;
    return say("AUTH TLS\r\n");
  }
  return code == "234" ? ready() : refused_with(text);
}

Step StartTls::postgres_bytes() {
  if (buffer_.empty()) return {};
  if (buffer_.size() > 1) return refuse("the server went on in plain text instead of TLS");
  if (buffer_[0] == 'S') return ready();
  if (buffer_[0] == 'N') return refuse("the server does not offer TLS");
  return strange(buffer_);
}

/// Protocol::HandshakeV10: version 10, server version, thread, 8 bytes, filler, lower capability flags.
Step StartTls::mysql_bytes() {
  constexpr std::uint32_t kSsl = 0x800;
  if (buffer_.size() < 5) return {};
  const std::size_t length = little(std::string_view(buffer_).substr(0, 3));
  if (length > kMostBytes || length < 2) return strange(buffer_);
  if (buffer_.size() < length + 4) return {};
  const std::string_view packet = std::string_view(buffer_).substr(4, length);
  if (static_cast<unsigned char>(packet[0]) == 0xff)
    return refused_with(packet.substr(std::min<std::size_t>(3, length)));
  const std::size_t version_end = packet.find('\0', 1);
  if (packet[0] != 10 || version_end == std::string_view::npos || version_end + 16 > packet.size()) {
    return strange(packet);
  }
  const std::uint32_t offers = little(packet.substr(version_end + 14, 2));
  if ((offers & kSsl) == 0) return refuse("the server does not offer TLS");
  // SSLRequest: 32 bytes, sequence 1; protocol 4.1, TLS, secure connection, plugin authentication; utf8.
  std::string request("\x20\0\0\x01\0\x8a\x08\0\0\0\0\x01\x21", 13);
  request.resize(36, '\0');
  Step step = say(std::move(request));
  step.ready = true;
  return step;
}

}  // namespace aztriage::probe::wire
