// What an HTTP server sends: cookies, dates, locations, challenges, JSON, errors, titles, metadata of a
// federation.
#include "base/text.h"
#include "fact/address.h"
#include "fact/url.h"
#include "fuzz/must.h"
#include "probe/challenge.h"
#include "probe/cookies.h"
#include "probe/federation_metadata.h"
#include "probe/http_error.h"
#include "probe/json_facts.h"
#include "probe/redirect.h"
#include "probe/registry_facts.h"
#include "probe/storage_names.h"

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
  const auto challenges = probe::parse_challenges(text);
  test::must(challenges.size() <= 16, "challenges are bounded");
  for (const auto& one : challenges) test::must(one.parameters.size() <= 32, "so are their parameters");
  fact::Observation seen;
  probe::fill_challenge(text, seen);
  for (const auto& [name, value] : seen.facts)
    test::must(text::first_invalid_utf8(fact::to_text(value)) == std::string_view::npos, "UTF-8", name);
  const auto metadata = probe::read_federation_metadata(text);
  test::must(metadata.signing.size() <= 20, "certificates are bounded");
  test::must(text::first_invalid_utf8(metadata.entity_id) == std::string_view::npos, "UTF-8");
  if (const auto address = probe::address_in(text); !address.empty())
    test::must(fact::parse_address(address).has_value(), "an address is one", address);
  if (const auto name = probe::parse_storage_name(text)) {
    const auto again = probe::parse_storage_name(name->host_of("queue"));
    test::must(again && again->account == name->account && again->service == "queue", "a name stays its own");
  }
  test::must(probe::find_aadsts_codes(text).size() <= 20, "codes are bounded");
  fact::Facts facts;
  probe::add_json_facts(text, facts);
  test::must(facts.size() <= 500, "facts of JSON are bounded");
  for (const auto& [name, value] : facts)
    test::must(name.starts_with("json") && name.size() <= 256, "a path", name);
  const auto manifest = probe::read_manifest(facts);
  for (const auto* digest : {&manifest.child, &manifest.config, &manifest.layer})
    test::must(digest->find('/') == std::string::npos, "a digest is no path", *digest);
  test::must(probe::json_member(text, "token").size() <= 65536, "a member is bounded");
  const auto error = probe::find_error("", text, facts);
  const auto title = probe::find_title(text);
  for (const std::string* found : {&error.code, &error.detail, &title})
    test::must(text::first_invalid_utf8(*found) == std::string_view::npos, "UTF-8", *found);
  return 0;
}
