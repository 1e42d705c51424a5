#include "match/reference.h"

#include "base/text.h"
#include "fact/url.h"
#include "match/world.h"

#include <string>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::test;
using match::Template;
using Encode = match::Template::Encode;

namespace {

source::Node scalar(const std::string& text, bool quoted = false) {
  source::Node node;
  node.kind = source::Node::Kind::scalar;
  node.text = text;
  node.quoted = quoted;
  node.span = {{3, 10}, {3, 10 + static_cast<int>(text.size()) + (quoted ? 2 : 0)}};
  return node;
}

Template parse(const std::string& text, const World& world) {
  source::Diagnostics diagnostics;
  Template parsed = Template::parse(scalar(text), world, /*own=*/false, diagnostics);
  for (const auto& item : diagnostics.items()) FAIL_CHECK(item.message);
  return parsed;
}

struct Row {
  const char* text;
  std::string name, path;  // values of the inputs
  std::string expected;    // or "!" and a piece of why it is refused
};

World world_with(const std::string& name, const std::string& path) {
  static const World sample = sample_world();
  World world = sample;
  world.inputs["name"] = fact::Value::text(name);
  world.inputs["path"] = fact::Value::text(path);
  world.inputs["node"] = fact::Value::text("redis.contoso.com:6380", Kind::endpoint);
  world.inputs["url"] = fact::Value::text("https://contoso.com/a?b=c", Kind::url);
  world.inputs["port"] = fact::Value::number(8443);
  return world;
}

void check(std::span<const Row> rows, Encode encode) {
  for (const Row& row : rows) {
    CAPTURE(std::string(row.text));
    CAPTURE(row.name);
    CAPTURE(row.path);
    const World world = world_with(row.name, row.path);
    const auto filled = parse(row.text, world).fill(world, encode);
    if (row.expected.starts_with('!')) {
      CHECK(filled.missing);
      CHECK_MESSAGE(text::contains(filled.refused, row.expected.substr(1)), filled.refused, " ", filled.text);
      CHECK(filled.text.empty());
    } else {
      CHECK_FALSE_MESSAGE(filled.missing, filled.refused);
      CHECK(filled.text == row.expected);
    }
  }
}

}  // namespace

TEST_CASE("template: pieces, references and what is not one") {
  const World world = sample_world();
  CHECK(parse("plain $x $ $$ {a}", world).is_literal());
  CHECK(parse("", world).pieces().empty());
  const Template sole = parse("${origin}", world);
  REQUIRE(sole.sole_reference());
  CHECK(match::name_of(sole.sole_reference()->target) == "origin");
  const Template mixed = parse("a${origin}${edge.location.host?}b", world);
  CHECK_FALSE(mixed.sole_reference());
  REQUIRE(mixed.references().size() == 2);
  CHECK(mixed.references()[1]->optional);
  CHECK(match::name_of(mixed.references()[1]->target) == "edge.location.host");
  CHECK(mixed.references()[1]->target.type.kind == Kind::host);
  CHECK(Template::literal("x").is_literal());
}

TEST_CASE("template: mistakes have their place") {
  struct Mistake {
    const char* text;
    source::Code code;
    int column, end;
    const char* hint;
  };
  const Mistake mistakes[] = {
      {"a ${orgin} b", source::Code::P027, 12, 20, "'origin'"},
      {"${status}", source::Code::P027, 10, 19, ""},  // not a condition: own facts have no name here
      {"${url.hots}", source::Code::P027, 10, 21, ""},
      {"ab ${origin", source::Code::P026, 13, 21, "'}'"},
      {"${}", source::Code::P026, 10, 13, ""},
      {"${?}", source::Code::P026, 10, 14, ""},
      {"${a b}", source::Code::P026, 10, 16, ""},
      {"${${origin}}", source::Code::P026, 10, 21, ""},
      {"${a'b}", source::Code::P026, 10, 16, ""},
  };
  for (const Mistake& mistake : mistakes) {
    CAPTURE(std::string(mistake.text));
    source::Diagnostics diagnostics;
    Template::parse(scalar(mistake.text), sample_world(), false, diagnostics);
    REQUIRE(diagnostics.items().size() == 1);
    const auto& item = diagnostics.items()[0];
    CHECK(source::code_name(item.code) == source::code_name(mistake.code));
    CHECK(item.span == source::Span{{3, mistake.column}, {3, mistake.end}});
    CHECK(text::contains(text::join(item.hints, " "), mistake.hint));
  }
}

TEST_CASE("template: places in quoted texts, and in texts whose places are not known") {
  source::Diagnostics diagnostics;
  Template::parse(scalar("a ${orgin}", /*quoted=*/true), sample_world(), false, diagnostics);
  CHECK(diagnostics.items()[0].span == source::Span{{3, 13}, {3, 21}});
  auto folded = scalar("a ${orgin}");
  folded.span.end = {5, 4};
  Template::parse(folded, sample_world(), false, diagnostics);
  CHECK(diagnostics.items()[1].span == folded.span);
}

TEST_CASE("template: a value that is not known") {
  const World world = sample_world();
  CHECK(parse("a ${url} b", world).fill(world).missing == "url");
  CHECK(parse("${edge.title}", world).fill(world).missing == "edge.title");
  CHECK(parse("${edge.headers.server}", world).fill(world).missing == "edge.headers.server");
  const auto optional = parse("a ${url?}", world).fill(world);
  CHECK(optional.left_out);
  CHECK_FALSE(optional.missing);
  const auto both = parse("${node}${url?}", world).fill(world);
  CHECK(both.left_out);
  CHECK_FALSE(both.missing);
  CHECK(parse("${origin?}", world).fill(world).text == "a.privatelink.contoso.com");
}

TEST_CASE("template: text for people takes values as they are") {
  const Row rows[] = {
      {"${name} after ${path}", "502", "0.4 s", "502 after 0.4 s"},
      {"${edge.addresses}: ${edge.status}", "", "", "10.1.2.4: 200"},
      {"${name}", "two\nlines", "", "two\nlines"},
      {"vault.${cloud.vault}", "", "", "vault.vault.azure.net"},
  };
  check(rows, Encode::none);
}

TEST_CASE("template: a URL keeps each value in its place") {
  const Row rows[] = {
      {"https://${node}/x", "", "", "https://redis.contoso.com:6380/x"},
      {"https://${origin}${path}", "", "/a/b", "https://a.privatelink.contoso.com/a/b"},
      {"https://${origin}${path}", "", "a/b", "https://a.privatelink.contoso.com/a/b"},
      {"https://${origin}${path}", "", "", "https://a.privatelink.contoso.com"},
      {"https://${origin}${path}", "", ".evil.com", "https://a.privatelink.contoso.com/.evil.com"},
      {"https://${origin}${path}", "", "@evil.com/", "https://a.privatelink.contoso.com/@evil.com/"},
      {"https://${origin}${path}", "", ":8080", "https://a.privatelink.contoso.com/:8080"},
      {"https://${origin}${path}", "", "/a?b=c#d", "https://a.privatelink.contoso.com/a%3Fb=c%23d"},
      {"https://${origin}${path}", "", "/a%20b%zz", "https://a.privatelink.contoso.com/a%20b%25zz"},
      {"https://${origin}${path}", "", "/\\evil", "https://a.privatelink.contoso.com/%5Cevil"},
      {"https://${origin}${path}", "", "/a\r\nX: y", "https://a.privatelink.contoso.com/a%0D%0AX:%20y"},
      {"https://${origin}${path}", "", "/gr\xc3\xbc", "https://a.privatelink.contoso.com/gr%C3%BC"},
      {"https://${origin}${path}", "", "/a/../b", "!lead out of its path"},
      {"https://${origin}/app/${path}", "", "..", "!lead out of its path"},
      {"https://${origin}/app/${path}", "", "x/%2e%2E/y", "!lead out of its path"},
      {"https://${origin}/app/.${path}", "", ".", "!lead out of its path"},
      {"https://${origin}/app/${path}", "", "a..b", "https://a.privatelink.contoso.com/app/a..b"},
      {"https://${origin}:${port}${path}", "", "/x", "https://a.privatelink.contoso.com:8443/x"},
      {"https://${origin}:${name}/", "443@evil.com", "", "!not a port"},
      {"https://${origin}:${name}/", "99999", "", "!not a port"},
      {"https://${name}/", "contoso.com", "", "https://contoso.com/"},
      {"https://${name}/", "contoso.com:8080", "", "https://contoso.com:8080/"},
      {"https://${name}/", "fd00::4", "", "https://[fd00::4]/"},
      {"https://${name}:${port}/", "fd00::4", "", "https://[fd00::4]:8443/"},
      {"https://${name}:${port}/", "contoso.com:80", "", "!not a host name"},
      {"https://${name}/", "contoso.com/evil", "", "!not a host name"},
      {"https://${name}/", "user@contoso.com", "", "!not a host name"},
      {"https://${name}/", "", "", "!not a host name"},
      {"https://${name}/", "a b", "", "!not a host name"},
      {"https://${name}/", "a..b", "", "!does not make a URL"},
      {"https://${name}.blob.core.windows.net/", "account", "", "https://account.blob.core.windows.net/"},
      {"https://${name}.blob.core.windows.net/", "evil.com/", "", "!part of a host name"},
      {"https://${name}.blob.core.windows.net/", "evil.com#", "", "!part of a host name"},
      {"https://${name}.blob.core.windows.net/", "evil.com?", "", "!part of a host name"},
      {"https://${name}.blob.core.windows.net/", "a:80", "", "!part of a host name"},
      {"https://${name}${cloud.blob}/${path}", "account", "c/d", "https://account.blob.core.windows.net/c/d"},
      {"https://api.${name}", "contoso.com", "", "https://api.contoso.com"},
      {"https://api.${name}", "contoso.com:1", "", "!part of a host name"},
      {"https://a.com/?q=${name}", "x&admin=1", "", "https://a.com/?q=x%26admin%3D1"},
      {"https://a.com/?q=${name}&r=${path}", "a+b c%20", "/x?y#z",
       "https://a.com/?q=a%2Bb%20c%2520&r=%2Fx%3Fy%23z"},
      {"https://a.com?${name}=1", "a=b&c", "", "https://a.com?a%3Db%26c=1"},
      {"https://a.com/x#${name}", "a#b", "", "https://a.com/x#a%23b"},
      {"${url}", "", "", "https://contoso.com/a?b=c"},
      {"${url}&d=${name}", "e&f=g", "", "https://contoso.com/a?b=c&d=e%26f%3Dg"},
      {"${name}", "https://a.com/ b|c", "", "https://a.com/%20b%7Cc"},
      {"${name}", "file:///etc/passwd", "", "!does not make a URL"},
      {"${name}", "contoso.com", "", "!does not make a URL"},
      {"${name}/x", "https://a.com", "", "https://a.com/x"},
      {"${name}://a.com/", "http", "", "http://a.com/"},
      {"${name}://a.com/", "http://evil.com/?", "", "!not the scheme"},
      {"${name}://a.com/", "", "", "!not the scheme"},
      {"${edge.location.scheme}://${edge.location.host}/", "", "", "https://login.contoso.com/"},
      {"not a url ${name}", "x", "", "!does not make a URL"},
      {"https://a.com/literal", "", "", "https://a.com/literal"},
  };
  check(rows, Encode::url);
}

TEST_CASE("template: whatever a value is, the URL's host, parameters and structure stay the author's") {
  const std::string hostile[] = {
      "/",   "//evil.com", "@evil.com", ":1@evil.com",   "#",     "?",      "\\",        "\r\n",
      "%00", "&x=1",       "=",         ";a=b",          "../..", "%2e%2e", "[::1]",     "\xff\xfe",
      " ",   "\t",         "${origin}", "a\xe2\x80\xae", "%",     "%2",     "evil.com.", "-"};
  const std::string templates[] = {"https://fixed.contoso.com/p/${name}/q?a=${path}&b=1",
                                   "https://fixed.contoso.com${name}?a=${path}&b=1"};
  for (const std::string& text : templates) {
    for (const std::string& name : hostile) {
      for (const std::string& path : hostile) {
        CAPTURE(name);
        CAPTURE(path);
        const World world = world_with(name, path);
        const auto filled = parse(text, world).fill(world, Encode::url);
        if (filled.missing) continue;
        const auto url = fact::parse_url(filled.text);
        REQUIRE(url);
        CHECK(url->host == "fixed.contoso.com");
        CHECK_FALSE(url->has_user_info);
        CHECK_FALSE(url->has_fragment);
        CHECK(text::split(url->query, '&').size() == 2);
        CHECK(fact::query_value(url->query, "a") == path);
        CHECK(fact::query_value(url->query, "b") == "1");
      }
    }
  }
}

TEST_CASE("template: one line can't become two") {
  const Row rows[] = {
      {"Bearer ${name}", "abc", "", "Bearer abc"},
      {"Bearer ${name}", "abc\r\nHost: evil.com", "", "!line break"},
      {"Bearer ${name}", "abc\n", "", "!line break"},
      {"Bearer ${name}", std::string("a\0b", 3), "", "!NUL"},
      {"${name}", "--looks-like-an-option", "", "--looks-like-an-option"},
  };
  check(rows, Encode::line);
}

TEST_CASE("template: an argument can't become an option") {
  const Row rows[] = {
      {"${name}", "/subscriptions/x y", "", "/subscriptions/x y"},
      {"${name}", "--debug", "", "!like an option"},
      {"${name}", "-x", "", "!like an option"},
      {"--ids=${name}", "-x", "", "--ids=-x"},
      {"${path}${name}", "-x", "", "!like an option"},
      {"${name}", std::string("a\0b", 3), "", "!NUL"},
      {"${name}", "two\nlines; rm -rf $(x)", "", "two\nlines; rm -rf $(x)"},
  };
  check(rows, Encode::argument);
}

TEST_CASE("template: a line for people's shells is quoted where it needs it") {
  const Row rows[] = {
      {"az show --ids ${name}", "/sub/x_y-1.z", "", "az show --ids /sub/x_y-1.z"},
      {"az show --ids ${name}", "a b", "", "az show --ids 'a b'"},
      {"az show --ids ${name}", "a;reboot", "", "az show --ids 'a;reboot'"},
      {"az show --ids ${name}", "$(reboot)", "", "az show --ids '$(reboot)'"},
      {"az show --ids ${name}", "it's", "", "az show --ids 'it'\\''s'"},
      {"az show --ids ${name}", "", "", "az show --ids ''"},
      {"az show --ids ${name}", "-o", "", "!like an option"},
      {"az show --ids=${name}", "-o", "", "az show --ids=-o"},
      {"az show --ids ${name}", "a\nreboot", "", "!line break"},
      {"az show --query \"[?name=='${name}']\"", "shop", "", "az show --query \"[?name=='shop']\""},
      {"az show --query \"[?name=='${name}']\"", "$(reboot)", "", "!end its quotes"},
      {"az show --query \"[?name=='${name}']\"", "a\"b", "", "!end its quotes"},
      {"az show --query '${name}'", "$(x) \"y\"", "", "az show --query '$(x) \"y\"'"},
      {"az show --query '${name}'", "it's", "", "!end its quotes"},
      {"az show '${name}'", "-o", "", "!like an option"},
      {"echo \"\\\"\" ${name}", "a b", "", "echo \"\\\"\" 'a b'"},
      {"echo \\${name}", "a b", "", "!escape character"},
      {"curl https://${origin}/", "", "", "curl https://a.privatelink.contoso.com/"},
  };
  check(rows, Encode::shell);
}

TEST_CASE("template: PowerShell quotes in its own way") {
  const Row rows[] = {
      {"Get-Az -Name ${name}", "shop", "", "Get-Az -Name shop"},
      {"Get-Az -Name ${name}", "it's", "", "Get-Az -Name 'it''s'"},
      {"Get-Az -Name ${name}", "a@b,c", "", "Get-Az -Name 'a@b,c'"},
      {"Get-Az -Name ${name}", "$(reboot)", "", "Get-Az -Name '$(reboot)'"},
      {"Get-Az -Name ${name}", "\xe2\x80\x99; reboot", "", "!typographic quote"},
      {"Get-Az -Name \"${name}\"", "`$x", "", "!end its quotes"},
      {"Get-Az -Name \"a`\"${name}\"", "b c", "", "Get-Az -Name \"a`\"b c\""},
  };
  check(rows, Encode::powershell);
}
