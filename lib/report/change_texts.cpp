#include "report/case_report.h"

namespace aztriage::report {
namespace {

void apply(std::string& text, const Change& change) {
  if (!text.empty()) text = change(text);
}

void apply(fact::Value& value, const Change& change) {
  switch (value.kind()) {
    case fact::Kind::boolean:
    case fact::Kind::number:
      return;
    case fact::Kind::list: {
      fact::Value::List items = value.as_list();
      for (auto& item : items) apply(item, change);
      value = fact::Value::list(std::move(items));
      return;
    }
    case fact::Kind::record: {
      fact::Value::Record fields = value.as_record();
      for (auto& [name, field] : fields) apply(field, change);
      value = fact::Value::record(std::move(fields));
      return;
    }
    default:
      value = fact::Value::text(change(value.as_text()), value.kind());
  }
}

void apply(fact::Observation& seen, const Change& change) {
  for (std::string* text : {&seen.target, &seen.address, &seen.proxy, &seen.summary}) apply(*text, change);
  if (seen.failure) apply(seen.failure->text, change);
  for (auto& [name, value] : seen.facts) apply(value, change);
  for (auto& [name, value] : seen.varied) apply(value, change);
  for (auto& one : seen.tries) apply(one, change);
}

void apply(engine::StepResult& step, const Change& change) {
  for (std::string* text : {&step.reason, &step.say, &step.ask}) apply(*text, change);
  for (auto& command : step.commands) apply(command.line, change);
  if (step.observation) apply(*step.observation, change);
}

void apply(engine::CauseResult& cause, const Change& change) {
  apply(cause.title, change);
}

void apply(engine::RunResult& run, const Change& change) {
  // Stand-ins are numbered as they come, and what was asked about deserves the low numbers.
  for (auto& [name, value] : run.inputs) apply(value, change);
  for (std::string* text : {&run.title, &run.origin, &run.reason_text, &run.explain, &run.fix})
    apply(*text, change);
  for (auto& warning : run.warnings) apply(warning, change);
  if (run.cause) apply(*run.cause, change);
  for (auto& cause : run.causes) apply(cause, change);
  for (auto& step : run.steps) apply(step, change);
  for (auto& w : run.workarounds) {
    for (std::string* text : {&w.action, &w.command, &w.powershell, &w.portal, &w.risk, &w.undo})
      apply(*text, change);
  }
  if (run.escalation) apply(run.escalation->say, change);
  if (run.next) {
    for (std::string* text : {&run.next->what, &run.next->command, &run.next->how}) apply(*text, change);
  }
}

}  // namespace

void change_texts(CaseReport& report, const Change& change) {
  for (auto& run : report.rounds) apply(run, change);
  apply(report.ticket, change);
  for (auto& entry : report.timeline) apply(entry.text, change);
  for (auto& note : report.notes) apply(note.text, change);
  for (auto& id : report.ids) {
    apply(id.value, change);
    apply(id.target, change);
  }
}

}  // namespace aztriage::report
