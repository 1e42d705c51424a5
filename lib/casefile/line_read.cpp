#include "base/text.h"
#include "casefile/line.h"
#include "casefile/place_names.h"
#include "engine/vantage.h"
#include "fact/json.h"

#include <cmath>

#include <nlohmann/json.hpp>

namespace aztriage::casefile {
namespace {

using engine::Event;
using engine::EventKind;
using Json = nlohmann::ordered_json;

constexpr int kMostLevels = 32;

constexpr std::int64_t kMostTook = std::int64_t{366} * 24 * 3600 * 1000;
constexpr std::string_view kBeginning = "{\"event\":\"";

// A member of a wrong type counts as not there: the text is hostile.
const Json* member(const Json& json, const char* key) {
  const auto it = json.find(key);
  return it == json.end() ? nullptr : &*it;
}

Result<Json> parse_line(std::string_view line) {
  if (line.size() > kMostLine) return failed("it is longer than 8 MiB");
  if (fact::deeper_than(line, kMostLevels)) return failed("it has more than 32 levels");
  auto json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded() || !json.is_object()) return failed("it is no JSON object");
  return json;
}

std::string text_of(const Json& json, const char* key) {
  const auto* value = member(json, key);
  return value && value->is_string() ? value->get<std::string>() : std::string();
}

bool flag_of(const Json& json, const char* key) {
  const auto* value = member(json, key);
  return value && value->is_boolean() && value->get<bool>();
}

double number_of(const Json& json, const char* key) {
  const auto* value = member(json, key);
  if (!value || !value->is_number()) return 0;
  const double number = value->get<double>();
  return std::isfinite(number) ? number : 0;
}

std::int64_t count_of(const Json& json, const char* key, std::int64_t most) {
  const double number = number_of(json, key);
  if (number <= 0) return 0;
  return number >= static_cast<double>(most) ? most : static_cast<std::int64_t>(number);
}

std::vector<std::string> texts_of(const Json& json, const char* key) {
  std::vector<std::string> texts;
  const auto* value = member(json, key);
  if (!value || !value->is_array()) return texts;
  for (const auto& item : *value) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

std::optional<bool> flag_or_none(const Json& json, const char* key) {
  const auto it = json.find(key);
  return it != json.end() && it->is_boolean() ? std::optional(it->get<bool>()) : std::nullopt;
}

UtcTime time_of(const Json& json) {
  return parse_rfc3339(text_of(json, "at")).value_or(UtcTime{});
}

engine::PlaceSigns place_from_json(const Json& json) {
  engine::PlaceSigns place;
  if (!json.is_object()) return place;
  place.servers = texts_of(json, "servers");
  place.silent = texts_of(json, "silent");
  if (json.contains("portal") && json["portal"].is_boolean()) place.portal = json["portal"].get<bool>();
  if (json.contains("hosts") && json["hosts"].is_array()) {
    for (const auto& each : json["hosts"]) {
      if (!each.is_object()) continue;
      engine::HostSign sign;
      sign.host = text_of(each, "host");
      sign.reference = flag_of(each, "reference");
      sign.untrusted_issuer = text_of(each, "untrusted_issuer");
      if (each.contains("clock_offset")) sign.clock_offset = number_of(each, "clock_offset");
      sign.name = name_from(text_of(each, "name"));
      place.hosts.push_back(std::move(sign));
    }
  }
  using enum playbook::Vantage;
  for (const auto& text : texts_of(json, "recorded")) {
    for (const auto kind : {clock, resolver, inspection, portal, proxy}) {
      if (engine::name_of(kind) == text) place.recorded.push_back(kind);
    }
  }
  return place;
}

void read_outcome(const Json& json, Event& event) {
  event.state = text_of(json, "state");
  event.value = text_of(json, "outcome");
  event.flag = flag_or_none(json, "fine");
  event.symptom = flag_of(json, "symptom");
  event.text = text_of(json, "say");
  event.reason = text_of(json, "reason");
}

void read_verdict(const Json& json, Event& event) {
  event.value = text_of(json, "verdict");
  event.reason = text_of(json, "reason");
  event.state = text_of(json, "symptom");
  event.name = text_of(json, "cause");
  event.probability = number_of(json, "probability");
  event.flag = flag_of(json, "confirmed");
  event.text = text_of(json, "text");
}

Result<void> read_observation(const Json& json, const Declared& declared, Event& event) {
  event.early = flag_of(json, "early");
  event.pasted = flag_of(json, "pasted");
  event.flag = flag_or_none(json, "beside");
  event.reason = text_of(json, "reason");
  event.text = text_of(json, "text");
  const auto it = json.find("observation");
  if (it == json.end()) return {};
  const bool pasted = event.by == "paste" || (event.by == "given" && event.pasted);
  auto observation =
      fact::from_json(it->dump(-1, ' ', false, Json::error_handler_t::replace),
                      declared ? declared(event.name, pasted) : std::vector<fact::FactSpec>{}, kMostLine);
  if (!observation) return tl::unexpected<Error>(observation.error());
  event.observation = std::move(*observation);
  return {};
}

Result<void> read_members(const Json& json, const Declared& declared, Event& event) {
  switch (event.kind) {
    case EventKind::vantage:
      event.place = place_from_json(json.value("place", Json::object()));
      return {};
    case EventKind::observation:
    case EventKind::paste:
      return read_observation(json, declared, event);
    case EventKind::outcome:
      read_outcome(json, event);
      return {};
    case EventKind::answer:
      event.value = text_of(json, "outcome");
      return {};
    case EventKind::input:
      event.name = text_of(json, "input");
      event.value = text_of(json, "value");
      event.flag = flag_of(json, "hidden");
      return {};
    case EventKind::again:
      event.steps = texts_of(json, "steps");
      return {};
    case EventKind::unpin:
    case EventKind::round:
    case EventKind::attempt:
      event.name = text_of(json, "cause");
      return {};
    case EventKind::pin:
      event.name = text_of(json, "cause");
      event.flag = flag_of(json, "certain");
      return {};
    case EventKind::trial:
      event.name = text_of(json, "cause");
      event.flag = flag_of(json, "gone");
      return {};
    case EventKind::confirmed:
      event.flag = flag_of(json, "confirmed");
      return {};
    case EventKind::note:
    case EventKind::ask:
      event.text = text_of(json, "text");
      return {};
    case EventKind::verdict:
      read_verdict(json, event);
      return {};
    case EventKind::stop:
    case EventKind::end:
      event.value = text_of(json, "why");
      event.code = static_cast<int>(count_of(json, "code", 255));
      return {};
    case EventKind::consent:
      event.text = text_of(json, "command");
      return {};
    case EventKind::shell:
      event.value = text_of(json, "shell");
      return {};
    case EventKind::hand_over:
      event.value = text_of(json, "for");
      return {};
    case EventKind::skip:
    case EventKind::ask_again:
    case EventKind::undo:
    case EventKind::more:
    case EventKind::resume:
      return {};
  }
  return {};
}

}  // namespace

std::string_view kind_of_line(std::string_view line) {
  if (!line.starts_with(kBeginning)) return {};
  const auto end = line.find('"', kBeginning.size());
  return end == line.npos ? std::string_view() : line.substr(kBeginning.size(), end - kBeginning.size());
}

Result<ReadEvent> read_event(std::string_view line, const Declared& declared) {
  const auto json = parse_line(line);
  if (!json) return tl::unexpected<Error>(json.error());
  const auto word = text_of(*json, "event");
  const auto kind = engine::event_from_name(word);
  if (!kind) return failed("'" + text::printable(word, 40) + "' is no event that this version knows");
  ReadEvent read;
  auto& event = read.event;
  event.kind = *kind;
  event.at = time_of(*json);
  event.name = text_of(*json, "step");
  event.by = text_of(*json, "by");
  event.took = Milliseconds(count_of(*json, "took_ms", kMostTook));
  read.cut = flag_of(*json, "cut");
  read.pid = static_cast<int>(count_of(*json, "pid", 1 << 30));
  if (auto members = read_members(*json, declared, event); !members)
    return tl::unexpected<Error>(members.error());
  return read;
}

Result<Begin> read_begin(std::string_view line) {
  const auto json = parse_line(line);
  if (!json) return tl::unexpected<Error>(json.error());
  if (text_of(*json, "event") != "start") return failed("a case begins with the event 'start'");
  Begin begin;
  begin.header.schema = static_cast<int>(count_of(*json, "schema", 1 << 20));
  if (begin.header.schema < 1) return failed("it does not say which schema it has");
  if (begin.header.schema > kSchema) {
    return failed("it has schema " + std::to_string(begin.header.schema) + ", and this version reads up to " +
                      std::to_string(kSchema),
                  "read it with the version that wrote it, or a later one");
  }
  begin.header.id = text_of(*json, "id");
  begin.header.tool = text_of(*json, "tool");
  begin.header.mode = text_of(*json, "mode");
  begin.header.ticket = text_of(*json, "ticket");
  begin.header.pid = static_cast<int>(count_of(*json, "pid", 1 << 30));
  auto& start = begin.start;
  start.at = time_of(*json);
  start.playbook = text_of(*json, "playbook");
  start.digest = text_of(*json, "playbook_digest");
  start.origin = text_of(*json, "playbook_origin");
  start.text = text_of(*json, "playbook_text");
  start.built_in = flag_of(*json, "built_in");
  const auto inputs = json->find("inputs");
  if (inputs != json->end() && inputs->is_object()) {
    for (const auto& [name, value] : inputs->items()) {
      if (value.is_string()) start.inputs[name] = value.get<std::string>();
    }
  }
  for (auto& name : texts_of(*json, "hidden")) start.hidden.insert(std::move(name));
  start.here = text_of(*json, "here");
  start.cloud = text_of(*json, "cloud");
  start.interactive = flag_of(*json, "interactive");
  start.allow_intrusive = flag_of(*json, "allow_intrusive");
  start.trust_overlay = flag_of(*json, "trust_overlay");
  start.reference = flag_of(*json, "reference");
  for (auto& tool : texts_of(*json, "allow_commands")) start.allow_commands.insert(std::move(tool));
  start.timeout = Milliseconds(count_of(*json, "timeout_ms", kMostTook));
  if (start.playbook.empty() || start.text.empty()) return failed("it names no playbook, or lacks its text");
  return begin;
}

}  // namespace aztriage::casefile
