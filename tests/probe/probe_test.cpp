#include "probe/probe.h"

#include "probe/head.h"
#include "probe/registry.h"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

namespace aztriage::probe {
namespace {

TEST_CASE("probes: in the order of their names, each complete") {
  const auto probes = all_probes();
  CHECK(std::ranges::is_sorted(probes, {}, &ProbeSpec::name));
  for (const ProbeSpec* probe : probes) {
    INFO(probe->name);
    CHECK_FALSE(probe->summary.empty());
    const bool starts = probe->start != nullptr;
    CHECK(starts);
    std::set<std::string_view> names;
    for (const auto& fact : probe->facts) {
      INFO(fact.name);
      CHECK_FALSE(fact.help.empty());
      CHECK(names.insert(fact.name).second);
      for (const auto& head : fact::head_facts()) CHECK(head.name != fact.name);
    }
    names.clear();
    for (const auto& param : probe->params) {
      INFO(param.name);
      CHECK(names.insert(param.name).second);
      CHECK_FALSE(param.help.empty());
      if (!param.default_value.empty()) CHECK(fact::parse_value(param.default_value, param.type));
    }
  }
  CHECK(find_probe("http") != nullptr);
  CHECK(find_probe("reddis") == nullptr);
}

std::string error_of(std::string_view probe, const std::map<std::string, std::string>& given) {
  const auto params = check_params(*find_probe(probe), given);
  return params ? "none" : params.error().what + " | " + params.error().hint;
}

TEST_CASE("parameters: defaults filled in, members of a map kept by name") {
  const auto params =
      check_params(*find_probe("http"),
                   {{"url", "https://contoso.com/"}, {"headers.X-Azure-DebugInfo", "1"}, {"follow", "yes"}});
  REQUIRE(params);
  CHECK(params->text("method") == "GET");
  CHECK(params->text("headers.X-Azure-DebugInfo") == "1");
  CHECK(params->flag("follow", false));
  CHECK_FALSE(params->flag("verify", true));
  CHECK(params->number("max-redirects", 0) == 10);
  CHECK(params->find("body") == nullptr);
  CHECK(params->number("follow", 7) == 7);
}

TEST_CASE("parameters: what is wrong with them, and what to do about it") {
  CHECK(error_of("dns", {}) == "probe 'dns' needs the parameter 'name' | name to ask for");
  CHECK(error_of("dns", {{"nmae", "x"}}) == "probe 'dns' has no parameter 'nmae' | did you mean 'name'?");
  CHECK(error_of("http", {{"url", "https://x/"}, {"headers", "a"}}) ==
        "parameter 'headers' takes names and values | give each as 'headers.NAME'");
  CHECK(error_of("http", {{"url", "https://x/"}, {"url.a", "b"}})
            .starts_with("probe 'http' has no parameter 'url.a'"));
  CHECK(error_of("tcp", {{"host", "x"}, {"port", "70000"}}).starts_with("parameter 'port': '70000' is not"));
  CHECK(error_of("http", {{"url", "https://x/"}, {"method", "DELETE"}}).starts_with("parameter 'method': "));
}

TEST_CASE("head: seconds for people") {
  CHECK(show_seconds(0.0002) == "under 1 ms");
  CHECK(show_seconds(0.035) == "35 ms");
  CHECK(show_seconds(0.4) == "0.4 s");
  CHECK(show_seconds(21.04) == "21.0 s");
}

}  // namespace
}  // namespace aztriage::probe
