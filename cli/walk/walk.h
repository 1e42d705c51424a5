#pragma once

#include "cli/cases.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/prompt.h"
#include "cli/walk/view.h"
#include "engine/session.h"
#include "net/net.h"
#include "report/case_report.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace aztriage::cli {

struct WalkOptions {
  bool for_customer = false;
  Recording* recording = nullptr;  // what its case is told; nullptr: there is none
  bool continues = false;          // asks on, as `c` makes it
  int fixed = -1;                  // the cause whose fix was verified last
  int asked = -1;                  // the step that was asked last and has no answer
  int tried = -1;                  // the cause whose workaround was being tried
  std::string shell;               // of the customer, by its name
  std::vector<report::Note> notes;
  std::vector<std::string> before;  // lines of an earlier part of the walk, shown first
};

/// The guided isolation on a call: shows what the probes find, asks the one question that is worth most,
/// offers the workaround and verifies it. The keyboard and the network are waited for together.
class Walk {
 public:
  Walk(engine::Session& session, net::Net& net, Console& console, Prompt& prompt, const WalkOptions& options);

  ExitCode run();
  /// The playbook in which the engineer wants to go on (`see`), or empty.
  const std::string& going_on() const { return going_on_; }
  /// Notes with their times, for whoever takes over.
  const std::vector<report::Note>& notes() const { return notes_; }

 private:
  enum class Mode { asking, ended, fixed };
  /// What one person's output showed.
  struct Sighting {
    std::string who;
    std::string saw;
    int outcome = -1;
  };
  /// What a key does: whether what is on the screen next has to be decided again.
  struct KeySpec {
    std::string_view key;
    bool (Walk::*act)(const std::string& rest);
  };

  void gather();
  void flush_steps(bool all);
  void tell_settled();
  void show_again();
  void show(const WalkView::Lines& lines);
  void decide();
  /// Waits for a reply while the network goes on. Nothing: interrupted, or the verdict came in meanwhile.
  std::optional<Reply> wait(std::string_view question, bool secret = false);
  bool wants_secret() const;
  bool handle(const Reply& reply);
  bool handle_answer(const std::string& text);
  bool answer_by_name(int step, const std::string& text);
  bool handle_fixed(const std::string& text);
  static std::span<const KeySpec> keys();
  bool handle_key(const std::string& word, const std::string& rest);
  std::vector<std::string> candidates(std::string_view line) const;

  bool key_leave(const std::string& rest);
  bool key_unknown(const std::string& rest);
  bool key_skip(const std::string& rest);
  bool key_yes(const std::string& rest);
  bool key_undo(const std::string& rest);
  bool key_back(const std::string& rest);
  bool key_continue(const std::string& rest);
  bool key_probe_again(const std::string& rest);
  bool key_paste(const std::string& rest);
  bool key_from(const std::string& rest);
  bool key_verify(const std::string& rest);
  bool key_try(const std::string& rest);
  bool key_hand_over(const std::string& rest);
  bool key_note(const std::string& rest);
  bool key_why(const std::string& rest);
  bool key_list(const std::string& rest);
  bool key_exclude(const std::string& rest);
  bool key_certain(const std::string& rest);
  bool key_unpin(const std::string& rest);
  bool key_shell(const std::string& rest);
  bool key_go_on(const std::string& rest);
  bool key_help(const std::string& rest);

  int step_named(const std::string& word, const char* what);
  int cause_named(const std::string& word);
  bool change_input(const std::string& name, std::string value);
  /// Both: whether it could be read.
  bool paste_into(int step, const std::string& text);
  bool collect_paste(int step, const std::string& first);
  void keep_sight(int step);
  void probe(const std::vector<int>& steps);
  bool pin(const std::string& rest, bool certain);
  bool verify(int cause);
  bool look_until_fine(int cause);
  bool believe_person(int cause, bool helped);
  void confirmed(int cause);
  void next_round();
  void say(std::string_view line);
  void begin();
  ExitCode code_now() const;
  void put_on_record(const WalkView::Lines& question);
  void ask_on();
  void tell_recording();
  int cause() const;
  int steps() const;

  engine::Session& session_;
  net::Net& net_;
  Console& console_;
  Prompt& prompt_;
  WalkOptions options_;
  WalkView view_;
  Mode mode_ = Mode::asking;
  isolation::Choice choice_;
  engine::Conclusion conclusion_;
  std::vector<int> settled_;  // not shown yet, in the order in which they came
  bool asking_ = false;       // a prompt is on the screen
  bool changed_ = false;      // something came in while it was
  bool continue_ = false;     // asks below the worth of asking, and after a verdict
  bool leave_ = false;
  bool input_over_ = false;
  bool stopped_by_key_ = false;  // by an Enter that is not read yet
  bool verified_ = false;
  int forced_ = -1;  // a step that is asked again, whatever is worth most
  int tried_ = -1;   // the cause whose workaround is being tried
  int fixed_ = -1;   // the cause whose workaround is verified
  std::string going_on_;
  std::vector<report::Note> notes_;
  std::string who_;  // whose outputs are pasted; empty: nobody has said
  std::map<int, std::vector<Sighting>> sights_;
};

}  // namespace aztriage::cli
