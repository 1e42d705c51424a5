#include "playbook/code_lookup.h"
#include "playbook/failure_use.h"
#include "playbook/small_world.h"

#include <doctest/doctest.h>

using namespace aztriage;
using namespace aztriage::playbook;
using fact::FailureKind;
using Strings = std::vector<std::string>;

namespace {

constexpr const char* kText = R"(format: 1
title: t
summary: s
reviewed: 2026-11-20
symptoms: [it is broken]
inputs: {endpoint: {}}
causes:
  down: {title: It is down, seen: common, explain: e, fix: f}
  closed: {title: It is closed, seen: common, explain: e, fix: f}
steps:
  main:
    probe: http
    with: {url: "https://${endpoint}/", family: [4, 6]}
    symptom: true
    outcomes:
      - {name: refused, when: {failure.kind: [tcp-refused, tcp-reset]}, given: {down: usually, otherwise: rarely}}
      - {name: tls, when: {failure.kind: {starts: tls-}}, given: {closed: usually, otherwise: rarely}}
      - {name: slow, when: {failure.kind: tcp-timeout, time.total: {above: 3}}}
      - {name: one-family, when: {tries: {some: {failure.kind: host-unreachable}}}}
      - {name: odd, when: {not: {failure.kind: dns-loop}, status: 500}}
      - {name: some-failure, when: {failure.kind: {exists: true}}}
      - {name: fine, fine: true, when: {status: {below: 500}}}
      - {name: other}
)";

Strings uses(const Playbook& playbook, FailureKind kind) {
  Strings names;
  for (const auto& use : failure_uses(playbook, kind)) {
    const auto& step = playbook.steps[static_cast<std::size_t>(use.step)];
    names.push_back(step.outcomes[static_cast<std::size_t>(use.outcome)].name);
  }
  return names;
}

CodeRow row(std::string code, std::string means = "m") {
  CodeRow one;
  one.code = std::move(code);
  one.means = std::move(means);
  one.family = "front-door";
  return one;
}

Strings found(const std::vector<CodeRow>& rows, std::string_view query) {
  Strings codes;
  for (const CodeRow* one : find_codes(rows, query).rows) codes.push_back(one->code);
  return codes;
}

}  // namespace

TEST_CASE("lookup: the outcomes that look at a failure, computed from their conditions") {
  const auto loaded = small_world::load(kText);
  REQUIRE(loaded.playbook);
  const Playbook& playbook = *loaded.playbook;
  CHECK(uses(playbook, FailureKind::tcp_refused) == Strings{"refused"});
  CHECK(uses(playbook, FailureKind::tcp_reset) == Strings{"refused"});
  CHECK(uses(playbook, FailureKind::tls_alert) == Strings{"tls"});
  CHECK(uses(playbook, FailureKind::tcp_timeout) == Strings{"slow"});
  CHECK(uses(playbook, FailureKind::host_unreachable) == Strings{"one-family"});
  CHECK(uses(playbook, FailureKind::dns_loop).empty());
  CHECK(uses(playbook, FailureKind::dns_nxdomain).empty());
}

TEST_CASE("lookup: the outcomes that speak for a cause") {
  const auto loaded = small_world::load(kText);
  REQUIRE(loaded.playbook);
  const auto speak = outcomes_for(*loaded.playbook, loaded.playbook->cause_index("closed"));
  REQUIRE(speak.size() == 1);
  CHECK(speak[0].step == 0);
  CHECK(speak[0].outcome == 1);
}

TEST_CASE("lookup: a code is found by each of its spellings, without case") {
  const std::vector<CodeRow> rows = {row("DNSNameNotResolved, DNSFailure"), row("500.30"), row("500.31")};
  CHECK(spellings_of(rows[0]) == Strings{"DNSNameNotResolved", "DNSFailure"});
  CHECK(found(rows, "dnsfailure") == Strings{rows[0].code});
  CHECK(find_codes(rows, "dnsfailure").exact);
  CHECK(found(rows, "500.30") == Strings{"500.30"});
  CHECK(found(rows, "500").empty());
  CHECK(found(rows, "").empty());
}

TEST_CASE("lookup: a pasted message holds codes, the longest first") {
  const std::vector<CodeRow> rows = {row("X-Azure-ExternalError"), row("X-Azure-ExternalError: 0x830c1011"),
                                     row("500.30")};
  CHECK(found(rows, "< x-azure-externalerror: 0x830c1011") == Strings{rows[1].code, rows[0].code});
  CHECK_FALSE(find_codes(rows, "< x-azure-externalerror: 0x830c1011").exact);
  CHECK(found(rows, "HTTP Error 500.30 - ASP.NET Core app failed to start") == Strings{"500.30"});
  CHECK(found(rows, "It says 500.30.") == Strings{"500.30"});
  CHECK(found(rows, "0x830c1011") == Strings{rows[1].code});
  CHECK(found(rows, "1500.301").empty());
}

TEST_CASE("lookup: what may have been meant by an unknown code") {
  const std::vector<CodeRow> rows = {row("OriginTimeout"), row("SSLHandshakeError")};
  const auto matches = find_codes(rows, "OrignTimeout");
  CHECK(matches.rows.empty());
  CHECK(matches.nearest == Strings{"OriginTimeout"});
}

TEST_CASE("lookup: whatever the words, it ends") {
  const std::vector<CodeRow> rows = {row("a, b, , c"), row(","), row("")};
  for (const std::string& query :
       {std::string(100'000, 'a'), std::string("\0x", 2), std::string("\xff\xfe"), std::string(",")})
    CHECK(find_codes(rows, query).rows.size() <= rows.size());
}
