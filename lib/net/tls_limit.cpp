#include "net/tls_limit.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>

namespace aztriage::net {
namespace {

/// A callback can't make OpenSSL return; the end of all input does.
void end_input(SSL* ssl) {
  if (BIO* nothing = BIO_new(BIO_s_null())) SSL_set0_rbio(ssl, nothing);
}

}  // namespace

void TlsLimit::attach(ssl_ctx_st* context) {
  SSL_CTX_set_msg_callback(context, &TlsLimit::on_message);
  SSL_CTX_set_msg_callback_arg(context, this);
}

void TlsLimit::on_message(int from_us, int, int type, const void*, std::size_t, ssl_st* ssl, void* self) {
  auto& limit = *static_cast<TlsLimit*>(self);
  limit.count(ssl, from_us, type);
  if (from_us == 0 && type == SSL3_RT_HEADER && !limit.flooded() && ++limit.records_ > kMostRecords)
    end_input(ssl);
}

void TlsLimit::count(ssl_st* ssl, int from_us, int type) {
  if (from_us != 0 || type != SSL3_RT_HANDSHAKE || over() || ++messages_ <= kMostMessages) return;
  end_input(ssl);
}

}  // namespace aztriage::net
