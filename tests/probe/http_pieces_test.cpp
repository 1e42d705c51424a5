#include "probe/cookies.h"
#include "probe/http_error.h"
#include "probe/json_facts.h"
#include "probe/redirect.h"

#include <doctest/doctest.h>

namespace aztriage::probe {
namespace {

std::string when(std::string_view text) {
  const auto at = parse_http_date(text);
  return at ? to_rfc3339(*at) : "none";
}

TEST_CASE("http date: the three forms, and what is none") {
  CHECK(when("Sun, 06 Nov 1994 08:49:37 GMT") == "1994-11-06T08:49:37.000Z");
  CHECK(when("Sunday, 06-Nov-94 08:49:37 GMT") == "1994-11-06T08:49:37.000Z");
  CHECK(when("Sun Nov  6 08:49:37 1994") == "1994-11-06T08:49:37.000Z");
  for (const char* bad : {"", "yesterday", "Sun, 31 Feb 2026 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
                          "Sun, 06 Nov 99999999999 08:49:37 GMT", "06 Nov 1994"})
    CHECK(when(bad) == "none");
}

TEST_CASE("cookies: kept for their host, domain and path, and taken back") {
  const auto now = *parse_http_date("Tue, 24 Nov 2026 14:02:03 GMT");
  const auto cookie = [&](std::string_view text) { return *parse_set_cookie(text, now); };
  CookieJar jar;
  jar.take(cookie("a=1"), "shop.contoso.com", "/cart/list");
  jar.take(cookie("b=2; Domain=.Contoso.com; Path=/"), "shop.contoso.com", "/");
  jar.take(cookie("c=3; Secure; Path=/"), "shop.contoso.com", "/");
  jar.take(cookie("d=4; Domain=fabrikam.com"), "shop.contoso.com", "/");
  jar.take(cookie("e=5; Domain=com"), "shop.contoso.com", "/");
  CHECK(jar.header("shop.contoso.com", "/cart/x?y", true) == "a=1; b=2; c=3");
  CHECK(jar.header("shop.contoso.com", "/cartoon", false) == "b=2");
  CHECK(jar.header("www.contoso.com", "/cart/", true) == "b=2");
  CHECK(jar.header("fabrikam.com", "/", true).empty());
  jar.take(cookie("b=; Domain=contoso.com; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
           "shop.contoso.com", "/");
  jar.take(cookie("c=; Max-Age=0; Path=/"), "shop.contoso.com", "/");
  CHECK(jar.header("shop.contoso.com", "/", true).empty());
  CHECK_FALSE(parse_set_cookie("no equals sign; Path=/", now));
  CHECK_FALSE(parse_set_cookie("=value", now));
}

TEST_CASE("redirect: the URL that is meant") {
  const std::string base = "https://shop.contoso.com:8443/a/b?c=d";
  const auto to = [&](std::string_view location) {
    return resolve_location(base, location).value_or("none");
  };
  CHECK(to("https://other.contoso.com/x#y") == "https://other.contoso.com/x");
  CHECK(to("//other.contoso.com/x") == "https://other.contoso.com/x");
  CHECK(to("/x/./y/../z") == "https://shop.contoso.com:8443/x/z");
  CHECK(to("e?f=g/../h") == "https://shop.contoso.com:8443/a/e?f=g/../h");
  CHECK(to("../../../e") == "https://shop.contoso.com:8443/e");
  CHECK(to("?q") == "https://shop.contoso.com:8443/a/b?q");
  CHECK(to("") == base);
  CHECK(to(" /with space\xc3\xa4 ") == "https://shop.contoso.com:8443/with%20space%C3%A4");
  CHECK(to("http:///nothing") == "none");
  CHECK(to("mailto:someone") == "none");
  CHECK(resolve_location("http://contoso.com", "x").value_or("") == "http://contoso.com/x");
  CHECK(method_after(303, "POST") == "GET");
  CHECK(method_after(302, "POST") == "GET");
  CHECK(method_after(307, "POST") == "POST");
  CHECK(method_after(303, "HEAD") == "HEAD");
}

std::string json_fact(std::string_view text, std::string_view name) {
  fact::Facts facts;
  add_json_facts(text, facts);
  const auto found = facts.find(name);
  return found == facts.end() ? "-" : found->second.as_text();
}

TEST_CASE("json: bounded in number, depth and length, whatever a server sends") {
  fact::Facts facts;
  std::string many = "[0";
  for (int i = 1; i < 2000; ++i) many += "," + std::to_string(i);
  CHECK(add_json_facts(many + "]", facts));
  CHECK(facts.size() == 500);
  CHECK(facts.at("json.499").as_text() == "499");
  facts.clear();
  CHECK_FALSE(add_json_facts(std::string(200000, '['), facts));
  CHECK(facts.empty());
  std::string deep = "1";
  for (int i = 0; i < 40; ++i) deep = "{\"a\":" + deep + "}";
  CHECK(add_json_facts("{\"x\":" + deep + ",\"y\":true}", facts));
  CHECK(facts.size() == 1);
  CHECK(json_fact("{\"a\":\"" + std::string(5000, 'x') + "\"}", "json.a").size() == 1024);
  CHECK(json_fact(R"({"a":{"b.c":[{"d":-1.50e3}]}})", "json.a.b.c.0.d") == "-1.50e3");
  CHECK(json_fact(R"({"a":1,)", "json.a") == "1");
  CHECK_FALSE(add_json_facts("not json", facts));
}

std::string error_in(std::string_view body, std::string_view header = "") {
  fact::Facts facts;
  add_json_facts(body, facts);
  const HttpError error = find_error(header, body, facts);
  return error.code + " | " + error.detail;
}

TEST_CASE("error: the forms in which Azure says what is wrong") {
  CHECK(error_in(R"({"error":{"code":"AuthorizationFailed","message":"The client has no access."}})") ==
        "AuthorizationFailed | The client has no access.");
  CHECK(error_in("<?xml version=\"1.0\"?><Error><Code>AuthenticationFailed</Code><Message>Server failed to\n "
                 "authenticate</Message><AuthenticationErrorDetail>Signature did not &lt;match&gt;"
                 "</AuthenticationErrorDetail></Error>") ==
        "AuthenticationFailed | Signature did not <match>");
  CHECK(error_in("<?xml version=\"1.0\"?><Error><Code>X</Code></Error>", "Y") == "Y | ");
  CHECK(
      error_in(
          R"({"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret.\r\nTrace ID"})") ==
      "AADSTS7000215 | Invalid client secret.");
  CHECK(error_in("<div>AADSTS50011: The redirect URI is wrong</div>") ==
        "AADSTS50011 | The redirect URI is wrong");
  CHECK(error_in("AADSTS and AADSTS12 are none") == " | ");
  CHECK(error_in("<Error><Code>unfinished") == " | ");
  CHECK(find_title("<TITLE lang=en>\n 502 &amp;  Bad </Title>") == "502 & Bad");
  CHECK(find_title("<title>never ends").empty());
  CHECK(find_title("<title").empty());
}

}  // namespace
}  // namespace aztriage::probe
