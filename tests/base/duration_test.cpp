#include "base/duration.h"

#include <doctest/doctest.h>

using namespace aztriage;

TEST_CASE("duration: what people write") {
  const std::pair<const char*, long long> rows[] = {
      {"500ms", 500},        {"5s", 5000}, {"2m", 120'000},   {"1.5h", 5'400'000}, {"7", 7000},
      {"0.25", 250},         {"0", 0},     {" 3 s ", 3000},   {"2 min", 120'000},  {"24h", 86'400'000},
      {"86400", 86'400'000}, {".5s", 500}, {"1.0004s", 1000},
  };
  for (const auto& row : rows) {
    const auto& text = row.first;
    const auto& ms = row.second;
    CAPTURE(text);
    const auto d = parse_duration(text);
    REQUIRE(d);
    CHECK(d->count() == ms);
  }
}

TEST_CASE("duration: what is none says what to write instead") {
  for (const char* text :
       {"", "s", "-1s", "1e3", "5x", "1.2.3s", "inf", "nan", "0x10", "5 5", ".", "five", "1s2"}) {
    CAPTURE(text);
    const auto d = parse_duration(text);
    REQUIRE_FALSE(d);
    CHECK(d.error().what.starts_with("not a duration: '"));
    CHECK_FALSE(d.error().hint.empty());
  }
  for (const char* text : {"25h", "86401", "99999999999999999999999999h", "24.01h"}) {
    CAPTURE(text);
    const auto d = parse_duration(text);
    REQUIRE_FALSE(d);
    CHECK(d.error().what.starts_with("duration longer than 24h"));
  }
}

TEST_CASE("duration: the short form reads back as the same") {
  const std::pair<long long, const char*> rows[] = {
      {0, "0s"},          {1, "1ms"},        {250, "250ms"},     {999, "999ms"},  {1000, "1s"},
      {1400, "1.4s"},     {1250, "1.25s"},   {1001, "1.001s"},   {90'000, "90s"}, {120'000, "2m"},
      {5'400'000, "90m"}, {3'600'000, "1h"}, {86'400'000, "24h"}};
  for (const auto& row : rows) {
    const auto& ms = row.first;
    const auto& text = row.second;
    CAPTURE(text);
    CHECK(format_duration(std::chrono::milliseconds(ms)) == text);
    CHECK(parse_duration(text)->count() == ms);
  }
}
