#include "base/text.h"
#include "playbook/expression.h"
#include "playbook/loading.h"

#include <algorithm>
#include <array>

namespace aztriage::playbook {
namespace {

using fact::FactSpec;
using fact::Kind;
using source::Code;
using source::Node;
using source::Within;

constexpr std::array kPastedFacts = {FactSpec{"text", {.kind = Kind::text}, "what was pasted or printed"}};
constexpr std::array kCommandFacts = {FactSpec{"errors", {.kind = Kind::text}, "the end of standard error"},
                                      FactSpec{"exit", {.kind = Kind::number}, "the command's exit code"}};

std::vector<std::string> probe_names(const Vocabulary& vocabulary) {
  std::vector<std::string> names;
  for (const ProbeEntry& probe : vocabulary.probes) names.emplace_back(probe.name);
  return names;
}

/// Sets the step's kind; false when it has none.
bool read_kind(Loading& loading, Step& step, const Node& node) {
  struct Row {
    std::string_view key;
    StepKind kind;
  };
  static constexpr Row kRows[] = {{"probe", StepKind::probe},
                                  {"question", StepKind::question},
                                  {"command", StepKind::command},
                                  {"of", StepKind::of}};
  const Row* first = nullptr;
  for (const Row& row : kRows) {
    if (node.find(row.key) == nullptr) continue;
    if (first == nullptr) {
      first = &row;
      step.kind = row.kind;
      continue;
    }
    const auto entry = std::find_if(node.entries.begin(), node.entries.end(),
                                    [&](const Node::Entry& e) { return e.key == row.key; });
    loading.diagnostics.error(Code::P019, entry->key_span,
                              quoted(row.key) + " stands beside " + quoted(first->key) + " in one step",
                              {"make two steps of it"});
  }
  if (first != nullptr) return true;
  loading.diagnostics.error(Code::P015, step.span, "a step needs one of 'probe', 'question', 'command', 'of'",
                            {"say how the step looks"});
  return false;
}

/// Parameters that will have several values are fields of the records in `tries`.
void note_varied(StepNames& names, const ProbeEntry& probe, const Node* with) {
  if (with == nullptr) return;
  for (const Node::Entry& entry : with->entries) {
    const auto spec = std::find_if(probe.params.begin(), probe.params.end(),
                                   [&](const fact::ParamSpec& p) { return p.name == entry.key; });
    if (spec == probe.params.end() || spec->map || spec->list) continue;
    const bool sole = entry.value.text.starts_with("${") && entry.value.text.ends_with("}");
    if (entry.value.kind == Node::Kind::list || sole) names.vary(entry.key, spec->type);
  }
}

void outline_probe(Loading& loading, Step& step, const Fields& fields, StepNames& names) {
  const Node* node = fields.get("probe");
  if (node == nullptr) return;
  step.probe = fields.text("probe");
  const ProbeEntry* probe = loading.world.vocabulary.probe(step.probe);
  if (probe == nullptr) {
    loading.diagnostics.error(Code::P012, node->span, "unknown probe " + quoted(step.probe),
                              {near_or(step.probe, probe_names(loading.world.vocabulary),
                                       "`aztriage probe --help` lists the probes")});
    return;
  }
  step.intrusive = probe->intrusive;
  names.add(probe->facts);
  names.add(fact::head_facts());
  names.add(fact::tries_facts());
  names.refine("failure.operation", {.kind = Kind::choice, .words = probe->operations});
  note_varied(names, *probe, fields.get("with"));
}

void outline_reader(Loading& loading, Step& step, const Fields& fields, StepNames& names) {
  const Node* node = fields.get("read");
  if (node == nullptr) return;
  const bool plain = node->kind == Node::Kind::scalar;
  if (!plain && node->entries.size() != 1) {
    loading.diagnostics.error(Code::P013, node->span, "'read' takes one reader",
                              {"write it as {reader: {parameter: value}}"});
    return;
  }
  const std::string name = plain ? node->text : node->entries[0].key;
  const ReaderEntry* reader = loading.world.vocabulary.reader(name);
  if (reader == nullptr) {
    std::vector<std::string> known;
    for (const ReaderEntry& entry : loading.world.vocabulary.readers) known.emplace_back(entry.name);
    loading.diagnostics.error(Code::P030, plain ? node->span : node->entries[0].key_span,
                              "unknown reader " + quoted(name), {near_or(name, known)});
    return;
  }
  step.reader = Reader{name, {}};
  names.add(reader->facts);
}

Kind kind_of(std::string_view word) {
  constexpr std::pair<std::string_view, Kind> kKinds[] = {
      {"text", Kind::text},       {"number", Kind::number},
      {"boolean", Kind::boolean}, {"host", Kind::host},
      {"ip", Kind::ip},           {"network", Kind::network},
      {"url", Kind::url},         {"endpoint", Kind::endpoint}};
  for (const auto& [name, kind] : kKinds) {
    if (name == word) return kind;
  }
  return Kind::text;
}

/// `enabledState: text` is checked like the map that it is short for.
DeclaredFact read_declared(Loading& loading, const Node::Entry& entry) {
  DeclaredFact fact;
  fact.name = entry.key;
  fact.span = entry.key_span;
  Node as_map;
  const Node* map = &entry.value;
  if (entry.value.kind == Node::Kind::scalar) {
    as_map.kind = Node::Kind::map;
    as_map.span = entry.value.span;
    as_map.entries.push_back({"type", entry.key_span, entry.value});
    map = &as_map;
  } else if (entry.value.kind != Node::Kind::map) {
    loading.diagnostics.error(Code::P013, entry.key_span,
                              "a fact is a type or a map, not " + std::string(kind_text(entry.value)),
                              {"write it as {type: text, in: body, find: '...'}"});
    return fact;
  }
  const Fields fields(*map, Place::capture, loading.diagnostics);
  fact.kind = kind_of(fields.text("type"));
  fact.in = fields.text("in");
  fact.find = fields.has("find") ? fields.get("find")->text : "";
  if (fields.has("find") && check_expression(*fields.get("find"), loading.diagnostics) &&
      group_count(fact.find) != 1) {
    loading.diagnostics.error(
        Code::P055, fields.get("find")->span,
        "the expression has " + std::to_string(group_count(fact.find)) + " groups, not one",
        {"put round brackets around what is wanted, and (?:...) around what is not"});
  }
  if (fact.in.empty() == fact.find.empty()) return fact;
  loading.diagnostics.error(Code::P055, entry.key_span, "a capture needs both 'in' and 'find'",
                            {"say which text to look in, and an expression with one group"});
  fact.in.clear();
  fact.find.clear();
  return fact;
}

/// What has to have been read for the absence of a declared fact to mean something; nothing when the step has
/// no such fact to declare.
std::optional<std::string> group_for(Loading& loading, const Step& step, const StepNames& names,
                                     const DeclaredFact& fact) {
  const std::string& wanted = fact.in.empty() ? fact.name : fact.in;
  const auto base = names.find(wanted);
  const bool text_like = base && (base->type.kind == Kind::text || base->type.kind == Kind::url);
  if (base && (fact.in.empty() || text_like)) return base->group;
  // A reader looks for what is declared; a paste is a text as a whole.
  if (fact.in.empty() && step.reader) return fact.name.substr(0, fact.name.find('.'));
  const std::string what = fact.in.empty() ? "has no fact "
                           : base          ? "can't look for text in "
                                           : "has no text fact ";
  loading.diagnostics.error(
      fact.in.empty() ? Code::P020 : Code::P055, fact.span, "the step " + what + quoted(wanted),
      {near_or(wanted, names.known(), "declare members of open groups, such as headers.NAME")});
  return std::nullopt;
}

void outline_facts(Loading& loading, Step& step, const Fields& fields, StepNames& names) {
  const Node* node = fields.get("facts");
  if (node == nullptr) return;
  for (const Node::Entry& entry : node->entries) {
    const Within within(loading.diagnostics, "in fact " + quoted(entry.key));
    const int errors = loading.diagnostics.error_count();
    if (entry.key.size() > 120 || text::contains(entry.key, "${") ||
        entry.key.find_first_of(" \n\t") != std::string::npos) {
      loading.diagnostics.error(Code::P017, entry.key_span,
                                "not a usable name for a fact: " + quoted(entry.key));
      continue;
    }
    // Every observation has these, so what is declared would never be seen.
    if (std::ranges::find(fact::head_facts(), entry.key, &fact::FactSpec::name) != fact::head_facts().end()) {
      loading.diagnostics.error(Code::P048, entry.key_span, quoted(entry.key) + " has a meaning of its own",
                                {"rename the fact"});
      continue;
    }
    DeclaredFact fact = read_declared(loading, entry);
    if (loading.diagnostics.error_count() > errors) continue;
    if (const auto group = group_for(loading, step, names, fact)) {
      names.declare(fact, *group);
      step.facts.push_back(std::move(fact));
    }
  }
}

/// The facts of a step that looks by itself.
void outline_look(Loading& loading, std::size_t index) {
  Step& step = loading.playbook.steps[index];
  const Fields& fields = loading.step_fields[index];
  StepNames& names = loading.names.steps[index];
  if (step.kind == StepKind::of) return;
  const Within within(loading.diagnostics, "in step " + quoted(step.id));
  if (step.kind == StepKind::probe) outline_probe(loading, step, fields, names);
  if (step.kind == StepKind::question || step.kind == StepKind::command) {
    outline_reader(loading, step, fields, names);
    if (step.kind == StepKind::command || is_paste(step)) {
      names.add(kPastedFacts);
      names.add(fact::head_facts());
    }
    if (step.kind == StepKind::command) names.add(kCommandFacts);
  }
  outline_facts(loading, step, fields, names);
}

/// The facts of a step that looks at what another one saw.
void outline_of(Loading& loading, std::size_t index) {
  Step& step = loading.playbook.steps[index];
  const Fields& fields = loading.step_fields[index];
  const Node* node = fields.get("of");
  if (step.kind != StepKind::of || node == nullptr) return;
  const Within within(loading.diagnostics, "in step " + quoted(step.id));
  const int target = loading.need_step(*node);
  if (target < 0) return;
  const Step& seen = loading.playbook.steps[static_cast<std::size_t>(target)];
  const auto refuse = [&](const std::string& why, std::string hint) {
    loading.diagnostics.error(Code::P046, node->span, "'of' can't look at " + quoted(seen.id) + ": " + why,
                              {std::move(hint)});
  };
  if (target == static_cast<int>(index)) return refuse("it is this step", "name the step that looks");
  if (seen.kind == StepKind::of) {
    const std::string root(loading.step_nodes[static_cast<std::size_t>(target)]->find("of")->text);
    return refuse("it looks at another step itself", "write 'of: " + text::printable(root, 60) + "'");
  }
  if (seen.kind == StepKind::question && !is_paste(seen)) {
    return refuse("an answer that is chosen has no facts", "use 'requires' or write another question");
  }
  step.of = target;
  step.from_client = seen.from_client;
  // The same facts, those that the step declared included.
  const StepNames& from = loading.names.steps[static_cast<std::size_t>(target)];
  StepNames names = from;
  names.rename(step.id);
  outline_facts(loading, step, fields, names);
  loading.names.steps[index] = std::move(names);
}

}  // namespace

bool is_paste(const Step& step) {
  return step.kind == StepKind::question && step.reader.has_value();
}

void outline_steps(Loading& loading, const Node* node) {
  if (node == nullptr) return;
  for (const Node::Entry* entry : named_entries(*node, "a step", false, kMaxSteps, loading.diagnostics)) {
    const Within within(loading.diagnostics, "in step " + quoted(entry->key));
    if (entry->key == "vantage" || entry->key == "cloud") {
      loading.diagnostics.error(Code::P048, entry->key_span, quoted(entry->key) + " has a meaning of its own",
                                {"rename the step"});
      continue;
    }
    if (entry->value.kind != Node::Kind::map) {
      loading.diagnostics.error(Code::P013, entry->key_span,
                                "a step is a map, not " + std::string(kind_text(entry->value)),
                                {"give it a 'probe' or a 'question'"});
      continue;
    }
    Step step;
    step.id = entry->key;
    step.span = entry->key_span;
    const Fields& fields = loading.step_fields.emplace_back(entry->value, Place::step, loading.diagnostics);
    if (!read_kind(loading, step, entry->value)) {
      loading.step_fields.pop_back();
      continue;
    }
    step.from_client = fields.has("from");
    loading.step_nodes.push_back(&entry->value);
    loading.names.step_of.emplace(step.id, static_cast<int>(loading.playbook.steps.size()));
    loading.names.steps.emplace_back(step.id);
    loading.playbook.steps.push_back(std::move(step));
  }
  for (std::size_t i = 0; i < loading.playbook.steps.size(); ++i) outline_look(loading, i);
  for (std::size_t i = 0; i < loading.playbook.steps.size(); ++i) outline_of(loading, i);
}

}  // namespace aztriage::playbook
