#include "cli/playbook_view.h"

#include "base/text.h"
#include "cli/columns.h"
#include "playbook/yaml_reader.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace aztriage::cli {
namespace {

using Json = nlohmann::ordered_json;
using playbook::Playbook;
using source::Node;

bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto digits = [](std::string_view piece) {
    return !piece.empty() && piece.size() <= 15 && piece.find_first_not_of("0123456789") == piece.npos;
  };
  const auto dot = text.find('.');
  if (dot != text.npos) return digits(text.substr(0, dot)) && digits(text.substr(dot + 1));
  return digits(text) && (text.size() == 1 || text[0] != '0');
}

/// Plain `true`, `false` and numbers become what they look like; all other scalars are text.
Json to_json(const Node& node) {
  switch (node.kind) {
    case Node::Kind::missing:
      return nullptr;
    case Node::Kind::scalar:
      if (!node.quoted && (node.text == "true" || node.text == "false")) return node.text == "true";
      if (!node.quoted && is_number(node.text)) return Json::parse(node.text);
      return node.text;
    case Node::Kind::list: {
      Json list = Json::array();
      for (const auto& item : node.items) list.push_back(to_json(item));
      return list;
    }
    case Node::Kind::map: {
      Json map = Json::object();
      for (const auto& entry : node.entries) map[entry.key] = to_json(entry.value);
      return map;
    }
  }
  return nullptr;
}

/// A template as it is written.
std::string written(const match::Template& text) {
  std::string result;
  for (const auto& piece : text.pieces()) {
    if (!piece.reference) {
      result += piece.literal;
      continue;
    }
    const auto& target = piece.reference->target;
    std::string name = target.name;
    if (target.from == match::Resolved::From::cloud) name = "cloud." + name;
    if (!target.step.empty()) name = target.step + "." + name;
    if (!target.part.empty()) name += "." + target.part;
    result += "${" + name + (piece.reference->optional ? "?" : "") + "}";
  }
  return result;
}

Json input_json(const playbook::Input& input) {
  Json json;
  json["type"] = input.secret ? std::string("secret") : std::string(fact::kind_name(input.type.kind));
  json["ask"] = input.ask;
  json["optional"] = input.optional || input.default_value.has_value();
  json["default"] = input.default_value ? Json(written(*input.default_value)) : Json(nullptr);
  json["secret"] = input.secret;
  if (!input.example.empty()) json["example"] = input.example;
  if (!input.choices.empty()) json["choices"] = input.choices;
  return json;
}

std::string_view name_of(playbook::Seen seen) {
  switch (seen) {
    case playbook::Seen::very_common:
      return "very common";
    case playbook::Seen::common:
      return "common";
    case playbook::Seen::occasional:
      return "occasional";
    case playbook::Seen::rare:
      return "rare";
  }
  return {};
}

std::string how(const playbook::Step& step, const Playbook& playbook) {
  switch (step.kind) {
    case playbook::StepKind::probe:
      return "probe " + step.probe;
    case playbook::StepKind::question:
      return "question";
    case playbook::StepKind::command:
      return "command";
    case playbook::StepKind::of:
      return "of " + playbook.steps[static_cast<std::size_t>(step.of)].id;
  }
  return {};
}

std::string outcomes(const playbook::Step& step) {
  std::vector<std::string> names;
  for (const auto& outcome : step.outcomes) {
    names.push_back(outcome.name + (outcome.fine.value_or(false) ? " (fine)"
                                    : outcome.exact              ? " (exact)"
                                                                 : ""));
  }
  return text::join(names, ", ");
}

class Page {
 public:
  explicit Page(const Console& console) : console_(console) {}
  void title(std::string_view text) { text_ += "\n" + console_.paint(Style::strong, text) + "\n"; }
  void line(std::string_view text) { text_ += text::printable(text, 1000) + "\n"; }
  void row(std::string_view name, std::size_t width, std::string_view text) {
    text_ += "  " + padded(text::printable(name), width) + "  " + text::printable(text, 1000) + "\n";
  }
  std::string take() { return std::move(text_); }

 private:
  const Console& console_;
  std::string text_;
};

template <class List, class Name>
std::size_t widest(const List& list, Name name) {
  std::size_t width = 8;
  for (const auto& item : list) width = std::max(width, std::min<std::size_t>(name(item).size(), 30));
  return width;
}

void show_inputs(const Playbook& playbook, Page& page) {
  page.title("inputs");
  const auto width = widest(playbook.inputs, [](const auto& input) { return input.name; });
  for (const auto& input : playbook.inputs) {
    std::string text = input.secret ? "secret" : std::string(fact::kind_name(input.type.kind));
    if (!input.choices.empty()) text += " (" + text::join(input.choices, ", ") + ")";
    if (input.default_value) {
      text += ", default " + written(*input.default_value);
    } else {
      text += input.optional ? ", optional" : ", required";
    }
    if (!input.ask.empty()) text += ": " + input.ask;
    page.row(input.name, width, text);
  }
}

}  // namespace

std::string playbook_text(const Playbook& playbook, const Console& console) {
  Page page(console);
  page.line(playbook.id + ": " + playbook.title);
  if (!playbook.summary.empty()) page.line(playbook.summary);
  page.line((playbook.reviewed.empty() ? "" : "reviewed " + playbook.reviewed + ", ") + playbook.origin);
  if (!playbook.symptoms.empty()) {
    page.title("symptoms");
    for (const auto& symptom : playbook.symptoms) page.line("  " + symptom);
  }
  if (!playbook.inputs.empty()) show_inputs(playbook, page);

  page.title("steps");
  auto width = widest(playbook.steps, [](const auto& step) { return step.id; });
  for (const auto& step : playbook.steps) {
    page.row(step.id, width,
             padded(how(step, playbook), 20) + (step.symptom ? "(symptom) " : "") + outcomes(step));
  }
  page.title("causes");
  width = widest(playbook.causes, [](const auto& cause) { return cause.id; });
  for (const auto& cause : playbook.causes) {
    page.row(cause.id, width, padded(name_of(cause.seen), 12) + cause.title);
  }
  return page.take();
}

std::string playbook_json(const Playbook& playbook) {
  Json document;
  document["schema"] = 1;
  document["id"] = playbook.id;
  document["origin"] = playbook.origin;
  document["built_in"] = playbook.built_in;
  document["digest"] = playbook.digest;
  source::Diagnostics ignored;
  const Node node = playbook::read_yaml(source::Source(playbook.origin, playbook.text), ignored);
  const Json file = to_json(node);
  if (file.is_object()) {
    for (const auto& [key, value] : file.items()) document[key] = value;
  }
  auto& inputs = document["inputs"] = Json::object();
  for (const auto& input : playbook.inputs) inputs[input.name] = input_json(input);
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace aztriage::cli
