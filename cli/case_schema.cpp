#include "cli/case_schema.h"

namespace aztriage::cli {
namespace {

constexpr std::string_view kList = R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "aztriage case list with -o json, schema 1",
  "type": "object",
  "required": ["schema", "cases"],
  "properties": {
    "schema": {"const": 1},
    "cases": {"type": "array", "description": "Newest first.", "items": {
      "type": "object",
      "required": ["id", "at", "mode", "playbook", "inputs", "ticket", "verdict", "cause", "confirmed", "ended"],
      "properties": {
        "id": {"type": "string"},
        "at": {"type": "string", "format": "date-time", "description": "When it began, in UTC."},
        "mode": {"type": "string", "description": "walk or run"},
        "playbook": {"type": "string", "description": "The last one, where a walk went on in another."},
        "inputs": {"type": "object", "additionalProperties": {"type": "string"}},
        "ticket": {"type": ["string", "null"]},
        "verdict": {"type": ["string", "null"], "description": "null: it has come to none yet."},
        "cause": {"type": ["string", "null"]},
        "confirmed": {"type": "boolean"},
        "ended": {"type": "boolean", "description": "false: it runs, or was cut off."}
      }}}
  }
}
)json";

constexpr std::string_view kShow = R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "aztriage case show with -o json, schema 1",
  "type": "object",
  "required": ["schema", "case", "warnings", "events"],
  "properties": {
    "schema": {"const": 1},
    "case": {"type": "string"},
    "warnings": {"type": "array", "items": {"type": "string"}, "description": "What of it can't be read."},
    "events": {"type": "array", "description": "The lines of the file, as 'aztriage playbook schema --of case'.", "items": {
      "type": "object", "required": ["event"], "properties": {"event": {"type": "string"}}}}
  }
}
)json";

constexpr std::string_view kVerify = R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "aztriage case verify with -o json, schema 1",
  "type": "object",
  "required": ["schema", "case", "playbook", "cause", "verified", "interrupted"],
  "properties": {
    "schema": {"const": 1},
    "case": {"type": "string"},
    "playbook": {"type": "string"},
    "cause": {"type": "string"},
    "verified": {"enum": ["helped", "not-yet", "cannot-tell"]},
    "interrupted": {"type": "boolean"}
  }
}
)json";

}  // namespace

std::optional<std::string_view> case_schema(std::string_view of) {
  if (of == "case-list") return kList;
  if (of == "case-show") return kShow;
  if (of == "case-verify") return kVerify;
  return std::nullopt;
}

}  // namespace aztriage::cli
