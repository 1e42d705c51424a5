// What an HTTP server sends: cookies, dates, locations, JSON, errors and titles.
#include "base/text.h"
#include "fact/url.h"
#include "fuzz/must.h"
#include "probe/cookies.h"
#include "probe/http_error.h"
#include "probe/json_facts.h"
#include "probe/redirect.h"

#include <cstddef>
#include <cstdint>

using namespace aztriage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  probe::parse_http_date(text);
  if (const auto cookie = probe::parse_set_cookie(text, UtcTime{})) {
    test::must(!cookie->name.empty(), "a cookie has a name");
    probe::CookieJar jar;
    jar.take(*cookie, "shop.contoso.com", "/a/b");
    test::must(jar.header("other.example", "/a/b", true).empty(), "a cookie stays with its domain");
    const auto sent = jar.header("shop.contoso.com", "/", false);
    if (cookie->secure) test::must(sent.empty(), "a secure cookie goes over TLS only");
  }
  if (const auto url = probe::resolve_location("https://shop.contoso.com/a/b?c", text)) {
    test::must(fact::parse_url(*url).has_value(), "a location is a URL", *url);
    const auto again = probe::resolve_location("https://other.example/", *url);
    test::must(again && fact::parse_url(*again)->host == fact::parse_url(*url)->host, "an absolute one stays",
               *url);
  }
  fact::Facts facts;
  probe::add_json_facts(text, facts);
  test::must(facts.size() <= 500, "facts of JSON are bounded");
  for (const auto& [name, value] : facts)
    test::must(name.starts_with("json") && name.size() <= 256, "a path", name);
  const auto error = probe::find_error("", text, facts);
  const auto title = probe::find_title(text);
  for (const std::string* found : {&error.code, &error.detail, &title})
    test::must(text::first_invalid_utf8(*found) == std::string_view::npos, "UTF-8", *found);
  return 0;
}
