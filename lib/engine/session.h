#pragma once

#include "decode/mask.h"
#include "engine/environment.h"
#include "engine/event.h"
#include "engine/inputs.h"
#include "engine/result.h"
#include "engine/source.h"
#include "engine/vantage.h"
#include "isolation/explain.h"
#include "playbook/data.h"

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace aztriage::engine {

struct SessionOptions {
  std::string here = "client";
  std::string cloud = "public";
  Milliseconds timeout{};  // of a step, unless the playbook says otherwise; zero: the probe's own
  std::set<std::string> allow_commands;  // programs that may be run: az, kubectl
  bool allow_intrusive = false;
  bool trust_overlay = false;  // a playbook that is not built in may run commands and send secrets
  bool interactive = false;    // somebody can answer: open steps stay open
  bool reference = true;       // ask reference hosts for the vantage
  /// A probe whose requirement is still being looked at starts with all others; what it sees counts only when
  /// the requirement holds. Costs some traffic, saves a round of waiting.
  bool start_early = false;
  /// What else must not be shown: secrets that the process was started with.
  decode::SecretSet hidden;
};

/// Data beside the playbook that a session needs; must outlive it.
struct SessionData {
  const playbook::Clouds& clouds;
  const playbook::VantageData& vantage;
  const std::vector<playbook::Family>& families;
};

/// What a person can do about a step that is not settled.
enum class Openness { none, question, command, client, intrusive, input };

/// One isolation: runs every look that can run, together, takes what people say, and asks the isolation again
/// after each. Used by `run`, `walk` and `playbook test`; it prints nothing and decides no wording.
class Session {
 public:
  /// `on_settled` is called once for each step when it has come to an end, in the order in which they do.
  using OnSettled = std::function<void(int step)>;
  Session(playbook::Playbook playbook, Inputs inputs, SessionOptions options, SessionData data,
          Source& source, const Clock& clock);
  ~Session();

  void on_settled(OnSettled call) { on_settled_ = std::move(call); }
  /// Everything that happens is written there, before it is told; what was given before `start`, too.
  /// nullptr: nowhere any more.
  void record_to(Journal* journal) { journal_ = journal; }
  /// How the session began, for the first line of its record.
  Start begun() const;
  /// Makes the session what it was when the last of `events` had happened; before `start`, and nothing of it
  /// is told or recorded. With `by_today` the playbook may be another than then: what it does not know any
  /// more is left out and named in the answer.
  std::vector<std::string> restore(const Start& begun, std::span<const Event> events, bool by_today = false);
  /// After `restore`: what had been cut off is looked at again, consent that had led to nothing is asked for
  /// again.
  void go_on();
  /// An answer that is known already (`--answer`): an outcome's name, or `?` for "don't know".
  Result<void> give(const std::string& step, const std::string& outcome);
  /// A text for the step's reader (`--answer STEP=@FILE`).
  Result<void> give_text(const std::string& step, std::string_view text);

  /// What a record says that the step saw.
  void give_observation(int step, fact::Observation observation);

  /// The vantage and all probes that can start.
  void start();
  /// One turn of the loop; false when nothing is under way.
  bool turn(Milliseconds most);
  bool busy() const;
  /// Ends everything under way; what was seen is kept.
  void stop(fact::FailureKind kind);

  // What people do. Each is an entry of the history, so that undo can take it back.
  void answer(int step, int outcome);  // -1: don't know
  void skip(int step);
  /// An output of the customer's. For a step that was looked at from here, too, the customer's counts, and
  /// ours stands beside it.
  fact::Observation paste(int step, std::string_view text);
  Result<void> run_command(int step);  // with consent
  void run_intrusive(int step);        // with consent
  Result<void> set_input(const std::string& name, const std::string& value);
  void pin(int cause, bool certain);
  void unpin(int cause);
  void tried(int cause, bool gone);
  bool undo();
  /// Takes back what somebody answered, skipped, pasted or ran, so that the step is asked again.
  bool ask_again(int step);
  /// Steps that somebody answered, skipped, pasted or ran, in the order in which they did.
  std::vector<int> answered_by_people() const;
  /// The fix of `fixed` is verified, and the symptom goes on: what is not lasting is looked at and asked
  /// again.
  void next_round(int fixed);
  /// Causes that the rounds before have fixed.
  const std::vector<int>& fixed() const { return fixed_; }
  /// Looks again at every step that a probe sees; answers of people stay.
  void probe_again(const std::vector<int>& steps);
  /// A workaround was verified.
  void set_confirmed(bool confirmed);
  bool confirmed() const { return confirmed_; }
  /// For what changes nothing here: notes, what is asked, verdicts, the end. It is masked, and on the record
  /// when this returns. A verdict that is the same as the last one is not repeated.
  void record(Event event);
  /// The text without secrets: those of the inputs, and what looks like one.
  std::string masked(std::string_view text) const { return decode::mask(text, secrets_).text; }

  const playbook::Playbook& playbook() const { return playbook_; }
  const Inputs& inputs() const { return inputs_; }
  const isolation::Problem& problem() const { return problem_; }
  isolation::Known known() const;
  const StepResult& step(int index) const { return slots_[static_cast<std::size_t>(index)].result; }
  bool settled(int step) const;
  bool running(int step) const;
  Openness openness(int step) const;
  /// Name of the input that the step waits for when its openness is `input`.
  std::string wanted_input(int step) const;
  /// Steps that may be chosen next.
  std::vector<bool> open_steps() const;
  /// Where values for templates come from now.
  const Environment& environment() const { return *environment_; }
  const StepResult& vantage() const { return vantage_; }
  const std::vector<Finding>& findings() const { return findings_; }
  isolation::Symptom symptom() const;
  isolation::State state() const;
  std::optional<fact::FailureKind> stopped() const { return stopped_; }
  /// Values that were given as secrets, for whoever writes texts out of what the session knows.
  const decode::SecretSet& secrets() const { return secrets_; }
  /// Inputs, place and times of the session, into a result.
  void describe(RunResult& result) const;

 private:
  enum class Phase { waiting, running, open, settled };
  struct Slot {
    Phase phase = Phase::waiting;
    StepResult result;
    std::unique_ptr<Looking> looking;
    std::optional<fact::Observation> observation;  // what was seen or read
    std::optional<fact::Observation> theirs;       // what the customer saw; counts before ours
    std::optional<int> said;                       // an outcome that a person gave; -1: don't know
    bool skipped = false;
    bool consent = false;
    bool consent_used = false;  // something was seen after it was given
    bool told = false;
    bool pasted = false;
    bool early = false;  // started before it was known whether it applies
    std::string by = "probe";
    Openness open = Openness::none;
    std::string wanted_input;
    SteadyTime started{};
    const std::optional<fact::Observation>& counting() const { return theirs ? theirs : observation; }
    bool by_people() const { return said || skipped || pasted || theirs || by == "command"; }
  };
  /// What undo puts back.
  struct Action {
    int step = -1;
    std::optional<int> said;
    std::optional<fact::Observation> observation;
    std::optional<fact::Observation> theirs;
    bool skipped = false;
    bool pasted = false;
    bool consent = false;
    std::string by;
    std::vector<isolation::Pin> pins;
    std::vector<isolation::Trial> trials;
  };

  Slot& slot(int index) { return slots_[static_cast<std::size_t>(index)]; }
  const Slot& slot(int index) const { return slots_[static_cast<std::size_t>(index)]; }
  const playbook::Step& spec(int index) const { return playbook_.steps[static_cast<std::size_t>(index)]; }
  Action remember(int step) const;

  void advance();
  bool try_step(int index);
  bool try_of(int index);
  bool try_probe(int index);
  bool try_command(int index);
  bool try_vantage_cause(int index);
  void forget(int index);
  void look_beside(int index);
  bool judge_slot(int index, const fact::Observation& observation);
  bool open_up(int index, Openness openness, std::string reason);
  enum class Lock { open, waits, shut };
  Lock lock_of(int index, std::string& reason) const;
  bool start_early(int index);
  bool settle_early(int index);
  bool begin(int index, const StepPlan& plan);
  bool begin_command(int index, const std::vector<std::string>& argv);
  void seen(int index, Seen seen);
  void vantage_seen(PlaceSigns signs);
  void add_target_signs(PlaceSigns& signs) const;
  void judge_findings();
  void finish(int index, StepState state, std::string reason);
  bool is_settled(const std::string& id) const;
  std::optional<fact::Observation> prepare(const playbook::Step& step, Seen seen) const;
  std::string line_of(const playbook::Step& step, int outcome, const fact::Observation* observation) const;
  void tell_settled();
  void log(Event event);
  void log(EventKind kind, int step);
  void log_observation(EventKind kind, int step);
  void log_outcome(int step);
  void commit();
  bool replay(const Event& event, bool by_today);
  bool replay_step(const Event& event, int step, bool by_today);
  bool replay_cause(const Event& event);
  void replay_input(const Event& event);
  void cut_vantage();
  void reopen();
  void see(const std::string& id, const fact::Observation* observation);

  playbook::Playbook playbook_;
  SessionOptions options_;
  SessionData data_;
  Source& source_;
  const Clock& clock_;
  OnSettled on_settled_;
  Inputs inputs_;
  decode::SecretSet secrets_;
  std::unique_ptr<Environment> environment_;
  isolation::Problem problem_;
  std::vector<Slot> slots_;
  std::vector<Action> history_;
  std::vector<isolation::Pin> pins_;
  std::vector<isolation::Trial> trials_;
  std::vector<int> fixed_;
  std::vector<std::unique_ptr<Looking>> retired_;
  std::unique_ptr<Looking> vantage_looking_;
  std::optional<PlaceSigns> place_;
  StepResult vantage_;
  std::vector<Finding> findings_;
  SteadyTime started_{};
  UtcTime started_utc_{};
  std::optional<fact::FailureKind> stopped_;
  bool confirmed_ = false;
  bool vantage_cut_ = false;  // the look at our own place did not come to its end
  Milliseconds took_before_{};
  Journal* journal_ = nullptr;
  bool restoring_ = false;
  bool begun_ = false;
  std::vector<Event> pending_;  // happened, not yet on the record
  std::optional<Event> last_verdict_;
};

}  // namespace aztriage::engine
