#include "base/text.h"
#include "fact/value.h"

#include <string>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::fact;

namespace {

constexpr std::string_view kWords[] = {"private", "public", "none"};

struct Row {
  Kind kind;
  std::string text;
  std::string stored;  // or, for a refusal, a piece of what is said
  std::string hint;    // a piece of it
};

std::string repeated(const std::string& piece, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += piece;
  return out;
}

Type type_of(Kind kind) {
  Type type{.kind = kind};
  if (kind == Kind::choice) type.words = kWords;
  return type;
}

}  // namespace

TEST_CASE("parse: what people write is taken") {
  const Row rows[] = {
      {Kind::boolean, "true", "true", ""},
      {Kind::boolean, "Yes", "true", ""},
      {Kind::boolean, " on ", "true", ""},
      {Kind::boolean, "false", "false", ""},
      {Kind::boolean, "NO", "false", ""},
      {Kind::boolean, "off", "false", ""},
      {Kind::number, "502", "502", ""},
      {Kind::number, "-0.5", "-0.5", ""},
      {Kind::number, "1e3", "1000", ""},
      {Kind::number, " 14 ", "14", ""},
      {Kind::text, " as it is ", " as it is ", ""},
      {Kind::text, "", "", ""},
      {Kind::text, "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f", ""},
      {Kind::choice, "private", "private", ""},
      {Kind::choice, "Private", "private", ""},
      {Kind::host, "shop.contoso.com", "shop.contoso.com", ""},
      {Kind::host, " Shop.Contoso.com. ", "Shop.Contoso.com.", ""},
      {Kind::host, "localhost", "localhost", ""},
      {Kind::host, "_dmarc.contoso.com", "_dmarc.contoso.com", ""},
      {Kind::host, "xn--bcher-kva.example", "xn--bcher-kva.example", ""},
      {Kind::host, "3com.com", "3com.com", ""},
      {Kind::host, "10.0.0.4", "10.0.0.4", ""},
      {Kind::host, "fd00::4", "fd00::4", ""},
      {Kind::host, repeated("a", 63) + ".com", repeated("a", 63) + ".com", ""},
      {Kind::ip, "168.63.129.16", "168.63.129.16", ""},
      {Kind::ip, "::1", "::1", ""},
      {Kind::ip, "2603:1030:0:0::1", "2603:1030:0:0::1", ""},
      {Kind::ip, "::ffff:10.0.0.4", "::ffff:10.0.0.4", ""},
      {Kind::network, "10.0.0.0/16", "10.0.0.0/16", ""},
      {Kind::network, "10.1.2.3/8", "10.1.2.3/8", ""},
      {Kind::network, "0.0.0.0/0", "0.0.0.0/0", ""},
      {Kind::network, "fd00::/48", "fd00::/48", ""},
      {Kind::url, "https://shop.contoso.com", "https://shop.contoso.com", ""},
      {Kind::url, "HTTP://shop.contoso.com:8080/a/b?c=d#e", "HTTP://shop.contoso.com:8080/a/b?c=d#e", ""},
      {Kind::url, "https://[fd00::4]:8443/", "https://[fd00::4]:8443/", ""},
      {Kind::url, "amqps://bus.contoso.com", "amqps://bus.contoso.com", ""},
      {Kind::url, "https://contoso.com/a%20b?sig=x%2By%3D", "https://contoso.com/a%20b?sig=x%2By%3D", ""},
      {Kind::endpoint, "redis.contoso.com:6380", "redis.contoso.com:6380", ""},
      {Kind::endpoint, "10.0.0.4:22", "10.0.0.4:22", ""},
      {Kind::endpoint, "[fd00::4]:6380", "[fd00::4]:6380", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto value = parse_value(row.text, type_of(row.kind));
    REQUIRE(value);
    CHECK(value->kind() == row.kind);
    CHECK(to_text(*value) == row.stored);
  }
}

TEST_CASE("parse: what is wrong is said, with what to write instead") {
  const Row rows[] = {
      {Kind::boolean, "maybe", "'maybe' is not a yes or no", "'true' or 'false'"},
      {Kind::boolean, "1", "not a yes or no", ""},
      {Kind::number, "", "not a number", "digits"},
      {Kind::number, "5s", "not a number", ""},
      {Kind::number, "nan", "not a number", ""},
      {Kind::number, "inf", "not a number", ""},
      {Kind::number, "1e999", "not a number", ""},
      {Kind::number, "0x10", "not a number", ""},
      {Kind::number, "1,5", "not a number", "point"},
      {Kind::text, "a\xff", "not text in UTF-8", ""},
      {Kind::text, std::string("a\0b", 3), "NUL", ""},
      {Kind::choice, "privat", "known words", "'private'"},
      {Kind::choice, "zzzzzz", "known words", "private, public, none"},
      {Kind::host, "", "missing", ""},
      {Kind::host, "shop contoso.com", "a space", ""},
      {Kind::host, "shop\x01.com", "control character", ""},
      {Kind::host, "https://shop.contoso.com/x", "it is a URL", "'shop.contoso.com'"},
      {Kind::host, "shop.contoso.com/x", "path", "'shop.contoso.com'"},
      {Kind::host, "shop.contoso.com:443", "port", "'shop.contoso.com'"},
      {Kind::host,
       "b\xc3\xbc"
       "cher.example",
       "not ASCII", "xn--"},
      {Kind::host, "*.contoso.com", "pattern", "one name"},
      {Kind::host, "[::1]", "not a host name", "without brackets"},
      {Kind::host, "fe80::1%eth0", "zone", "'%'"},
      {Kind::host, "-a.com", "'-'", ""},
      {Kind::host, "a-.com", "'-'", ""},
      {Kind::host, "a..com", "empty", ""},
      {Kind::host, ".com", "empty", ""},
      {Kind::host, ".", "empty", ""},
      {Kind::host, "a$b.com", "'$' can't stand", ""},
      {Kind::host, repeated("a", 64) + ".com", "63", ""},
      {Kind::host, repeated("abcdefg.", 32) + "com", "253", ""},
      {Kind::host, "10.0.0.256", "number", ""},
      {Kind::host, "10.0.0", "number", ""},
      {Kind::host, "010.0.0.1", "number", ""},
      {Kind::ip, "10.0.0", "not an address", "10.0.0.4"},
      {Kind::ip, "10.0.0.04", "not an address", ""},
      {Kind::ip, "10.0.0.4.", "not an address", ""},
      {Kind::ip, "[fd00::4]", "not an address", "without brackets"},
      {Kind::ip, "fe80::1%2", "zone", "'%'"},
      {Kind::ip, "10.0.0.0/24", "network", "'/'"},
      {Kind::ip, "10.0.0.4:22", "port", "leave the port out"},
      {Kind::ip, "contoso.com", "not an address", ""},
      {Kind::ip, std::string("::1\0x", 5), "not an address", ""},
      {Kind::network, "10.0.0.4", "no prefix length", "'10.0.0.4/32'"},
      {Kind::network, "::1", "no prefix length", "'::1/128'"},
      {Kind::network, "10.0.0.0/33", "not a network", ""},
      {Kind::network, "fd00::/129", "not a network", ""},
      {Kind::network, "10.0.0.0/-1", "not a network", ""},
      {Kind::network, "10.0.0.0/08", "not a network", ""},
      {Kind::network, "10.0.0.0/", "not a network", ""},
      {Kind::url, "shop.contoso.com/x", "no scheme", "https://shop.contoso.com/x"},
      {Kind::url, "https:/shop.contoso.com", "no scheme", ""},
      {Kind::url, "https://", "not right", "https://host/path"},
      {Kind::url, "https:///x", "not right", ""},
      {Kind::url, "https://a.com:70000/", "not right", ""},
      {Kind::url, "https://a.com:0/", "not right", ""},
      {Kind::url, "1https://a.com", "not right", ""},
      {Kind::url, "https://a b.com/", "space", "%20"},
      {Kind::url, "https://a.com/\r\nHost: b", "control character", ""},
      {Kind::url, "https://a.com\\@b.com/", "user name", ""},
      {Kind::url, "https://a.com\\b.com/", "can't stand", ""},
      {Kind::url, "https://user:pass@a.com/", "user name or password", "leave them out"},
      {Kind::url, "https://[a.com]/", "brackets", ""},
      {Kind::url, "https://a.com/\xc3\xbc", "must be encoded", "%XX"},
      {Kind::url, "https://a.com/<x>", "must be encoded", ""},
      {Kind::url, "https://a_-.com/", "'-'", ""},
      {Kind::url, "https://a.com/" + repeated("a", 17000), "16 KiB", ""},
      {Kind::endpoint, "redis.contoso.com", "no port", "'redis.contoso.com:443'"},
      {Kind::endpoint, "redis.contoso.com:70000", "not a host and port", "1 to 65535"},
      {Kind::endpoint, "redis.contoso.com:0", "not a host and port", ""},
      {Kind::endpoint, "redis.contoso.com:+1", "not a host and port", ""},
      {Kind::endpoint, "fd00::4", "not a host and port", "'[fd00::4]:443'"},
      {Kind::endpoint, "https://redis.contoso.com/", "URL", "'redis.contoso.com:443'"},
      {Kind::endpoint, "[redis.contoso.com]:443", "brackets", ""},
      {Kind::endpoint, "a b:443", "not a host and port", ""},
      {Kind::record, "a: b", "record", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto value = parse_value(row.text, type_of(row.kind));
    REQUIRE_FALSE(value);
    CHECK_MESSAGE(text::contains(value.error().what, row.stored), value.error().what);
    CHECK_MESSAGE(text::contains(value.error().hint, row.hint), value.error().hint);
  }
}

TEST_CASE("parse: a message never shows a signature, a password or a control character") {
  for (const std::string url :
       {"https://a b.com/?sig=topsecret", "https://u:topsecret@a.com/", "a.com?sig=topsecret"}) {
    const auto value = parse_value(url, {.kind = Kind::url});
    REQUIRE_FALSE(value);
    CHECK_FALSE(text::contains(value.error().what + value.error().hint, "topsecret"));
  }
  const auto no_scheme = parse_value("contoso.com/\x9b", {.kind = Kind::url});
  REQUIRE_FALSE(no_scheme);
  CHECK_FALSE(text::contains(no_scheme.error().what + no_scheme.error().hint, "\x9b"));
  const auto host = parse_value("a\x1b[2Jb", {.kind = Kind::host});
  REQUIRE_FALSE(host);
  CHECK_FALSE(text::contains(host.error().what, "\x1b"));
}

TEST_CASE("parse: ports are whole numbers from 1 to 65535") {
  for (const char* good : {"1", "443", "65535"}) CHECK(parse_value(good, kPort));
  for (const char* bad : {"0", "70000", "-1", "443.5", "https", ""}) CHECK_FALSE(parse_value(bad, kPort));
  const auto bad = parse_value("70000", kPort);
  CHECK(bad.error().what == "'70000' is not a whole number from 1 to 65535");
}

TEST_CASE("parse: lists are separated by commas and each item is checked") {
  const auto hosts = parse_value("a.com, b.com", {.kind = Kind::list, .item = Kind::host});
  REQUIRE(hosts);
  REQUIRE(hosts->as_list().size() == 2);
  CHECK(hosts->as_list()[1].kind() == Kind::host);
  CHECK(hosts->as_list()[1].as_text() == "b.com");
  CHECK_FALSE(parse_value("a.com,,b.com", {.kind = Kind::list, .item = Kind::host}));
  CHECK_FALSE(parse_value("", {.kind = Kind::list, .item = Kind::text}));
  CHECK_FALSE(parse_value("privat", {.kind = Kind::list, .item = Kind::choice, .words = kWords}));
}
