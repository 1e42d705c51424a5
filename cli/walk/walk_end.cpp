#include "base/duration.h"
#include "base/text.h"
#include "cli/interrupt.h"
#include "cli/report_out.h"
#include "cli/walk/walk.h"
#include "decode/last_check.h"
#include "engine/verify.h"
#include "report/case_report.h"

#include <algorithm>

namespace aztriage::cli {
namespace {

/// One good look may be luck: two in a row count.
constexpr int kGoodLooks = 2;

std::chrono::seconds patience(const playbook::Cause& cause) {
  auto most = engine::kVerifyFor;
  for (const auto& workaround : cause.workarounds) {
    if (workaround.takes)
      most = std::max(most, std::chrono::duration_cast<std::chrono::seconds>(*workaround.takes));
  }
  return most;
}

}  // namespace

/// `v`, `v NAME`; `v yes` and `v no` where only the customer can tell.
bool Walk::key_verify(const std::string& rest) {
  const bool yes = text::equal_ignoring_case(rest, "yes");
  const bool no = text::equal_ignoring_case(rest, "no");
  int index = tried_ >= 0 ? tried_ : mode_ == Mode::ended ? cause() : -1;
  if (!rest.empty() && !yes && !no) {
    index = cause_named(rest);
    if (index < 0) return false;
  }
  if (index < 0) {
    say("  v NAME: the cause whose workaround was tried");
    return false;
  }
  tried_ = index;
  return yes || no ? believe_person(index, yes) : verify(index);
}

bool Walk::key_try(const std::string& rest) {
  const int index = rest.empty() && mode_ == Mode::ended ? cause() : cause_named(rest);
  if (index < 0) return false;
  const auto lines = view_.workarounds(index);
  if (lines.empty()) say("  there is no workaround for it; w " + rest + " shows the fix");
  if (!lines.empty()) {
    session_.record({.kind = engine::EventKind::attempt,
                     .name = session_.playbook().causes[static_cast<std::size_t>(index)].id});
  }
  show(lines);
  tried_ = index;
  if (!lines.empty()) say("  v verifies it");
  return false;
}

bool Walk::believe_person(int index, bool helped) {
  session_.tried(index, helped);
  if (helped) {
    confirmed(index);
  } else {
    say("  it did not help; on with the rest");
    tried_ = -1;
  }
  return true;
}

/// Looks again every 15 s until it is fine twice in a row, the workaround's time is over, or a key is
/// pressed. True when it is.
bool Walk::look_until_fine(int index) {
  const auto steps = engine::verify_steps(session_.playbook(), index);
  const auto until = Steady::now() + patience(session_.playbook().causes[static_cast<std::size_t>(index)]);
  say("  looking again every " + std::to_string(engine::kVerifyEvery.count()) + " s; Enter ends it");
  int good = 0;
  while (!interrupted() && Steady::now() < until) {
    session_.probe_again(steps);
    while (session_.busy() && !interrupted()) session_.turn(Milliseconds(100));
    settled_.clear();
    const auto state = engine::verified(session_, index);
    for (const int step : steps) show(view_.step(step, false));
    if (state == engine::Verified::cannot_tell) break;
    good = state == engine::Verified::helped ? good + 1 : 0;
    if (good >= kGoodLooks) return true;
    const auto pause = good > 0 ? std::chrono::seconds(2) : engine::kVerifyEvery;
    bool readable = false;
    const auto watch =
        net_.watch(Prompt::descriptor(), net::Net::readable, [&](unsigned) { readable = true; });
    const auto next = Steady::now() + pause;
    while (!readable && !interrupted() && Steady::now() < next) net_.turn(Milliseconds(200));
    net_.unwatch(watch);
    stopped_by_key_ = readable && good == 0;
    if (stopped_by_key_) break;
  }
  return false;
}

bool Walk::verify(int index) {
  // What was never seen broken from here can't be seen mended from here.
  const bool seen_here = session_.symptom() != isolation::Symptom::not_seen;
  const bool fine = seen_here && look_until_fine(index);
  if (interrupted()) return true;
  if (fine) {
    session_.tried(index, true);
    confirmed(index);
    return true;
  }
  if (!seen_here || engine::verified(session_, index) == engine::Verified::cannot_tell) {
    say("  this can't be told from here: v yes or v no, as the customer sees it");
    return false;
  }
  say("  the workaround of " + view_.name_of(index) +
      " did not help: not fine yet; v looks again, c goes on "
      "with the questions");
  session_.tried(index, false);
  return true;
}

void Walk::confirmed(int index) {
  verified_ = true;
  fixed_ = index;
  tried_ = -1;
  mode_ = Mode::fixed;
  say(console_.paint(Style::good, "CONFIRMED") + "      " + console_.screen_time(system_clock().utc()) +
      "   the workaround helped");
  show(view_.fix_and_escalation(index));
}

/// After a verified fix one thing is left to know: whether that was all.
bool Walk::handle_fixed(const std::string& text) {
  if (text == "1" || text == "no" || text == "q") {
    leave_ = true;
    return true;
  }
  if (text == "2" || text == "yes") {
    next_round();
    return true;
  }
  const auto word = text.substr(0, text.find(' '));
  if (word == "e" || word == "n" || word == "w" || word == "?" || word == "l") {
    handle_key(word, std::string(text::trim(std::string_view(text).substr(word.size()))));
    return false;
  }
  say("  1 or 2; q leaves");
  return false;
}

void Walk::next_round() {
  say("");
  say("ROUND 2 of this call: a second fault. What is lasting is kept; all else is looked at and asked "
      "again.");
  session_.next_round(fixed_);
  verified_ = false;
  fixed_ = -1;
  continue_ = false;
  conclusion_ = {};
  mode_ = Mode::asking;
  sights_.clear();
  view_.forget_shortlist();
  gather();
}

/// Everything that whoever takes over needs, on standard output.
bool Walk::key_hand_over(const std::string&) {
  session_.record(
      {.kind = engine::EventKind::hand_over, .value = options_.for_customer ? "customer" : "engineering"});
  auto report = report::report_of({engine::summarise(session_)});
  for (const auto& note : notes_) {
    report.notes.push_back(note);
    report.timeline.push_back({note.at, report::TimelineEntry::Kind::note, "engineer", note.text});
  }
  std::ranges::stable_sort(report.timeline, {}, &report::TimelineEntry::at);
  const auto audience = options_.for_customer ? report::Audience::customer : report::Audience::engineering;
  report::Style style;
  style.width = console_.width();
  const auto text = report::render(report::Format::text, report, audience, style);
  std::vector<std::string> own;
  add_own_words(session_, own);
  const auto checked = decode::last_check(text, session_.secrets(), "what to hand over", own);
  if (!checked) {
    say("  " + checked.error().what);
    return false;
  }
  console_.out(text);
  return false;
}

/// On in the playbook where this cause is at home.
bool Walk::key_go_on(const std::string& rest) {
  std::string target = rest;
  if (target.empty() && cause() >= 0 && cause() < static_cast<int>(session_.playbook().causes.size()))
    target = session_.playbook().causes[static_cast<std::size_t>(cause())].see;
  if (const int named = target.empty() ? -1 : view_.find_cause(target); named >= 0) {
    const auto& see = session_.playbook().causes[static_cast<std::size_t>(named)].see;
    if (!see.empty()) target = see;
  }
  if (target.empty()) {
    say("  this cause has no playbook of its own; g PLAYBOOK goes on in any other");
    return false;
  }
  going_on_ = target;
  leave_ = true;
  return true;
}

}  // namespace aztriage::cli
