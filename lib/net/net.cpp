#include "net/net.h"

#include "net/curl_api.h"
#include "net/loop.h"
#include "net/names_impl.h"
#include "net/proxy.h"
#include "net/trust.h"

#include <csignal>

namespace aztriage::net {
namespace {

Result<void> check(const Settings& settings) {
  if (!settings.dns_server.empty())
    if (const auto server = parse_server(settings.dns_server); !server)
      return tl::unexpected<Error>(server.error());
  if (!settings.proxy.empty() && settings.proxy != "none")
    if (const auto proxy = parse_proxy(settings.proxy); !proxy) return tl::unexpected<Error>(proxy.error());
  if (!settings.ca_file.empty())
    if (const auto trust = Trust::system_and(settings.ca_file); !trust)
      return tl::unexpected<Error>(trust.error());
  return {};
}

/// Writing to a connection that the peer has closed is an error like any other, not the end of the process.
void ignore_broken_pipes() {
  struct sigaction now {};
  if (sigaction(SIGPIPE, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) return;
  now.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &now, nullptr);
}

}  // namespace

Result<std::unique_ptr<Net>> Net::create(const Settings& settings) {
  if (const auto good = check(settings); !good) return tl::unexpected<Error>(good.error());
  auto routes = Routes::parse(settings);
  if (!routes) return tl::unexpected<Error>(routes.error());
  const auto api = curl_api();
  if (!api) return tl::unexpected<Error>(api.error());
  auto loop = Loop::make(settings);
  if (!loop) return tl::unexpected<Error>(loop.error());
  ignore_broken_pipes();
  (*loop)->open(std::move(*routes), **api);
  return std::unique_ptr<Net>(std::move(*loop));
}

}  // namespace aztriage::net
