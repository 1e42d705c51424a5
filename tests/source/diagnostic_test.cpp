#include "source/diagnostic.h"

#include <set>

#include <doctest/doctest.h>

using namespace aztriage::source;

TEST_CASE("diagnostics: every code has a name, a title and an explanation of its own") {
  std::set<std::string_view> names;
  std::set<std::string_view> titles;
  std::string_view last;
  REQUIRE(all_codes().size() >= 40);
  for (const Code code : all_codes()) {
    CAPTURE(code_name(code));
    CHECK(code_name(code).size() == 4);
    CHECK(code_name(code) > last);
    last = code_name(code);
    CHECK(names.insert(code_name(code)).second);
    CHECK(titles.insert(code_title(code)).second);
    CHECK(code_title(code).size() <= 60);
    CHECK_FALSE(code_title(code).ends_with('.'));
    CHECK(code_explanation(code).size() > code_title(code).size());
    CHECK((code_explanation(code).ends_with('.')));
  }
  CHECK(code_name(Code::P012) == "P012");
  CHECK(code_title(Code::P012) == "unknown probe");
}

TEST_CASE("diagnostics: errors are counted, warnings are not, context is what encloses") {
  Diagnostics d;
  CHECK_FALSE(d.has_errors());
  {
    Within playbook(d, "in playbook 'a/b'");
    d.warning(Code::P047, {{9, 1}, {9, 2}}, "later", {});
    CHECK_FALSE(d.has_errors());
    Within step(d, "in step 'ping'");
    d.error(Code::P012, {{3, 12}, {3, 18}}, "unknown probe 'reddis'", {"did you mean 'redis'?", ""});
  }
  d.error(Code::P001, {}, "cannot open");
  CHECK(d.error_count() == 2);
  d.sort_by_position();
  REQUIRE(d.items().size() == 3);
  CHECK(d.items()[0].code == Code::P001);
  CHECK(d.items()[0].context.empty());
  CHECK(d.items()[1].context == std::vector<std::string>{"in playbook 'a/b'", "in step 'ping'"});
  CHECK(d.items()[1].hints == std::vector<std::string>{"did you mean 'redis'?"});
  CHECK(d.items()[2].severity == Severity::warning);
  CHECK(d.items()[2].context == std::vector<std::string>{"in playbook 'a/b'"});
}

TEST_CASE("diagnostics: a flood is counted and bounded") {
  Diagnostics d;
  for (int i = 0; i < 5000; ++i) d.error(Code::P010, {}, "x");
  CHECK(d.error_count() == 5000);
  CHECK(d.items().size() == 1000);
}
