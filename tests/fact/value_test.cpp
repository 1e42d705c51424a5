#include "fact/value.h"

#include "fact/address.h"
#include "fact/url.h"

#include <string>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::fact;

TEST_CASE("value: same_as compares by kind, not by spelling") {
  struct Row {
    Kind kind;
    std::string a, b;
    bool same;
  };
  const Row rows[] = {
      {Kind::text, "a", "a", true},
      {Kind::text, "a", "A", false},
      {Kind::choice, "private", "private", true},
      {Kind::host, "Shop.Contoso.com", "shop.contoso.com.", true},
      {Kind::host, "shop.contoso.com", "shop.contoso.co", false},
      {Kind::host, "", "", true},
      {Kind::host, ".", "", true},
      {Kind::host, "::1", "0:0:0:0:0:0:0:1", true},
      {Kind::ip, "fd00::4", "FD00:0:0::4", true},
      {Kind::ip, "::ffff:10.0.0.4", "10.0.0.4", true},
      {Kind::ip, "10.0.0.4", "10.0.0.5", false},
      {Kind::network, "10.1.2.3/8", "10.0.0.0/8", true},
      {Kind::network, "10.0.0.0/8", "10.0.0.0/9", false},
      {Kind::network, "::ffff:10.0.0.0/104", "10.0.0.0/8", true},
      {Kind::endpoint, "Redis.contoso.com:6380", "redis.contoso.com.:6380", true},
      {Kind::endpoint, "redis.contoso.com:6380", "redis.contoso.com:6379", false},
      {Kind::endpoint, "[::1]:80", "[0::1]:80", true},
      {Kind::url, "https://Contoso.com", "HTTPS://contoso.com:443/", true},
      {Kind::url, "https://contoso.com/A", "https://contoso.com/a", false},
      {Kind::url, "https://contoso.com/", "http://contoso.com/", false},
      {Kind::url, "https://contoso.com/?", "https://contoso.com/", false},
      {Kind::url, "/relative", "/relative", true},
      {Kind::url, "https://u@contoso.com/", "https://contoso.com/", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.a);
    CAPTURE(row.b);
    const Value a = Value::text(row.a, row.kind), b = Value::text(row.b, row.kind);
    CHECK(a.same_as(b) == row.same);
    CHECK(b.same_as(a) == row.same);
  }
}

TEST_CASE("value: the stricter of two kinds of text decides, in both directions") {
  const Value host = Value::text("a.contoso.com", Kind::host), text = Value::text("A.contoso.com");
  CHECK(host.same_as(text));
  CHECK(text.same_as(host));
  CHECK_FALSE(Value::text("502").same_as(Value::number(502)));
  CHECK_FALSE(Value::boolean(true).same_as(Value::text("true")));
}

TEST_CASE("value: lists and records compare item by item") {
  const auto list = [](std::vector<std::string> s) { return Value::list_of(Kind::host, s); };
  CHECK(list({"A", "b"}).same_as(list({"a", "B."})));
  CHECK_FALSE(list({"a", "b"}).same_as(list({"b", "a"})));
  CHECK_FALSE(list({"a"}).same_as(list({"a", "a"})));
  const Value record = Value::record({{"n", Value::number(1)}});
  CHECK(record.same_as(Value::record({{"n", Value::number(1)}})));
  CHECK_FALSE(record.same_as(Value::record({{"m", Value::number(1)}})));
  CHECK_FALSE(record.same_as(Value::record({{"n", Value::number(2)}})));
}

TEST_CASE("value: asking for another kind than it has gives an empty one") {
  CHECK(Value::number(1).as_text().empty());
  CHECK(Value::text("x").as_number() == 0);
  CHECK_FALSE(Value::text("x").as_bool());
  CHECK(Value::text("x").as_list().empty());
  CHECK(Value::text("x").as_record().empty());
}

TEST_CASE("value: numbers are shown without needless digits") {
  const std::pair<double, std::string> rows[] = {{502, "502"},
                                                 {0, "0"},
                                                 {-0.0, "0"},
                                                 {0.4, "0.4"},
                                                 {0.30000000000000004, "0.3"},
                                                 {12.34567, "12.346"},
                                                 {-1.5, "-1.5"},
                                                 {0.05, "0.05"},
                                                 {0.00012345, "0.000123"},
                                                 {1e14, "100000000000000"},
                                                 {2.0004, "2"},
                                                 {1e20, "1e+20"}};
  for (const auto& [number, shown] : rows) CHECK(to_text(Value::number(number)) == shown);
}

TEST_CASE("value: lists and records are shown on one line") {
  CHECK(to_text(Value::list_of(Kind::text, {"a", "b"})) == "a, b");
  CHECK(to_text(Value::list({})).empty());
  CHECK(to_text(Value::record({{"status", Value::number(302)}, {"url", Value::text("https://a/")}})) ==
        "status 302, url https://a/");
  CHECK(to_text(Value::boolean(true)) == "true");
}

TEST_CASE("value: parts") {
  struct Row {
    Kind kind;
    std::string whole, part, expected;  // "-": none
  };
  const std::string url =
      "HTTPS://u@Login.Contoso.com:8443/a/b%20c?x=1&redirect_uri=https%3A%2F%2Fa%2F&x=2&p=a+b#f";
  const Row rows[] = {
      {Kind::url, url, "scheme", "https"},
      {Kind::url, url, "host", "Login.Contoso.com"},
      {Kind::url, url, "port", "8443"},
      {Kind::url, url, "path", "/a/b%20c"},
      {Kind::url, url, "query.x", "1"},
      {Kind::url, url, "query.redirect_uri", "https://a/"},
      {Kind::url, url, "query.p", "a b"},
      {Kind::url, url, "query.none", "-"},
      {Kind::url, url, "query.", "-"},
      {Kind::url, url, "host.label", "Login"},
      {Kind::url, url, "host.parent", "Contoso.com"},
      {Kind::url, url, "host.parent.parent", "com"},
      {Kind::url, url, "host.port", "-"},
      {Kind::url, "https://a.com", "path", "/"},
      {Kind::url, "https://a.com", "port", "443"},
      {Kind::url, "odd://a.com", "port", "-"},
      {Kind::url, "https://a.com/?e", "query.e", ""},
      {Kind::url, "https://a.com/?q=%zz%4", "query.q", "%zz%4"},
      {Kind::url, "/relative", "host", "-"},
      {Kind::url, "https://[fd00::4]/", "host", "fd00::4"},
      {Kind::host, "shop.contoso.com.", "label", "shop"},
      {Kind::host, "shop.contoso.com", "parent", "contoso.com"},
      {Kind::host, "localhost", "label", "localhost"},
      {Kind::host, "localhost", "parent", "-"},
      {Kind::host, "10.0.0.4", "label", "-"},
      {Kind::host, "10.0.0.4", "parent", "-"},
      {Kind::endpoint, "redis.contoso.com:6380", "host", "redis.contoso.com"},
      {Kind::endpoint, "redis.contoso.com:6380", "port", "6380"},
      {Kind::endpoint, "[fd00::4]:6380", "host", "fd00::4"},
      {Kind::endpoint, "nonsense", "host", "-"},
      {Kind::text, "a.b", "label", "-"},
      {Kind::ip, "10.0.0.4", "host", "-"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.whole);
    CAPTURE(row.part);
    Value part = Value::text("-");
    const bool found = part_of(Value::text(row.whole, row.kind), row.part, part);
    CHECK(found == (row.expected != "-"));
    CHECK(to_text(part) == row.expected);
    Kind kind{};
    if (found) {
      REQUIRE(part_kind(row.kind, row.part, kind));
      CHECK(part.kind() == kind);
    }
  }
}

TEST_CASE("address: networks contain addresses by their bits") {
  struct Row {
    std::string network, address;
    bool inside;
  };
  const Row rows[] = {{"10.0.0.0/8", "10.255.255.255", true}, {"10.0.0.0/8", "11.0.0.0", false},
                      {"10.0.0.0/0", "203.0.113.9", true},    {"10.0.0.128/25", "10.0.0.127", false},
                      {"10.0.0.128/25", "10.0.0.128", true},  {"10.0.0.4/32", "10.0.0.4", true},
                      {"10.0.0.4/32", "10.0.0.5", false},     {"fd00::/8", "fdff::1", true},
                      {"fd00::/8", "fe00::1", false},         {"::/0", "10.0.0.4", false},
                      {"10.0.0.0/8", "::ffff:10.0.0.4", true}};
  for (const Row& row : rows) {
    CAPTURE(row.network);
    CAPTURE(row.address);
    const auto network = parse_network(row.network);
    const auto address = parse_address(row.address);
    REQUIRE(network);
    REQUIRE(address);
    CHECK(network->contains(*address) == row.inside);
  }
}

TEST_CASE("type: names, groups and descriptions") {
  CHECK(describe({.kind = Kind::list, .item = Kind::host}) == "list of host");
  CHECK(describe(kPort) == "whole number from 1 to 65535");
  CHECK(describe({.kind = Kind::number, .least = 0}) == "number of at least 0");
  CHECK(describe({.kind = Kind::number, .most = 5}) == "number of at most 5");
  const FactSpec header{"headers.*", {}, ""}, plain{"status", {}, ""}, title{"title", {}, "", "body"};
  CHECK(group_of(header) == "headers");
  CHECK(group_of(plain) == "status");
  CHECK(group_of(title) == "body");
}
