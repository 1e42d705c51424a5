#include "base/text.h"

#include <doctest/doctest.h>

using namespace aztriage;
using namespace std::string_literals;

TEST_CASE("text: ASCII helpers") {
  CHECK(text::lower("ShOp.Contoso.COM\xc3\x84") == "shop.contoso.com\xc3\x84");
  CHECK(text::equal_ignoring_case("X-Azure-Ref", "x-azure-REF"));
  CHECK_FALSE(text::equal_ignoring_case("a", "ab"));
  CHECK(text::trim(" \t a b \r\n") == "a b");
  CHECK(text::trim(" \n ").empty());
  CHECK(text::split("a,,b,", ',') == std::vector<std::string_view>{"a", "", "b", ""});
  CHECK(text::split("", ',') == std::vector<std::string_view>{""});
  CHECK(text::join({"a", "b", "c"}, ", ") == "a, b, c");
  CHECK(text::join({}, ", ").empty());
  CHECK(text::contains("abc", "bc"));
}

TEST_CASE("text: well-formed UTF-8 by RFC 3629") {
  CHECK(text::first_invalid_utf8("a\u00e9\u20ac\U0001f600\xf4\x8f\xbf\xbf") == std::string_view::npos);
  const std::string bad[] = {"\x80",             // lone continuation
                             "\xc0\xaf",         // overlong
                             "\xc1\x81",         // overlong
                             "\xe0\x80\xaf",     // overlong
                             "\xed\xa0\x80",     // surrogate
                             "\xf4\x90\x80\x80"  // beyond U+10FFFF
                             ,
                             "\xf8\x88\x80\x80\x80",
                             "\xff",
                             "\xc3",
                             "\xe2\x82",
                             "\xf0\x9f\x98"};
  for (const std::string& bytes : bad) {
    CAPTURE(text::printable(bytes));
    CHECK(text::first_invalid_utf8("ok" + bytes) == 2);
    CHECK(text::first_invalid_utf8(text::to_utf8("ok" + bytes + "z")) == std::string_view::npos);
    CHECK(text::to_utf8("ok" + bytes + "z").ends_with("\u00efz"s.substr(2)));
  }
  CHECK(text::to_utf8("a\xff\u00e9") == "a\ufffd\u00e9");
}

TEST_CASE("text: every code point goes out as it came in") {
  for (char32_t c = 1; c <= 0x10ffff; c += 37) {
    if (c >= 0xd800 && c <= 0xdfff) continue;
    std::string bytes;
    text::append_utf8(bytes, c);
    std::size_t at = 0;
    const text::CodePoint read = text::next_code_point(bytes, at);
    REQUIRE(read.valid);
    REQUIRE(read.value == c);
    REQUIRE(at == bytes.size());
  }
}

TEST_CASE("text: printable_json escapes what would move a terminal, and nothing else") {
  CHECK(text::printable_json("{\n  \"a\": \"sch\u00f6n \\u001b\"\n}\n") ==
        "{\n  \"a\": \"sch\u00f6n \\u001b\"\n}\n");
  CHECK(text::printable_json("\"\x7f\xc2\x9b\u202e\u2028\U000e0041\"") ==
        "\"\\u007f\\u009b\\u202e\\u2028\\udb40\\udc41\"");
}

TEST_CASE("text: printable shows what would move a terminal") {
  CHECK(text::printable("a\x1b[31mb\x07") == "a\\x1b[31mb\\x07");
  CHECK(text::printable("a\tb\r\nc\x7f") == "a b\\r\\nc\\x7f");
  CHECK(text::printable("\xc2\x9b"
                        "31m") == "\\x9b31m");
  CHECK(text::printable("\x9b"
                        "31m") == "\\x9b31m");
  CHECK(text::printable("safe\u202egpj.exe\u2066") == "safe\\u202egpj.exe\\u2066");
  CHECK(text::printable("\U000e0041") == "\\U000e0041");
  CHECK(text::printable("sch\u00f6n \u65e5\u672c") == "sch\u00f6n \u65e5\u672c");
  CHECK(text::printable("\0x"s) == "\\x00x");
}

TEST_CASE("text: printable is cut at whole characters") {
  CHECK(text::printable("abcdef", 6) == "abcdef");
  CHECK(text::printable("abcdef", 5) == "abcde\u2026");
  CHECK(text::printable("ab\u20ac", 4) == "ab\u2026");
  CHECK(text::printable("abc\x1b", 5) == "abc\u2026");
  CHECK(text::printable(std::string(100'000, 'x')).size() == 400 + 3);
}

TEST_CASE("text: width in columns") {
  CHECK(text::width("abc") == 3);
  CHECK(text::width("\u65e5\u672c") == 4);
  CHECK(text::width("e\u0301") == 1);
  CHECK(text::width("\U0001f600!") == 3);
  CHECK(text::width("\uac00\uff21") == 4);
  CHECK(text::width("\u200b\u00e9\t") == 1);
  CHECK(text::width("") == 0);
}
