#include "net/routes.h"

#include "net/resolver_files.h"

#include <doctest/doctest.h>

namespace aztriage::net {
namespace {

Routes routes(std::vector<std::string> connect_to, std::vector<std::string> resolve = {}) {
  Settings settings;
  settings.connect_to = std::move(connect_to);
  settings.resolve = std::move(resolve);
  auto parsed = Routes::parse(settings);
  REQUIRE(parsed);
  return *parsed;
}

TEST_CASE("routes: --connect-to as curl reads it, the first that fits counts") {
  const Routes r = routes({"shop.contoso.com:443:origin.contoso.net:8443", "::[2001:db8::1]:", ":80::8080"});
  auto place = r.instead_of("Shop.Contoso.com.", 443);
  REQUIRE(place);
  CHECK(place->host == "origin.contoso.net");
  CHECK(place->port == 8443);
  place = r.instead_of("other.contoso.com", 80);
  REQUIRE(place);
  CHECK(place->host == "2001:db8::1");
  CHECK(place->port == 80);
  CHECK_FALSE(routes({"a.contoso.com:443:b.contoso.com:443"}).instead_of("a.contoso.com", 80));
}

TEST_CASE("routes: --resolve gives addresses for a host and port") {
  const Routes r = routes({}, {"shop.contoso.com:443:10.0.0.4,[2001:db8::1]", "+*:8080:127.0.0.1"});
  CHECK(r.addresses("shop.contoso.com", 443) == std::vector<Address>{{"10.0.0.4", 4}, {"2001:db8::1", 6}});
  CHECK(r.addresses("shop.contoso.com", 80).empty());
  CHECK(r.addresses("anything", 8080) == std::vector<Address>{{"127.0.0.1", 4}});
}

TEST_CASE("routes: what can't be read is refused with the form that can") {
  for (const char* bad : {"a:1:b", "a:x:b:1", "a:1:b:70000", ""}) {
    Settings settings;
    settings.connect_to = {bad};
    const auto parsed = Routes::parse(settings);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().hint == "write HOST:PORT:HOST2:PORT2");
  }
  for (const char* bad : {"a:1", "a:1:name", ":1:10.0.0.1", "a::10.0.0.1", "a:1:10.0.0.1,"}) {
    Settings settings;
    settings.resolve = {bad};
    CHECK_FALSE(Routes::parse(settings));
  }
}

TEST_CASE("routes: a name server is an address with or without a port") {
  CHECK(show_server(*parse_server("10.0.0.4")) == "10.0.0.4");
  CHECK(show_server(*parse_server("10.0.0.4:53")) == "10.0.0.4");
  CHECK(show_server(*parse_server("10.0.0.4:5353")) == "10.0.0.4:5353");
  CHECK(show_server(*parse_server("2001:DB8::1")) == "2001:db8::1");
  CHECK(show_server(*parse_server("[2001:db8::1]")) == "2001:db8::1");
  CHECK(show_server(*parse_server("[2001:db8::1]:5353")) == "[2001:db8::1]:5353");
  for (const char* bad :
       {"", "dns.contoso.com", "10.0.0.4:", "10.0.0.4:x", "10.0.0.4:0", "[::1]5", "10.0.0.4 "})
    CHECK_FALSE(parse_server(bad));
}

TEST_CASE("resolv.conf: servers, search domains, comments and what is not known") {
  const auto config = parse_resolv_conf(
      "# made by hand\nnameserver 10.0.0.4 ; first\n  nameserver\t2001:db8::53\r\nnameserver nonsense\n"
      "domain old.contoso.com\nsearch a.contoso.com b.contoso.com\noptions ndots:5\nnameserver 10.0.0.5\n"
      "nameserver 10.0.0.6\n");
  CHECK(config.servers == std::vector<std::string>{"10.0.0.4", "2001:db8::53", "10.0.0.5"});
  CHECK(config.search == std::vector<std::string>{"a.contoso.com", "b.contoso.com"});
  CHECK(parse_resolv_conf("").servers == std::vector<std::string>{"127.0.0.1"});
}

TEST_CASE("hosts file: every address of a name, by any of its aliases") {
  const std::string_view hosts =
      "127.0.0.1 localhost\n10.0.0.4 shop.contoso.com shop # 10.0.0.9 shop\n::1\tSHOP\nbad shop\n10.0.0.4 "
      "shop\n";
  CHECK(find_in_hosts(hosts, "shop") == std::vector<Address>{{"10.0.0.4", 4}, {"::1", 6}});
  CHECK(find_in_hosts(hosts, "Shop.Contoso.COM.") == std::vector<Address>{{"10.0.0.4", 4}});
  CHECK(find_in_hosts(hosts, "contoso.com").empty());
}

}  // namespace
}  // namespace aztriage::net
