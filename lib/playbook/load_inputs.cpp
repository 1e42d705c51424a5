#include "base/text.h"
#include "playbook/input_type.h"
#include "playbook/loading.h"

#include <algorithm>
#include <set>

namespace aztriage::playbook {
namespace {

using source::Code;
using source::Node;
using source::Within;

std::vector<std::string> names_of(const InputDictionary& dictionary) {
  std::vector<std::string> names;
  for (const Input& input : dictionary.inputs) names.push_back(input.name);
  return names;
}

/// What inputs.yaml says, or a text when the playbook is somebody's own.
Input from_dictionary(Loading& loading, const Node::Entry& entry) {
  Input input;
  if (const Input* known = loading.world.inputs.find(entry.key)) {
    input = *known;
  } else {
    set_input_type(input, "text");
    if (loading.world.built_in) {
      loading.diagnostics.error(
          Code::P034, entry.key_span, "unknown input " + quoted(entry.key),
          {near_or(entry.key, names_of(loading.world.inputs), "add it to playbooks/inputs.yaml")});
    }
  }
  input.name = entry.key;
  input.span = entry.key_span;
  return input;
}

void read_choices(Loading& loading, Input& input, const Fields& fields) {
  if (!fields.has("choices")) return;
  std::set<std::string> seen;
  for (const Node* item : fields.items("choices")) {
    if (!seen.insert(item->text).second) {
      loading.diagnostics.error(Code::P041, item->span,
                                "the choice " + quoted(item->text) + " stands there twice");
    }
  }
  if (input.secret) {
    loading.diagnostics.error(Code::P019, fields.key_span("choices"), "a secret has no choices");
    return;
  }
  input.choices = fields.texts("choices");
  set_input_type(input, "choice");
}

Input read_input(Loading& loading, const Node::Entry& entry) {
  Input input = from_dictionary(loading, entry);
  if (entry.value.kind == Node::Kind::missing) return input;  // `path:` takes everything from the dictionary
  if (entry.value.kind != Node::Kind::map) {
    loading.diagnostics.error(Code::P013, entry.value.span,
                              "an input is a map, not " + std::string(kind_text(entry.value)),
                              {"write it as {}"});
    return input;
  }
  const Fields fields(entry.value, Place::input, loading.diagnostics);
  if (fields.has("ask")) input.ask = fields.text("ask");
  if (fields.has("example")) input.example = fields.text("example");
  if (fields.has("optional")) input.optional = fields.flag("optional");
  read_choices(loading, input, fields);
  return input;
}

/// What a default becomes with samples in the place of its references; a host may be an address.
std::string sample_default(const Loading& loading, const Template& value, bool addresses) {
  std::string tried;
  for (const Template::Piece& piece : value.pieces()) {
    if (!piece.reference) {
      tried += piece.literal;
    } else if (piece.reference->target.from == match::Resolved::From::input &&
               piece.reference->target.part.empty()) {
      const Input& other = *loading.names.inputs.at(piece.reference->target.name);
      tried += addresses && other.type.kind == fact::Kind::host ? "192.0.2.1" : sample_of(other);
    } else {
      tried += "host.example";
    }
  }
  return tried;
}

/// A default that is a plain value is checked now; one with references when its parts are known. That of an
/// optional input has to fit for some values only.
void check_default(Loading& loading, const Input& input, const Node& node) {
  const Template& value = *input.default_value;
  const std::string tried = sample_default(loading, value, false);
  const auto parsed = parse_input(input, tried);
  if (parsed || (input.optional && parse_input(input, sample_default(loading, value, true)))) return;
  const std::string becomes = value.is_literal() ? "" : " (it becomes something like " + quoted(tried) + ")";
  loading.diagnostics.error(Code::P014, node.span, "'default': " + parsed.error().what + becomes,
                            {parsed.error().hint});
}

void read_default(Loading& loading, Input& input, const Node::Entry& entry) {
  const Node* node = entry.value.find("default");
  if (node == nullptr || node->kind != Node::Kind::scalar || text::trim(node->text).empty()) return;
  const int errors = loading.diagnostics.error_count();
  Template value =
      parse_filled(loading, *node,
                   {.step = -1, .own = false, .facts = false, .secret = input.secret, .what = "a default"});
  input.default_value = std::move(value);
  if (loading.diagnostics.error_count() == errors) check_default(loading, input, *node);
}

}  // namespace

void load_inputs(Loading& loading, const Node& node) {
  const auto entries = named_entries(node, "an input", true, kMaxInputs, loading.diagnostics);
  // Pointers into the list stay good, since it never grows again.
  loading.playbook.inputs.reserve(entries.size());
  for (const Node::Entry* entry : entries) {
    const Within within(loading.diagnostics, "in input " + quoted(entry->key));
    if (entry->key == "vantage" || entry->key == "cloud") {
      loading.diagnostics.error(Code::P048, entry->key_span, quoted(entry->key) + " has a meaning of its own",
                                {"rename the input"});
      continue;
    }
    Input& input = loading.playbook.inputs.emplace_back(read_input(loading, *entry));
    loading.names.inputs.emplace(input.name, &input);
  }
  for (const Node::Entry* entry : entries) {
    const auto found = loading.names.inputs.find(entry->key);
    if (found == loading.names.inputs.end()) continue;
    const Within within(loading.diagnostics, "in input " + quoted(entry->key));
    Input& input =
        loading.playbook.inputs[static_cast<std::size_t>(found->second - loading.playbook.inputs.data())];
    read_default(loading, input, *entry);
  }
}

}  // namespace aztriage::playbook
