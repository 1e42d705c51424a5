#include "engine/answered_by.h"

#include <doctest/doctest.h>

using namespace aztriage;

namespace {

using Layer = playbook::Family::Layer;

playbook::Family family(std::string id, Layer layer, std::vector<playbook::Family::Marker> markers) {
  playbook::Family result;
  result.id = std::move(id);
  result.layer = layer;
  result.markers = std::move(markers);
  return result;
}

const std::vector<playbook::Family> kFamilies = {
    family("edge", Layer::edge,
           {{"x-edge-ref", "", "", false}, {"", "", "Our services aren't available", true}}),
    family("gateway", Layer::gateway, {{"server", "(?i)^gateway", "", true}}),
    family("app", Layer::app, {{"x-app", "", "", false}, {"set-cookie", "^Affinity=", "", false}}),
};

fact::Observation answer(std::map<std::string, std::string> headers, std::string body = "") {
  fact::Observation seen;
  seen.probe = "http";
  seen.facts["status"] = fact::Value::number(502);
  for (auto& [name, value] : headers) seen.facts["headers." + name] = fact::Value::text(value);
  seen.facts["body"] = fact::Value::text(std::move(body));
  engine::add_answered_by(kFamilies, seen);
  return seen;
}

std::string who(const fact::Observation& seen) {
  const auto found = fact::look(seen, "answered-by", "answered-by");
  return found.value ? found.value->as_text() : found.known ? "nobody known" : "not asked";
}

}  // namespace

TEST_CASE("answered-by: the innermost layer with a trace made the page") {
  CHECK(who(answer({{"x-edge-ref", "1"}})) == "edge");
  CHECK(who(answer({{"x-edge-ref", "1"}, {"x-app", "1"}})) == "app");
}

TEST_CASE("answered-by: a trace that says who made the page wins over those that passed it on") {
  CHECK(who(answer({{"x-edge-ref", "1"}, {"x-app", "1"}}, "<h2>our services aren't AVAILABLE right now")) ==
        "edge");
  CHECK(who(answer({{"server", "Gateway/2"}, {"x-app", "1"}})) == "gateway");
  // Both say so: the outer one replaced the page of the inner one.
  CHECK(who(answer({{"server", "Gateway/2"}}, "Our services aren't available")) == "edge");
}

TEST_CASE("answered-by: without a trace it is known that nobody is known") {
  const auto seen = answer({{"server", "nginx"}});
  CHECK(who(seen) == "nobody known");
  CHECK(fact::look(seen, "passed", "passed").value->as_list().empty());
}

TEST_CASE("answered-by: nothing is said of what is no answer of HTTP") {
  fact::Observation seen;
  seen.probe = "http";
  engine::add_answered_by(kFamilies, seen);
  CHECK(who(seen) == "not asked");
}
