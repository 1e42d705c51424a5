#include "net/tunnel.h"

#include "net/http_failure.h"
#include "net/proxy_answer.h"

#include <array>
#include <utility>

namespace aztriage::net {

using fact::Failure;
using fact::FailureKind;

namespace {

/// As proxies call the logins that libcurl counts.
constexpr std::array<std::pair<unsigned long, std::string_view>, 5> kSchemes = {
    {{CURLAUTH_BASIC, "Basic"},
     {CURLAUTH_DIGEST, "Digest"},
     {CURLAUTH_NEGOTIATE, "Negotiate"},
     {CURLAUTH_NTLM, "NTLM"},
     {CURLAUTH_BEARER, "Bearer"}}};

}  // namespace

Tunnel::Tunnel(Net& net, const Proxy& proxy, const Address& address, const Place& target, int fd, Done done)
    : proxy_(proxy), done_(std::move(done)), transfer_(net.transfers().make()) {
  if (!transfer_) throw std::bad_alloc();
  transfer_->use_socket(fd);
  transfer_->use_proxy(proxy, address);
  transfer_->set(CURLOPT_URL, ("http://" + join_host_port(target.host, target.port) + "/").c_str());
  transfer_->set(CURLOPT_PROTOCOLS_STR, "http");
  transfer_->set(CURLOPT_NOPROXY, "");
  transfer_->set(CURLOPT_HTTPPROXYTUNNEL, 1L);
  transfer_->set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  transfer_->set(CURLOPT_CONNECT_ONLY, 1L);
  transfer_->set(CURLOPT_CONNECTTIMEOUT_MS, 300000L);  // the caller's time-out counts
  transfer_->start([this](CURLcode code) { finish(code); });
}

void Tunnel::finish(CURLcode code) {
  const auto done = std::exchange(done_, nullptr);
  const int status = status_of_proxy(*transfer_, proxy_);
  if (code != CURLE_OK) return done(Socket(), failure_of_proxy(*transfer_, proxy_, code), status);
  curl_socket_t fd = CURL_SOCKET_BAD;
  transfer_->api().easy_getinfo(transfer_->handle(), CURLINFO_ACTIVESOCKET, &fd);
  if (fd == CURL_SOCKET_BAD)
    return done(Socket(), Failure{"proxy", FailureKind::proxy_failed, "the proxy closed the connection"},
                status);
  done(Socket(fd, transfer_), std::nullopt, status);
}

int status_of_proxy(const Transfer& transfer, const Proxy& proxy) {
  return proxy.socks() ? 0 : static_cast<int>(transfer.number(CURLINFO_HTTP_CONNECTCODE));
}

Failure failure_of_proxy(const Transfer& transfer, const Proxy& proxy, CURLcode code) {
  ProxyAnswer answer{status_of_proxy(transfer, proxy), {}};
  if (answer.status >= 300) {
    const long offered = transfer.number(CURLINFO_PROXYAUTH_AVAIL);
    for (const auto& [bit, name] : kSchemes)
      if ((static_cast<unsigned long>(offered) & bit) != 0) answer.schemes.emplace_back(name);
    return failure_of_proxy_status(answer, proxy);
  }
  return {"proxy", FailureKind::proxy_failed,
          "proxy " + join_host_port(proxy.host, proxy.port) + ": " + transfer.error_text(code),
          curl_code_name(code)};
}

}  // namespace aztriage::net
