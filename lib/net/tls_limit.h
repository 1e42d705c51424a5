#pragma once

#include <cstddef>

struct ssl_st;
struct ssl_ctx_st;

namespace aztriage::net {

/// A bound on what a library reads from one connection without returning, while no timer of ours would ever
/// run: OpenSSL skips some handshake messages without an end (HelloRequest, RFC 5246, 7.4.1.1), and libcurl
/// reads HTTP/2 frames that say nothing (empty DATA, RFC 9113, 10.5) for as long as they keep coming.
class TlsLimit {
 public:
  /// Counts by the message callback of the context, whose connections must not outlive this, and counts
  /// records too.
  void attach(ssl_ctx_st* context);
  /// For a message callback that is there already: its own arguments.
  void count(ssl_st* ssl, int from_us, int type);
  /// What was read said something: records are counted anew.
  void progress() { records_ = 0; }
  /// There were too many messages, or records; since then nothing more is read from the connection.
  bool over() const { return messages_ > kMostMessages; }
  bool flooded() const { return records_ > kMostRecords; }

 private:
  // A handshake has about ten, and a server may send a few session tickets or key updates later.
  static constexpr int kMostMessages = 500;
  // Of 16 KiB at most. A server that has nothing to say sends some pings and updates of its window.
  static constexpr int kMostRecords = 1000;

  static void on_message(int from_us, int version, int type, const void* bytes, std::size_t size, ssl_st* ssl,
                         void* limit);
  int messages_ = 0;
  int records_ = 0;
};

inline constexpr const char* kTooManyMessages = "the server sends TLS handshake messages without end";
inline constexpr const char* kTooManyRecords = "the server sends without end what is no part of an answer";

}  // namespace aztriage::net
