#include "net/tunnel.h"

#include <utility>

namespace aztriage::net {

using fact::Failure;
using fact::FailureKind;

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
  if (code != CURLE_OK) return done(Socket(), failure_of_proxy(*transfer_, proxy_, code));
  if (proxy_.scheme == "https")
    return done(Socket(), Failure{"proxy", FailureKind::proxy_failed,
                                  "a proxy that is itself reached over TLS serves http probes only"});
  curl_socket_t fd = CURL_SOCKET_BAD;
  transfer_->api().easy_getinfo(transfer_->handle(), CURLINFO_ACTIVESOCKET, &fd);
  if (fd == CURL_SOCKET_BAD)
    return done(Socket(), Failure{"proxy", FailureKind::proxy_failed, "the proxy closed the connection"});
  done(Socket(fd, transfer_), std::nullopt);
}

Failure failure_of_proxy(const Transfer& transfer, const Proxy& proxy, CURLcode code) {
  const long status = proxy.socks() ? 0 : transfer.number(CURLINFO_HTTP_CONNECTCODE);
  const std::string who = "proxy " + join_host_port(proxy.host, proxy.port);
  if (status == 407) return {"proxy", FailureKind::proxy_auth, who + " wants a login (407)"};
  if (status == 403) return {"proxy", FailureKind::proxy_denied, who + " refuses this target (403)"};
  if (status >= 300)
    return {"proxy", FailureKind::proxy_failed, who + " answers " + std::to_string(status) + " to CONNECT"};
  return {"proxy", FailureKind::proxy_failed, who + ": " + transfer.error_text(code)};
}

}  // namespace aztriage::net
