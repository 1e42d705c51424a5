#include "net/http_failure.h"

#include "base/text.h"
#include "net/connection.h"
#include "net/tls_failure.h"

#include <cerrno>
#include <charconv>
#include <optional>

#include <openssl/sslerr.h>

namespace aztriage::net {
namespace {

using fact::Failure;
using fact::FailureKind;

constexpr int kFirstAlert = 1000;  // OpenSSL counts the peer's alerts from here

/// The reason in OpenSSL's `error:0A00042E:SSL routines::...`.
std::optional<int> openssl_reason(std::string_view words) {
  const std::size_t mark = words.find("error:");
  if (mark == std::string_view::npos) return std::nullopt;
  const std::string_view digits = words.substr(mark + 6, 8);
  unsigned long code = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (error != std::errc{} || rest != digits.data() + digits.size()) return std::nullopt;
  return static_cast<int>(code & 0x7fffff);
}

std::optional<FailureKind> tls_failure(std::string_view words) {
  const auto reason = openssl_reason(words);
  if (!reason) return std::nullopt;
  // No TLS record: libcurl keeps the bytes to itself, but nothing that speaks TLS begins so.
  if (*reason == SSL_R_WRONG_VERSION_NUMBER || *reason == SSL_R_HTTP_REQUEST ||
      *reason == SSL_R_PACKET_LENGTH_TOO_LONG)
    return FailureKind::tls_not_tls;
  return *reason > kFirstAlert ? failure_of_alert(*reason - kFirstAlert, true) : failure_of_reason(*reason);
}

bool says(std::string_view words, std::string_view piece) {
  return text::contains(words, piece);
}

/// The most exact of what is known: the server's alert, OpenSSL's number, the system's, libcurl's.
std::string code_of(CURLcode code, long os_error, std::string_view words) {
  if (const auto reason = openssl_reason(words))
    return *reason > kFirstAlert ? "alert " + std::to_string(*reason - kFirstAlert)
                                 : std::string(words.substr(words.find("error:") + 6, 8));
  if (os_error != 0) return error_name(static_cast<int>(os_error));
  return curl_code_name(code);
}

Failure handshake_failure(CURLcode code, long os_error, const std::string& words) {
  const auto fail = [&](FailureKind kind) {
    return Failure{"handshake", kind, words, code_of(code, os_error, words)};
  };
  if (const auto kind = tls_failure(words)) return fail(*kind);
  if (code == CURLE_OPERATION_TIMEDOUT) return fail(FailureKind::tls_timeout);
  if (code == CURLE_PEER_FAILED_VERIFICATION) return fail(FailureKind::tls_certificate);
  if (os_error != 0 || says(words, "SYSCALL") || says(words, "reset") || says(words, "eof"))
    return fail(FailureKind::tls_closed);
  return fail(FailureKind::tls_protocol);
}

FailureKind kind_of(CURLcode code, long os_error, const std::string& words) {
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:  // HTTP/0.9
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:  // a body that can't be unpacked; our own end of a transfer is told apart before
    case CURLE_HTTP2:
      return FailureKind::http_malformed;
    case CURLE_OUT_OF_MEMORY:  // so it calls a header line of more than 100 KB
      return FailureKind::http_too_large;
    case CURLE_OPERATION_TIMEDOUT:
      return FailureKind::http_timeout;
    case CURLE_URL_MALFORMAT:
      return FailureKind::bad_target;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2_STREAM:
      return FailureKind::http_closed;
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      if (says(words, "chunk")) return FailureKind::http_malformed;
      if (says(words, "reset by peer") || os_error == ECONNRESET) return FailureKind::tcp_reset;
      return FailureKind::http_closed;
    case CURLE_COULDNT_CONNECT:
      return failure_of_errno(static_cast<int>(os_error));
    default:
      return FailureKind::internal;
  }
}

}  // namespace

std::string_view operation_name(HttpStage stage) {
  switch (stage) {
    case HttpStage::proxy:
      return "proxy";
    case HttpStage::handshake:
      return "handshake";
    case HttpStage::request:
      return "request";
    case HttpStage::response:
      return "response";
    case HttpStage::body:
      return "body";
  }
  return "response";
}

Failure failure_of_curl(CURLcode code, long os_error, HttpStage stage, const std::string& words) {
  if (stage == HttpStage::handshake) return handshake_failure(code, os_error, words);
  // TLS 1.3 tells only after the handshake that it wanted a certificate.
  if (const auto kind = tls_failure(words); kind && stage == HttpStage::response)
    return {"handshake", *kind, words, code_of(code, os_error, words)};
  if (stage == HttpStage::response && code == CURLE_SEND_ERROR) stage = HttpStage::request;
  const FailureKind kind = kind_of(code, os_error, words);
  // What libcurl makes of a broken connection says less than the system.
  const bool system = kind == FailureKind::tcp_reset || code == CURLE_COULDNT_CONNECT;
  std::string name = system && os_error != 0 ? error_name(static_cast<int>(os_error)) : curl_code_name(code);
  return {std::string(operation_name(stage)), kind, words, std::move(name)};
}

std::string curl_code_name(CURLcode code) {
#define AZTRIAGE_NAME(name) \
  case name:                \
    return #name
  switch (code) {
    AZTRIAGE_NAME(CURLE_UNSUPPORTED_PROTOCOL);
    AZTRIAGE_NAME(CURLE_FAILED_INIT);
    AZTRIAGE_NAME(CURLE_URL_MALFORMAT);
    AZTRIAGE_NAME(CURLE_COULDNT_RESOLVE_PROXY);
    AZTRIAGE_NAME(CURLE_COULDNT_RESOLVE_HOST);
    AZTRIAGE_NAME(CURLE_COULDNT_CONNECT);
    AZTRIAGE_NAME(CURLE_WEIRD_SERVER_REPLY);
    AZTRIAGE_NAME(CURLE_HTTP2);
    AZTRIAGE_NAME(CURLE_PARTIAL_FILE);
    AZTRIAGE_NAME(CURLE_WRITE_ERROR);
    AZTRIAGE_NAME(CURLE_OUT_OF_MEMORY);
    AZTRIAGE_NAME(CURLE_OPERATION_TIMEDOUT);
    AZTRIAGE_NAME(CURLE_SSL_CONNECT_ERROR);
    AZTRIAGE_NAME(CURLE_GOT_NOTHING);
    AZTRIAGE_NAME(CURLE_SEND_ERROR);
    AZTRIAGE_NAME(CURLE_RECV_ERROR);
    AZTRIAGE_NAME(CURLE_PEER_FAILED_VERIFICATION);
    AZTRIAGE_NAME(CURLE_BAD_CONTENT_ENCODING);
    AZTRIAGE_NAME(CURLE_HTTP2_STREAM);
    AZTRIAGE_NAME(CURLE_PROXY);
    AZTRIAGE_NAME(CURLE_SSL_CLIENTCERT);
    default:
      return "CURLE " + std::to_string(static_cast<int>(code));
  }
#undef AZTRIAGE_NAME
}

}  // namespace aztriage::net
