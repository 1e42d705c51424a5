#include "base/duration.h"
#include "base/text.h"
#include "playbook/loading.h"

#include <algorithm>

namespace aztriage::playbook {
namespace {

using source::Code;
using source::Node;
using source::Within;

/// Kinds of steps as bits, a question whose answer is pasted apart from one whose answer is chosen.
enum KindBit : unsigned { kProbe = 1, kQuestion = 2, kCommand = 4, kOf = 8, kPaste = 16 };

unsigned bit_of(const Step& step) {
  switch (step.kind) {
    case StepKind::probe:
      return kProbe;
    case StepKind::question:
      return is_paste(step) ? kPaste : kQuestion;
    case StepKind::command:
      return kCommand;
    case StepKind::of:
      return kOf;
  }
  return 0;
}

std::string_view kind_name(const Step& step) {
  switch (bit_of(step)) {
    case kProbe:
      return "a probe";
    case kQuestion:
      return "a question with answers";
    case kPaste:
      return "a question with a reader";
    case kCommand:
      return "a command";
    default:
      return "a look at another step";
  }
}

struct Belongs {
  std::string_view key;
  unsigned kinds;
  std::string_view hint;
};
constexpr Belongs kBelongs[] = {
    {"with", kProbe, "only a probe has parameters"},
    {"answers", kQuestion, "a question has either 'answers' or 'read' with 'outcomes'"},
    {"read", kCommand | kPaste, "only pasted text and output is read"},
    {"facts", kProbe | kCommand | kOf | kPaste, "an answer that is chosen has no facts"},
    {"outcomes", kProbe | kCommand | kOf | kPaste, "a question has 'answers'"},
    {"timeout", kProbe | kCommand, "nobody waits for this step"},
    {"from", kProbe | kCommand, "only what looks by itself sits somewhere"},
    {"repeat", kProbe, "only a probe looks several times"},
    {"look", kQuestion | kPaste, "'look' says where a person finds the answer"},
};

/// A key that this kind of step does not have is reported and not read.
bool belongs(const Step& step, std::string_view key) {
  for (const Belongs& row : kBelongs) {
    if (row.key == key) return (row.kinds & bit_of(step)) != 0;
  }
  return true;
}

void check_belonging(Loading& loading, const Step& step, const Fields& fields, const Node& node) {
  // A reader that is wrong must not make a paste look like a choice.
  const bool unclear = step.kind == StepKind::question && node.find("read") != nullptr && !is_paste(step);
  for (const Belongs& row : kBelongs) {
    if (unclear || !fields.has(row.key) || (row.kinds & bit_of(step)) != 0) continue;
    loading.diagnostics.error(Code::P019, fields.key_span(row.key),
                              quoted(row.key) + " does not belong to " + std::string(kind_name(step)),
                              {std::string(row.hint)});
  }
}

void read_command(Loading& loading, Step& step, int index, const Fields& step_fields) {
  const Node* node = step_fields.get("command");
  if (node == nullptr) return;
  const Fields fields(*node, Place::command, loading.diagnostics);
  if (const Node* powershell = fields.get("powershell")) {
    step.command.powershell = parse_filled(loading, *powershell, {.step = index, .what = "a command"});
  }
  const int errors = loading.diagnostics.error_count();
  std::vector<std::string> argv;
  for (const Node* item : fields.items("run")) {
    step.command.run.push_back(parse_filled(loading, *item, {.step = index, .what = "a command"}));
    const Template& argument = step.command.run.back();
    argv.push_back(argument.is_literal() ? item->text : "VALUE");
    if (argv.size() == 1 && !argument.is_literal()) {
      loading.diagnostics.error(Code::P039, item->span, "the program can't be a value",
                                {"write the program out"});
    }
  }
  if (argv.empty()) {
    if (step.command.powershell || node->find("run") != nullptr || node->find("powershell") != nullptr)
      return;
    loading.diagnostics.error(Code::P015, node->span, "a command needs 'run' or 'powershell'",
                              {"add 'run: [program, argument, ...]'"});
    return;
  }
  if (!loading.world.checks.read_only || loading.diagnostics.error_count() > errors) return;
  const auto checked = loading.world.checks.read_only(argv);
  if (checked) return;
  loading.diagnostics.error(Code::P053, fields.get("run")->span, checked.error().what,
                            {checked.error().hint});
}

void read_reader(Loading& loading, Step& step, int index, const Fields& fields) {
  const Node* node = fields.get("read");
  if (node == nullptr || !step.reader) return;
  const ReaderEntry* reader = loading.world.vocabulary.reader(step.reader->name);
  Node none;
  none.kind = Node::Kind::map;
  none.span = node->span;
  const Node* params = &none;
  if (node->kind == Node::Kind::map) {
    params = &node->entries[0].value;
    if (params->kind != Node::Kind::map) {
      loading.diagnostics.error(Code::P013, params->span, "a reader takes parameters by name",
                                {"write it as {" + step.reader->name + ": {parameter: value}}"});
      return;
    }
  }
  step.reader->params =
      load_params(loading, index, *params, reader->params, "the reader " + quoted(reader->name));
}

void read_repeat(Loading& loading, Step& step, int index, const Fields& step_fields) {
  const Node* node = step_fields.get("repeat");
  if (node == nullptr || !belongs(step, "repeat")) return;
  const Fields fields(*node, Place::repeat, loading.diagnostics);
  if (const auto times = fields.number("times")) {
    if (*times > kMaxRepeats || *times != static_cast<int>(*times)) {
      loading.diagnostics.error(Code::P014, fields.get("times")->span,
                                "'times' is a whole number from 2 to " + std::to_string(kMaxRepeats));
    } else {
      step.repeat.times = static_cast<int>(*times);
    }
  }
  if (const Node* by = fields.get("by")) {
    const auto fact = loading.names.steps[static_cast<std::size_t>(index)].find(by->text);
    if (!fact) {
      loading.diagnostics.error(
          Code::P020, by->span, "unknown fact " + quoted(by->text),
          {near_or(by->text, loading.names.steps[static_cast<std::size_t>(index)].known())});
    } else {
      step.repeat.by = fact->part.empty() ? fact->name : fact->name + "." + fact->part;
    }
  }
  if (const Node* bad = fields.get("bad")) {
    step.repeat.bad = Condition::compile(*bad, NameScope(loading.names, index), loading.diagnostics);
  }
}

void read_timing(Loading& loading, Step& step, const Fields& fields) {
  step.cost = fields.number("cost");
  const Node* node = fields.get("timeout");
  if (node == nullptr || !belongs(step, "timeout")) return;
  const auto timeout = parse_duration(node->text);
  if (*timeout > std::chrono::seconds(kMaxTimeoutSeconds)) {
    loading.diagnostics.error(Code::P014, node->span,
                              "'timeout' is longer than " + std::to_string(kMaxTimeoutSeconds) + "s",
                              {"use at most 240s"});
    return;
  }
  step.timeout = *timeout;
}

void load_step(Loading& loading, int index) {
  Step& step = loading.playbook.steps[static_cast<std::size_t>(index)];
  const Fields& fields = loading.step_fields[static_cast<std::size_t>(index)];
  check_belonging(loading, step, fields, *loading.step_nodes[static_cast<std::size_t>(index)]);

  if (step.kind == StepKind::probe) {
    if (const ProbeEntry* probe = loading.world.vocabulary.probe(step.probe)) {
      Node none;
      none.kind = Node::Kind::map;
      none.span = fields.get("probe")->span;
      const Node* with = fields.get("with");
      step.params = load_params(loading, index, with == nullptr ? none : *with, probe->params,
                                "the probe " + quoted(probe->name));
    }
  }
  if (const Node* question = fields.get("question"); question != nullptr && step.kind == StepKind::question) {
    step.question = parse_filled(loading, *question, {.step = index, .what = "a question"});
  }
  if (step.kind == StepKind::command) read_command(loading, step, index, fields);
  read_reader(loading, step, index, fields);
  read_repeat(loading, step, index, fields);
  read_timing(loading, step, fields);
  if (const Node* say = fields.get("say")) {
    step.say = parse_filled(loading, *say, {.step = index, .own = true, .what = "a line for the screen"});
  }
  step.symptom = fields.flag("symptom");
  step.lasting = fields.flag("lasting");
  step.group = fields.text("group");
  const std::string look = fields.text("look");
  step.look = look == "portal" ? LookAt::portal : look == "logs" ? LookAt::logs : LookAt::nowhere;
  load_outcomes(loading, index);
}

}  // namespace

void load_steps(Loading& loading) {
  const int count = static_cast<int>(loading.playbook.steps.size());
  for (int i = 0; i < count; ++i) {
    const Within within(loading.diagnostics,
                        "in step " + quoted(loading.playbook.steps[static_cast<std::size_t>(i)].id));
    load_step(loading, i);
  }
  // Outcomes of other steps are named, so all have to be there.
  for (int i = 0; i < count; ++i) {
    const Within within(loading.diagnostics,
                        "in step " + quoted(loading.playbook.steps[static_cast<std::size_t>(i)].id));
    load_requires(loading, i);
  }
}

}  // namespace aztriage::playbook
