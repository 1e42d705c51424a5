#include "playbook/yaml_reader.h"

#include "base/text.h"

#include <ctime>

#include <doctest/doctest.h>

using namespace aztriage;
using playbook::read_yaml;
using source::Code;
using source::Node;
using source::Position;

namespace {

struct Read {
  Node node;
  source::Diagnostics diagnostics;
};
Read read(const std::string& text) {
  Read r;
  r.node = read_yaml(source::Source("f.yaml", text), r.diagnostics);
  return r;
}

std::string repeat(std::string_view piece, std::size_t times) {
  std::string out;
  out.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

}  // namespace

TEST_CASE("yaml: scalars stay text, keys keep their order and place") {
  const auto r = read("b: 1\na: yes\nc: \"q \\\" x\" # comment\nd: 'it''s'\ne:\nf: null\ng: ~\nnull: n\n");
  CHECK(r.diagnostics.items().empty());
  REQUIRE(r.node.entries.size() == 8);
  CHECK(r.node.entries[0].key == "b");
  CHECK(r.node.entries[0].value.text == "1");
  CHECK(r.node.entries[0].key_span == source::Span{{1, 1}, {1, 2}});
  CHECK(r.node.entries[0].value.span == source::Span{{1, 4}, {1, 5}});
  CHECK(r.node.entries[1].value.text == "yes");
  CHECK_FALSE(r.node.entries[1].value.quoted);
  CHECK(r.node.entries[2].value.text == "q \" x");
  CHECK(r.node.entries[2].value.quoted);
  CHECK(r.node.entries[2].value.span == source::Span{{3, 4}, {3, 12}});
  CHECK(r.node.entries[3].value.span == source::Span{{4, 4}, {4, 11}});
  CHECK(r.node.entries[4].value.kind == Node::Kind::missing);
  CHECK(r.node.entries[4].value.span.begin == Position{5, 2});
  CHECK(r.node.entries[5].value.text == "null");
  CHECK(r.node.entries[6].value.text == "~");
  CHECK(r.node.entries[7].key == "null");
}

TEST_CASE("yaml: an empty value is not the word that comes next") {
  const auto r = read("a:\nnull: x\nb: [null, , ~]\nc:\n  -\n  - null\n");
  REQUIRE(r.node.find("a") != nullptr);
  CHECK(r.node.find("a")->kind == Node::Kind::missing);
  CHECK(r.node.find("b")->items[0].text == "null");
  CHECK(r.node.find("b")->items[2].text == "~");
  CHECK(r.node.find("c")->items[0].kind == Node::Kind::missing);
  CHECK(r.node.find("c")->items[1].text == "null");
}

TEST_CASE("yaml: question marks are letters, in flow style too") {
  const auto r = read("a: {ask: Which host?, b: x?y}\nc: [Is it?, \"?\"]\n'k?': why? because\n");
  CHECK(r.diagnostics.items().empty());
  CHECK(r.node.find("a")->find("ask")->text == "Which host?");
  CHECK(r.node.find("a")->find("b")->text == "x?y");
  CHECK(r.node.find("c")->items[0].text == "Is it?");
  CHECK(r.node.find("c")->items[1].text == "?");
  CHECK(r.node.find("k?")->text == "why? because");
}

TEST_CASE("yaml: columns count bytes, a byte order mark and CR LF included") {
  const auto r = read(
      "\xef\xbb\xbf"
      "k: \xc3\xa4\r\nl: [\xe6\x97\xa5, x]\r\n");
  CHECK(r.diagnostics.items().empty());
  CHECK(r.node.entries[0].value.span == source::Span{{1, 7}, {1, 9}});
  CHECK(r.node.entries[1].value.items[1].span == source::Span{{2, 10}, {2, 11}});
}

TEST_CASE("yaml: block texts, aliases, and JSON") {
  const auto r = read("a: |\n  one\n  two\nb: >-\n  one\n  two\nc: &x {k: v}\nd: *x\n");
  CHECK(r.node.find("a")->text == "one\ntwo\n");
  CHECK(r.node.find("b")->text == "one two");
  CHECK(r.node.find("d")->find("k")->text == "v");
  const auto json = read("{\"a\": [1, {\"b\": null}], \"c\": \"\\u00e4\"}");
  CHECK(json.diagnostics.items().empty());
  CHECK(json.node.find("c")->text == "\xc3\xa4");
}

TEST_CASE("yaml: what can't be a tree says so, once") {
  struct Row {
    const char* text;
    Code code;
    Position at;
  };
  const Row rows[] = {
      {"a: [1, 2\n", Code::P003, {2, 1}},
      {"a: {b: 1\n", Code::P003, {2, 1}},
      {"a: \"x\n", Code::P003, {1, 4}},
      {"a: @x\n", Code::P003, {1, 4}},
      {"a: *x\n", Code::P003, {1, 4}},
      {"a: \"\\q\"\n", Code::P003, {1, 7}},
      {"[a, b]: c\n", Code::P003, {1, 1}},
      {"a: !!int 5\n", Code::P003, {1, 4}},
      {"a: !own 5\n", Code::P003, {1, 4}},
      {"a: 1\na: 2\n", Code::P011, {2, 1}},
      {"a: &a [*a]\n", Code::P004, {1, 8}},
      {"a: 1\n---\nb: 2\n", Code::P005, {2, 1}},
      {"a: \"\\x1b[1m\"\n", Code::P002, {1, 4}},
      {"a: \x7f\n", Code::P002, {1, 4}},
      {"a: b\rc: d\n", Code::P002, {1, 5}},
      {"a: \xe2\x80\xae\n", Code::P002, {1, 4}},
      {"\xff\xfe"
       "a\n",
       Code::P002,
       {1, 1}},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.text));
    const auto r = read(row.text);
    CHECK(r.diagnostics.items().size() == 1);
    if (r.diagnostics.items().empty()) continue;
    CHECK(source::code_name(r.diagnostics.items()[0].code) == source::code_name(row.code));
    CHECK(r.diagnostics.items()[0].span.begin.line == row.at.line);
    CHECK(r.diagnostics.items()[0].span.begin.column == row.at.column);
  }
  CHECK(read("a: !!str 5\n").diagnostics.items().empty());
}

TEST_CASE("yaml: a quote that is never closed is told where it opens") {
  for (const char* text :
       {"a: \"x\nb: y\n", "a: 'it''s\nb: y\n", "a: &n 'x\n", "a: [\"x]\n", "a: \"x\\\"\n"}) {
    CAPTURE(std::string(text));
    const auto r = read(text);
    REQUIRE(r.diagnostics.items().size() == 1);
    CHECK(r.diagnostics.items()[0].code == Code::P003);
    CHECK(r.diagnostics.items()[0].hints[0] == "close the quote");
    CHECK(r.diagnostics.items()[0].span.begin.line == 1);
  }
  CHECK(read("a: \"x\n  y\"\nb: 'p\n  q'\n").diagnostics.items().empty());
}

TEST_CASE("yaml: bounds hold, and fast") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + repeat(before + ", ", 9) + before +
            "]\n";
  }
  const std::string rows[] = {
      bomb,
      "a: &a \"" + std::string(500'000, 'x') + "\"\nb: [" + repeat("*a, ", 1000) + "*a]\n",
      repeat("[", 500'000),
      repeat("{a: ", 200'000),
      repeat("- ", 500'000),
      repeat("-\n", 100'000),
      repeat("&a [", 100'000),
      std::string(1024 * 1024 + 1, 'x'),
  };
  const std::clock_t start = std::clock();
  for (const std::string& text : rows) {
    CAPTURE(text.substr(0, 30));
    const auto r = read(text);
    CHECK(r.node.kind == Node::Kind::missing);
    REQUIRE(r.diagnostics.items().size() == 1);
    CHECK(r.diagnostics.items()[0].code == Code::P004);
  }
  // Time of this process, whatever else the machine does. Without the bounds the first alone takes hours.
  CHECK(std::clock() - start < 30 * CLOCKS_PER_SEC);
}

TEST_CASE("yaml: the deepest tree that is allowed, and one more") {
  const auto nested = [](int depth) {
    return repeat("[", static_cast<std::size_t>(depth)) + repeat("]", static_cast<std::size_t>(depth));
  };
  CHECK(read(nested(playbook::kMaxDepth)).diagnostics.items().empty());
  CHECK(read(nested(playbook::kMaxDepth + 1)).diagnostics.items().size() == 1);
}

TEST_CASE("yaml: large but lawful") {
  std::string text;
  for (int i = 0; i < 9000; ++i) text += "k" + std::to_string(i) + ": v\n";
  const auto r = read(text);
  CHECK(r.diagnostics.items().empty());
  CHECK(r.node.entries.size() == 9000);
}
