#pragma once

#include "base/clock.h"
#include "engine/place.h"
#include "fact/observation.h"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aztriage::engine {

/// What can happen in a session. The names are those of the case file, and never change.
enum class EventKind {
  vantage,      // what was seen of our own place
  observation,  // what a probe or command saw, or what was given for a step beforehand
  paste,        // an output that a person pasted
  outcome,      // a step came to its end, as it is shown
  answer,       // a person's answer; no value: don't know
  skip,
  consent,  // a command or an intrusive step may run
  input,    // a value that was not known at the start
  undo,
  again,      // steps are looked at again
  ask_again,  // an answer was taken back
  pin,
  unpin,
  attempt,    // a workaround is being tried
  trial,      // it helped, or did not
  round,      // the fix of this cause is verified, and the symptom goes on
  confirmed,  // or its confirmation was taken back
  note,
  ask,        // what is asked on the screen; without a step, what it has come to stands there
  shell,      // from now on commands are for this kind of shell at the customer's
  hand_over,  // everything was shown to whoever takes over
  more,       // asks on, although it has come to an end or is not worth its time
  verdict,    // what it has come to
  stop,       // ended from outside; looks under way were cut off
  resume,
  end,
};
std::string_view name_of(EventKind kind);
std::optional<EventKind> event_from_name(std::string_view name);

/// One thing that happened, as plain data. Steps, outcomes, causes and inputs go by their names, never by
/// index, so that it means the same for a later version of the playbook. Which members count, by kind:
struct Event {
  EventKind kind{};
  UtcTime at{};
  // The step; of `input` the input; of `pin`, `unpin`, `attempt`, `trial`, `round` and `verdict` the cause.
  std::string name = {};
  // The outcome; the input's value; the verdict; why it stopped or ended; the shell; for whom it was handed
  // over.
  std::string value = {};
  std::string by =
      {};  // of outcomes, observations and answers: "probe", "person", "command", "paste", "given"
  // The line for people: what was said, asked, noted; the text that was pasted; the command that may run.
  std::string text = {};
  // Of an outcome, why there is none; of a paste, why it could not be read; of a verdict, its reason.
  std::string reason = {};
  std::string state = {};  // of an outcome, "done" or "failed"; of a verdict, the symptom
  // Fine, certain, gone, confirmed; of `input`: the value is hidden; of a paste: it stands beside ours.
  std::optional<bool> flag = {};
  bool early = false;    // of an observation: made before it was known whether the step applies
  bool pasted = false;   // of an observation: a person's, not a look of our own
  bool symptom = false;  // of an outcome: the step looks for the complaint itself
  std::vector<std::string> steps = {};  // of `again`
  std::optional<fact::Observation> observation = {};
  std::optional<PlaceSigns> place = {};
  Milliseconds took{};
  double probability = 0;  // of a verdict
  int code = 0;            // of `end`: the exit code
};

/// How a session began: enough to build it again, without its secrets.
struct Start {
  std::string playbook;  // id
  std::string digest;
  std::string origin;
  bool built_in = false;
  std::string text;                           // of the playbook
  std::map<std::string, std::string> inputs;  // masked
  std::set<std::string> hidden;  // inputs whose value is not whole here: a secret, or with one in it
  std::string here;
  std::string cloud;
  bool interactive = false;
  bool allow_intrusive = false;
  bool trust_overlay = false;
  bool reference = true;
  std::set<std::string> allow_commands;
  Milliseconds timeout{};
  UtcTime at{};
};

/// Takes what happens, in order. Everything is masked, and safe when `write` returns: only then it is shown.
/// A journal that can't write says so itself; the session goes on.
class Journal {
 public:
  virtual ~Journal() = default;
  virtual void write(std::span<const Event> events) = 0;
};

}  // namespace aztriage::engine
