#include "probe/wire/websocket_frames.h"

#include "base/text.h"
#include "decode/encoding.h"
#include "probe/wire/bytes.h"
#include "probe/wire/said.h"

#include <algorithm>
#include <array>

#include <openssl/evp.h>

namespace aztriage::probe::wire {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::size_t kMostControl = 125;

bool has_word(std::string_view list, std::string_view word) {
  return std::ranges::any_of(text::split(list, ','), [&](std::string_view item) {
    return text::equal_ignoring_case(text::trim(item), word);
  });
}

bool is_control(Opcode opcode) {
  return static_cast<int>(opcode) >= 8;
}

}  // namespace

std::string upgrade_request(const WebSocketUpgrade& upgrade) {
  std::string out = "GET " + upgrade.target + " HTTP/1.1\r\nHost: " + upgrade.host +
                    "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Key: " +
                    upgrade.key + "\r\n";
  if (!upgrade.protocols.empty())
    out += "Sec-WebSocket-Protocol: " + text::join(upgrade.protocols, ", ") + "\r\n";
  for (const auto& [name, value] : upgrade.headers) {
    if (!text::equal_ignoring_case(name, "host")) out += name + ": " + value + "\r\n";
  }
  return out + "\r\n";
}

std::string accept_of(std::string_view key) {
  const std::string text = std::string(key) + std::string(kGuid);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) return {};
  return decode::base64_encode({reinterpret_cast<const char*>(digest.data()), size});
}

std::optional<std::string> upgrade_fault(const Http1Response& response, const WebSocketUpgrade& upgrade) {
  if (!text::equal_ignoring_case(response.header("upgrade").value_or(""), "websocket"))
    return "the answer 101 does not name websocket in its Upgrade header";
  if (!has_word(response.header("connection").value_or(""), "upgrade"))
    return "the answer 101 has no Connection: Upgrade";
  const std::string accept = response.header("sec-websocket-accept").value_or("");
  if (accept.empty()) return "the answer 101 has no Sec-WebSocket-Accept";
  if (accept != accept_of(upgrade.key)) return "Sec-WebSocket-Accept does not fit the key that was sent";
  if (response.header("sec-websocket-extensions")) return "the server uses an extension that was not offered";
  const auto protocol = response.header("sec-websocket-protocol");
  if (protocol && std::ranges::find(upgrade.protocols, *protocol) == upgrade.protocols.end())
    return "the server chose a subprotocol that was not offered: " + quote(*protocol, 60);
  return std::nullopt;
}

void WebSocketFrames::feed(std::string_view bytes) {
  buffer_.erase(0, at_);
  at_ = 0;
  if (fault_.empty()) buffer_ += bytes;
}

bool WebSocketFrames::check(std::uint8_t first) {
  const auto opcode = first & 0x0f;
  if ((first & 0x70) != 0) {
    fault_ = "a frame uses reserved bits without an extension";
  } else if ((opcode > 2 && opcode < 8) || opcode > 10) {
    fault_ = "a frame has the reserved opcode " + std::to_string(opcode);
  } else if (opcode >= 8 && (first & 0x80) == 0) {
    fault_ = "a control frame is in fragments";
  } else if (opcode == 0 && !within_message_) {
    fault_ = "a fragment belongs to no message";
  } else if ((opcode == 1 || opcode == 2) && within_message_) {
    fault_ = "a message begins within another one's fragments";
  }
  return fault_.empty();
}

bool WebSocketFrames::read_head() {
  ByteReader reader(std::string_view(buffer_).substr(at_));
  const std::uint8_t first = reader.u8();
  const std::uint8_t second = reader.u8();
  if (!reader.good() || !check(first)) return false;
  WebSocketFrame frame;
  frame.opcode = static_cast<Opcode>(first & 0x0f);
  frame.last = (first & 0x80) != 0;
  frame.size = second & 0x7f;
  if ((second & 0x80) != 0) {
    fault_ = "the server masks its frames, which only clients do";
    return false;
  }
  if (is_control(frame.opcode) && frame.size > kMostControl) {
    fault_ = "a control frame is longer than 125 bytes";
    return false;
  }
  if (frame.size == 126)
    frame.size = reader.u16();
  else if (frame.size == 127)
    frame.size = reader.u64();
  if (!reader.good()) return false;
  if (frame.size >> 63 != 0) {
    fault_ = "a frame says that it is longer than can be";
    return false;
  }
  if (!is_control(frame.opcode)) within_message_ = !frame.last;
  left_ = frame.size;
  at_ += reader.at();
  open_ = std::move(frame);
  return true;
}

std::optional<WebSocketFrame> WebSocketFrames::next() {
  if (!fault_.empty()) return std::nullopt;
  if (!open_ && !read_head()) return std::nullopt;
  const auto here = static_cast<std::size_t>(std::min<std::uint64_t>(left_, buffer_.size() - at_));
  const std::size_t room = std::max(kept_, kMostControl) - open_->payload.size();
  open_->payload += std::string_view(buffer_).substr(at_, std::min(here, room));
  at_ += here;
  left_ -= here;
  if (left_ > 0) return std::nullopt;
  return std::exchange(open_, std::nullopt);
}

std::string client_frame(Opcode opcode, std::string_view payload, std::uint32_t mask) {
  ByteWriter out;
  out.u8(0x80U | static_cast<unsigned>(opcode));
  if (payload.size() < 126) {
    out.u8(0x80U | payload.size());
  } else if (payload.size() <= 0xffff) {
    out.u8(0x80U | 126U).u16(payload.size());
  } else {
    out.u8(0x80U | 127U).u64(payload.size());
  }
  out.u32(mask);
  std::string bytes = out.bytes();
  for (std::size_t i = 0; i < payload.size(); ++i) {
    const std::uint32_t key = (mask >> (24 - 8 * (i % 4))) & 0xff;
    bytes.push_back(static_cast<char>(static_cast<unsigned char>(payload[i]) ^ key));
  }
  return bytes;
}

std::optional<WebSocketClose> read_close(std::string_view payload) {
  if (payload.empty()) return WebSocketClose{};
  ByteReader reader(payload);
  WebSocketClose close;
  close.code = reader.u16();
  if (!reader.good() || close.code < 1000 || close.code > 4999) return std::nullopt;
  // 1004 to 1006 and 1015 are never sent (7.4.1).
  if ((close.code >= 1004 && close.code <= 1006) || close.code == 1015) return std::nullopt;
  close.reason = text::to_utf8(reader.rest());
  return close;
}

std::string_view close_meaning(int code) {
  switch (code) {
    case 1000:
      return "normal closure";
    case 1001:
      return "going away";
    case 1002:
      return "protocol error";
    case 1003:
      return "unsupported data";
    case 1005:
      return "no code";
    case 1007:
      return "invalid payload";
    case 1008:
      return "policy violation";
    case 1009:
      return "message too big";
    case 1010:
      return "extension missing";
    case 1011:
      return "internal error";
    case 1012:
      return "service restart";
    case 1013:
      return "try again later";
    case 1014:
      return "bad gateway";
    default:
      return {};
  }
}

}  // namespace aztriage::probe::wire
