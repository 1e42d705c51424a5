#include "playbook/data.h"

#include "base/suggest.h"
#include "base/text.h"
#include "playbook/expression.h"
#include "playbook/input_type.h"
#include "playbook/keys.h"
#include "playbook/names.h"
#include "playbook/yaml_reader.h"

#include <algorithm>

namespace aztriage::playbook {
namespace {

using source::Code;
using source::Diagnostics;
using source::Node;
using source::Source;
using source::Within;

constexpr std::string_view kClouds[] = {"public", "usgov", "china"};

std::string quoted(std::string_view s) {
  return "'" + text::printable(s, 80) + "'";
}

/// The root, when it is of the kind that the file needs.
std::optional<Node> read_root(const Source& source, Node::Kind kind, Diagnostics& diagnostics) {
  Node root = read_yaml(source, diagnostics);
  if (root.kind == kind) return root;
  if (root.kind != Node::Kind::missing) {
    diagnostics.error(Code::P013, root.span,
                      std::string("the file is ") + (kind == Node::Kind::map ? "a map" : "a list") +
                          ", not " + std::string(kind_text(root)));
  }
  return std::nullopt;
}

bool check_map(const Node::Entry& entry, std::string_view what, Diagnostics& diagnostics) {
  if (entry.value.kind == Node::Kind::map) return true;
  diagnostics.error(Code::P013, entry.key_span,
                    std::string(what) + " is a map, not " + std::string(kind_text(entry.value)));
  return false;
}

/// A value of the type, or nothing after a report.
std::optional<fact::Value> read_value(const Node& node, const fact::Type& type, Diagnostics& diagnostics) {
  if (node.kind != Node::Kind::scalar) {
    diagnostics.error(Code::P013, node.span,
                      "a single value is due here, not " + std::string(kind_text(node)));
    return std::nullopt;
  }
  auto value = fact::parse_value(text::trim(node.text), type);
  if (value) return *std::move(value);
  diagnostics.error(Code::P060, node.span, value.error().what, {value.error().hint});
  return std::nullopt;
}

void read_default(const Fields& fields, Input& input, Diagnostics& diagnostics) {
  const Node* node = fields.get("default");
  if (node == nullptr) return;
  const int errors = diagnostics.error_count();
  const Names none;
  Template value = Template::parse(*node, NameScope(none, -1, false), false, diagnostics);
  if (diagnostics.error_count() > errors) return;
  if (const auto parsed = parse_input(input, node->text); !parsed) {
    diagnostics.error(Code::P060, node->span, "'default': " + parsed.error().what, {parsed.error().hint});
    return;
  }
  input.default_value = std::move(value);
}

std::optional<Input> read_dictionary_entry(const Node::Entry& entry, Diagnostics& diagnostics) {
  if (!is_name(entry.key, true)) {
    diagnostics.error(Code::P017, entry.key_span, "not a usable name for an input: " + quoted(entry.key),
                      {"use lower-case words joined by underscores"});
    return std::nullopt;
  }
  if (!check_map(entry, "an input", diagnostics)) return std::nullopt;
  const Fields fields(entry.value, Place::dictionary, diagnostics);
  if (!fields.has("type")) return std::nullopt;
  Input input;
  input.name = entry.key;
  input.span = entry.key_span;
  input.ask = fields.text("ask");
  input.example = fields.text("example");
  input.secret = fields.flag("secret");
  const std::string type = fields.text("type");
  if ((type == "choice") != fields.has("choices")) {
    diagnostics.error(Code::P060, fields.key_span("type"), "'type: choice' and 'choices' belong together",
                      {type == "choice" ? "add 'choices'" : "write 'type: choice'"});
    return std::nullopt;
  }
  input.choices = fields.texts("choices");
  set_input_type(input, type);
  read_default(fields, input, diagnostics);
  return input;
}

Family::Layer layer_of(std::string_view word) {
  if (word == "edge") return Family::Layer::edge;
  if (word == "gateway") return Family::Layer::gateway;
  if (word == "app") return Family::Layer::app;
  return Family::Layer::service;
}

bool check_cloud(const Node::Entry& entry, Diagnostics& diagnostics) {
  if (std::find(std::begin(kClouds), std::end(kClouds), entry.key) != std::end(kClouds)) return true;
  diagnostics.error(Code::P060, entry.key_span, "unknown cloud " + quoted(entry.key),
                    {did_you_mean(entry.key, {std::begin(kClouds), std::end(kClouds)})});
  return false;
}

void read_suffixes(const Node& node, Family& family, Diagnostics& diagnostics) {
  for (const Node::Entry& entry : node.entries) {
    if (!check_cloud(entry, diagnostics)) continue;
    for (const Node* item : items_of(entry.value)) {
      if (const auto host = read_value(*item, {.kind = fact::Kind::host}, diagnostics)) {
        family.suffixes.push_back({entry.key, text::lower(host->as_text())});
      }
    }
  }
}

void read_marker(const Node& node, Family& family, Diagnostics& diagnostics) {
  const Fields fields(node, Place::marker, diagnostics);
  Family::Marker marker;
  marker.header = text::lower(fields.text("header"));
  marker.body = fields.has("body") ? fields.get("body")->text : "";
  marker.makes = fields.flag("makes");
  if (marker.header.empty() == marker.body.empty()) {
    diagnostics.error(Code::P060, node.span, "a marker is either a 'header' or a piece of the 'body'",
                      {"make two markers of it"});
    return;
  }
  if (const Node* matches = fields.get("matches")) {
    if (marker.header.empty()) {
      diagnostics.error(Code::P060, fields.key_span("matches"), "'matches' is for a header's value",
                        {"remove it"});
      return;
    }
    if (!check_expression(*matches, diagnostics)) return;
    marker.matches = matches->text;
  }
  family.markers.push_back(std::move(marker));
}

/// "front-door/5xx-from-edge#name-check".
bool is_cause_reference(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::size_t hash = text.find('#');
  if (slash == std::string_view::npos || hash == std::string_view::npos || hash < slash) return false;
  return is_name(text.substr(0, slash)) && is_name(text.substr(slash + 1, hash - slash - 1)) &&
         is_name(text.substr(hash + 1));
}

}  // namespace

const Input* InputDictionary::find(std::string_view name) const {
  const auto found =
      std::find_if(inputs.begin(), inputs.end(), [&](const Input& input) { return input.name == name; });
  return found == inputs.end() ? nullptr : &*found;
}

InputDictionary read_inputs(const Source& source, Diagnostics& diagnostics) {
  InputDictionary dictionary;
  const auto root = read_root(source, Node::Kind::map, diagnostics);
  if (!root) return dictionary;
  for (const Node::Entry& entry : root->entries) {
    const Within within(diagnostics, "in input " + quoted(entry.key));
    if (auto input = read_dictionary_entry(entry, diagnostics))
      dictionary.inputs.push_back(*std::move(input));
  }
  return dictionary;
}

Clouds read_clouds(const Source& source, Diagnostics& diagnostics) {
  Clouds clouds;
  const auto root = read_root(source, Node::Kind::map, diagnostics);
  if (!root) return clouds;
  for (const Node::Entry& cloud : root->entries) {
    const Within within(diagnostics, "in cloud " + quoted(cloud.key));
    if (!check_cloud(cloud, diagnostics) || !check_map(cloud, "a cloud", diagnostics)) continue;
    auto& entries = clouds.clouds[cloud.key];
    for (const Node::Entry& entry : cloud.value.entries) {
      if (!is_name(entry.key)) {
        diagnostics.error(Code::P017, entry.key_span, "not a usable name: " + quoted(entry.key),
                          {"use lower-case words joined by hyphens"});
      } else if (auto host = read_value(entry.value, {.kind = fact::Kind::host}, diagnostics)) {
        entries.insert_or_assign(entry.key, *std::move(host));
      }
    }
  }
  return clouds;
}

VantageData read_vantage(const Source& source, Diagnostics& diagnostics) {
  VantageData data;
  const auto root = read_root(source, Node::Kind::map, diagnostics);
  if (!root) return data;
  const Fields fields(*root, Place::vantage, diagnostics);
  for (const Node* item : fields.items("names")) {
    if (const auto host = read_value(*item, {.kind = fact::Kind::host}, diagnostics))
      data.names.push_back(host->as_text());
  }
  if (fields.has("names") && data.names.size() < 2) {
    diagnostics.error(Code::P060, fields.key_span("names"), "fewer than two reference hosts",
                      {"one host that is down would look like a broken network; name at least two"});
  }
  if (const Node* node = fields.get("portal")) {
    const Fields portal(*node, Place::portal, diagnostics);
    data.portal_expect = portal.text("expect");
    if (const Node* url = portal.get("url")) {
      const auto value = read_value(*url, {.kind = fact::Kind::url}, diagnostics);
      if (value && !value->as_text().starts_with("http://")) {
        diagnostics.error(Code::P060, url->span, "a captive portal shows on plain http only",
                          {"use an http:// address"});
      } else if (value) {
        data.portal_url = value->as_text();
      }
    }
  }
  return data;
}

Family read_family(const Source& source, std::string_view id, Diagnostics& diagnostics) {
  Family family;
  family.id = id;
  family.text = source.text();
  const auto root = read_root(source, Node::Kind::map, diagnostics);
  if (!root) return family;
  const Fields fields(*root, Place::family, diagnostics);
  family.title = fields.text("title");
  family.names = fields.texts("names");
  family.layer = layer_of(fields.text("layer"));
  if (const Node* suffixes = fields.get("suffixes")) read_suffixes(*suffixes, family, diagnostics);
  for (const Node* item : fields.items("ports")) {
    family.ports.push_back(static_cast<int>(fact::parse_value(item->text, fact::kPort)->as_number()));
  }
  for (const Node* item : fields.items("markers")) read_marker(*item, family, diagnostics);
  return family;
}

std::vector<CodeRow> read_codes(const Source& source, std::string_view family, Diagnostics& diagnostics) {
  std::vector<CodeRow> rows;
  const auto root = read_root(source, Node::Kind::list, diagnostics);
  if (!root) return rows;
  for (const Node& item : root->items) {
    if (item.kind != Node::Kind::map) {
      diagnostics.error(Code::P013, item.span, "an entry is a map, not " + std::string(kind_text(item)));
      continue;
    }
    const Fields fields(item, Place::code, diagnostics);
    CodeRow row{fields.text("code"), fields.text("seen-in"), fields.text("means"),
                fields.text("do"),   std::string(family),    {}};
    for (const Node* cause : fields.items("causes")) {
      if (is_cause_reference(cause->text)) {
        row.causes.push_back(cause->text);
      } else {
        diagnostics.error(Code::P060, cause->span, "not a cause of a playbook: " + quoted(cause->text),
                          {"write it as family/scenario#cause"});
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace aztriage::playbook
