#include "cli/keys.h"

#include <doctest/doctest.h>

using aztriage::cli::Key;
using aztriage::cli::KeyStream;

namespace {

/// All keys of `bytes`, given in pieces of `step` bytes: plain characters together, others by name.
std::wstring keys_of(std::string_view bytes, std::size_t step) {
  KeyStream stream;
  std::wstring result;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    stream.add(bytes.substr(at, step));
    for (Key key = stream.next(); key.kind != Key::Kind::none; key = stream.next()) {
      if (key.kind == Key::Kind::end) result += L"<end>";
      if (key.kind == Key::Kind::paste)
        result += L"<paste " + std::wstring(key.paste.begin(), key.paste.end()) + L">";
      if (key.characters.starts_with(L'\x1b')) {
        result += L"<" + key.characters.substr(1) + L">";
      } else {
        result += key.characters;
      }
    }
  }
  return result;
}

}  // namespace

TEST_CASE("keys: the same, whole or byte by byte") {
  struct Row {
    std::string_view bytes;
    std::wstring keys;
  };
  const Row rows[] = {
      {"yes\r", L"yes\r"},
      {"a\x1b[Ab\x1bOD", L"a<[A>b<OD>"},
      {"\x1b[200~one\rtwo\x1b[201~x", L"<paste one\rtwo>x"},
      {"\x1b[200~\x1b[31mred\x1b[201~", L"<paste \x1b[31mred>"},
      {"gr\xc3\xb6\xc3\x9f"
       "e",
       L"gr\u00f6\u00dfe"},
      {"\xe2\x82\xac\xf0\x9f\x98\x80!", L"\u20ac\U0001F600!"},
      {"\x04", L"<end>"},
      {"\x1b"
       "b",
       L"<b>"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.bytes);
    CHECK(keys_of(row.bytes, 1000) == row.keys);
    CHECK(keys_of(row.bytes, 1) == row.keys);
  }
}

TEST_CASE("keys: what no editor needs leaves nothing behind") {
  CHECK(keys_of("a\x1b[15~b", 1000) == L"ab");
  CHECK(keys_of("a\x1b[1;5Cb", 1) == L"ab");
  CHECK(keys_of("a\x1b[<0;12;7Mb", 1000) == L"ab");
  CHECK(keys_of(std::string_view("a\0b", 3), 1000) == L"ab");
  CHECK(keys_of("a\xff\xc0\x80"
                "b\xe2\x28"
                "c",
                1000) == L"ab(c");
  CHECK(keys_of("\xe0\x80\x80z", 1) == L"z");
}

TEST_CASE("keys: an endless sequence or paste stays bounded") {
  CHECK(keys_of("\x1b[" + std::string(500, '1') + "x", 1000).size() < 500);
  const std::string big(KeyStream::kMostPasted + 5000, 'x');
  KeyStream stream;
  stream.add("\x1b[200~" + big.substr(0, 600'000));
  CHECK(stream.next().kind == Key::Kind::none);
  stream.add(big.substr(600'000) + "\x1b[201~");
  const Key key = stream.next();
  REQUIRE(key.kind == Key::Kind::paste);
  CHECK(key.cut);
  CHECK(key.paste.size() == KeyStream::kMostPasted);
  stream.add("ok");
  CHECK(stream.next().characters == L"o");
}
