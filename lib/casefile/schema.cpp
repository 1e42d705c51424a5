#include "casefile/schema.h"

namespace aztriage::casefile {
namespace {

constexpr std::string_view kSchema = R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "One line of a case, schema 1",
  "description": "A case is a file of JSON objects, one a line, in the order of time. The first one is a start; another start begins another playbook in the same case.",
  "type": "object",
  "required": ["event", "at"],
  "properties": {
    "event": {"type": "string", "description": "Which of the kinds below; readers pass over others."},
    "at": {"type": "string", "format": "date-time", "description": "UTC"}
  },
  "allOf": [
    {"if": {"properties": {"event": {"const": "start"}}}, "then": {
      "required": ["schema", "id", "tool", "mode", "playbook", "playbook_text", "inputs", "here", "cloud"],
      "properties": {
        "schema": {"const": 1},
        "id": {"type": "string"},
        "tool": {"type": "string"},
        "mode": {"enum": ["walk", "run"]},
        "ticket": {"type": ["string", "null"]},
        "pid": {"type": "integer"},
        "playbook": {"type": "string"},
        "playbook_digest": {"type": "string", "description": "SHA-256 of the text"},
        "playbook_origin": {"type": "string"},
        "playbook_text": {"type": "string"},
        "built_in": {"type": "boolean"},
        "inputs": {"type": "object", "additionalProperties": {"type": "string"}},
        "hidden": {"type": "array", "items": {"type": "string"}, "description": "Inputs whose value is not whole here."},
        "here": {"enum": ["client", "outside"]},
        "cloud": {"type": "string"},
        "interactive": {"type": "boolean"},
        "allow_intrusive": {"type": "boolean"},
        "trust_overlay": {"type": "boolean"},
        "reference": {"type": "boolean"},
        "allow_commands": {"type": "array", "items": {"type": "string"}},
        "timeout_ms": {"type": "integer", "minimum": 0}
      }}},
    {"if": {"properties": {"event": {"const": "vantage"}}}, "then": {
      "required": ["place"], "properties": {"place": {"type": "object"}}}},
    {"if": {"properties": {"event": {"enum": ["observation", "paste"]}}}, "then": {
      "required": ["step", "by"],
      "properties": {
        "step": {"type": "string"},
        "by": {"enum": ["probe", "command", "paste", "given", "record"]},
        "took_ms": {"type": "integer", "minimum": 0},
        "early": {"type": "boolean"},
        "pasted": {"type": "boolean"},
        "beside": {"type": "boolean", "description": "The customer's, beside what was seen from here."},
        "reason": {"type": "string", "description": "Of a paste: why it could not be read."},
        "text": {"type": "string", "description": "Of a paste: what was pasted, without its secrets."},
        "cut": {"type": "boolean", "description": "It was too large to be kept whole."},
        "observation": {"type": "object", "description": "As in 'aztriage playbook schema --of run'."}
      }}},
    {"if": {"properties": {"event": {"const": "outcome"}}}, "then": {
      "required": ["step", "state", "outcome", "say"],
      "properties": {
        "step": {"type": "string"},
        "state": {"enum": ["done", "failed"]},
        "outcome": {"type": ["string", "null"]},
        "fine": {"type": ["boolean", "null"]},
        "symptom": {"type": "boolean"},
        "say": {"type": ["string", "null"], "description": "The line that was shown."},
        "reason": {"type": ["string", "null"]},
        "by": {"type": ["string", "null"]},
        "took_ms": {"type": "integer", "minimum": 0}
      }}},
    {"if": {"properties": {"event": {"const": "answer"}}}, "then": {
      "required": ["step", "outcome", "by"],
      "properties": {
        "step": {"type": "string"},
        "outcome": {"type": ["string", "null"], "description": "null: don't know"},
        "by": {"enum": ["person", "given"]}
      }}},
    {"if": {"properties": {"event": {"enum": ["skip", "consent", "ask-again"]}}}, "then": {
      "required": ["step"],
      "properties": {
        "step": {"type": "string"},
        "command": {"type": ["string", "null"], "description": "Of consent: what may run."}
      }}},
    {"if": {"properties": {"event": {"const": "ask"}}}, "then": {
      "required": ["step", "text"],
      "properties": {
        "step": {"type": ["string", "null"], "description": "null: nothing is asked, its end is on the screen"},
        "text": {"type": ["string", "null"]}
      }}},
    {"if": {"properties": {"event": {"const": "shell"}}}, "then": {
      "required": ["shell"], "properties": {"shell": {"type": "string"}}}},
    {"if": {"properties": {"event": {"const": "hand-over"}}}, "then": {
      "required": ["for"], "properties": {"for": {"enum": ["engineering", "customer"]}}}},
    {"if": {"properties": {"event": {"const": "input"}}}, "then": {
      "required": ["input", "value", "hidden"], "properties": {"hidden": {"type": "boolean"}}}},
    {"if": {"properties": {"event": {"const": "again"}}}, "then": {
      "required": ["steps"], "properties": {"steps": {"type": "array", "items": {"type": "string"}}}}},
    {"if": {"properties": {"event": {"const": "pin"}}}, "then": {
      "required": ["cause", "certain"], "properties": {"certain": {"type": "boolean"}}}},
    {"if": {"properties": {"event": {"const": "trial"}}}, "then": {
      "required": ["cause", "gone"], "properties": {"gone": {"type": "boolean"}}}},
    {"if": {"properties": {"event": {"enum": ["unpin", "round", "attempt"]}}}, "then": {"required": ["cause"]}},
    {"if": {"properties": {"event": {"const": "note"}}}, "then": {
      "required": ["text"], "properties": {"text": {"type": "string"}}}},
    {"if": {"properties": {"event": {"const": "verdict"}}}, "then": {
      "required": ["verdict", "reason", "symptom", "cause", "probability", "confirmed"],
      "properties": {
        "verdict": {"enum": ["isolated", "healthy", "inconclusive", "unlisted"]},
        "reason": {"type": ["string", "null"]},
        "symptom": {"enum": ["seen", "not-seen", "not-tested"]},
        "cause": {"type": ["string", "null"]},
        "probability": {"type": "number", "minimum": 0, "maximum": 1},
        "confirmed": {"type": "boolean"},
        "text": {"type": ["string", "null"]}
      }}},
    {"if": {"properties": {"event": {"enum": ["stop", "end"]}}}, "then": {
      "required": ["why"], "properties": {"why": {"type": "string"}, "code": {"type": "integer"}}}}
  ]
}
)json";

}  // namespace

std::string_view line_schema() {
  return kSchema;
}

}  // namespace aztriage::casefile
