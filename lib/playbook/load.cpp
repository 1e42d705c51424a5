#include "playbook/load.h"

#include "base/sha256.h"
#include "base/suggest.h"
#include "base/text.h"
#include "playbook/loading.h"
#include "playbook/yaml_reader.h"

#include <algorithm>
#include <set>

namespace aztriage::playbook {
namespace {

using source::Code;
using source::Diagnostics;
using source::Node;
using source::Within;

void load_head(Loading& loading, const Fields& fields, const Node& root) {
  Playbook& playbook = loading.playbook;
  if (const auto format = fields.number("format"); format && *format != 1) {
    loading.diagnostics.error(Code::P016, fields.get("format")->span,
                              "unknown format " + quoted(fields.text("format")),
                              {"this version reads format 1"});
  }
  playbook.title = fields.text("title");
  playbook.summary = fields.text("summary");
  playbook.reviewed = fields.text("reviewed");
  playbook.symptoms = fields.texts("symptoms");
  playbook.unlisted = fields.number("unlisted").value_or(playbook.unlisted);
  if (playbook.reviewed.empty() && playbook.built_in && root.find("reviewed") == nullptr) {
    loading.diagnostics.error(Code::P015, root.span, "a built-in playbook needs 'reviewed'",
                              {"add the day on which it was checked against the product"});
  }
  if (text::contains(playbook.title, "\n")) {
    loading.diagnostics.error(Code::P014, fields.get("title")->span, "'title' has more than one line",
                              {"put the rest into 'summary'"});
  }
}

}  // namespace

std::string quoted(std::string_view text) {
  return "'" + text::printable(text, 80) + "'";
}

std::string near_or(std::string_view word, const std::vector<std::string>& known, std::string fallback) {
  std::string hint = did_you_mean(word, known);
  return hint.empty() ? std::move(fallback) : hint;
}

std::vector<const Node::Entry*> named_entries(const Node& map, std::string_view what, bool underscores,
                                              std::size_t most, Diagnostics& diagnostics) {
  std::vector<const Node::Entry*> entries;
  for (const Node::Entry& entry : map.entries) {
    if (!is_name(entry.key, underscores)) {
      diagnostics.error(Code::P017, entry.key_span,
                        "not a usable name for " + std::string(what) + ": " + quoted(entry.key),
                        {underscores ? "use lower-case words joined by underscores, at most 60 characters"
                                     : "use lower-case words joined by hyphens, at most 60 characters"});
    } else if (entries.size() == most) {
      diagnostics.error(Code::P004, entry.key_span,
                        "more than " + std::to_string(most) + " of these: " + std::string(what),
                        {"split the playbook"});
      break;
    } else {
      entries.push_back(&entry);
    }
  }
  return entries;
}

int Loading::step_index(std::string_view id) const {
  const auto found = names.step_of.find(id);
  return found == names.step_of.end() ? -1 : found->second;
}

std::vector<std::string> Loading::step_ids() const {
  std::vector<std::string> ids;
  for (const Step& step : playbook.steps) ids.push_back(step.id);
  return ids;
}

std::vector<std::string> Loading::cause_ids() const {
  std::vector<std::string> ids;
  for (const Cause& cause : playbook.causes) ids.push_back(cause.id);
  return ids;
}

int Loading::need_step(const Node& name) {
  const std::string id(text::trim(name.text));
  const int index = step_index(id);
  if (index < 0) {
    diagnostics.error(Code::P032, name.span, "unknown step " + quoted(id),
                      {near_or(id, step_ids(), "steps are the keys under 'steps'")});
  }
  return index;
}

Template parse_filled(Loading& loading, const Node& node, const FillRules& rules) {
  const NameScope scope(loading.names, rules.step, rules.facts);
  Template filled = Template::parse(node, scope, rules.own, loading.diagnostics);
  if (rules.secret) return filled;
  for (const match::Reference* reference : filled.references()) {
    if (reference->target.from != match::Resolved::From::input) continue;
    const auto input = loading.names.inputs.find(reference->target.name);
    if (input == loading.names.inputs.end() || !input->second->secret) continue;
    loading.diagnostics.error(
        Code::P038, reference->span,
        "the secret input " + quoted(input->first) + " can't stand in " + std::string(rules.what),
        {"give it to a parameter that its probe declares secret"});
  }
  return filled;
}

std::optional<Playbook> load(const source::Source& source, std::string_view id, const World& world,
                             Diagnostics& diagnostics) {
  const int errors_before = diagnostics.error_count();
  const Within within(diagnostics, "in playbook " + quoted(id));
  const Node root = read_yaml(source, diagnostics);
  if (root.kind == Node::Kind::missing) return std::nullopt;
  if (root.kind != Node::Kind::map) {
    diagnostics.error(Code::P013, root.span, "a playbook is a map, not " + std::string(kind_text(root)),
                      {"begin with 'format: 1' and 'title: ...'"});
    return std::nullopt;
  }

  Loading loading{.world = world,
                  .diagnostics = diagnostics,
                  .playbook = {},
                  .names = {},
                  .cause_of = {},
                  .step_fields = {},
                  .step_nodes = {},
                  .cause_fields = {}};
  Playbook& playbook = loading.playbook;
  playbook.id = id;
  playbook.family = id.substr(0, id.find('/'));
  playbook.built_in = world.built_in;
  playbook.origin = world.built_in ? "built in" : source.name();
  playbook.text = source.text();
  playbook.digest = sha256_hex(source.text());
  loading.names.clouds = &world.clouds;
  loading.names.vantage.emplace("vantage");
  loading.names.vantage->add(world.vocabulary.vantage);

  const Fields fields(root, Place::playbook, diagnostics);
  load_head(loading, fields, root);
  if (const Node* inputs = fields.get("inputs")) load_inputs(loading, *inputs);
  outline_causes(loading, fields.get("causes"));
  outline_steps(loading, fields.get("steps"));
  load_steps(loading);
  load_causes(loading);
  find_waits(loading);
  validate(loading);

  diagnostics.sort_by_position();
  if (diagnostics.error_count() > errors_before) return std::nullopt;
  return std::move(loading.playbook);
}

int Playbook::cause_index(std::string_view wanted) const {
  const auto at =
      std::find_if(causes.begin(), causes.end(), [&](const Cause& cause) { return cause.id == wanted; });
  return at == causes.end() ? -1 : static_cast<int>(at - causes.begin());
}

int Playbook::step_index(std::string_view wanted) const {
  const auto at =
      std::find_if(steps.begin(), steps.end(), [&](const Step& step) { return step.id == wanted; });
  return at == steps.end() ? -1 : static_cast<int>(at - steps.begin());
}

}  // namespace aztriage::playbook
