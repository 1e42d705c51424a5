#include "playbook/search.h"

#include "playbook/search_words.h"
#include "small_world.h"

#include <algorithm>

#include <doctest/doctest.h>

using namespace aztriage::playbook;

namespace {

std::vector<Match> found(std::string_view query) {
  static const Vocabulary words = small_world::vocabulary();
  static const Catalog catalog(words, {});
  static Search search(catalog);
  auto matches = search.find(query, 6);
  REQUIRE(matches);
  return std::move(*matches);
}

std::string first(std::string_view query) {
  const auto matches = found(query);
  return matches.empty() ? "" : matches.front().id;
}

bool says(const Match& match, std::string_view why) {
  return std::ranges::any_of(match.why,
                             [&](const auto& each) { return each.find(why) != std::string::npos; });
}

}  // namespace

TEST_CASE("search: the customer's words lead to the playbook, and it says why") {
  const auto matches = found("502 from front door since this morning");
  REQUIRE_FALSE(matches.empty());
  CHECK(matches[0].id == "front-door/5xx-from-edge");
  CHECK(says(matches[0], "family Front Door"));
  CHECK(says(matches[0], "502"));
  CHECK(std::ranges::is_sorted(matches, std::greater<>(), &Match::score));
}

TEST_CASE("search: an old name of a product, a code, a time-out in other words") {
  CHECK(first("AFD shows 502") == "front-door/5xx-from-edge");
  CHECK(first("AADSTS50011") == "identity/app-signin-fails");
  CHECK(first("redis times out") == "redis/timeouts-and-latency");
}

TEST_CASE("search: words that say nothing find nothing, and length is bounded") {
  CHECK(found("").empty());
  CHECK(found("it is the and of").empty());
  CHECK(found("qqqzzz").empty());
  CHECK(found("%%% \x01 ((").empty());
  CHECK(found(std::string(1 << 20, 'x')).empty());
}

TEST_CASE("search: words and texts") {
  using Words = std::vector<std::string>;
  CHECK(search_words("The gateways stopped; it timed out (0x80131500)") ==
        Words{"gateway", "stop", "timeout", "0x80131500"});
  const auto texts = search_texts(
      "title: \"A title\"\nsymptoms: [one, 'two']\ncauses:\n  a: {title: Short, seen: rare}\n  b:\n    "
      "title: A long one\n"
      "steps:\n  s:\n    title: no cause\n");
  CHECK(texts.title == "A title");
  CHECK(texts.symptoms == Words{"one", "two"});
  CHECK(texts.causes == Words{"Short", "A long one"});
  CHECK(search_texts("symptoms:\n  - one\n  # two\n  - three\n").symptoms == Words{"one", "three"});
}
