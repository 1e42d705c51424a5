#pragma once

struct ssl_st;
struct ssl_ctx_st;

namespace aztriage::net {

/// A bound on the handshake messages of one connection. OpenSSL skips some of them without an end
/// (HelloRequest, RFC 5246, 7.4.1.1) and does not return while they keep coming, so no timer of ours would
/// ever run.
class TlsLimit {
 public:
  /// Counts by the message callback of the context, whose connections must not outlive this.
  void attach(ssl_ctx_st* context);
  /// For a message callback that is there already: its own arguments.
  void count(ssl_st* ssl, int from_us, int type);
  /// There were too many; since then nothing more is read from the connection.
  bool over() const { return over_; }

 private:
  int messages_ = 0;
  bool over_ = false;
};

inline constexpr const char* kTooManyMessages = "the server sends TLS handshake messages without end";

}  // namespace aztriage::net
