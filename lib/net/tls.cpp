#include "net/tls.h"

#include "base/text.h"
#include "net/connection.h"
#include "net/tls_failure.h"
#include "net/tls_limit.h"
#include "net/tls_wire.h"

#include <array>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace aztriage::net {
namespace {

using fact::Failure;
using fact::FailureKind;

constexpr std::size_t kMostAuthorities = 100;

int version_number(TlsVersion version) {
  return TLS1_VERSION + static_cast<int>(version);
}

std::string protocol_name(int number) {
  const int index = number - TLS1_VERSION;
  return index >= 0 && index < static_cast<int>(kTlsVersions.size())
             ? std::string(kTlsVersions[static_cast<std::size_t>(index)])
             : std::string();
}

/// OpenSSL's own words for what went wrong, without its code and function.
std::string reason_text(unsigned long error) {
  const char* reason = ERR_reason_error_string(error);
  return reason != nullptr ? reason : "TLS error " + std::to_string(error);
}

/// OpenSSL's number for it, as its messages show it; empty for none.
std::string reason_code(unsigned long error) {
  if (error == 0) return {};
  return fmt::format("{:08X}", error);
}

/// What an old server may still need is let in only when the caller asks for an old version.
bool set_versions(SSL_CTX* context, const TlsOptions& options) {
  const bool old_max = options.max && *options.max < TlsVersion::tls1_2;
  const TlsVersion min = options.min.value_or(old_max ? TlsVersion::tls1_0 : TlsVersion::tls1_2);
  const TlsVersion max = options.max.value_or(TlsVersion::tls1_3);
  const bool old = min < TlsVersion::tls1_2;
  const char* ciphers = old ? "ALL:!aNULL:!eNULL:@SECLEVEL=0" : "DEFAULT:@SECLEVEL=1";
  return SSL_CTX_set_min_proto_version(context, version_number(min)) == 1 &&
         SSL_CTX_set_max_proto_version(context, version_number(max)) == 1 &&
         SSL_CTX_set_cipher_list(context, ciphers) == 1;
}

bool set_alpn(SSL* ssl, const std::vector<std::string>& protocols) {
  std::string wire;
  for (const std::string& protocol : protocols) {
    if (protocol.empty() || protocol.size() > 255) return false;
    wire += static_cast<char>(protocol.size());
    wire += protocol;
  }
  return wire.empty() || SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(wire.data()),
                                             static_cast<unsigned>(wire.size())) == 0;
}

class Stream : public TlsStream {
 public:
  Stream(Net& net, int fd, TlsOptions options, std::function<void(const Handshake&)> done)
      : net_(net),
        options_(std::move(options)),
        recorder_(options_.trust, options_.check_name),
        done_(std::move(done)),
        started_(system_clock().steady()) {
    wire_.fd = fd;
    wire_.framing = options_.framing.get();
  }

  ~Stream() override {
    net_.unwatch(watch_);
    net_.cancel(deadline_);
    net_.cancel(next_);
    if (seen_.complete && !seen_.failure) SSL_shutdown(ssl_);  // says goodbye, if the socket takes it at once
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }

  void begin(Milliseconds timeout) {
    deadline_ = net_.at(started_ + timeout, [this] { finish(too_late()); });
    const bool prepared = prepare();
    next_ = net_.at(started_, [this, prepared] {
      if (prepared) return advance();
      finish(Failure{"handshake", FailureKind::internal, reason_text(ERR_get_error())});
    });
  }

  Handshake stop(FailureKind kind) override {
    if (done_) {
      describe();
      seen_.failure = kind == FailureKind::tls_timeout
                          ? too_late()
                          : Failure{"handshake", kind, "ended during the TLS handshake"};
      done_ = nullptr;
    }
    rest();
    return seen_;
  }

  Moved read(char* into, std::size_t most) override {
    ERR_clear_error();
    std::size_t bytes = 0;
    const int ok = SSL_read_ex(ssl_, into, most, &bytes);
    return moved(ok, bytes);
  }

  Moved write(std::string_view bytes) override {
    if (bytes.empty()) return {};
    ERR_clear_error();
    std::size_t sent = 0;
    const int ok = SSL_write_ex(ssl_, bytes.data(), bytes.size(), &sent);
    return moved(ok, sent);
  }

  void when_ready(std::function<void()> call) override {
    wait([this, call = std::move(call)] {
      net_.unwatch(watch_);
      call();
    });
  }

 private:
  bool prepare() {
    ERR_clear_error();
    context_ = SSL_CTX_new(TLS_client_method());
    if (context_ == nullptr || !set_versions(context_, options_)) return false;
    SSL_CTX_set_options(context_, SSL_OP_LEGACY_SERVER_CONNECT);
    SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    recorder_.attach(context_);
    ssl_ = SSL_new(context_);
    BIO* bio = ssl_ != nullptr ? wire_.make_bio() : nullptr;
    if (bio == nullptr) return false;
    SSL_set_bio(ssl_, bio, bio);
    SSL_set_connect_state(ssl_);
    SSL_set_tlsext_status_type(ssl_, TLSEXT_STATUSTYPE_ocsp);
    SSL_set_msg_callback(ssl_, &Stream::on_message);
    SSL_set_msg_callback_arg(ssl_, this);
    return set_server_name() && set_alpn(ssl_, options_.alpn);
  }

  bool set_server_name() {
    std::string name = options_.server_name;
    if (name.ends_with('.')) name.pop_back();  // RFC 6066: without the final dot
    if (name.empty() || parse_address(name)) return true;
    return SSL_set_tlsext_host_name(ssl_, name.c_str()) == 1;
  }

  static void on_message(int from_us, int, int type, const void* data, std::size_t size, SSL* ssl,
                         void* self) {
    auto& stream = *static_cast<Stream*>(self);
    stream.limit_.count(ssl, from_us, type);
    const auto* bytes = static_cast<const unsigned char*>(data);
    if (from_us != 0 || size < 1) return;
    if (type == SSL3_RT_ALERT && size >= 2 && bytes[1] != SSL_AD_CLOSE_NOTIFY) {
      stream.alert_ = bytes[1];
      stream.seen_.alert = alert_name(bytes[1]);
    }
    if (type == SSL3_RT_HANDSHAKE && bytes[0] == SSL3_MT_CERTIFICATE_REQUEST) {
      stream.seen_.client_certificate_asked = true;
    }
  }

  void advance() {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_);
    if (result == 1) return complete();
    const int error = SSL_get_error(ssl_, result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return wait([this] { advance(); });
    finish(why(error));
  }

  void complete() {
    seen_.complete = true;
    wire_.framing = nullptr;
    seen_.seconds = elapsed();
    const bool late = options_.await_refusal.count() > 0 && seen_.client_certificate_asked &&
                      SSL_version(ssl_) == TLS1_3_VERSION;
    if (!late) return finish(std::nullopt);
    net_.cancel(deadline_);
    deadline_ = net_.at(system_clock().steady() + options_.await_refusal, [this] { finish(std::nullopt); });
    await_refusal();
  }

  /// The server's answer to our empty certificate comes after the handshake: an alert, or nothing.
  void await_refusal() {
    ERR_clear_error();
    char byte = 0;
    const int result = SSL_peek(ssl_, &byte, 1);
    if (result == 1) return finish(std::nullopt);
    const int error = SSL_get_error(ssl_, result);
    if (error == SSL_ERROR_WANT_READ) return wait([this] { await_refusal(); });
    finish(why(error));
  }

  /// What `error` of SSL_get_error means, from what OpenSSL, the alert and the wire say.
  Failure why(int error) {
    const unsigned long code = ERR_peek_error();
    if (limit_.over()) return {"handshake", FailureKind::tls_protocol, kTooManyMessages};
    if (!wire_.looks_like_tls()) return not_tls();
    if (alert_ >= 0 && error == SSL_ERROR_SSL && ERR_GET_REASON(code) != SSL_R_CERTIFICATE_VERIFY_FAILED) {
      const FailureKind kind = failure_of_alert(alert_, seen_.client_certificate_asked);
      return {"handshake", kind, "the server sent the alert " + seen_.alert,
              "alert " + std::to_string(alert_)};
    }
    if (wire_.eof || error == SSL_ERROR_ZERO_RETURN) {
      seen_.cut = "closed";
      return {"handshake", FailureKind::tls_closed,
              "the server closed the connection during the TLS handshake"};
    }
    if (wire_.error != 0) {
      seen_.cut = wire_.error == ECONNRESET || wire_.error == EPIPE ? "reset" : "";
      return {"handshake", wire_.error == ETIMEDOUT ? FailureKind::tls_timeout : FailureKind::tls_closed,
              std::strerror(wire_.error), error_name(wire_.error)};
    }
    if (ERR_GET_LIB(code) != ERR_LIB_SSL)
      return {"handshake", FailureKind::tls_protocol, reason_text(code), reason_code(code)};
    return {"handshake", failure_of_reason(ERR_GET_REASON(code)), reason_text(code), reason_code(code)};
  }

  Failure not_tls() {
    wire_.read_preface();
    seen_.preface = text::to_utf8(wire_.first);
    const std::string line(std::string_view(seen_.preface).substr(0, seen_.preface.find_first_of("\r\n")));
    return {"handshake", FailureKind::tls_not_tls,
            "the server answered " + std::string(preface_protocol(wire_.first)) +
                " instead of TLS: " + text::printable(line, 100)};
  }

  Failure too_late() {
    if (!wire_.looks_like_tls()) return not_tls();
    return {"handshake", FailureKind::tls_timeout,
            wire_.first.empty() ? "the server did not answer the TLS handshake"
                                : "the server began the TLS handshake but did not finish it"};
  }

  void finish(std::optional<Failure> failure) {
    describe();
    seen_.failure = std::move(failure);
    rest();
    const auto done = std::move(done_);
    done_ = nullptr;
    if (done) done(Handshake(seen_));
  }

  void rest() {
    net_.unwatch(watch_);
    net_.cancel(deadline_);
    net_.cancel(next_);
  }

  void describe() {
    if (!seen_.complete) seen_.seconds = elapsed();
    if (ssl_ == nullptr) return;
    if (const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl_)) {
      seen_.cipher = SSL_CIPHER_get_name(cipher);
      seen_.protocol = protocol_name(SSL_version(ssl_));
    }
    const unsigned char* alpn = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_, &alpn, &size);
    seen_.alpn = text::to_utf8({reinterpret_cast<const char*>(alpn), size});
    if (seen_.client_certificate_asked) describe_authorities();
    if (recorder_.seen()) {
      describe_staple();
      seen_.certificate = recorder_.report();
    }
  }

  void describe_authorities() {
    const STACK_OF(X509_NAME)* names = SSL_get0_peer_CA_list(ssl_);
    seen_.client_authorities.clear();
    for (int i = 0; i < sk_X509_NAME_num(names) && seen_.client_authorities.size() < kMostAuthorities; ++i) {
      seen_.client_authorities.push_back(decode::describe_name(*sk_X509_NAME_value(names, i)));
    }
  }

  void describe_staple() {
    const unsigned char* der = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(ssl_, &der);
    seen_.stapled = der != nullptr && size > 0;
    if (!seen_.stapled) return;
    seen_.ocsp = recorder_.judge_staple({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
  }

  double elapsed() const { return std::chrono::duration<double>(system_clock().steady() - started_).count(); }

  void wait(std::function<void()> call) {
    net_.unwatch(watch_);
    watch_ = net_.watch(wire_.fd, wire_.wants_write ? Net::writable : Net::readable,
                        [call = std::move(call)](unsigned) { call(); });
  }

  Moved moved(int ok, std::size_t bytes) {
    if (ok == 1) return Moved{bytes, false, false, std::nullopt};
    const int error = SSL_get_error(ssl_, ok);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
      return Moved{0, true, false, std::nullopt};
    if (error == SSL_ERROR_ZERO_RETURN) return Moved{0, false, true, std::nullopt};
    Failure failure = why(error);
    failure.operation.clear();
    return Moved{0, false, false, std::move(failure)};
  }

  Net& net_;
  TlsOptions options_;
  ChainRecorder recorder_;
  std::function<void(const Handshake&)> done_;
  SteadyTime started_;
  TlsWire wire_;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  Net::Watch watch_ = 0;
  Net::Timer deadline_ = 0;
  Net::Timer next_ = 0;
  TlsLimit limit_;
  int alert_ = -1;
  Handshake seen_;
};

}  // namespace

std::string_view version_name(TlsVersion version) {
  return kTlsVersions[static_cast<std::size_t>(version)];
}

std::optional<TlsVersion> version_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kTlsVersions.size(); ++i) {
    if (kTlsVersions[i] == name) return static_cast<TlsVersion>(i);
  }
  return std::nullopt;
}

void fill_facts(const Handshake& handshake, fact::Observation& observation) {
  using fact::Value;
  fact::Facts& facts = observation.facts;
  const auto add = [&](const char* name, const std::string& value, fact::Kind kind = fact::Kind::text) {
    if (!value.empty()) facts[name] = Value::text(value, kind);
  };
  add("protocol", handshake.protocol, fact::Kind::choice);
  add("cipher", handshake.cipher);
  add("alpn", handshake.alpn);
  add("alert", handshake.alert);
  add("cut", handshake.cut, fact::Kind::choice);
  add("preface", handshake.preface);
  facts["time.handshake"] = Value::number(handshake.seconds);
  observation.read.insert("handshake");
  if (handshake.complete || handshake.client_certificate_asked) {
    facts["client-certificate-asked"] = Value::boolean(handshake.client_certificate_asked);
    facts["client-authorities"] = Value::list_of(fact::Kind::text, handshake.client_authorities);
  }
  if (handshake.certificate) {
    facts["ocsp.stapled"] = Value::boolean(handshake.stapled);
    facts["ocsp.status"] = Value::text(handshake.ocsp, fact::Kind::choice);
    fill_facts(*handshake.certificate, observation);
  }
  if (handshake.complete) observation.read.insert("alpn");
}

std::unique_ptr<TlsStream> TlsStream::start(Net& net, int fd, TlsOptions options, Milliseconds timeout,
                                            std::function<void(const Handshake&)> done) {
  auto stream = std::make_unique<Stream>(net, fd, std::move(options), std::move(done));
  stream->begin(timeout);
  return stream;
}

}  // namespace aztriage::net
