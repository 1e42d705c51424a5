#pragma once

#include "report/case_report.h"
#include "report/sample.h"

/// A whole case out of the sample results: two rounds, notes, a workaround that was verified.
namespace aztriage::report::testing {

inline UtcTime moment(long long seconds) {
  return UtcTime{Milliseconds{1795528923250 + seconds * 1000}};
}

inline fact::Observation tls_observation() {
  fact::Observation o;
  o.probe = "tls";
  o.target = "shop.azurewebsites.net:443";
  o.here = "outside";
  o.at = moment(0);
  o.took = Milliseconds{180};
  o.answered = true;
  o.address = "20.105.224.40";
  o.family = 4;
  o.facts["time.dns"] = fact::Value::number(0.02);
  o.facts["time.connect"] = fact::Value::number(0.04);
  o.facts["time.handshake"] = fact::Value::number(0.11);
  o.facts["certificate.subject"] = fact::Value::text("CN=other.contoso.com");
  return o;
}

/// An isolated run with everything that a report shows.
inline engine::RunResult full_round() {
  engine::RunResult run = isolated();
  run.reviewed = "2026-11-20";
  for (auto& step : run.steps) {
    if (step.id == "edge") {
      step.symptom = true;
      auto& facts = step.observation->facts;
      facts["headers.x-ms-request-id"] = fact::Value::text("5f3c1c2e-701e-0040-2f7a-3e1b2c000000");
      facts["body"] = fact::Value::text(
          "Trace ID: 6d0a1f2b-98aa-4e7e-9d55-0c4f6a3f1c00 Correlation ID: "
          "9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d Timestamp: 2026-11-24 14:02:03Z");
      facts["time.dns"] = fact::Value::number(0.012);
      facts["time.connect"] = fact::Value::number(0.02);
      facts["time.tls"] = fact::Value::number(0.05);
      facts["time.first-byte"] = fact::Value::number(0.32);
      facts["time.total"] = fact::Value::number(0.412);
      step.commands = {{"aztriage", "aztriage probe http https://shop.contoso.com/"},
                       {"bash", "curl -sv -o /dev/null -m 60 https://shop.contoso.com/ 2>&1"}};
    }
    if (step.id == "origin-tls") {
      step.observation = tls_observation();
      step.took = Milliseconds{180};
      step.commands = {{"aztriage", "aztriage probe tls shop.azurewebsites.net:443"}};
    }
  }
  engine::StepResult asked = step("recent-change", "changed", std::nullopt, "");
  asked.kind = playbook::StepKind::question;
  asked.ask = "Was the origin's certificate or host name changed in the last day?";
  asked.answered_by = "person";
  run.steps[4] = asked;
  engine::CauseResult out;
  out.id = "origin-down";
  out.title = "The origin does not answer at all";
  out.probability = 0.002;
  out.evidence = {{"origin-dns", "public", -3.9}};
  run.causes.insert(run.causes.begin() + 1, out);
  return run;
}

inline CaseReport whole_case() {
  CaseReport report = report_of({full_round()});
  report.tool = "aztriage 0.0.0";
  report.case_id = "4f2k";
  report.ticket = "2611240040001234";
  report.notes = {{moment(95), "Customer changed the certificate yesterday at 18:00 their time."}};
  report.timeline.push_back({moment(95), TimelineEntry::Kind::note, "engineer", report.notes[0].text});
  report.timeline.push_back({moment(480), TimelineEntry::Kind::workaround, "name-check",
                             "verified: edge 503, 200, 200", Milliseconds{45000}});
  return report;
}

}  // namespace aztriage::report::testing
