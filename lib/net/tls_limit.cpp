#include "net/tls_limit.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>

namespace aztriage::net {
namespace {

// A handshake has about ten, and a server may send a few session tickets or key updates later.
constexpr int kMostMessages = 500;

void on_message(int from_us, int, int type, const void*, std::size_t, SSL* ssl, void* limit) {
  static_cast<TlsLimit*>(limit)->count(ssl, from_us, type);
}

}  // namespace

void TlsLimit::attach(ssl_ctx_st* context) {
  SSL_CTX_set_msg_callback(context, on_message);
  SSL_CTX_set_msg_callback_arg(context, this);
}

void TlsLimit::count(ssl_st* ssl, int from_us, int type) {
  if (from_us != 0 || type != SSL3_RT_HANDSHAKE || over_ || ++messages_ <= kMostMessages) return;
  over_ = true;
  // A callback can't make OpenSSL return; the end of all input does.
  if (BIO* nothing = BIO_new(BIO_s_null())) SSL_set0_rbio(ssl, nothing);
}

}  // namespace aztriage::net
