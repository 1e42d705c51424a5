#include "decode/last_check.h"

#include "base/text.h"

#include <doctest/doctest.h>

using namespace aztriage;
using decode::last_check;
using decode::SecretSet;

namespace {

const std::string kSignature = "dGhpcyBpcyBub3QgYSByZWFsIHNpZ25hdHVyZSE4OTA%3D";

}  // namespace

TEST_CASE("last check: a masked text passes, in every format") {
  for (const char* text : {"", "503 after 0.4 s", "sig=***&se=2026", "sig=\\*\\*\\*", "Authorization: ***",
                           "Authorization: \\*\\*\\*",
                           "<code>AccountKey=***;EndpointSuffix=core.windows.net</code>", "password: ***"}) {
    CAPTURE(text);
    CHECK(last_check(text, {}, "the report"));
  }
}

TEST_CASE("last check: a secret is refused by its form, with its line and without its value") {
  const auto checked = last_check(
      "one\ntwo\nhttps://a.blob.core.windows.net/b?sv=2022&sig=" + kSignature + "\n", {}, "the report");
  REQUIRE_FALSE(checked);
  CHECK(text::contains(checked.error().what, "line 3"));
  CHECK(text::contains(checked.error().what, "the report was not written"));
  CHECK_FALSE(text::contains(checked.error().what + checked.error().hint, kSignature));
  CHECK_FALSE(checked.error().hint.empty());
}

TEST_CASE("last check: our own words are no secret, the same form with another value is one") {
  const std::vector<std::string> own = {"az vm user update --password PASSWORD\n  given: {token: always}\n",
                                        "shop-qp7q.redis.cache.windows.net"};
  SecretSet known;
  known.add("p-qp7q");
  known.add("old");
  CHECK(last_check("az vm user update --password PASSWORD, \"token\": \"always\"", known, "the report", own));
  CHECK(last_check("an old answer of shop-qp7q.redis.cache.windows.net", known, "the report", own));
  CHECK_FALSE(last_check("az vm user update --password PASSWORD", known, "the report"));
  CHECK_FALSE(last_check("az vm user update --password Winter2026!", known, "the report", own));
  known.add("p-zz81");
  CHECK_FALSE(last_check("auth p-zz81", known, "the report", own));
}

TEST_CASE("last check: a secret behind the escapes of a format") {
  CHECK_FALSE(last_check("<p>?sv=2022&amp;sig=" + kSignature + "</p>", {}, "the report"));
  CHECK_FALSE(
      last_check("<p>{&quot;client_secret&quot;: &quot;Kx8Q~abcdefghijklmnopqrstuvwxyz0123456789&quot;}</p>",
                 {}, "the report"));
}

TEST_CASE("last check: a value that somebody gave as a secret, however it is written") {
  SecretSet known;
  known.add("Tr0ub4dor&3_x");
  for (const char* text : {"it is Tr0ub4dor&3_x here", "it is Tr0ub4dor&amp;3_x here",
                           "it is Tr0ub4dor&amp;3\\_x here", "it is Tr0ub4dor%263_x here"}) {
    CAPTURE(text);
    const auto checked = last_check(text, known, "the report");
    REQUIRE_FALSE(checked);
    CHECK(text::contains(checked.error().what, "line 1"));
    CHECK_FALSE(text::contains(checked.error().what, "Tr0ub"));
  }
  CHECK(last_check("it is *** here", known, "the report"));
}
