#include "net/dns_message.h"

#include "support/name_server.h"

#include <doctest/doctest.h>

namespace aztriage::net::dns {
namespace {

using test::Bytes;
using test::DnsMaker;

Bytes query_for(const std::string& name, int type) {
  Bytes query = {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
  const Bytes labels = DnsMaker::name(name);
  query.insert(query.end(), labels.begin(), labels.end());
  for (const int byte : {type >> 8, type & 255, 0, 1}) query.push_back(static_cast<std::uint8_t>(byte));
  return query;
}

Bytes text_bytes(const std::string& s) {
  return Bytes(s.begin(), s.end());
}

TEST_CASE("dns message: header, question and addresses") {
  const auto message = parse(DnsMaker::answer_to(query_for("shop.contoso.com", 1))
                                 .cname("shop.contoso.com", "edge.contoso.net")
                                 .a("edge.contoso.net", "20.1.2.3")
                                 .aaaa("edge.contoso.net", "2001:db8::1")
                                 .bytes());
  REQUIRE(message);
  CHECK(message->id == 0x1234);
  CHECK(message->response);
  CHECK(message->recursion_available);
  CHECK(message->rcode == kNoError);
  CHECK(message->question == "shop.contoso.com");
  CHECK(message->question_type == 1);
  REQUIRE(message->answers.size() == 3);
  CHECK(message->answers[0].data == "edge.contoso.net");
  CHECK(message->answers[0].ttl == 300);
  CHECK(message->answers[1].data == "20.1.2.3");
  CHECK(message->answers[2].data == "2001:db8::1");
  CHECK(aliases_of(*message, "SHOP.contoso.com.").names == std::vector<std::string>{"edge.contoso.net"});
}

TEST_CASE("dns message: text, issuers and the zone that denies") {
  const Bytes issue = text_bytes(std::string("\x00\x05", 2) + "issueca.contoso.com; x=1");
  const Bytes txt = text_bytes(std::string("\x04") + "one " + std::string("\x04") + "\"two");
  const auto message = parse(DnsMaker::answer_to(query_for("contoso.com", 257))
                                 .record("contoso.com", 257, issue)
                                 .record("contoso.com", 16, txt)
                                 .soa("contoso.com")
                                 .bytes());
  REQUIRE(message);
  REQUIRE(message->answers.size() == 2);
  CHECK(message->answers[0].tag == "issue");
  CHECK(message->answers[0].data == "ca.contoso.com; x=1");
  CHECK(message->answers[0].shown == "0 issue \"ca.contoso.com; x=1\"");
  CHECK(message->answers[1].data == "one \"two");
  CHECK(message->answers[1].shown == "\"one \" \"\\\"two\"");
  REQUIRE(message->authority.size() == 1);
  CHECK(message->authority[0].name == "contoso.com");
  CHECK(message->authority[0].data == "ns.contoso.com");
}

TEST_CASE("dns message: the OPT record carries the upper bits of the code") {
  Bytes bytes = DnsMaker::answer_to(query_for("contoso.com", 1), 0).bytes();
  const Bytes opt = {0, 0, 41, 4, 208, 1, 0, 0, 0, 0, 0};
  bytes.insert(bytes.end(), opt.begin(), opt.end());
  bytes[11] = 1;
  const auto message = parse(bytes);
  REQUIRE(message);
  CHECK(message->rcode == 16);
  CHECK(message->additional.empty());
}

TEST_CASE("dns message: compression leads backwards only, so it ends") {
  Bytes loop = query_for("a", 1);
  loop[2] = 0x81;
  loop[5] = 0;
  loop[7] = 1;
  loop.resize(12);
  SUBCASE("a pointer to itself") {
    for (const int byte : {0xc0, 12}) loop.push_back(static_cast<std::uint8_t>(byte));
  }
  SUBCASE("a pointer forward") {
    for (const int byte : {0xc0, 14, 1, 97, 0}) loop.push_back(static_cast<std::uint8_t>(byte));
  }
  SUBCASE("a label and a pointer to it") {
    for (const int byte : {1, 97, 0xc0, 12}) loop.push_back(static_cast<std::uint8_t>(byte));
  }
  loop.resize(loop.size() + 20);
  CHECK_FALSE(parse(loop));
}

TEST_CASE("dns message: every cut is refused or is a whole message, never read beyond") {
  const Bytes whole = DnsMaker::answer_to(query_for("shop.contoso.com", 1))
                          .cname("shop.contoso.com", "edge.contoso.net")
                          .a("edge.contoso.net", "20.1.2.3")
                          .bytes();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK_FALSE(parse(cut));
  }
  Bytes truncated(whole.begin(), whole.end() - 3);
  truncated[2] |= 2;  // TC: what is whole of it counts
  const auto message = parse(truncated);
  REQUIRE(message);
  CHECK(message->truncated);
  CHECK(message->answers.size() == 1);
}

TEST_CASE("dns message: unusual bytes in names are escaped") {
  const auto message = parse(DnsMaker::answer_to(query_for("a b\x01\\c.contoso.com", 1)).bytes());
  REQUIRE(message);
  CHECK(message->question == "a\\032b\\001\\\\c.contoso.com");
}

TEST_CASE("dns message: an answer to another question is not ours") {
  const auto message = parse(DnsMaker::answer_to(query_for("shop.contoso.com", 1)).bytes());
  REQUIRE(message);
  CHECK(answers_question(*message, "Shop.Contoso.com.", Type::a));
  CHECK_FALSE(answers_question(*message, "shop.contoso.com", Type::aaaa));
  CHECK_FALSE(answers_question(*message, "contoso.com", Type::a));
  Message query = *message;
  query.response = false;
  CHECK_FALSE(answers_question(query, "shop.contoso.com", Type::a));
  Message bare;
  bare.response = true;
  bare.rcode = kRefused;
  CHECK(answers_question(bare, "shop.contoso.com", Type::a));
  bare.rcode = kNoError;
  CHECK_FALSE(answers_question(bare, "shop.contoso.com", Type::a));
}

TEST_CASE("dns message: a circle of aliases is seen, also when they come in any order") {
  const auto circle = parse(DnsMaker::answer_to(query_for("a.contoso.com", 1))
                                .cname("c.contoso.com", "a.contoso.com")
                                .cname("a.contoso.com", "b.contoso.com")
                                .cname("b.contoso.com", "c.contoso.com")
                                .bytes());
  REQUIRE(circle);
  const Aliases aliases = aliases_of(*circle, "a.contoso.com");
  CHECK(aliases.loop);
  CHECK(aliases.names == std::vector<std::string>{"b.contoso.com", "c.contoso.com"});
}

}  // namespace
}  // namespace aztriage::net::dns
