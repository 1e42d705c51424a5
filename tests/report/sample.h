#pragma once

#include "engine/result.h"

/// Results as the engine hands them over, one for each kind of end.
namespace aztriage::report::testing {

inline engine::StepResult step(std::string id, std::string outcome, std::optional<bool> fine,
                               std::string say) {
  engine::StepResult s;
  s.id = std::move(id);
  s.state = engine::StepState::done;
  s.outcome = 0;
  s.outcome_name = std::move(outcome);
  s.fine = fine;
  s.say = std::move(say);
  s.answered_by = "probe";
  s.took = Milliseconds{412};
  return s;
}

inline engine::StepResult not_done(std::string id, engine::StepState state, std::string reason,
                                   playbook::StepKind kind = playbook::StepKind::probe) {
  engine::StepResult s;
  s.id = std::move(id);
  s.kind = kind;
  s.state = state;
  s.reason = std::move(reason);
  return s;
}

inline fact::Observation edge_observation(UtcTime at) {
  fact::Observation o;
  o.probe = "http";
  o.target = "https://shop.contoso.com/";
  o.here = "outside";
  o.at = at;
  o.took = Milliseconds{412};
  o.answered = true;
  o.address = "203.0.113.7";
  o.family = 4;
  o.facts["status"] = fact::Value::number(503);
  o.facts["headers.x-azure-ref"] = fact::Value::text("20261124T140203Z-r17c9f");
  o.read = {"headers"};
  o.summary = "503 Service Unavailable";
  return o;
}

inline engine::RunResult base(std::string verdict_of) {
  engine::RunResult r;
  r.playbook = "front-door/5xx-from-edge";
  r.title = "Front Door answers 502, 503 or 504";
  r.digest = "4f2ka1";
  r.origin = "built in";
  r.inputs = {{"endpoint", "shop.contoso.com"}, {"origin", std::move(verdict_of)}};
  r.here = "outside";
  r.started = UtcTime{Milliseconds{1795528923250}};  // 2026-11-24T14:02:03.250Z
  r.took = Milliseconds{940};
  r.symptom = isolation::Symptom::seen;
  r.steps = {step("vantage", "", std::nullopt, "outside the customer's network; dns fine, clock +0.2 s")};
  r.steps.push_back(step("edge", "edge-error", false, "503 after 0.4 s, page made by Front Door"));
  r.steps.back().observation = edge_observation(r.started);
  r.steps.push_back(step("origin-dns", "public", true, "20.105.224.40, public"));
  return r;
}

inline engine::RunResult isolated() {
  engine::RunResult r = base("shop.azurewebsites.net");
  r.verdict = isolation::Verdict::isolated;
  r.steps.push_back(step("origin-tls", "wrong-name", false, "CN=other.contoso.com, 143 days left"));
  r.steps.push_back(
      not_done("recent-change", engine::StepState::not_run, "not asked", playbook::StepKind::question));
  r.steps.push_back(
      not_done("origin-settings", engine::StepState::not_run, "not asked", playbook::StepKind::command));
  r.steps.push_back(
      not_done("slow-origin", engine::StepState::failed, "no route to the proxy proxy.contoso.com:3128"));
  engine::CauseResult cause;
  cause.id = "name-check";
  cause.title = "The origin's certificate does not carry the name that Front Door asks for";
  cause.probability = 0.987654321;
  cause.evidence = {{"origin-tls", "wrong-name", 9.5},
                    {"edge", "edge-error", 1.7},
                    {"origin-dns", "public", 0.1},
                    {"slow-origin", "slow", -1.25}};
  engine::CauseResult other;
  other.id = "unlisted";
  other.title = "something that this playbook does not list";
  other.probability = 0.012345679;
  r.cause = cause;
  r.causes = {cause, other};
  r.explain = "Front Door checks the certificate's names against the origin host name.";
  engine::WorkaroundResult w;
  w.action = "Set the origin host name to a name on the certificate.";
  w.command =
      "az afd origin update --ids /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/shop-rg "
      "--host-name NAME";
  w.takes = "5 min";
  w.risk = "The origin must also accept that Host header.";
  w.undo = "Set the previous host name again.";
  r.workarounds = {w};
  r.fix = "Issue a certificate for the origin host name from a public authority.";
  r.docs = {"https://learn.microsoft.com/troubleshoot/azure/front-door/troubleshoot-issues"};
  r.escalation =
      playbook::Escalation{"Front Door", {"edge", "origin-tls"}, "x-azure-ref and the time in UTC"};
  return r;
}

inline engine::RunResult healthy() {
  engine::RunResult r = base("shop.azurewebsites.net");
  r.verdict = isolation::Verdict::healthy;
  r.symptom = isolation::Symptom::not_seen;
  r.reason_text = "the complaint does not show from here";
  r.steps[1] = step("edge", "served", true, "200 after 0.1 s");
  r.steps.push_back(step("origin-tls", "ends-soon", false, "9 days left"));
  r.steps.push_back(not_done("slow-origin", engine::StepState::failed, "no time left"));
  r.warnings = {"origin-tls: 9 days left"};
  return r;
}

inline engine::RunResult inconclusive() {
  engine::RunResult r = base("other.azurewebsites.net");
  r.verdict = isolation::Verdict::inconclusive;
  r.reason = isolation::Reason::open;
  r.reason_text = "several causes are still possible";
  const std::pair<const char*, double> causes[] = {
      {"origin-acl", 0.5}, {"probe-path", 0.2},   {"unlisted", 0.15}, {"chain", 0.08},
      {"expired", 0.05},   {"name-check", 0.015}, {"dns", 0.005}};
  for (const auto& [id, probability] : causes) {
    engine::CauseResult cause;
    cause.id = id;
    cause.title = std::string("title of ") + id;
    cause.probability = probability;
    r.causes.push_back(cause);
  }
  r.steps.push_back(not_done("origin", engine::StepState::skipped, "the input 'origin_id' is missing"));
  r.next = engine::NextResult{"access-rules",
                              "What does this print?",
                              "az webapp config access-restriction show -g shop-rg -n shop",
                              "--answer access-rules=@FILE",
                              {"edge-refused", "open"}};
  return r;
}

}  // namespace aztriage::report::testing
