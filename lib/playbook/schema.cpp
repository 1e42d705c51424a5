#include "playbook/keys.h"
#include "playbook/load.h"

#include <nlohmann/json.hpp>

namespace aztriage::playbook {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kNamePattern = "^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$";
constexpr const char* kInputPattern = "^[a-z]([a-z0-9_]{0,58}[a-z0-9])?$";

Json scalar() {
  return {{"type", {"string", "number", "boolean"}}};
}
Json name() {
  return {{"type", "string"}, {"pattern", kNamePattern}};
}

Json one_or_list(const Json& item) {
  return {{"anyOf", {item, {{"type", "array"}, {"items", item}, {"minItems", 1}}}}};
}

Json word(std::span<const std::string_view> words) {
  Json out = {{"enum", Json::array()}};
  for (const std::string_view w : words) out["enum"].push_back(w);
  return out;
}

std::string def_name(Place place) {
  std::string out(place_name(place));
  out = out.substr(out.rfind(' ') + 1);
  std::erase(out, '\'');
  return out;
}
Json reference(Place place) {
  return {{"$ref", "#/$defs/" + def_name(place)}};
}

Json number(const KeySpec& key) {
  Json out = {{"type", "number"}};
  if (key.least > -std::numeric_limits<double>::infinity()) out["minimum"] = key.least;
  if (key.most < std::numeric_limits<double>::infinity()) out["maximum"] = key.most;
  return out;
}

Json given() {
  const Json chance = {
      {"anyOf",
       {{{"enum", {"always", "usually", "sometimes", "rarely", "never", "certain", "impossible"}}},
        {{"type", "number"}, {"minimum", 0}, {"maximum", 1}}}}};
  return {{"type", "object"}, {"required", {"otherwise"}}, {"additionalProperties", chance}};
}

Json named_maps(const KeySpec& key) {
  const bool input = key.child == Place::input;
  Json value = reference(key.child);
  if (input) value = {{"anyOf", {reference(key.child), {{"type", "null"}}}}};
  return {{"type", "object"},
          {"propertyNames", {{"pattern", input ? kInputPattern : kNamePattern}}},
          {"additionalProperties", value}};
}

Json facts() {
  const KeySpec& type = keys_of(Place::capture).front();
  return {{"type", "object"},
          {"additionalProperties", {{"anyOf", {word(type.words), reference(Place::capture)}}}}};
}

Json value_of(const KeySpec& key) {
  switch (key.shape) {
    case Shape::text:
    case Shape::filled:
      return scalar();
    case Shape::name:
      return name();
    case Shape::word:
      return word(key.words);
    case Shape::flag:
      return {{"type", "boolean"}};
    case Shape::number:
      return number(key);
    case Shape::duration:
      return {{"type", {"string", "number"}}};
    case Shape::date:
      return {{"type", "string"}, {"format", "date"}};
    case Shape::texts:
      return one_or_list(scalar());
    case Shape::names:
      return one_or_list(name());
    case Shape::numbers:
      return one_or_list(number(key));
    case Shape::arguments:
      return one_or_list(scalar());
    case Shape::map:
      return reference(key.child);
    case Shape::maps:
      return one_or_list(reference(key.child));
    case Shape::named_maps:
      return named_maps(key);
    case Shape::condition:
    case Shape::params:
      return {{"type", "object"}, {"minProperties", 1}};
    case Shape::given:
      return given();
    case Shape::reader:
      return {{"anyOf",
               {{{"type", "string"}}, {{"type", "object"}, {"minProperties", 1}, {"maxProperties", 1}}}}};
    case Shape::facts:
      return facts();
    case Shape::requires_:
      return {{"type", "object"}, {"minProperties", 1}, {"additionalProperties", one_or_list(name())}};
    case Shape::suffix_map:
      return {{"type", "object"}, {"additionalProperties", one_or_list({{"type", "string"}})}};
  }
  return Json::object();
}

Json object_of(Place place) {
  Json out = {{"type", "object"}, {"additionalProperties", false}, {"properties", Json::object()}};
  Json required = Json::array();
  for (const KeySpec& key : keys_of(place)) {
    Json value = value_of(key);
    value["description"] = key.help;
    out["properties"][std::string(key.name)] = std::move(value);
    if (key.required) required.push_back(key.name);
  }
  if (!required.empty()) out["required"] = std::move(required);
  if (place == Place::step) {
    out["oneOf"] = Json::array();
    for (const char* kind : {"probe", "question", "command", "of"})
      out["oneOf"].push_back({{"required", {kind}}});
  }
  return out;
}

}  // namespace

std::string playbook_schema() {
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "aztriage playbook, format 1"}};
  schema.update(object_of(Place::playbook));
  schema["properties"]["format"]["const"] = 1;
  for (const Place place : {Place::input, Place::cause, Place::workaround, Place::escalate, Place::step,
                            Place::command, Place::repeat, Place::outcome, Place::capture}) {
    schema["$defs"][def_name(place)] = object_of(place);
  }
  return schema.dump(2) + "\n";
}

}  // namespace aztriage::playbook
