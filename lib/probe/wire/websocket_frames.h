#pragma once

#include "probe/wire/http1.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aztriage::probe::wire {

/// The opening handshake of a WebSocket (RFC 6455 section 4).
struct WebSocketUpgrade {
  std::string target = "/";
  std::string host;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::string> protocols;
  std::string key;  // base64 of 16 random bytes
};
std::string upgrade_request(const WebSocketUpgrade& upgrade);
/// What the server has to answer to a key: base64 of its SHA-1 with the protocol's own GUID.
std::string accept_of(std::string_view key);
/// Why a 101 does not open a WebSocket; nothing when it does.
std::optional<std::string> upgrade_fault(const Http1Response& response, const WebSocketUpgrade& upgrade);

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct WebSocketFrame {
  Opcode opcode = Opcode::binary;
  bool last = true;        // of its message
  std::uint64_t size = 0;  // as sent
  std::string payload;     // the first bytes of it
};

/// Frames from a server (RFC 6455 section 5), which come unmasked, without extensions.
class WebSocketFrames {
 public:
  /// Of a longer payload the rest is skipped.
  explicit WebSocketFrames(std::size_t kept) : kept_(kept) {}
  void feed(std::string_view bytes);
  /// The next whole frame; nothing when more bytes are needed or a rule is broken.
  std::optional<WebSocketFrame> next();
  const std::string& fault() const { return fault_; }  // empty unless a rule is broken

 private:
  bool read_head();
  bool check(std::uint8_t first);

  std::size_t kept_;
  std::string buffer_;
  std::size_t at_ = 0;                  // what of it was read
  std::optional<WebSocketFrame> open_;  // its head was read
  std::uint64_t left_ = 0;              // of its payload
  bool within_message_ = false;
  std::string fault_;
};

/// One frame of a client, masked by these four bytes.
std::string client_frame(Opcode opcode, std::string_view payload, std::uint32_t mask);

/// Code and reason of a close frame; 1005 when it has none (RFC 6455 7.1.5); nothing when it is malformed.
struct WebSocketClose {
  int code = 1005;
  std::string reason;
};
std::optional<WebSocketClose> read_close(std::string_view payload);
/// The meaning of a code in the registry of RFC 6455 section 11.7; empty for others.
std::string_view close_meaning(int code);

}  // namespace aztriage::probe::wire
