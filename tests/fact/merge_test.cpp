#include "fact/merge.h"

#include <string>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::fact;

namespace {

using Strings = std::vector<std::string>;

Observation one(const std::string& server, double status, bool answered = true) {
  Observation o;
  o.probe = "http";
  o.target = server;
  o.answered = answered;
  o.varied["server"] = Value::text(server);
  o.read = {"headers"};
  if (answered) o.facts["status"] = Value::number(status);
  return o;
}

Strings texts(const Observation& o, const char* name) {
  Strings out;
  const Look seen = look(o, name, "");
  REQUIRE_MESSAGE(seen.value, name);
  for (const Value& item : seen.value->as_list()) out.push_back(to_text(item));
  return out;
}

bool server_error(const Observation& o) {
  const Look status = look(o, "status", "status");
  return status.value && status.value->as_number() > 499;
}

}  // namespace

TEST_CASE("merge: plain facts are those of the first bad try, else of the first") {
  const Observation bad = merge({one("a", 200), one("b", 502), one("c", 503)}, server_error, "");
  CHECK(bad.target == "b");
  CHECK(look(bad, "status", "status").value->as_number() == 502);
  CHECK(bad.varied.empty());
  CHECK_FALSE(bad.ok);
  const Observation good = merge({one("a", 200), one("b", 201)}, server_error, "");
  CHECK(good.target == "a");
}

TEST_CASE("merge: without a rule a try is bad when it was not answered") {
  const Observation merged = merge({one("a", 502), one("b", 0, false)}, {}, "");
  CHECK(merged.target == "b");
  CHECK_FALSE(merged.answered);
  CHECK(look(merged, "tries.failed", "tries").value->as_number() == 1);
}

TEST_CASE("merge: counts, first and last") {
  const Observation merged = merge({one("a", 502), one("b", 200), one("c", 200)}, server_error, "");
  CHECK(look(merged, "tries.count", "tries").value->as_number() == 3);
  CHECK(look(merged, "tries.ok", "tries").value->as_number() == 2);
  CHECK(look(merged, "tries.failed", "tries").value->as_number() == 1);
  const auto first = look(merged, "tries.first", "tries").value->as_record();
  CHECK(first.at("status").as_number() == 502);
  CHECK(first.at("server").as_text() == "a");
  CHECK(first.at("number").as_number() == 1);
  CHECK_FALSE(first.at("ok").as_bool());
  const auto last = look(merged, "tries.last", "tries").value->as_record();
  CHECK(last.at("number").as_number() == 3);
  CHECK(last.at("ok").as_bool());
  CHECK(to_text(last.at(std::string(kReadGroups))) == "headers");
}

TEST_CASE("merge: by sorts values into working, failing and mixed") {
  std::vector<Observation> tries;
  const std::pair<const char*, double> rows[] = {{"x", 200}, {"y", 502}, {"z", 200}, {"z", 502}, {"y", 500}};
  for (const auto& [cookie, status] : rows) {
    tries.push_back(one("same", status));
    tries.back().varied.clear();
    tries.back().facts["cookies.ARRAffinity"] = Value::text(cookie);
  }
  tries.push_back(one("no cookie", 502));
  const Observation merged = merge(std::move(tries), server_error, "cookies.ARRAffinity");
  CHECK(texts(merged, "by.working") == Strings{"x"});
  CHECK(texts(merged, "by.failing") == Strings{"y"});
  CHECK(texts(merged, "by.mixed") == Strings{"z"});
}

TEST_CASE("merge: without by the varied parameters are the values") {
  CHECK(texts(merge({one("a", 200), one("b", 502)}, server_error, ""), "by.failing") == Strings{"b"});
  auto two = one("a", 200);
  two.varied["family"] = Value::number(6);
  CHECK(texts(merge({two}, server_error, ""), "by.working") == Strings{"6, a"});
}

TEST_CASE("merge: a value that no try knows leaves by unknown") {
  const Observation merged = merge({one("a", 200)}, server_error, "cookies.none");
  CHECK_FALSE(look(merged, "by.working", "by").known);
}

TEST_CASE("merge: differ names what is not the same, among tries that know it") {
  auto a = one("a", 200), b = one("b", 200), c = one("c", 0, false);
  a.facts["digest"] = Value::text("1");
  b.facts["digest"] = Value::text("2");
  a.facts["headers.server"] = Value::text("nginx");  // the others have read the headers, and lack it
  CHECK(texts(merge({a, b}, {}, ""), "tries.differ") == Strings{"digest", "headers.server"});
  CHECK(texts(merge({a, b, c}, {}, ""), "tries.differ") == Strings{"answered", "digest", "headers.server"});
  CHECK(texts(merge({one("a", 200), one("b", 200)}, {}, ""), "tries.differ").empty());
}

TEST_CASE("merge: hosts and addresses differ by value, not by spelling") {
  auto a = one("a", 200), b = one("b", 200);
  a.facts["last"] = Value::text("Shop.contoso.com.", Kind::host);
  b.facts["last"] = Value::text("shop.contoso.com", Kind::host);
  CHECK(texts(merge({a, b}, {}, ""), "tries.differ").empty());
}

TEST_CASE("merge: every fact of several tries is declared with its kind") {
  const Observation merged = merge({one("a", 200), one("b", 502)}, server_error, "");
  for (const FactSpec& spec : tries_facts()) {
    CAPTURE(spec.name);
    const Look seen = look(merged, spec.name, group_of(spec));
    REQUIRE(seen.value);
    CHECK(seen.value->kind() == spec.type.kind);
  }
}
