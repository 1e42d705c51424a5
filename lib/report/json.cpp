#include "fact/json.h"

#include "base/clock.h"
#include "report/compose.h"
#include "report/registry.h"
#include "report/words.h"

#include <nlohmann/json.hpp>

namespace aztriage::report {
namespace {

using Json = nlohmann::ordered_json;

/// What is not there is null, so that every key is always there.
Json text_or_null(std::string_view text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json observation_of(const std::optional<fact::Observation>& observation) {
  if (!observation) return nullptr;
  // Never malformed, since we wrote it; the third argument keeps a mistake from throwing.
  Json parsed = Json::parse(fact::to_json(*observation), nullptr, false);
  return parsed.is_discarded() ? Json(nullptr) : parsed;
}

Json cause_of(const engine::RunResult& result) {
  if (!result.cause) return nullptr;
  return {{"id", result.cause->id},
          {"ref", result.playbook + "#" + result.cause->id},
          {"title", result.cause->title},
          {"probability", result.cause->probability},
          {"see", text_or_null(result.cause->see)}};
}

Json causes_of(const engine::RunResult& result) {
  Json causes = Json::array();
  for (const engine::CauseResult& cause : result.causes) {
    Json evidence = Json::array();
    for (const engine::EvidenceResult& e : cause.evidence) {
      evidence.push_back({{"step", e.step}, {"outcome", e.outcome}, {"bits", e.bits}});
    }
    causes.push_back({{"id", cause.id},
                      {"title", cause.title},
                      {"probability", cause.probability},
                      {"evidence", std::move(evidence)}});
  }
  return causes;
}

Json steps_of(const engine::RunResult& result) {
  Json steps = Json::array();
  for (const engine::StepResult& step : result.steps) {
    steps.push_back({{"id", step.id},
                     {"kind", kind_name(step.kind)},
                     {"state", state_name(step.state)},
                     {"reason", text_or_null(step.reason)},
                     {"outcome", text_or_null(step.outcome_name)},
                     {"fine", step.fine ? Json(*step.fine) : Json(nullptr)},
                     {"say", text_or_null(step.say)},
                     {"answered_by", text_or_null(step.answered_by)},
                     {"observation", observation_of(step.observation)},
                     {"took_ms", step.took.count()}});
  }
  return steps;
}

Json workarounds_of(const engine::RunResult& result) {
  Json workarounds = Json::array();
  for (const engine::WorkaroundResult& w : result.workarounds) {
    workarounds.push_back({{"do", w.action},
                           {"command", text_or_null(w.command)},
                           {"powershell", text_or_null(w.powershell)},
                           {"portal", text_or_null(w.portal)},
                           {"takes", text_or_null(w.takes)},
                           {"risk", text_or_null(w.risk)},
                           {"undo", text_or_null(w.undo)},
                           {"disruptive", w.disruptive}});
  }
  return workarounds;
}

Json escalation_of(const engine::RunResult& result) {
  if (!result.escalation) return nullptr;
  return {{"team", result.escalation->team},
          {"say", text_or_null(result.escalation->say)},
          {"attach", result.escalation->attach}};
}

Json next_of(const engine::RunResult& result) {
  if (!result.next) return nullptr;
  return {{"step", result.next->step},
          {"what", text_or_null(result.next->what)},
          {"how", text_or_null(result.next->how)},
          {"command", text_or_null(result.next->command)},
          {"outcomes", result.next->outcomes}};
}

Json run_of(const engine::RunResult& result) {
  Json run;
  run["schema"] = 1;
  run["tool"] = "aztriage " AZTRIAGE_VERSION;
  run["playbook"] = result.playbook;
  run["playbook_digest"] = text_or_null(result.digest);
  run["title"] = result.title;
  run["inputs"] = Json::object();
  for (const auto& [name, value] : result.inputs) run["inputs"][name] = value;
  run["here"] = result.here;
  run["symptom"] = isolation::name_of(result.symptom);
  run["verdict"] = isolation::name_of(result.verdict);
  run["confirmed"] = result.confirmed;
  run["reason"] = text_or_null(isolation::name_of(result.reason));
  run["reason_text"] = text_or_null(result.reason_text);
  run["warnings"] = result.warnings;
  run["cause"] = cause_of(result);
  run["explain"] = text_or_null(result.explain);
  run["causes"] = causes_of(result);
  run["steps"] = steps_of(result);
  run["workaround"] = workarounds_of(result);
  run["fix"] = text_or_null(result.fix);
  run["docs"] = result.docs;
  run["escalation"] = escalation_of(result);
  run["next"] = next_of(result);
  run["case"] = text_or_null(result.case_id);
  run["started"] = to_rfc3339(result.started);
  run["took_ms"] = result.took.count();
  run["interrupted"] = result.interrupted;
  return run;
}

Json document_of(const Document& document) {
  const auto words = [](const Line& line) {
    std::string text;
    for (const auto& span : line.spans) text += (text.empty() ? "" : " ") + span.text;
    return text;
  };
  struct Writer {
    Json& blocks;
    decltype(words)& of;
    void operator()(const Heading& h) { blocks.push_back({{"heading", h.text}}); }
    void operator()(const Paragraph& p) { blocks.push_back({{"text", of(p.text)}}); }
    void operator()(const Callout& c) {
      Json lines = Json::array();
      for (const auto& line : c.lines) lines.push_back(of(line));
      blocks.push_back({{"word", c.word}, {"lines", std::move(lines)}});
    }
    void operator()(const Fields& f) {
      Json rows = Json::array();
      for (const auto& [name, line] : f.rows) rows.push_back({{"name", name}, {"text", of(line)}});
      blocks.push_back({{"fields", std::move(rows)}});
    }
    void operator()(const Table& t) {
      Json rows = Json::array();
      for (const auto& row : t.rows) {
        Json cells = Json::array();
        for (const auto& cell : row) cells.push_back(of(cell));
        rows.push_back(std::move(cells));
      }
      blocks.push_back({{"columns", t.head}, {"rows", std::move(rows)}});
    }
    void operator()(const Items& i) {
      Json items = Json::array();
      for (const auto& item : i.items) items.push_back(of(item));
      blocks.push_back({{"items", std::move(items)}});
    }
    void operator()(const Code& c) { blocks.push_back({{"copy", c.text}, {"for", text_or_null(c.label)}}); }
    void operator()(const Chart& c) { blocks.push_back({{"text", c.caption}}); }
  };
  Json sections = Json::array();
  for (const auto& section : document.sections) {
    Json blocks = Json::array();
    Writer writer{blocks, words};
    for (const auto& block : section.blocks) std::visit(writer, block);
    sections.push_back({{"id", section.id}, {"title", section.title}, {"blocks", std::move(blocks)}});
  }
  return sections;
}

Json timeline_json(const CaseReport& report) {
  Json timeline = Json::array();
  for (const auto& entry : report.timeline) {
    timeline.push_back({{"at", to_rfc3339(entry.at)},
                        {"kind", name_of(entry.kind)},
                        {"who", text_or_null(entry.who)},
                        {"text", entry.text},
                        {"took_ms", entry.took.count()}});
  }
  return timeline;
}

Json ids_json(const CaseReport& report) {
  Json ids = Json::array();
  for (const auto& id : report.ids) {
    ids.push_back({{"name", id.name},
                   {"value", id.value},
                   {"step", id.step},
                   {"target", id.target},
                   {"at", to_rfc3339(id.at)}});
  }
  return ids;
}

std::string written(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string case_json(const CaseReport& report, Audience audience) {
  const bool engineering = audience == Audience::engineering;
  const Document document = engineering ? Document{} : for_customer(report);
  Json out;
  out["schema"] = 1;
  out["tool"] = report.tool;
  out["for"] = engineering ? "engineering" : "customer";
  out["case"] = text_or_null(report.case_id);
  out["ticket"] = text_or_null(report.ticket);
  out["pseudonyms"] = report.pseudonyms;
  if (!engineering) {
    out["title"] = document.title;
    out["sections"] = document_of(document);
    out["note"] = document.footer;
    return written(out);
  }
  out["runs"] = Json::array();
  for (const auto& run : report.rounds) {
    Json one = run_of(run);
    if (!report.case_id.empty()) one["case"] = report.case_id;
    out["runs"].push_back(std::move(one));
  }
  out["ids"] = ids_json(report);
  out["timeline"] = timeline_json(report);
  out["notes"] = Json::array();
  for (const auto& note : report.notes)
    out["notes"].push_back({{"at", to_rfc3339(note.at)}, {"text", note.text}});
  out["commands"] = Json::array();
  for (const auto& run : report.rounds) {
    for (const auto& step : run.steps) {
      for (const auto& command : step.commands)
        out["commands"].push_back({{"step", step.id}, {"shell", command.shell}, {"line", command.line}});
    }
  }
  return written(out);
}

std::string render_json(std::span<const engine::RunResult> results, const Style&) {
  Json document;
  if (results.size() == 1) {
    document = run_of(results.front());
  } else {
    document["schema"] = 1;
    document["runs"] = Json::array();
    for (const engine::RunResult& result : results) document["runs"].push_back(run_of(result));
  }
  return written(document);
}

}  // namespace aztriage::report
