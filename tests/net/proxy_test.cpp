#include "net/proxy.h"

#include <map>

#include <doctest/doctest.h>

namespace aztriage::net {
namespace {

std::string chosen(std::string_view wanted, std::string_view scheme, std::string_view host,
                   std::map<std::string, std::string> variables) {
  const Environment environment = [&](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  const auto proxy = choose_proxy(wanted, scheme, host, environment);
  if (!proxy) return "error";
  return *proxy ? (*proxy)->host + ":" + std::to_string((*proxy)->port) + " by " + (*proxy)->source : "none";
}

TEST_CASE("proxy: chosen as curl does") {
  CHECK(chosen("", "https", "shop.contoso.com", {}) == "none");
  CHECK(chosen("", "https", "shop.contoso.com", {{"https_proxy", "p:3128"}}) == "p:3128 by https_proxy");
  CHECK(chosen("", "https", "shop.contoso.com", {{"HTTPS_PROXY", "http://u:w@p"}}) ==
        "p:1080 by HTTPS_PROXY");
  CHECK(chosen("", "https", "shop.contoso.com", {{"http_proxy", "p:1"}}) == "none");
  // A web server's CGI variable for a request header `Proxy` must not count.
  CHECK(chosen("", "http", "shop.contoso.com", {{"HTTP_PROXY", "p:1"}}) == "none");
  CHECK(chosen("", "http", "shop.contoso.com", {{"ALL_PROXY", "socks5://p"}}) == "p:1080 by ALL_PROXY");
  CHECK(chosen("q:8", "https", "shop.contoso.com", {{"https_proxy", "p:1"}}) == "q:8 by --proxy");
  CHECK(chosen("none", "https", "shop.contoso.com", {{"https_proxy", "p:1"}}) == "none");
  CHECK(chosen("", "https", "shop.contoso.com", {{"https_proxy", "p:1"}, {"no_proxy", "contoso.com"}}) ==
        "none");
  CHECK(chosen("", "https", "x", {{"https_proxy", "gopher://p:1"}}) == "error");
  CHECK(chosen("", "https", "x", {{"https_proxy", "http://p:99999"}}) == "error");
}

TEST_CASE("proxy: NO_PROXY names domains, addresses and networks") {
  CHECK(no_proxy_names("*", "anything"));
  CHECK(no_proxy_names("a.com, contoso.com", "shop.contoso.com"));
  CHECK(no_proxy_names(".contoso.com", "contoso.com"));
  CHECK(no_proxy_names("Contoso.com.", "SHOP.contoso.com"));
  CHECK_FALSE(no_proxy_names("contoso.com", "notcontoso.com"));
  CHECK_FALSE(no_proxy_names("shop.contoso.com", "contoso.com"));
  CHECK(no_proxy_names("10.0.0.0/8 192.168.1.1", "10.9.8.7"));
  CHECK(no_proxy_names("192.168.1.1", "192.168.1.1"));
  CHECK(no_proxy_names("[2001:db8::1]", "2001:db8:0::1"));
  CHECK_FALSE(no_proxy_names("10.0.0.0/8", "11.0.0.1"));
  CHECK_FALSE(no_proxy_names("", "contoso.com"));
}

TEST_CASE("proxy: an error shows no login") {
  const auto proxy = parse_proxy("http://user:hunter2@p:x");
  REQUIRE_FALSE(proxy);
  CHECK(proxy.error().what.find("hunter2") == std::string::npos);
}

}  // namespace
}  // namespace aztriage::net
