#include "fact/observation.h"

#include <string>

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::fact;

namespace {

Observation sample() {
  Observation o;
  o.probe = "http";
  o.answered = true;
  o.took = Milliseconds(1250);
  o.facts["status"] = Value::number(502);
  o.facts["headers.server"] = Value::text("nginx");
  o.read = {"headers"};
  return o;
}

}  // namespace

TEST_CASE("failure: every kind has a name that leads back to it") {
  CHECK(failure_names().size() > 30);
  for (const auto name : failure_names()) {
    const auto kind = failure_from_name(name);
    REQUIRE(kind);
    CHECK(failure_name(*kind) == name);
    CHECK_FALSE(failure_meaning(*kind).empty());
  }
  CHECK(failure_from_name("tcp-refused") == FailureKind::tcp_refused);
  CHECK_FALSE(failure_from_name("tcp_refused"));
}

TEST_CASE("observation: facts, and what is known to be missing") {
  const Observation o = sample();
  CHECK(look(o, "status", "status").value->as_number() == 502);
  CHECK(look(o, "headers.server", "headers").value->as_text() == "nginx");
  const Look absent = look(o, "headers.x-azure-ref", "headers");
  CHECK_FALSE(absent.value);
  CHECK(absent.known);
  const Look unread = look(o, "body", "body");
  CHECK_FALSE(unread.value);
  CHECK_FALSE(unread.known);
}

TEST_CASE("observation: the head is always known") {
  Observation o = sample();
  CHECK(look(o, "answered", "").value->as_bool());
  CHECK(look(o, "took", "").value->as_number() == doctest::Approx(1.25));
  CHECK(look(o, "family", "").value->as_number() == 0);
  for (const char* name :
       {"address", "proxy", "failure.kind", "failure.operation", "failure.text", "failure.code"}) {
    CAPTURE(name);
    CHECK_FALSE(look(o, name, "").value);
    CHECK(look(o, name, "").known);
  }
  o.address = "10.0.0.4";
  o.family = 4;
  o.proxy = "proxy:3128";
  o.failure = Failure{"connect", FailureKind::tcp_refused, "Connection refused", "ECONNREFUSED"};
  CHECK(look(o, "address", "").value->kind() == Kind::ip);
  CHECK(look(o, "family", "").value->as_number() == 4);
  CHECK(look(o, "proxy", "").value->as_text() == "proxy:3128");
  CHECK(look(o, "failure.kind", "").value->as_text() == "tcp-refused");
  CHECK(look(o, "failure.operation", "").value->as_text() == "connect");
  CHECK(look(o, "failure.text", "").value->as_text() == "Connection refused");
  CHECK(look(o, "failure.code", "").value->as_text() == "ECONNREFUSED");
  CHECK_FALSE(look(o, "failure.other", "failure").known);
}

TEST_CASE("observation: a declared head fact has the kind that it is looked up with") {
  Observation o = sample();
  o.address = "10.0.0.4";
  o.proxy = "proxy:3128";
  o.failure = Failure{"connect", FailureKind::tcp_refused, "x", "ECONNREFUSED"};
  for (const FactSpec& spec : head_facts()) {
    CAPTURE(spec.name);
    const Look seen = look(o, spec.name, "");
    REQUIRE(seen.value);
    CHECK(seen.value->kind() == spec.type.kind);
  }
}

TEST_CASE("observation: the addresses of one look are tries, too") {
  Observation o = sample();
  CHECK_FALSE(look(o, "tries.count", "tries").known);
  Observation dead;
  dead.address = "fd00::4";
  dead.family = 6;
  dead.failure = Failure{"connect", FailureKind::tcp_timeout, ""};
  o.tries = {dead, sample()};
  CHECK(look(o, "tries.count", "tries").value->as_number() == 2);
  CHECK(look(o, "tries.ok", "tries").value->as_number() == 1);
  CHECK(look(o, "tries.failed", "tries").value->as_number() == 1);
  const Look tries = look(o, "tries", "tries");
  REQUIRE(tries.value->as_list().size() == 2);
  const auto& first = tries.value->as_list()[0].as_record();
  CHECK(first.at("failure.kind").as_text() == "tcp-timeout");
  CHECK(first.at("family").as_number() == 6);
  CHECK(first.at("number").as_number() == 1);
  CHECK_FALSE(first.at("ok").as_bool());
}
