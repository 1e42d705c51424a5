#include "decode/pseudonym.h"

#include "base/text.h"

#include <map>
#include <random>
#include <set>

#include <doctest/doctest.h>

using namespace aztriage;
using decode::Pseudonyms;

namespace {

Pseudonyms names() {
  return Pseudonyms({"azurewebsites.net", "blob.core.windows.net", "vault.azure.net", "azurefd.net"});
}

std::string once(std::string_view text) {
  auto p = names();
  const std::string out = p.encode(text);
  CHECK(p.decode(out) == text);
  return out;
}

bool has(const std::string& text, std::string_view piece) {
  return text.find(piece) != std::string::npos;
}

}  // namespace

TEST_CASE("pseudonym: hosts keep their well-known end or their domain") {
  CHECK(once("shop.azurewebsites.net") == "host-1.azurewebsites.net");
  CHECK(once("shop.scm.azurewebsites.net") == "host-1.scm.azurewebsites.net");
  CHECK(once("https://shop.contoso.com:8443/a/b?x=1") == "https://host-1.domain-1.example:8443/a/b?x=1");
  CHECK(once("www.contoso.com and api.contoso.com, contoso.com.") ==
        "www.domain-1.example and host-1.domain-1.example, domain-1.example.");
  CHECK(once("shop.contoso.co.uk") == "host-1.domain-1.example");
  CHECK(once("shop.privatelink.blob.core.windows.net") == "host-1.privatelink.blob.core.windows.net");
  CHECK(once("shop.westeurope.cloudapp.azure.com") == "host-1.westeurope.cloudapp.azure.com");
  CHECK(once("*.contoso.com _dnsauth.contoso.com") == "*.domain-1.example _dnsauth.domain-1.example");
}

TEST_CASE("pseudonym: the same name is the same stand-in, under whatever end") {
  auto p = names();
  CHECK(p.encode("shop.contoso.com -> shop.azurefd.net -> shop.azurewebsites.net") ==
        "host-1.domain-1.example -> host-1.azurefd.net -> host-1.azurewebsites.net");
  CHECK(p.encode("other.contoso.com") == "host-2.domain-1.example");
  CHECK(p.encode("shop.fabrikam.com") == "host-1.domain-2.example");
}

TEST_CASE("pseudonym: what names nobody stays") {
  for (const char* text : {"login.microsoftonline.com",
                           "https://learn.microsoft.com/troubleshoot/azure/front-door/troubleshoot-issues",
                           "management.azure.com",
                           "168.63.129.16",
                           "169.254.169.254",
                           "127.0.0.1",
                           "::1",
                           "8.8.8.8",
                           "255.255.255.0",
                           "0.0.0.0/0",
                           "10:20:30",
                           "Microsoft-IIS/10.0",
                           "ASP.NET",
                           "System.Net.Http",
                           "TLSv1.3",
                           "index.html",
                           "web.config",
                           "2026-11-24T14:02:03.250Z",
                           "x-azure-ref",
                           "az afd origin update",
                           "00000000-0000-0000-0000-000000000000",
                           "00000003-0000-0000-c000-000000000000",
                           "a",
                           "",
                           "...",
                           "::",
                           "503 after 0.4 s, page made by Front Door",
                           "ocsp.digicert.com"}) {
    CAPTURE(text);
    CHECK(once(text) == text);
  }
}

TEST_CASE("pseudonym: private addresses stay private, public ones public, and subnets stay subnets") {
  auto p = names();
  CHECK(p.encode("10.1.2.4 10.1.2.5 10.1.3.4 10.2.2.4") == "10.1.1.4 10.1.1.5 10.1.2.4 10.2.1.4");
  CHECK(p.encode("10.1.0.0/16 10.1.2.0/24 172.16.0.0/12") == "10.1.0.0/16 10.1.1.0/24 172.16.0.0/12");
  CHECK(p.encode("192.168.7.1 172.20.1.1 100.70.1.1") == "192.168.1.1 172.17.1.1 100.65.1.1");
  CHECK(p.encode("20.105.224.40 20.105.224.41 20.105.225.40") == "198.18.0.40 198.18.0.41 198.18.1.40");
  CHECK(p.decode("198.18.1.40 and 10.1.2.4:443") == "20.105.225.40 and 10.1.3.4:443");
  CHECK(p.encode("::ffff:10.1.2.4") == "::ffff:10.1.1.4");
  CHECK(p.encode("4.2.1.10.in-addr.arpa") == "4.1.1.10.in-addr.arpa");
}

TEST_CASE("pseudonym: IPv6 keeps the /64 and the kind of address") {
  auto p = names();
  CHECK(p.encode("2a01:111:f400::1 2a01:111:f400::2 2a01:111:f401::1") ==
        "2001:db8:0:1::1 2001:db8:0:1::2 2001:db8:0:2::1");
  CHECK(p.encode("[2a01:111:f400::1]:443") == "[2001:db8:0:1::1]:443");
  CHECK(p.encode("fe80::1ff:fe23:4567:890a%eth0") == "fe80::1%eth0");
  CHECK(p.encode("fd12:3456:789a:1::7").substr(0, 4) == "fd00");
  CHECK(once("at 2a01:111:f400::1: refused") == "at 2001:db8:0:1::1: refused");
  CHECK(once("2A01:111:F400::1 2a01:111:f400::1") == "2001:db8:0:1::1 2001:Db8:0:1::1");
}

TEST_CASE("pseudonym: resource ids") {
  const std::string id =
      "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shop-rg/providers/Microsoft.Web/"
      "sites/shop";
  CHECK(once(id) ==
        "/subscriptions/subscription-1/resourceGroups/group-1/providers/Microsoft.Web/sites/resource-1");
  auto p = names();
  CHECK(p.encode("shop.azurewebsites.net " + id) ==
        "host-1.azurewebsites.net "
        "/subscriptions/subscription-1/resourceGroups/group-1/providers/Microsoft.Web/sites/host-1");
  CHECK(p.encode("az webapp show -g shop-rg -n shop") == "az webapp show -g group-1 -n host-1");
  CHECK(p.encode("az webapp show --resource-group 'My-Group' --name NAME") ==
        "az webapp show --resource-group 'group-2' --name NAME");
  CHECK(p.encode("the group shop-rg is there") == "the group group-1 is there");
  CHECK(once("%2Fsubscriptions%2F11111111-2222-3333-4444-555555555555%2FresourceGroups%2Fshop-rg") ==
        "%2Fsubscriptions%2Fsubscription-1%2FresourceGroups%2Fgroup-1");
  CHECK(once("/resourceGroups/rg(shop)/providers/Microsoft.Cache/redis/cache7") ==
        "/resourceGroups/group-1/providers/Microsoft.Cache/redis/resource-1");
}

TEST_CASE("pseudonym: GUIDs, tenants and mail addresses") {
  CHECK(once("tenant 11111111-2222-3333-4444-555555555555") == "tenant tenant-1");
  CHECK(once("https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/oauth2") ==
        "https://login.microsoftonline.com/tenant-1/oauth2");
  CHECK(once("object 11111111-2222-3333-4444-555555555555") == "object guid-1");
  CHECK(once("mail kim.smith@contoso.com, lee@contoso.com") ==
        "mail person-1@domain-1.example, person-2@domain-1.example");
  CHECK(once("kim@contoso.onmicrosoft.com") == "person-1@host-1.onmicrosoft.com");
}

TEST_CASE("pseudonym: ids that engineers need stay, and names that are given are found alone") {
  auto p = names();
  p.keep("11111111-2222-3333-4444-555555555555");
  CHECK(p.encode("11111111-2222-3333-4444-555555555555") == "11111111-2222-3333-4444-555555555555");
  p.name("orders", "resource");
  CHECK(p.encode("the queue orders is empty, reorders are not") ==
        "the queue resource-1 is empty, reorders are not");
  CHECK(p.decode("resource-1") == "orders");
}

TEST_CASE("pseudonym: a host by its place may have any end") {
  auto p = names();
  CHECK(p.encode("db.contoso.zone") == "db.contoso.zone");
  p.host("db.contoso.zone");
  p.host("intranet7");
  p.host("localhost");
  p.host("login.microsoftonline.com");
  p.host("10.1.2.3");
  p.host("not a host");
  CHECK(p.encode("db.contoso.zone intranet7 localhost login.microsoftonline.com") ==
        "host-2.domain-1.example host-1 localhost login.microsoftonline.com");
}

TEST_CASE("pseudonym: a company's name in other places") {
  CHECK(once("shop.contoso.com, O=Contoso Ltd") == "host-1.domain-1.example, O=Company-1 Ltd");
}

TEST_CASE("pseudonym: what looks like a stand-in already becomes one of its own") {
  CHECK(once("host-1 shop.contoso.com") == "name-1 host-1.domain-1.example");
  CHECK(once("shop.contoso.com host-1.domain-1.example") !=
        "host-1.domain-1.example host-1.domain-1.example");
  CHECK(once("10.1.2.4 10.1.1.4 198.18.0.1 20.1.1.1") == "10.1.1.4 10.1.2.4 198.18.0.1 198.18.1.1");
}

TEST_CASE("pseudonym: escapes end a name") {
  CHECK(once(R"("a":"\nshop.contoso.com\u0026b")") == R"("a":"\nhost-1.domain-1.example\u0026b")");
  CHECK(once("redirect=https%3A%2F%2Fshop.contoso.com%2Fa") ==
        "redirect=https%3A%2F%2Fhost-1.domain-1.example%2Fa");
}

TEST_CASE("pseudonym: an answer written by hand, in any case") {
  auto p = names();
  static_cast<void>(p.encode("shop.contoso.com 10.1.2.4"));
  CHECK(p.decode("HOST-1 at 10.1.1.4 (Domain-1) is up; host-7 and host-1x are not known") ==
        "shop at 10.1.2.4 (contoso.com) is up; host-7 and host-1x are not known");
}

TEST_CASE("pseudonym: spellings of one name are told apart and are still one name") {
  auto p = names();
  const std::string text = "shop.contoso.com SHOP.CONTOSO.COM Shop.contoso.com";
  const std::string out = p.encode(text);
  CHECK(p.decode(out) == text);
  const auto words = text::split(out, ' ');
  CHECK(text::lower(words[0]) == text::lower(words[1]));
  CHECK(text::lower(words[0]) == text::lower(words[2]));
}

TEST_CASE("pseudonym: saved and restored, the stand-ins of one case never change") {
  auto first = names();
  const std::string text =
      "shop.contoso.com SHOP.contoso.com 10.1.2.4 10.1.9.9 20.105.224.40 2a01:111:f400::1 fe80::77 "
      "kim@contoso.com /subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shop-rg";
  const std::string out = first.encode(text);
  auto second = names();
  REQUIRE(second.restore(first.saved()));
  CHECK(second.saved() == first.saved());
  CHECK(second.size() == first.size());
  CHECK(second.decode(out) == text);
  CHECK(second.encode("new.contoso.com 10.1.2.7 10.1.8.1 20.1.1.1 " + text) ==
        first.encode("new.contoso.com 10.1.2.7 10.1.8.1 20.1.1.1 " + text));
  for (const char* damaged :
       {"host\thost-1\n", "x\ty\tz\tw\n", "address\t10.1.1.1\tnone\n", "host\thost-9\talone\tx\n"}) {
    auto third = names();
    CHECK_FALSE(third.restore(damaged));
  }
}

TEST_CASE("pseudonym: for thousands of random texts, nothing is lost, mixed up or left") {
  std::mt19937 random(7);
  const auto pick = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most)); };
  const std::vector<std::string> hosts{"shop", "Shop", "api-7", "www", "db01", "host-1", "queue"};
  const std::vector<std::string> ends{"contoso.com",     "fabrikam.de", "azurewebsites.net",
                                      "vault.azure.net", "CONTOSO.COM", "domain-1.example"};
  const std::vector<std::string> between{" ",  ", ", "/", ":", "@", "%2F", "\\n",
                                         "\"", "=",  ";", "(", ".", "-"};
  auto p = names();
  std::map<std::string, std::string> stand_ins;  // of addresses
  for (int i = 0; i < 4000; ++i) {
    std::string text;
    const int separators = i % 2 == 0 ? 11 : 13;
    for (int n = pick(6); n >= 0; --n) {
      switch (pick(5)) {
        case 0:
          text += hosts[static_cast<std::size_t>(pick(7))] + "." + ends[static_cast<std::size_t>(pick(6))];
          break;
        case 1:
          text += std::to_string(pick(256)) + "." + std::to_string(pick(256)) + "." +
                  std::to_string(pick(4)) + "." + std::to_string(pick(256));
          break;
        case 2:
          text += "2a01:" + std::to_string(pick(9)) + "::" + std::to_string(pick(99));
          break;
        case 3:
          text += "1111111" + std::to_string(pick(9)) + "-2222-3333-4444-555555555555";
          break;
        default:
          for (int k = pick(6); k > 0; --k) text += static_cast<char>(32 + pick(95));
          text += ' ';
      }
      text += between[static_cast<std::size_t>(pick(separators))];
    }
    CAPTURE(text);
    const std::string out = p.encode(text);
    CAPTURE(out);
    REQUIRE(p.decode(out) == text);
    if (separators == 13) continue;
    for (const char* left : {"contoso", "fabrikam", "api-7", "db01"})
      REQUIRE_FALSE(has(text::lower(out), left));
  }
  std::set<std::string> seen;
  for (int a = 0; a < 40; ++a) {
    for (int d = 0; d < 256; d += 5) {
      const std::string real = "10.7." + std::to_string(a) + "." + std::to_string(d);
      const std::string out = p.encode(real);
      REQUIRE(seen.insert(out).second);
      REQUIRE(out.starts_with("10."));
      const std::string net = out.substr(0, out.rfind('.'));
      auto [it, added] = stand_ins.emplace(real.substr(0, real.rfind('.')), net);
      REQUIRE(it->second == net);
    }
  }
}

TEST_CASE("pseudonym: hostile text stays as it is") {
  std::string dots;
  while (dots.size() < 32 * 1024) dots += "a.b:";
  for (const char sign : {'.', 'a', ':', '%', '-', '@'}) {
    const std::string text(32 * 1024, sign);
    CHECK(once(text) == text);
  }
  CHECK(once(dots) == dots);
}
