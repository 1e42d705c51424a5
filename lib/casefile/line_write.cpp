#include "casefile/line.h"
#include "casefile/place_names.h"
#include "engine/vantage.h"
#include "fact/json.h"

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace aztriage::casefile {
namespace {

using engine::Event;
using engine::EventKind;
using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json flag_or_null(const std::optional<bool>& flag) {
  return flag ? Json(*flag) : Json(nullptr);
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void add_outcome(Json& out, const Event& event) {
  out["step"] = event.name;
  out["state"] = event.state;
  out["outcome"] = text_or_null(event.value);
  out["fine"] = flag_or_null(event.flag);
  out["symptom"] = event.symptom;
  out["say"] = text_or_null(event.text);
  out["reason"] = text_or_null(event.reason);
  out["by"] = text_or_null(event.by);
  out["took_ms"] = event.took.count();
}

void add_verdict(Json& out, const Event& event) {
  out["verdict"] = event.value;
  out["reason"] = text_or_null(event.reason);
  out["symptom"] = text_or_null(event.state);
  out["cause"] = text_or_null(event.name);
  out["probability"] = event.probability;
  out["confirmed"] = event.flag.value_or(false);
  out["text"] = text_or_null(event.text);
}

void add_observation(Json& out, const Event& event) {
  out["step"] = event.name;
  out["by"] = event.by;
  out["took_ms"] = event.took.count();
  if (event.early) out["early"] = true;
  if (event.pasted) out["pasted"] = true;
  if (event.flag) out["beside"] = *event.flag;
  if (!event.reason.empty()) out["reason"] = event.reason;
  if (!event.text.empty()) out["text"] = event.text;
}

void add_answer(Json& out, const Event& event) {
  out["step"] = event.name;
  out["outcome"] = text_or_null(event.value);
  out["by"] = event.by;
}

Json host_to_json(const engine::HostSign& sign) {
  Json out = Json::object();
  out["host"] = sign.host;
  out["reference"] = sign.reference;
  if (!sign.untrusted_issuer.empty()) out["untrusted_issuer"] = sign.untrusted_issuer;
  if (sign.clock_offset) out["clock_offset"] = *sign.clock_offset;
  out["name"] = name_of(sign.name);
  return out;
}

Json place_to_json(const engine::PlaceSigns& place) {
  Json out = Json::object();
  out["servers"] = place.servers;
  out["silent"] = place.silent;
  out["portal"] = place.portal ? Json(*place.portal) : Json(nullptr);
  out["hosts"] = Json::array();
  for (const auto& sign : place.hosts) out["hosts"].push_back(host_to_json(sign));
  out["recorded"] = Json::array();
  for (const auto kind : place.recorded) out["recorded"].push_back(engine::name_of(kind));
  return out;
}

void add_members(Json& out, const Event& event) {
  switch (event.kind) {
    case EventKind::vantage:
      out["took_ms"] = event.took.count();
      if (event.place) out["place"] = place_to_json(*event.place);
      return;
    case EventKind::observation:
    case EventKind::paste:
      return add_observation(out, event);
    case EventKind::outcome:
      return add_outcome(out, event);
    case EventKind::answer:
      return add_answer(out, event);
    case EventKind::skip:
    case EventKind::ask_again:
      out["step"] = event.name;
      return;
    case EventKind::consent:
      out["step"] = event.name;
      out["command"] = text_or_null(event.text);
      return;
    case EventKind::input:
      out["input"] = event.name;
      out["value"] = event.value;
      out["hidden"] = event.flag.value_or(false);
      return;
    case EventKind::undo:
    case EventKind::more:
      return;
    case EventKind::again:
      out["steps"] = event.steps;
      return;
    case EventKind::unpin:
    case EventKind::round:
    case EventKind::attempt:
      out["cause"] = event.name;
      return;
    case EventKind::pin:
      out["cause"] = event.name;
      out["certain"] = event.flag.value_or(false);
      return;
    case EventKind::trial:
      out["cause"] = event.name;
      out["gone"] = event.flag.value_or(false);
      return;
    case EventKind::confirmed:
      out["confirmed"] = event.flag.value_or(false);
      return;
    case EventKind::note:
      out["text"] = event.text;
      return;
    case EventKind::ask:
      out["step"] = text_or_null(event.name);
      out["text"] = text_or_null(event.text);
      return;
    case EventKind::shell:
      out["shell"] = event.value;
      return;
    case EventKind::hand_over:
      out["for"] = event.value;
      return;
    case EventKind::verdict:
      return add_verdict(out, event);
    case EventKind::stop:
      out["why"] = event.value;
      return;
    case EventKind::resume:
      out["pid"] = ::getpid();
      return;
    case EventKind::end:
      out["why"] = event.value;
      out["code"] = event.code;
      return;
  }
}

/// The observation is spliced in as it is, since reading it again only to write it takes its time.
std::string with_observation(const std::string& object, const fact::Observation& observation) {
  return object.substr(0, object.size() - 1) + ",\"observation\":" + fact::to_json(observation) + "}";
}

}  // namespace

std::string to_line(const Event& event) {
  Json out = Json::object();
  out["event"] = engine::name_of(event.kind);
  out["at"] = to_rfc3339(event.at);
  add_members(out, event);
  if (!event.observation) return dump(out);
  auto line = with_observation(dump(out), *event.observation);
  if (line.size() <= kMostLine) return line;
  out["cut"] = true;
  out.erase("text");
  line = with_observation(dump(out), *event.observation);
  if (line.size() <= kMostLine) return line;
  auto observation = *event.observation;
  observation.tries.clear();
  line = with_observation(dump(out), observation);
  return line.size() <= kMostLine ? line : dump(out);
}

std::string to_line(const Header& header, const engine::Start& start) {
  Json out = Json::object();
  out["event"] = "start";
  out["at"] = to_rfc3339(start.at);
  out["schema"] = kSchema;
  out["id"] = header.id;
  out["tool"] = header.tool;
  out["mode"] = header.mode;
  out["ticket"] = text_or_null(header.ticket);
  out["pid"] = ::getpid();
  out["playbook"] = start.playbook;
  out["playbook_digest"] = start.digest;
  out["playbook_origin"] = start.origin;
  out["built_in"] = start.built_in;
  out["inputs"] = Json::object();
  for (const auto& [name, value] : start.inputs) out["inputs"][name] = value;
  out["hidden"] = start.hidden;
  out["here"] = start.here;
  out["cloud"] = start.cloud;
  out["interactive"] = start.interactive;
  out["allow_intrusive"] = start.allow_intrusive;
  out["trust_overlay"] = start.trust_overlay;
  out["reference"] = start.reference;
  out["allow_commands"] = start.allow_commands;
  out["timeout_ms"] = start.timeout.count();
  out["playbook_text"] = start.text;
  return dump(out);
}

}  // namespace aztriage::casefile
