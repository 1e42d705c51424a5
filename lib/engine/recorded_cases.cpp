#include "base/suggest.h"
#include "engine/recorded.h"
#include "engine/recorded_facts.h"
#include "engine/vocabulary.h"
#include "isolation/verdict.h"
#include "playbook/yaml_reader.h"

#include <algorithm>

namespace aztriage::engine {
namespace {

using source::Code;
using source::Node;

class CaseReader {
 public:
  CaseReader(const playbook::Playbook& playbook, const playbook::Vocabulary& vocabulary,
             source::Diagnostics& diagnostics)
      : playbook_(playbook), vocabulary_(vocabulary), diagnostics_(diagnostics) {}

  RecordedCase read(const Node& node) {
    RecordedCase result;
    result.span = node.span;
    if (const auto* name = node.find("name")) result.name = name->text;
    const source::Within within(diagnostics_, "in case '" + result.name + "'");
    for (const auto& entry : node.entries) key(entry, result);
    return result;
  }

 private:
  void key(const Node::Entry& entry, RecordedCase& result) {
    if (entry.key == "name") return;
    if (entry.key == "inputs") {
      texts(entry.value, result.inputs);
    } else if (entry.key == "here") {
      result.here = entry.value.text;
    } else if (entry.key == "cloud") {
      result.cloud = entry.value.text;
    } else if (entry.key == "answers") {
      texts(entry.value, result.answers);
    } else if (entry.key == "observations") {
      for (const auto& each : entry.value.entries) observations(each, result);
    } else if (entry.key == "expect") {
      expect(entry.value, result.expected);
    } else {
      unknown(entry, {"name", "inputs", "here", "cloud", "answers", "observations", "expect"});
    }
  }

  void expect(const Node& node, Expected& expected) {
    for (const auto& entry : node.entries) {
      if (entry.key == "verdict") {
        expected.verdict = words(entry.value);
        verdicts(entry.value, expected.verdict);
      } else if (entry.key == "cause") {
        expected.cause = words(entry.value);
      } else if (entry.key == "symptom") {
        expected.symptom = words(entry.value);
      } else if (entry.key == "reason") {
        expected.reason = words(entry.value);
      } else if (entry.key == "steps") {
        for (const auto& step : entry.value.entries) expected.steps[step.key] = words(step.value);
      } else {
        unknown(entry, {"verdict", "cause", "symptom", "reason", "steps"});
      }
    }
  }

  void verdicts(const Node& node, const Expected::Words& words) {
    std::vector<std::string> known;
    using enum isolation::Verdict;
    for (const auto verdict : {isolated, healthy, inconclusive, unlisted})
      known.emplace_back(isolation::name_of(verdict));
    for (const auto& word : words) {
      if (std::ranges::find(known, word) != known.end()) continue;
      diagnostics_.error(Code::P014, node.span, "unknown verdict '" + word + "'",
                         {did_you_mean(word, known)});
    }
  }

  /// A word, or a list of those of which one is due.
  Expected::Words words(const Node& node) {
    Expected::Words words;
    if (node.kind == Node::Kind::list) {
      for (const auto& item : node.items) words.push_back(item.text);
    } else {
      words.push_back(node.text);
    }
    if (words.empty() || std::ranges::count(words, "") > 0) {
      diagnostics_.error(Code::P013, node.span, "a word or a list of words is due here");
    }
    return words;
  }

  void observations(const Node::Entry& entry, RecordedCase& result) {
    if (entry.key == kVantageStep) return findings(entry.value, result);
    const int index = playbook_.step_index(entry.key);
    if (index < 0) {
      std::vector<std::string> ids;
      for (const auto& step : playbook_.steps) ids.push_back(step.id);
      diagnostics_.error(Code::P032, entry.key_span, "unknown step '" + entry.key + "'",
                         {did_you_mean(entry.key, ids)});
      return;
    }
    const source::Within within(diagnostics_, "in step '" + entry.key + "'");
    if (const auto* text = entry.value.find("text"); text && entry.value.entries.size() == 1) {
      result.texts[entry.key] = text->text;
      return;
    }
    const auto facts = facts_of(playbook_.steps[static_cast<std::size_t>(index)], vocabulary_);
    auto& list = result.observations[entry.key];
    if (entry.value.kind == Node::Kind::list) {
      for (const auto& item : entry.value.items) list.push_back(read_observation(item, facts, diagnostics_));
    } else {
      list.push_back(read_observation(entry.value, facts, diagnostics_));
    }
    for (auto& each : list) {
      each.probe = playbook_.steps[static_cast<std::size_t>(index)].probe;
      each.here = result.here;
    }
  }

  void findings(const Node& node, RecordedCase& result) {
    const auto* finding = node.find("finding");
    if (!finding) return;
    using enum playbook::Vantage;
    for (const auto& item : finding->items) {
      bool known = false;
      for (const auto kind : {clock, resolver, inspection, portal, proxy}) {
        if (name_of(kind) != item.text) continue;
        result.findings.push_back(kind);
        known = true;
      }
      if (!known) diagnostics_.error(Code::P014, item.span, "unknown finding '" + item.text + "'");
    }
  }

  void texts(const Node& node, std::map<std::string, std::string>& into) {
    if (node.kind != Node::Kind::map) {
      diagnostics_.error(Code::P013, node.span, "a map is due here");
      return;
    }
    for (const auto& entry : node.entries) into[entry.key] = entry.value.text;
  }

  void unknown(const Node::Entry& entry, const std::vector<std::string>& known) {
    diagnostics_.error(Code::P010, entry.key_span, "unknown key '" + entry.key + "'",
                       {did_you_mean(entry.key, known)});
  }

  const playbook::Playbook& playbook_;
  const playbook::Vocabulary& vocabulary_;
  source::Diagnostics& diagnostics_;
};

}  // namespace

std::vector<RecordedCase> read_cases(const source::Source& source, const playbook::Playbook& playbook,
                                     const playbook::Vocabulary& vocabulary,
                                     source::Diagnostics& diagnostics) {
  std::vector<RecordedCase> cases;
  const auto root = playbook::read_yaml(source, diagnostics);
  if (root.kind != Node::Kind::list) {
    if (!diagnostics.has_errors()) diagnostics.error(Code::P013, root.span, "a list of cases is due here");
    return cases;
  }
  CaseReader reader(playbook, vocabulary, diagnostics);
  for (const auto& item : root.items) cases.push_back(reader.read(item));
  return cases;
}

}  // namespace aztriage::engine
