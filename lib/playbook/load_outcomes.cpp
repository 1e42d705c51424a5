#include "base/text.h"
#include "playbook/loading.h"
#include "playbook/words.h"

#include <algorithm>
#include <set>

namespace aztriage::playbook {
namespace {

using source::Code;
using source::Node;
using source::Within;

class OutcomeReader {
 public:
  OutcomeReader(Loading& loading, int step)
      : loading_(loading),
        diagnostics_(loading.diagnostics),
        index_(step),
        step_(loading.playbook.steps[static_cast<std::size_t>(step)]),
        chosen_(step_.kind == StepKind::question && !is_paste(step_)) {}

  void read(const Node& node) {
    const Within within(diagnostics_, (chosen_ ? "in answer " : "in outcome ") + name_for_context(node));
    const Fields fields(node, Place::outcome, diagnostics_);
    Outcome outcome;
    outcome.span = node.span;
    read_name(fields, outcome);
    if (chosen_) {
      refuse(fields, "when", "an answer is chosen by a person");
    } else {
      refuse(fields, "label", "only answers are read by people before they choose");
    }
    if (const Node* when = fields.get("when"); when != nullptr && !chosen_) {
      outcome.when = Condition::compile(*when, NameScope(loading_.names, index_), diagnostics_);
      // A condition that does not compile must not look like one that always holds.
      if (!outcome.when) broken_ = true;
    }
    outcome.fine = fields.maybe_flag("fine");
    read_exact(fields, outcome);
    read_given(fields, outcome);
    if (const Node* say = fields.get("say")) {
      outcome.say =
          parse_filled(loading_, *say, {.step = index_, .own = true, .what = "a line for the screen"});
    }
    outcome.label = fields.has("label") ? fields.text("label") : outcome.name;
    check_reachable(outcome);
    step_.outcomes.push_back(std::move(outcome));
    broken_ = false;
  }

 private:
  static std::string name_for_context(const Node& node) {
    const Node* name = node.find("name");
    return name == nullptr ? "without a name" : quoted(name->text);
  }

  void refuse(const Fields& fields, std::string_view key, std::string hint) {
    if (!fields.has(key)) return;
    diagnostics_.error(Code::P019, fields.key_span(key), quoted(key) + " does not belong here",
                       {std::move(hint)});
  }

  void read_name(const Fields& fields, Outcome& outcome) {
    outcome.name = fields.text("name");
    if (outcome.name.empty()) return;
    outcome.span = fields.get("name")->span;
    if (outcome.name == "dont-know" || outcome.name == "unknown") {
      diagnostics_.error(Code::P048, outcome.span, quoted(outcome.name) + " has a meaning of its own",
                         {"leave it out: \"don't know\" is always there"});
    } else if (!names_.insert(outcome.name).second) {
      diagnostics_.error(Code::P041, outcome.span, "the name " + quoted(outcome.name) + " stands there twice",
                         {"rename one of them"});
    }
  }

  void read_exact(const Fields& fields, Outcome& outcome) {
    if (!fields.flag("exact")) return;
    const source::Span span = fields.key_span("exact");
    if (chosen_) {
      diagnostics_.error(Code::P043, span, "an answer is never exact",
                         {"remove 'exact' and use the other words"});
    } else if (!fields.has("given")) {
      diagnostics_.error(Code::P043, span, "'exact' without 'given' says nothing",
                         {"add 'given: {CAUSE: certain, otherwise: impossible}'"});
    } else {
      outcome.exact = true;
    }
  }

  std::optional<double> read_word(const Node& node, bool exact) {
    if (node.kind != Node::Kind::scalar) {
      diagnostics_.error(Code::P013, node.span, "'given' takes words, not " + std::string(kind_text(node)),
                         {"write always, usually, sometimes, rarely, never or a number from 0 to 1"});
      return std::nullopt;
    }
    const std::string word(text::trim(node.text));
    if (const auto likelihood = likelihood_of(word, exact)) return likelihood;
    if (likelihood_of(word, true)) {
      diagnostics_.error(
          Code::P043, node.span, quoted(word) + " is for exact outcomes only",
          {"add 'exact: true' when the outcome is the fault itself, else use 'always' or 'never'"});
      return std::nullopt;
    }
    std::vector<std::string> words = {"always", "usually", "sometimes", "rarely", "never"};
    if (exact) words.insert(words.end(), {"certain", "impossible"});
    diagnostics_.error(
        Code::P014, node.span, "'given' can't be " + quoted(word),
        {near_or(word, words, "use " + text::join(words, ", ") + ", or a number from 0 to 1")});
    return std::nullopt;
  }

  void read_given(const Fields& fields, Outcome& outcome) {
    const Node* node = fields.get("given");
    if (node == nullptr) return;
    Given given;
    bool otherwise = false;
    for (const Node::Entry& entry : node->entries) {
      const bool special = entry.key == "otherwise" || entry.key == "unlisted";
      const auto cause = loading_.cause_of.find(entry.key);
      if (!special && cause == loading_.cause_of.end()) {
        diagnostics_.error(Code::P031, entry.key_span, "unknown cause " + quoted(entry.key),
                           {near_or(entry.key, loading_.cause_ids(), "causes are the keys under 'causes'")});
      }
      if (entry.key == "otherwise") otherwise = true;
      const auto likelihood = read_word(entry.value, fields.flag("exact"));
      if (!likelihood) continue;
      if (entry.key == "otherwise") {
        given.otherwise = *likelihood;
      } else if (entry.key == "unlisted") {
        given.unlisted = *likelihood;
      } else if (cause != loading_.cause_of.end()) {
        given.causes[cause->second] = *likelihood;
      }
    }
    if (!otherwise) {
      diagnostics_.error(Code::P042, fields.key_span("given"), "'given' has no 'otherwise'",
                         {"say how often it is seen for every other cause: 'otherwise: rarely'"});
    }
    outcome.given = std::move(given);
  }

  /// The first that matches counts, so one behind a wider one never does.
  void check_reachable(const Outcome& outcome) {
    if (chosen_ || broken_) return;
    for (const Outcome& earlier : step_.outcomes) {
      if (always_.count(earlier.name) > 0) {
        diagnostics_.error(
            Code::P040, outcome.span,
            quoted(outcome.name) + " can't be reached: " + quoted(earlier.name) + " before it matches always",
            {"move the outcome without 'when' to the end"});
        return;
      }
      if (outcome.when && earlier.when && earlier.when->covers(*outcome.when)) {
        diagnostics_.error(Code::P040, outcome.span,
                           quoted(outcome.name) + " can't be reached: " + quoted(earlier.name) +
                               " before it matches whenever it would",
                           {"move it up, or narrow the one before it"});
        return;
      }
    }
    if (!outcome.when) always_.insert(outcome.name);
  }

  Loading& loading_;
  source::Diagnostics& diagnostics_;
  int index_;
  Step& step_;
  bool chosen_;
  bool broken_ = false;
  std::set<std::string> names_;
  std::set<std::string> always_;
};

}  // namespace

void load_outcomes(Loading& loading, int index) {
  const Step& step = loading.playbook.steps[static_cast<std::size_t>(index)];
  const Fields& fields = loading.step_fields[static_cast<std::size_t>(index)];
  const bool chosen = step.kind == StepKind::question && !is_paste(step);
  const std::string_view key = chosen ? "answers" : "outcomes";
  const Node& node = *loading.step_nodes[static_cast<std::size_t>(index)];
  // A probe or command may be there for its facts alone.
  const bool needed = step.kind == StepKind::question || step.kind == StepKind::of;
  if (needed && node.find(key) == nullptr && !(chosen && node.find("read") != nullptr)) {
    loading.diagnostics.error(
        Code::P015, step.span, "the step has no " + quoted(key),
        {chosen ? "add what people may answer, or 'read' with 'outcomes' for pasted text"
                : "add what its facts may mean"});
  }
  OutcomeReader reader(loading, index);
  std::size_t count = 0;
  for (const Node* item : fields.items(key)) {
    if (++count > kMaxOutcomes) {
      loading.diagnostics.error(Code::P004, item->span,
                                "more than " + std::to_string(kMaxOutcomes) + " outcomes",
                                {"make several steps of it"});
      break;
    }
    reader.read(*item);
  }
}

void load_requires(Loading& loading, int index) {
  const Fields& fields = loading.step_fields[static_cast<std::size_t>(index)];
  const Node* node = fields.get("requires");
  if (node == nullptr) return;
  Step& step = loading.playbook.steps[static_cast<std::size_t>(index)];
  for (const Node::Entry& entry : node->entries) {
    Node name;
    name.text = entry.key;
    name.span = entry.key_span;
    const int target = loading.need_step(name);
    if (target < 0) continue;
    if (target == index) {
      loading.diagnostics.error(Code::P045, entry.key_span, "the step requires itself",
                                {"name another step"});
      continue;
    }
    Require require{target, {}};
    const std::vector<Outcome>& outcomes = loading.playbook.steps[static_cast<std::size_t>(target)].outcomes;
    std::vector<std::string> known;
    for (const Outcome& outcome : outcomes) known.push_back(outcome.name);
    for (const Node* item : items_of(entry.value)) {
      const auto found = std::find(known.begin(), known.end(), item->text);
      if (item->kind != Node::Kind::scalar || found == known.end()) {
        loading.diagnostics.error(Code::P033, item->span,
                                  quoted(entry.key) + " has no outcome " + quoted(item->text),
                                  {near_or(item->text, known, "it has: " + text::join(known, ", "))});
      } else {
        require.outcomes.push_back(static_cast<int>(found - known.begin()));
      }
    }
    if (items_of(entry.value).empty()) {
      loading.diagnostics.error(Code::P018, entry.value.span, "no outcome is named",
                                {"name the outcomes that are wanted"});
    }
    step.requires_.push_back(std::move(require));
  }
}

}  // namespace aztriage::playbook
