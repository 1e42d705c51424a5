#include "fact/json.h"
#include "support/looking.h"

#include <algorithm>

#include <doctest/doctest.h>

namespace aztriage {
namespace {

using test::fact_of;
using test::failure_of;
using test::Looker;

TEST_CASE("decode probe: tells from the loop, without a network") {
  Looker looker;
  const auto seen = looker.look("decode", {{"text", "?sv=2022-11-02&sr=b&sp=r&se=2020-01-01&sig=abc"}});
  CHECK(seen.answered);
  CHECK(seen.target == "sas");
  CHECK(fact_of(seen, "kind") == "sas");
  CHECK(fact_of(seen, "sas.expired") == "true");
  CHECK_FALSE(seen.summary.empty());
  CHECK(fact::look(seen, "jwt.aud", "jwt").known);
  CHECK_FALSE(fact::look(seen, "jwt.aud", "jwt").value.has_value());
}

TEST_CASE("decode probe: what can't be read") {
  Looker looker;
  const auto seen = looker.look("decode", {{"text", "hello"}, {"as", "jwt"}});
  CHECK_FALSE(seen.answered);
  CHECK(failure_of(seen) == "unreadable at decode");
}

TEST_CASE("decode probe: the text is secret, and in no fact") {
  const auto* spec = probe::find_probe("decode");
  const auto text = std::find_if(spec->params.begin(), spec->params.end(),
                                 [](const auto& param) { return param.name == "text"; });
  REQUIRE(text != spec->params.end());
  CHECK(text->secret);
  Looker looker;
  const std::string key(86, 'k');
  const auto seen = looker.look("decode", {{"text", "AccountName=acct;AccountKey=" + key + "=="}});
  CHECK(fact_of(seen, "connection.host") == "acct.blob.core.windows.net");
  CHECK(fact::to_json(seen).find(key) == std::string::npos);
}

}  // namespace
}  // namespace aztriage
