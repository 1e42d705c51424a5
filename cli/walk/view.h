#pragma once

#include "cli/console.h"
#include "engine/customer_shell.h"
#include "engine/session.h"
#include "engine/summary.h"

#include <optional>
#include <string>
#include <vector>

namespace aztriage::cli {

/// The lines that a walk shows. It reads the session and changes nothing; plain lines, so that it works in
/// tmux, on a shared screen, in a log and with a screen reader. `for_customer` leaves out percentages, teams
/// and notes.
class WalkView {
 public:
  WalkView(const engine::Session& session, const Console& console, bool for_customer);

  using Lines = std::vector<std::string>;
  std::string header(UtcTime now, const std::string& case_id = {}) const;
  /// What came of one look; `late` when the question was on the screen already.
  Lines step(int index, bool late) const;
  Lines vantage() const;
  /// `possible` and `unlikely`; empty when nothing of it has changed since the last time it was shown.
  Lines shortlist();
  /// The question, command or input that a step wants, and its keys.
  Lines question(const isolation::Choice& choice) const;
  /// What ends the asking: the isolated or probable cause with what to do, or that none fits.
  Lines ending(const engine::Conclusion& conclusion) const;
  /// Why this question, and what each answer would bring.
  Lines why_question(const isolation::Choice& choice) const;
  /// What speaks for and against it, and which answers would change that.
  Lines why_cause(int cause) const;
  Lines all_causes() const;
  Lines pins() const;
  Lines answered(const std::vector<int>& steps) const;
  Lines shells() const;
  Lines after_the_fix() const;
  Lines worth_trying(const isolation::State& state);
  Lines workarounds(int cause) const;
  Lines fix_and_escalation(int cause) const;
  Lines help() const;

  /// A cause by id, or an unambiguous beginning of one; -1 otherwise.
  int find_cause(std::string_view word) const;
  std::string percent(double probability) const;
  /// The id for engineers, the title on the customer's screen.
  std::string name_of(int cause) const;
  /// Where the customer can type from now on.
  void use_shell(engine::CustomerShell shell) { shell_ = shell; }
  /// The next shortlist is shown even if it is the same.
  void forget_shortlist() { last_shortlist_.clear(); }

 private:
  std::string title_of(int cause) const;
  std::string said(const isolation::Evidence& evidence) const;
  Lines beside(const engine::StepResult& result) const;
  std::string evidence_words(int cause) const;
  Lines answers(const playbook::Step& step, bool can_run) const;
  Lines command_for(const playbook::Step& step, bool can_run) const;
  Lines keys(std::string_view which) const;
  Lines labelled(std::string_view label, std::string_view text) const;

  const engine::Session& session_;
  const Console& console_;
  bool for_customer_;
  std::optional<engine::CustomerShell> shell_;
  std::string last_shortlist_;
  int last_offer_ = -1;
};

}  // namespace aztriage::cli
