#include "source/source.h"

#include <doctest/doctest.h>

using namespace aztriage::source;

TEST_CASE("source: lines by number, without their ends") {
  const Source source("p.yaml", "a: 1\r\nb: 2\n\nlast");
  CHECK(source.line_count() == 4);
  CHECK(source.line(1) == "a: 1");
  CHECK(source.line(2) == "b: 2");
  CHECK(source.line(3).empty());
  CHECK(source.line(4) == "last");
  CHECK(source.line(0).empty());
  CHECK(source.line(5).empty());
  CHECK(source.line(-1).empty());
}

TEST_CASE("source: an empty text has one empty line") {
  const Source source("p.yaml", "");
  CHECK(source.line_count() == 1);
  CHECK(source.line(1).empty());
  CHECK(Source("p", "x\n").line_count() == 2);
}

TEST_CASE("source: a node finds its entries") {
  Node node;
  node.kind = Node::Kind::map;
  Node value;
  value.kind = Node::Kind::scalar;
  value.text = "1";
  node.entries.push_back({"a", {}, value});
  REQUIRE(node.find("a") != nullptr);
  CHECK(node.find("a")->text == "1");
  CHECK(node.find("b") == nullptr);
}
