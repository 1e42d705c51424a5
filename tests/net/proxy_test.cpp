#include "net/proxy_answer.h"

#include <map>
#include <string>
#include <vector>

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

TEST_CASE("proxy: a login goes as Basic, decoded; none without one") {
  const auto proxy = parse_proxy("https://us%40er:p%3Aw@proxy.contoso.com");
  REQUIRE(proxy);
  CHECK(connect_request(*proxy, "shop.contoso.com:443") ==
        "CONNECT shop.contoso.com:443 HTTP/1.1\r\nHost: shop.contoso.com:443\r\nUser-Agent: aztriage\r\n"
        "Proxy-Authorization: Basic dXNAZXI6cDp3\r\n\r\n");
  CHECK(connect_request(*parse_proxy("p:1"), "[::1]:443").find("Authorization") == std::string::npos);
}

TEST_CASE("proxy: the head of an answer, cut anywhere") {
  const std::string text =
      "HTTP/1.1 407 Nope\r\nproxy-authenticate: Negotiate\r\nProxy-Authenticate: NTLM abc\r\n\r\nrest";
  for (std::size_t i = 0; i + 4 < text.size(); ++i) {
    const ProxyHead cut = read_proxy_head(text.substr(0, i));
    CHECK_FALSE(cut.whole);
    CHECK_FALSE(cut.malformed);
  }
  const ProxyHead head = read_proxy_head(text);
  CHECK(head.whole);
  CHECK(text.substr(head.size) == "rest");
  CHECK(head.answer.status == 407);
  CHECK(head.answer.schemes == std::vector<std::string>{"Negotiate", "NTLM"});
  CHECK(read_proxy_head("SSH-2.0-OpenSSH").malformed);
  CHECK(read_proxy_head("HTTP/1.1 xyz\r\n\r\n").malformed);
  CHECK(read_proxy_head("HTTP/1.1 " + std::string(kMostProxyHead, 'a')).malformed);
}

TEST_CASE("proxy: refusals are told apart") {
  const auto proxy = parse_proxy("http://p:3128");
  REQUIRE(proxy);
  const auto told = [&](int status, std::vector<std::string> schemes = {}) {
    const auto failure = failure_of_proxy_status({status, std::move(schemes)}, *proxy);
    CHECK(failure.code == "HTTP " + std::to_string(status));
    return std::string(fact::failure_name(failure.kind)) + ": " + failure.text;
  };
  CHECK(told(407, {"Basic", "Negotiate"}) ==
        "proxy-auth: proxy p:3128 wants a login (407), by Basic, Negotiate");
  CHECK(told(407, {"Negotiate", "NTLM"})
            .starts_with("proxy-auth: proxy p:3128 takes logins by Negotiate, NTLM only (407), which this "
                         "tool does not do"));
  CHECK(told(403) == "proxy-denied: proxy p:3128 refuses this target (403)");
  CHECK(told(502) == "proxy-failed: proxy p:3128 could not reach the target (502)");
  CHECK(told(503) == "proxy-failed: proxy p:3128 can't reach the target, or is overloaded (503)");
  CHECK(told(504) == "proxy-failed: proxy p:3128 got no answer from the target in time (504)");
  CHECK(told(400) == "proxy-failed: proxy p:3128 answers 400 to CONNECT");
}

TEST_CASE("proxy: an error shows no login") {
  const auto proxy = parse_proxy("http://user:hunter2@p:x");
  REQUIRE_FALSE(proxy);
  CHECK(proxy.error().what.find("hunter2") == std::string::npos);
}

}  // namespace
}  // namespace aztriage::net
