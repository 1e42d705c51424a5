#include "playbook/data.h"

#include "base/text.h"
#include "playbook/input_type.h"
#include "small_world.h"

#include <doctest/doctest.h>

using namespace aztriage;
using playbook::Family;
using source::Code;
using source::Diagnostics;
using source::Source;

namespace {

/// The first mistake as "P060 2:5 message".
std::string first(const Diagnostics& d) {
  if (d.items().empty()) return "";
  const source::Diagnostic& one = d.items()[0];
  return std::string(source::code_name(one.code)) + " " + std::to_string(one.span.begin.line) + ":" +
         std::to_string(one.span.begin.column) + " " + one.message;
}

}  // namespace

TEST_CASE("data: inputs") {
  Diagnostics d;
  const auto inputs = playbook::read_inputs(Source("inputs.yaml", small_world::kInputsYaml), d);
  CHECK(d.items().empty());
  REQUIRE(inputs.find("port") != nullptr);
  CHECK(inputs.find("port")->type.kind == fact::Kind::number);
  CHECK(inputs.find("port")->type_name == "port");
  CHECK(inputs.find("key")->secret);
  CHECK(inputs.find("method")->type.words.size() == 2);
  CHECK(inputs.find("path")->default_value->is_literal());
  CHECK(inputs.find("nothing") == nullptr);
}

TEST_CASE("data: inputs that are wrong") {
  const std::pair<const char*, const char*> rows[] = {
      {"- a\n", "P013 1:1 the file is a map, not a list"},
      {"End: {type: text, ask: x}\n", "P017 1:1 not a usable name for an input: 'End'"},
      {"a: text\n", "P013 1:1 an input is a map, not a single value"},
      {"a: {ask: x}\n", "P015 1:4 an input of inputs.yaml needs 'type'"},
      {"a: {type: hst, ask: x}\n", "P014 1:11 'type' can't be 'hst'"},
      {"a: {type: choice, ask: x}\n", "P060 1:5 'type: choice' and 'choices' belong together"},
      {"a: {type: text, choices: [x], ask: x}\n", "P060 1:5 'type: choice' and 'choices' belong together"},
      {"a: {type: path, ask: x, default: cart}\n", "P060 1:34 'default': not a path: 'cart'"},
      {"a: {type: text, ask: x, default: '${b}'}\n", "P027 1:35 unknown name 'b' in '${...}'"},
      {"a: {type: text, ask: x}\na: {type: text, ask: x}\n", "P011 2:1 duplicate key 'a'"},
  };
  for (const auto& [text, message] : rows) {
    Diagnostics d;
    playbook::read_inputs(Source("inputs.yaml", text), d);
    CHECK(first(d) == message);
  }
}

TEST_CASE("data: what people give for an input") {
  Diagnostics d;
  const auto inputs = playbook::read_inputs(
      Source("inputs.yaml", std::string(small_world::kInputsYaml) + "mail: {type: email, ask: x}\n"), d);
  REQUIRE(d.items().empty());
  struct Row {
    const char* input;
    std::string text;
    bool good;
  };
  const Row rows[] = {
      {"endpoint", " shop.contoso.com ", true},
      {"endpoint", "shop contoso", false},
      {"endpoint", "", false},
      {"endpoint", "a\x1b.example", false},
      {"port", "443", true},
      {"port", "70000", false},
      {"port", "0", false},
      {"path", "/cart?x=1", true},
      {"path", "cart", false},
      {"path", "/a b", false},
      {"url", "ftp//x", false},
      {"origin_id", "/subscriptions/1/resourceGroups/x", true},
      {"origin_id", "shop-rg", false},
      {"method", "GET", true},
      {"method", "GRT", false},
      {"mail", "someone@contoso.com", true},
      {"mail", "someone", false},
      {"mail", "a@b@c", false},
      {"note", std::string(40'000, 'x'), false},
      {"key", " spaces stay ", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.input);
    CAPTURE(row.text.substr(0, 40));
    const auto value = playbook::parse_input(*inputs.find(row.input), row.text);
    CHECK(value.has_value() == row.good);
    if (!value) CHECK_FALSE(value.error().what.empty());
  }
  CHECK(playbook::parse_input(*inputs.find("key"), " x ")->as_text() == " x ");
  CHECK(playbook::parse_input(*inputs.find("method"), "GRT").error().hint == "did you mean 'GET'?");
}

TEST_CASE("data: every kind of input has a sample that it takes") {
  for (const char* type : {"host", "url", "port", "path", "ip", "cidr", "text", "number", "secret",
                           "resource-id", "file", "email"}) {
    CAPTURE(std::string(type));
    playbook::Input input;
    input.name = "x";
    playbook::set_input_type(input, type);
    CHECK(playbook::parse_input(input, playbook::sample_of(input)));
  }
}

TEST_CASE("data: clouds") {
  Diagnostics d;
  const auto clouds = playbook::read_clouds(Source("clouds.yaml", small_world::kCloudsYaml), d);
  CHECK(d.items().empty());
  CHECK(clouds.clouds.at("public").at("vault").as_text() == "vault.azure.net");
  CHECK(clouds.clouds.at("public").at("vault").kind() == fact::Kind::host);
  const std::pair<const char*, const char*> rows[] = {
      {"publik: {a: b.example}\n", "P060 1:1 unknown cloud 'publik'"},
      {"public: a\n", "P013 1:1 a cloud is a map, not a single value"},
      {"public: {Vault: b.example}\n", "P017 1:10 not a usable name: 'Vault'"},
      {"public: {vault: [b]}\n", "P013 1:17 a single value is due here, not a list"},
  };
  for (const auto& [text, message] : rows) {
    Diagnostics wrong;
    playbook::read_clouds(Source("clouds.yaml", text), wrong);
    CHECK(first(wrong) == message);
  }
  Diagnostics wrong;
  playbook::read_clouds(Source("clouds.yaml", "public: {vault: 'a b'}\n"), wrong);
  CHECK(wrong.error_count() == 1);
}

TEST_CASE("data: the vantage") {
  Diagnostics d;
  const auto data = playbook::read_vantage(
      Source("vantage.yaml",
             "names: [a.example, b.example]\nportal: {url: http://c.example/x, expect: ok}\n"),
      d);
  CHECK(d.items().empty());
  CHECK(data.names == std::vector<std::string>{"a.example", "b.example"});
  CHECK(data.portal_url == "http://c.example/x");
  CHECK(data.portal_expect == "ok");
  const std::pair<const char*, const char*> rows[] = {
      {"names: [a.example]\nportal: {url: http://c.example/x, expect: ok}\n",
       "P060 1:1 fewer than two reference hosts"},
      {"names: [a.example, b.example]\n", "P015 1:1 vantage.yaml needs 'portal'"},
      {"names: [a.example, b.example]\nportal: {url: https://c.example/x, expect: ok}\n",
       "P060 2:15 a captive portal shows on plain http only"},
  };
  for (const auto& [text, message] : rows) {
    Diagnostics wrong;
    playbook::read_vantage(Source("vantage.yaml", text), wrong);
    CHECK(first(wrong) == message);
  }
}

TEST_CASE("data: a family") {
  Diagnostics d;
  const std::string text =
      "title: Front Door\nnames: [AFD, Front Door]\nsuffixes: {public: [AzureFD.net], usgov: "
      "azurefd.us}\nports: [80, 443]\n"
      "layer: edge\nmarkers:\n  - {header: X-Azure-Ref}\n  - {header: server, matches: '^ECS', makes: "
      "true}\n  - {body: \"Our services\", makes: true}\n";
  const Family family = playbook::read_family(Source("family.yaml", text), "front-door", d);
  CHECK(d.items().empty());
  CHECK(family.id == "front-door");
  CHECK(family.text == text);
  REQUIRE(family.suffixes.size() == 2);
  CHECK(family.suffixes[0].suffix == "azurefd.net");
  CHECK(family.ports == std::vector<int>{80, 443});
  CHECK(family.layer == Family::Layer::edge);
  REQUIRE(family.markers.size() == 3);
  CHECK(family.markers[0].header == "x-azure-ref");
  CHECK(family.markers[1].makes);
  CHECK(family.markers[2].body == "Our services");

  const std::pair<const char*, const char*> rows[] = {
      {"names: [x]\n", "P015 1:1 family.yaml needs 'title'"},
      {"title: t\nports: [99999]\n", "P014 2:9"},
      {"title: t\nlayer: egde\n", "P014 2:8 'layer' can't be 'egde'"},
      {"title: t\nsuffixes: {moon: [a.example]}\n", "P060 2:12 unknown cloud 'moon'"},
      {"title: t\nmarkers: [{header: a, body: b}]\n", "P060 2:11 a marker is either"},
      {"title: t\nmarkers: [{makes: true}]\n", "P060 2:11 a marker is either"},
      {"title: t\nmarkers: [{body: a, matches: b}]\n", "P060 2:21 'matches' is for a header's value"},
      {"title: t\nmarkers: [{header: a, matches: '('}]\n", "P023 2:32"},
  };
  for (const auto& [bad, message] : rows) {
    Diagnostics wrong;
    playbook::read_family(Source("family.yaml", bad), "f", wrong);
    CHECK_MESSAGE(first(wrong).starts_with(message), first(wrong));
  }
}

TEST_CASE("data: codes") {
  Diagnostics d;
  const auto rows = playbook::read_codes(Source("codes.yaml",
                                                "- {code: OriginTimeout, seen-in: log, means: slow, causes: "
                                                "[front-door/5xx-from-edge#origin-timeout], do: wait}\n"),
                                         "front-door", d);
  CHECK(d.items().empty());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].code == "OriginTimeout");
  CHECK(rows[0].seen_in == "log");
  CHECK(rows[0].action == "wait");
  CHECK(rows[0].family == "front-door");
  CHECK(rows[0].causes == std::vector<std::string>{"front-door/5xx-from-edge#origin-timeout"});
  const std::pair<const char*, const char*> bad[] = {
      {"a: b\n", "P013 1:1 the file is a list, not a map"},
      {"- x\n", "P013 1:3 an entry is a map, not a single value"},
      {"- {code: x, means: y}\n", "P015 1:3 an entry of codes.yaml needs 'seen-in'"},
      {"- {code: x, seen-in: air, means: y}\n", "P014 1:22 'seen-in' can't be 'air'"},
      {"- {code: x, seen-in: log, means: y, causes: [a#b]}\n", "P060 1:46 not a cause of a playbook: 'a#b'"},
  };
  for (const auto& [text, message] : bad) {
    Diagnostics wrong;
    playbook::read_codes(Source("codes.yaml", text), "f", wrong);
    CHECK(first(wrong) == message);
  }
}
