#include "report/schema.h"

#include "report/schema_looks.h"

#include <algorithm>

namespace aztriage::report {
namespace {

constexpr std::string_view kSmallParts = R"json(
    "text": {"type": ["string", "null"]},
    "time": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$"},
    "milliseconds": {"type": "integer", "minimum": 0},
    "probability": {"type": "number", "minimum": 0, "maximum": 1},
    "names": {"type": "array", "items": {"type": "string"}},
    "error": {
      "type": "object",
      "description": "Instead of a result when the command could not be carried out.",
      "required": ["schema", "error"],
      "properties": {
        "schema": {"const": 1},
        "error": {
          "type": "object",
          "required": ["what", "hint"],
          "properties": {"what": {"type": "string"}, "hint": {"type": "string"}}
        }
      }
    })json";

constexpr std::string_view kObservation = R"json(
    "observation": {
      "type": "object",
      "description": "What one look saw: the head, then the probe's own facts.",
      "required": ["probe", "target", "here", "at", "took_ms", "answered", "address", "family", "proxy", "failure"],
      "properties": {
        "probe": {"type": "string"},
        "target": {"type": "string"},
        "here": {"type": "string"},
        "at": {"$ref": "#/$defs/time"},
        "took_ms": {"$ref": "#/$defs/milliseconds"},
        "answered": {"type": "boolean", "description": "The protocol's answer came from some address."},
        "address": {"$ref": "#/$defs/text"},
        "family": {"enum": [4, 6, null]},
        "proxy": {"$ref": "#/$defs/text"},
        "failure": {
          "type": ["object", "null"],
          "required": ["operation", "kind", "text"],
          "properties": {
            "operation": {"type": "string"},
            "kind": {"type": "string", "description": "One of the closed list of failures."},
            "text": {"type": "string"},
            "code": {"$ref": "#/$defs/text", "description": "The library's, system's or protocol's own code."}
          }
        },
        "read": {"$ref": "#/$defs/names", "description": "Groups of facts that were read whole."},
        "summary": {"type": "string"},
        "tries": {"type": "array", "items": {"$ref": "#/$defs/observation"}}
      }
    })json";

constexpr std::string_view kRunHead = R"json(
    "run": {
      "type": "object",
      "required": ["schema", "tool", "playbook", "playbook_digest", "inputs", "here", "symptom", "verdict", "confirmed",
        "reason", "warnings", "cause", "causes", "steps", "workaround", "fix", "escalation", "next", "case", "started",
        "took_ms"],
      "properties": {
        "schema": {"const": 1},
        "tool": {"type": "string"},
        "playbook": {"type": "string"},
        "playbook_digest": {"$ref": "#/$defs/text", "description": "SHA-256 of the playbook's text."},
        "title": {"type": "string"},
        "inputs": {"type": "object", "additionalProperties": {"type": "string"}},
        "here": {"type": "string", "description": "client: where the failing client sits, or outside."},
        "symptom": {"enum": ["seen", "not-seen", "not-tested"]},
        "verdict": {"enum": ["isolated", "healthy", "inconclusive", "unlisted"]},
        "confirmed": {"type": "boolean", "description": "A workaround was verified."},
        "reason": {"enum": ["vantage", "not-tested", "probable", "open", "deadline", null]},
        "reason_text": {"$ref": "#/$defs/text"},
        "warnings": {"$ref": "#/$defs/names"},
        "cause": {
          "type": ["object", "null"],
          "description": "The isolated cause, or the probable one.",
          "required": ["id", "ref", "title", "probability", "see"],
          "properties": {
            "id": {"type": "string"},
            "ref": {"type": "string", "pattern": "#"},
            "title": {"type": "string"},
            "probability": {"$ref": "#/$defs/probability"},
            "see": {"$ref": "#/$defs/text", "description": "The playbook where this cause lives."}
          }
        },
        "explain": {"$ref": "#/$defs/text"},
        "causes": {"type": "array", "items": {"$ref": "#/$defs/cause"}, "description": "Most likely first."},
        "steps": {"type": "array", "items": {"$ref": "#/$defs/step"}},
        "workaround": {"type": "array", "items": {"$ref": "#/$defs/workaround"}},
        "fix": {"$ref": "#/$defs/text"},
        "docs": {"$ref": "#/$defs/names"},
        "escalation": {
          "type": ["object", "null"],
          "required": ["team", "say", "attach"],
          "properties": {
            "team": {"type": "string"},
            "say": {"$ref": "#/$defs/text"},
            "attach": {"$ref": "#/$defs/names", "description": "Steps whose observations it needs."}
          }
        },
        "next": {
          "type": ["object", "null"],
          "description": "The step that would decide, when nothing is isolated.",
          "required": ["step"],
          "properties": {
            "step": {"type": "string"},
            "what": {"$ref": "#/$defs/text"},
            "how": {"$ref": "#/$defs/text"},
            "command": {"$ref": "#/$defs/text"},
            "outcomes": {"$ref": "#/$defs/names"}
          }
        },
        "case": {"$ref": "#/$defs/text"},
        "started": {"$ref": "#/$defs/time"},
        "took_ms": {"$ref": "#/$defs/milliseconds"},
        "interrupted": {"type": "boolean"}
      }
    })json";

constexpr std::string_view kRunParts = R"json(
    "cause": {
      "type": "object",
      "required": ["id", "title", "probability", "evidence"],
      "properties": {
        "id": {"type": "string", "description": "A cause of the playbook, or unlisted."},
        "title": {"type": "string"},
        "probability": {"$ref": "#/$defs/probability"},
        "evidence": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["step", "outcome", "bits"],
            "properties": {
              "step": {"type": "string"},
              "outcome": {"type": "string"},
              "bits": {"type": "number", "description": "For the cause, or against it where negative."}
            }
          }
        }
      }
    },
    "step": {
      "type": "object",
      "required": ["id", "kind", "state", "reason", "outcome", "observation", "took_ms"],
      "properties": {
        "id": {"type": "string"},
        "kind": {"enum": ["probe", "question", "command", "of"]},
        "state": {"enum": ["done", "failed", "skipped", "not-run"]},
        "reason": {"$ref": "#/$defs/text"},
        "outcome": {"$ref": "#/$defs/text"},
        "fine": {"type": ["boolean", "null"]},
        "say": {"$ref": "#/$defs/text"},
        "answered_by": {"$ref": "#/$defs/text"},
        "observation": {"anyOf": [{"$ref": "#/$defs/observation"}, {"type": "null"}]},
        "took_ms": {"$ref": "#/$defs/milliseconds"}
      }
    },
    "workaround": {
      "type": "object",
      "required": ["do", "command", "powershell", "portal", "takes", "risk", "undo", "disruptive"],
      "properties": {
        "do": {"type": "string"},
        "command": {"$ref": "#/$defs/text", "description": "Printed for people, never run."},
        "powershell": {"$ref": "#/$defs/text"},
        "portal": {"$ref": "#/$defs/text"},
        "takes": {"$ref": "#/$defs/text"},
        "risk": {"$ref": "#/$defs/text"},
        "undo": {"$ref": "#/$defs/text"},
        "disruptive": {"type": "boolean"}
      }
    },
    "runs": {
      "type": "object",
      "required": ["schema", "runs"],
      "properties": {
        "schema": {"const": 1},
        "runs": {"type": "array", "items": {"$ref": "#/$defs/run"}}
      }
    },
    "dry_run": {
      "type": "object",
      "description": "What would be touched, with --dry-run.",
      "required": ["schema", "dry_run"],
      "properties": {
        "schema": {"const": 1},
        "dry_run": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["playbook", "step", "kind", "what"],
            "properties": {
              "playbook": {"type": "string"},
              "step": {"type": "string"},
              "kind": {"type": "string"},
              "what": {"type": "string"}
            }
          }
        }
      }
    })json";

constexpr std::string_view kProbeParts = R"json(
    "look": {
      "allOf": [{"$ref": "#/$defs/observation"}],
      "required": ["schema"],
      "properties": {"schema": {"const": 1}}
    },
    "looks": {
      "type": "object",
      "required": ["schema", "observations"],
      "properties": {
        "schema": {"const": 1},
        "observations": {"type": "array", "items": {"$ref": "#/$defs/observation"}}
      }
    })json";

struct Entry {
  std::string_view name, title, choices;
  std::vector<std::string_view> parts;
};

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all = {
      {"run",
       "What aztriage run writes",
       "run runs dry_run error",
       {kRunHead, kRunParts, kObservation, kSmallParts}},
      {"suite",
       "What several runs write",
       "runs dry_run error",
       {kRunHead, kRunParts, kObservation, kSmallParts}},
      {"probe",
       "What aztriage probe writes",
       "look looks watch error",
       {kProbeParts, kWatchParts, kObservation, kSmallParts}},
      {"compare", "What aztriage compare writes", "comparison error", {kCompareParts, kSmallParts}},
      {"explain", "What aztriage explain writes", "explanations known error", {kExplainParts, kSmallParts}},
  };
  return all;
}

std::string references(std::string_view names) {
  std::string text;
  while (!names.empty()) {
    const auto space = std::min(names.find(' '), names.size());
    text += (text.empty() ? "" : ", ");
    text += "{\"$ref\": \"#/$defs/" + std::string(names.substr(0, space)) + "\"}";
    names.remove_prefix(std::min(space + 1, names.size()));
  }
  return text;
}

}  // namespace

std::optional<std::string> schema_of(std::string_view output) {
  for (const Entry& entry : entries()) {
    if (entry.name != output) continue;
    std::string text = "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"title\": \"";
    text +=
        std::string(entry.title) + " with -o json, schema 1\",\n  \"anyOf\": [" + references(entry.choices);
    text += "],\n  \"$defs\": {";
    for (std::size_t i = 0; i < entry.parts.size(); ++i)
      text += (i == 0 ? "" : ",") + std::string(entry.parts[i]);
    return text + "\n  }\n}\n";
  }
  return std::nullopt;
}

const std::vector<std::string_view>& schema_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const Entry& entry : entries()) all.push_back(entry.name);
    return all;
  }();
  return names;
}

}  // namespace aztriage::report
