#pragma once

#include <string_view>

/// Parts of the schemas of `probe`, `compare` and `explain`, put together in schema.cpp.
namespace aztriage::report {

inline constexpr std::string_view kWatchParts = R"json(
    "watch": {
      "type": "object",
      "description": "Several looks at each target: with --repeat, --every, --until or --for.",
      "required": ["schema", "probe", "started", "took_ms", "every_ms", "until", "ended", "met", "watched"],
      "properties": {
        "schema": {"const": 1},
        "probe": {"type": "string"},
        "started": {"$ref": "#/$defs/time"},
        "took_ms": {"$ref": "#/$defs/milliseconds"},
        "every_ms": {"$ref": "#/$defs/milliseconds"},
        "until": {"$ref": "#/$defs/text", "description": "The condition as it was given."},
        "ended": {"enum": ["repeat", "until", "for", "deadline", "interrupted", "bad-target"]},
        "met": {"type": ["boolean", "null"], "description": "Whether the condition came; null without one."},
        "watched": {"type": "array", "items": {"$ref": "#/$defs/series"}}
      }
    },
    "series": {
      "type": "object",
      "description": "The looks at one target.",
      "required": ["target", "looks", "good", "bad", "bad_states", "state", "changes", "changes_left_out", "seconds",
        "first_bad", "last"],
      "properties": {
        "target": {"type": "string"},
        "looks": {"type": "integer", "minimum": 0},
        "good": {"type": "integer", "minimum": 0},
        "bad": {"type": "integer", "minimum": 0},
        "bad_states": {"type": "object", "description": "How often each, by kind of failure or status.",
          "additionalProperties": {"type": "integer", "minimum": 1}},
        "state": {"$ref": "#/$defs/text", "description": "Of the last look: good, a failure, 'status 503', ..."},
        "changes": {
          "type": "array",
          "description": "The first state and each change; of very many the first and the newest.",
          "items": {
            "type": "object",
            "required": ["at", "from", "to"],
            "properties": {
              "at": {"$ref": "#/$defs/time"},
              "from": {"$ref": "#/$defs/text"},
              "to": {"type": "string"}
            }
          }
        },
        "changes_left_out": {"type": "integer", "minimum": 0},
        "seconds": {
          "type": "object",
          "description": "Of good looks, by phase: dns, connect, tls, first byte, body, total.",
          "additionalProperties": {
            "type": "object",
            "required": ["count", "min", "p10", "p50", "p90", "p99", "max", "mean"],
            "properties": {"count": {"type": "integer", "minimum": 1}},
            "additionalProperties": {"type": "number", "minimum": 0}
          }
        },
        "first_bad": {"anyOf": [{"$ref": "#/$defs/observation"}, {"type": "null"}]},
        "last": {"anyOf": [{"$ref": "#/$defs/observation"}, {"type": "null"}]}
      }
    })json";

inline constexpr std::string_view kCompareParts = R"json(
    "comparison": {
      "type": "object",
      "required": ["schema", "same", "layer", "a", "b", "differences", "expected", "noise", "only_a", "only_b"],
      "properties": {
        "schema": {"const": 1},
        "same": {"type": "boolean"},
        "layer": {"enum": ["resolve", "connect", "proxy", "handshake", "request", "response", "body", "judgement", null],
          "description": "The first at which they differ."},
        "a": {"$ref": "#/$defs/side"},
        "b": {"$ref": "#/$defs/side"},
        "differences": {"type": "array", "items": {"$ref": "#/$defs/difference"}, "description": "By layer."},
        "expected": {"type": "array", "items": {"$ref": "#/$defs/difference"},
          "description": "What follows from asking in another way."},
        "noise": {"$ref": "#/$defs/names", "description": "Facts that are new in each answer: times, ids."},
        "only_a": {"$ref": "#/$defs/names", "description": "Steps or targets that the other lacks."},
        "only_b": {"$ref": "#/$defs/names"}
      }
    },
    "side": {
      "type": "object",
      "required": ["name", "what", "at", "said"],
      "properties": {
        "name": {"type": "string"},
        "what": {"$ref": "#/$defs/text"},
        "at": {"$ref": "#/$defs/text"},
        "said": {"$ref": "#/$defs/text", "description": "The verdict, or the probe's summary."}
      }
    },
    "difference": {
      "type": "object",
      "required": ["layer", "step", "name", "a", "b"],
      "properties": {
        "layer": {"type": "string"},
        "step": {"$ref": "#/$defs/text"},
        "name": {"type": "string", "description": "A fact, or failure, address, outcome, verdict."},
        "a": {"type": "string"},
        "b": {"type": "string"}
      }
    })json";

inline constexpr std::string_view kExplainParts = R"json(
    "explanations": {
      "type": "object",
      "required": ["schema", "explained"],
      "properties": {
        "schema": {"const": 1},
        "explained": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["query", "exact", "matches", "nearest"],
            "properties": {
              "query": {"type": "string"},
              "exact": {"type": "boolean", "description": "false: the matches only have words in common with it."},
              "matches": {"type": "array", "items": {"$ref": "#/$defs/explanation"}},
              "nearest": {"$ref": "#/$defs/names", "description": "What may have been meant, when nothing matches."}
            }
          }
        }
      }
    },
    "explanation": {
      "type": "object",
      "required": ["kind", "name", "means"],
      "properties": {
        "kind": {"enum": ["failure", "code", "cause"]},
        "name": {"type": "string", "description": "Of a cause family/scenario#cause."},
        "means": {"type": "string"},
        "often": {"$ref": "#/$defs/names", "description": "What a failure usually comes from, the likeliest first."},
        "next": {
          "type": "array",
          "description": "What tells more.",
          "items": {
            "type": "object",
            "required": ["probe", "what"],
            "properties": {"probe": {"$ref": "#/$defs/text"}, "what": {"type": "string"}}
          }
        },
        "outcomes": {
          "type": "array",
          "description": "Outcomes of playbooks that look at this failure, or speak for this cause.",
          "items": {
            "type": "object",
            "required": ["playbook", "step", "outcome"],
            "properties": {
              "playbook": {"type": "string"},
              "step": {"type": "string"},
              "outcome": {"type": "string"}
            }
          }
        },
        "family": {"type": "string"},
        "seen_in": {"$ref": "#/$defs/text"},
        "do": {"$ref": "#/$defs/text"},
        "causes": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["ref", "title"],
            "properties": {"ref": {"type": "string"}, "title": {"$ref": "#/$defs/text"}}
          }
        },
        "explain": {"$ref": "#/$defs/text"},
        "see": {"$ref": "#/$defs/text"},
        "workaround": {"$ref": "#/$defs/names"},
        "fix": {"$ref": "#/$defs/text"},
        "docs": {"$ref": "#/$defs/names"}
      }
    },
    "known": {
      "type": "object",
      "description": "With --list.",
      "required": ["schema", "failures", "codes"],
      "properties": {
        "schema": {"const": 1},
        "failures": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["name", "means"],
            "properties": {"name": {"type": "string"}, "means": {"type": "string"}}
          }
        },
        "codes": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["name", "family", "means"],
            "properties": {"name": {"type": "string"}, "family": {"type": "string"}, "means": {"type": "string"}}
          }
        }
      }
    })json";

}  // namespace aztriage::report
