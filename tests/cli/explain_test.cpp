#include "cli/explain.h"

#include "base/text.h"
#include "cli/context.h"
#include "cli/look/watch.h"
#include "fact/failure_advice.h"
#include "playbook/code_lookup.h"
#include "probe/registry.h"
#include "report/schema.h"
#include "report/schema_check.h"

#include <algorithm>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::cli;

namespace {

void check_schema(std::string_view of, const std::string& document) {
  for (const auto& mistake : report::testing::SchemaCheck(*report::schema_of(of)).check(document))
    FAIL_CHECK(mistake);
}

struct World {
  std::unique_ptr<Library> library = std::move(*open_library({}));
  Explainer explainer = *Explainer::create(*library->catalog);
};

}  // namespace

TEST_CASE("explain: every failure by its name, as documented in the schema") {
  World world;
  std::vector<Explained> all;
  for (const auto name : fact::failure_names()) {
    Explained one = world.explainer.explain(std::string(name));
    CAPTURE(name);
    REQUIRE(one.failure);
    CHECK(fact::failure_name(one.failure->kind) == name);
    all.push_back(std::move(one));
  }
  CHECK(world.explainer.unread().empty());
  check_schema("explain", explained_json(all));
  check_schema("explain", explain_list_json(world.explainer.codes()));
  const Console console;
  CHECK(text::contains(explained_text(all, console), "probe tls:"));
}

TEST_CASE("explain: advice names only probes that there are") {
  for (const auto name : fact::failure_names()) {
    for (const auto& next : fact::failure_advice(*fact::failure_from_name(name)).next) {
      CAPTURE(next.probe);
      CHECK((next.probe.empty() || probe::find_probe(next.probe) != nullptr));
    }
  }
}

TEST_CASE("explain: every code of every family is found by each of its spellings") {
  World world;
  REQUIRE_FALSE(world.explainer.codes().empty());
  std::vector<Explained> all;
  for (const auto& row : world.explainer.codes()) {
    for (const auto& spelling : playbook::spellings_of(row)) {
      CAPTURE(spelling);
      Explained one = world.explainer.explain(spelling);
      CHECK(std::any_of(one.codes.begin(), one.codes.end(), [&](const auto& code) {
        return code.row.code == row.code || one.codes.size() >= 10;
      }));
      all.push_back(std::move(one));
    }
  }
  check_schema("explain", explained_json(all));
}

TEST_CASE("explain: a cause by its place and by its id alone") {
  World world;
  const Explained one = world.explainer.explain("front-door/5xx-from-edge#name-check");
  REQUIRE(one.causes.size() == 1);
  CHECK(one.causes[0].ref == "front-door/5xx-from-edge#name-check");
  CHECK_FALSE(one.causes[0].outcomes.empty());
  CHECK(world.explainer.explain("5xx-from-edge#name-check").causes.size() == 1);
  CHECK_FALSE(world.explainer.explain("name-check").causes.empty());
  CHECK(world.explainer.explain("front-door/5xx-from-edge#nothing").empty());
  check_schema("explain", explained_json({one}));
}

TEST_CASE("explain: systems' codes stand for failures, plain words do not") {
  World world;
  const auto kind = [&](const std::string& query) {
    const Explained one = world.explainer.explain(query);
    return one.failure ? std::string(fact::failure_name(one.failure->kind)) : "";
  };
  CHECK(kind("read ECONNRESET") == "tcp-reset");
  CHECK(kind("tcp_reset") == "tcp-reset");
  CHECK(kind("status: NXDOMAIN, id: 7") == "dns-nxdomain");
  CHECK(kind("the request was refused") == "");
  CHECK(kind("") == "");
}

TEST_CASE("explain: what is not known has the nearest names") {
  World world;
  const Explained one = world.explainer.explain("tcp-rest");
  CHECK(one.empty());
  REQUIRE_FALSE(one.nearest.empty());
  CHECK(one.nearest.front() == "tcp-reset");
  check_schema("explain", explained_json({one}));
}

TEST_CASE("watch: its document is the one of the schema") {
  WatchPlan plan;
  plan.looks.spec = probe::find_probe("tcp");
  plan.looks.targets.push_back({"10.0.0.4:443", {}});
  Watched watched;
  watched.series.resize(1);
  check_schema("probe", watched_json(plan, watched, false));
  fact::Observation seen;
  seen.probe = "tcp";
  seen.target = "10.0.0.4:443";
  seen.here = "client";
  seen.answered = true;
  seen.took = Milliseconds(12);
  watched.series[0].add(seen);
  seen.failure =
      fact::Failure{"connect", fact::FailureKind::tcp_refused, "Connection refused", "ECONNREFUSED"};
  watched.series[0].add(seen);
  plan.until = *Until::parse("broken", *plan.looks.spec);
  watched.ended = Watched::Ended::until;
  const std::string document = watched_json(plan, watched, false);
  check_schema("probe", document);
  CHECK(text::contains(document, "\"tcp-refused\": 1"));
  CHECK(watched_json(plan, watched, true).find('\n') == watched_json(plan, watched, true).size() - 1);
  CHECK(exit_code(plan, watched) == ExitCode::fault);
  const Console console;
  CHECK(text::contains(watched_text(plan, watched, console), "1 good, 1 bad (50 %)"));
}

TEST_CASE("watch: what a watch says by its exit code") {
  WatchPlan plan;
  plan.looks.spec = probe::find_probe("tcp");
  plan.looks.targets.push_back({"10.0.0.4:443", {}});
  Watched watched;
  watched.series.resize(1);
  CHECK(exit_code(plan, watched) == ExitCode::unsure);
  fact::Observation good;
  good.answered = true;
  fact::Observation bad;
  bad.failure = fact::Failure{"connect", fact::FailureKind::tcp_refused, ""};
  watched.series[0].add(bad);
  watched.series[0].add(good);
  CHECK(exit_code(plan, watched) == ExitCode::fault);
  plan.until = *Until::parse("recovered", *plan.looks.spec);
  CHECK(exit_code(plan, watched) == ExitCode::ok);
  plan.until = *Until::parse("address: 10.0.0.9", *plan.looks.spec);
  CHECK(exit_code(plan, watched) == ExitCode::unsure);
  watched.ended = Watched::Ended::until;
  CHECK(exit_code(plan, watched) == ExitCode::ok);
  watched.ended = Watched::Ended::interrupted;
  CHECK(exit_code(plan, watched) == ExitCode::interrupted);
}
