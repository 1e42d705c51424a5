#pragma once

#include "base/clock.h"
#include "fact/observation.h"
#include "isolation/verdict.h"
#include "playbook/model.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aztriage::engine {

enum class StepState { done, failed, skipped, not_run };
std::string_view name_of(StepState state);  // "done", "failed", "skipped", "not-run"

/// A line to copy into a shell of that name ("bash", "PowerShell", "aztriage").
struct ShellLine {
  std::string shell;
  std::string line;
};

/// What was seen of a step from another place than the one that counts. It is shown and kept, and is no
/// evidence.
struct Sight {
  std::string here;         // "client" or "outside"
  std::string answered_by;  // as in StepResult
  int outcome = -1;
  std::string outcome_name;
  std::optional<bool> fine;
  std::string say;
  fact::Observation observation;
};

/// What became of one step. `done`: we saw something, a refused connection included; `failed`: the tool could
/// not look; `skipped`: an input is missing, locked or excluded; `not_run`: not reached.
struct StepResult {
  std::string id;
  playbook::StepKind kind{};
  StepState state = StepState::not_run;
  std::string reason;  // why it failed, was skipped or not run
  int outcome = -1;    // index into the step's outcomes; -1: no answer
  std::string outcome_name;
  bool symptom = false;      // it looks for the complaint itself
  std::optional<bool> fine;  // of the outcome
  std::string say;           // one line for people
  std::optional<fact::Observation> observation;
  std::string ask;                  // the question; empty for other steps
  std::vector<ShellLine> commands;  // which show the same; empty when there are none
  std::string answered_by;          // "probe", "person", "command", "paste", "given" (--answer), "record"
  std::optional<Sight> beside;      // seen from here, when what the customer saw counts
  Milliseconds took{};
};

struct EvidenceResult {
  std::string step;
  std::string outcome;
  double bits = 0;
};

struct CauseResult {
  std::string id;
  std::string title;
  double probability = 0;
  std::string see;
  std::vector<EvidenceResult> evidence;
};

struct WorkaroundResult {
  std::string action, command, powershell, portal, takes, risk, undo;
  bool disruptive = false;
};

struct NextResult {
  std::string step;
  std::string what;     // the question, or what the step looks at
  std::string command;  // for a shell, when the step is a command
  std::string how;      // how to get it done: "--answer recent-change=...", "from the client", ...
  std::vector<std::string> outcomes;
};

/// Everything that a run or walk has come to, ready to be rendered; renderers decide nothing.
struct RunResult {
  std::string playbook;  // id
  std::string title;
  std::string digest;
  std::string reviewed;  // date of the playbook
  std::string origin;
  std::string case_id;                        // its record; empty: it has none
  std::map<std::string, std::string> inputs;  // secrets masked
  std::string here;
  isolation::Symptom symptom{};
  isolation::Verdict verdict{};
  isolation::Reason reason{};
  std::string reason_text;  // for people: what is broken, what is open
  bool confirmed = false;
  std::vector<std::string> fixed;  // ids of causes whose fix was verified in the rounds before
  std::vector<std::string> warnings;
  std::optional<CauseResult> cause;  // the isolated one, or the probable one
  std::string explain;               // why the evidence points there
  std::vector<CauseResult> causes;   // most likely first, the unlisted with the id "unlisted"
  std::vector<StepResult> steps;     // the vantage first, then in file order
  std::vector<WorkaroundResult> workarounds;
  std::string fix;
  std::vector<std::string> docs;  // full addresses
  std::optional<playbook::Escalation> escalation;
  std::optional<NextResult> next;
  UtcTime started{};
  Milliseconds took{};
  bool interrupted = false;
};

}  // namespace aztriage::engine
