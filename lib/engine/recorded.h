#pragma once

#include "engine/result.h"
#include "engine/session.h"
#include "playbook/vocabulary.h"
#include "source/diagnostic.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aztriage::engine {

/// What a case of `playbook test` expects; empty: not compared.
/// What has to follow: one of the words each; no word: anything.
struct Expected {
  using Words = std::vector<std::string>;
  Words verdict;
  Words cause;
  Words symptom;
  Words reason;
  std::map<std::string, Words> steps;  // outcomes by step
};

/// One recorded scene: what each step saw, what people answered, and the verdict that is due.
struct RecordedCase {
  std::string name;
  std::map<std::string, std::string> inputs;
  std::string here = "client";
  std::string cloud = "public";
  std::map<std::string, std::vector<fact::Observation>>
      observations;                          // several: one for each look of the step
  std::map<std::string, std::string> texts;  // pasted, by step
  std::map<std::string, std::string> answers;
  std::vector<playbook::Vantage> findings;
  Expected expected;
  source::Span span;
};

/// Reads a list of cases:
///   - {name, inputs: {...}, here, cloud, observations: {STEP: {fact: value, ...}}, answers: {STEP: outcome},
///      expect: {verdict, cause, symptom, reason, steps: {STEP: outcome}}}
/// Facts may be nested or dotted; `answered` is true unless a `failure` says otherwise; an answered
/// observation has read every group of its probe unless `read` lists them. STEP may be a list of
/// observations, or `{text: ...}` for the step's reader. `observations.vantage.finding` lists what is broken.
std::vector<RecordedCase> read_cases(const source::Source& source, const playbook::Playbook& playbook,
                                     const playbook::Vocabulary& vocabulary,
                                     source::Diagnostics& diagnostics);

struct CaseVerdict {
  bool passed = false;
  std::vector<std::string> differences;  // "verdict: expected isolated, got inconclusive"
  RunResult result;
};
CaseVerdict judge_recorded(const RecordedCase& recorded, const playbook::Playbook& playbook,
                           SessionData data);

}  // namespace aztriage::engine
