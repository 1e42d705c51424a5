#pragma once

#include "playbook/keys.h"
#include "playbook/load.h"
#include "playbook/names.h"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace aztriage::playbook {

/// Bounds of one playbook, so that what is computed from it later stays small.
inline constexpr std::size_t kMaxInputs = 64;
inline constexpr std::size_t kMaxCauses = 400;
inline constexpr std::size_t kMaxSteps = 400;
inline constexpr std::size_t kMaxOutcomes = 40;
inline constexpr std::size_t kMaxTries = 64;
inline constexpr int kMaxRepeats = 50;
inline constexpr int kMaxTimeoutSeconds = 240;

/// Everything that the parts of the loader share while one playbook is read.
struct Loading {
  const World& world;
  source::Diagnostics& diagnostics;
  Playbook playbook;
  Names names;
  std::map<std::string, int, std::less<>> cause_of;

  // One for each step, in the playbook's order.
  std::deque<Fields> step_fields;
  std::vector<const source::Node*> step_nodes;
  // One for each cause.
  std::deque<Fields> cause_fields;

  int step_index(std::string_view id) const;
  std::vector<std::string> step_ids() const;
  std::vector<std::string> cause_ids() const;
  /// Reports a step that does not exist; then -1.
  int need_step(const source::Node& name);
};

/// The entries of a map of named things: names are checked, and at most `most` are taken.
std::vector<const source::Node::Entry*> named_entries(const source::Node& map, std::string_view what,
                                                      bool underscores, std::size_t most,
                                                      source::Diagnostics& diagnostics);

/// A hint when `word` is near a known one; else the fallback.
std::string near_or(std::string_view word, const std::vector<std::string>& known, std::string fallback = {});
std::string quoted(std::string_view text);

/// What a text with references may use, and may not.
struct FillRules {
  int step = -1;          // whose facts may be named; -1: none
  bool own = false;       // the step's own facts, without its id
  bool facts = true;      // facts at all
  bool secret = false;    // secret inputs
  std::string_view what;  // "the parameter 'url'", for messages
};
Template parse_filled(Loading& loading, const source::Node& node, const FillRules& rules);

void load_inputs(Loading& loading, const source::Node& root);
/// Ids and titles first, since conditions and `given` name them; then the rest, once the steps are known.
void outline_causes(Loading& loading, const source::Node* node);
void load_causes(Loading& loading);
/// Kinds, facts and names of all steps first, since they name each other; then each step whole.
void outline_steps(Loading& loading, const source::Node* node);
void load_steps(Loading& loading);
void load_outcomes(Loading& loading, int index);
void load_requires(Loading& loading, int index);
std::vector<Parameter> load_params(Loading& loading, int step, const source::Node& node,
                                   std::span<const fact::ParamSpec> specs, std::string_view owner);

/// What can be seen only once everything is read.
void find_waits(Loading& loading);
void validate(Loading& loading);
/// Outcomes whose likelihoods can't be meant as they are written.
void check_balance(Loading& loading);
bool is_paste(const Step& step);  // a question whose answer is a text that a reader reads

}  // namespace aztriage::playbook
