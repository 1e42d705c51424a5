#include "cli/walk/walk.h"
#include "engine/client_command.h"
#include "engine/customer_shell.h"

namespace aztriage::cli {

void Walk::begin() {
  say(view_.header(system_clock().utc(), options_.recording ? options_.recording->id() : ""));
  continue_ = options_.continues;
  forced_ = options_.asked;
  tried_ = options_.tried;
  notes_ = options_.notes;
  if (const auto* shell = engine::find_customer_shell(options_.shell); shell) view_.use_shell(shell->shell);
  if (options_.fixed >= 0) {
    fixed_ = options_.fixed;
    verified_ = true;
    mode_ = Mode::fixed;
  }
  for (const auto& line : options_.before) say(line);
}

/// What the screen is about to show of where the walk stands: the question, or what it has come to.
void Walk::put_on_record(const WalkView::Lines& question) {
  session_.record(engine::verdict_event(session_));
  engine::Event event{.kind = engine::EventKind::ask};
  if (!question.empty()) {
    const auto& step = session_.playbook().steps[static_cast<std::size_t>(choice_.first)];
    event.name = step.id;
    if (step.question) event.text = engine::fill_for_people(*step.question, session_.environment());
  }
  for (const auto& line : question) {
    if (event.text.empty()) event.text = line;
  }
  session_.record(std::move(event));
  tell_recording();
}

/// Questions go on, although it has come to an end or they are not worth their time.
void Walk::ask_on() {
  if (continue_) return;
  continue_ = true;
  session_.record({.kind = engine::EventKind::more});
}

/// Once when nothing is recorded any more, and once when it is again.
void Walk::tell_recording() {
  if (!options_.recording) return;
  const auto news = options_.recording->news(console_);
  if (!news) return;
  say("  " + console_.paint(Style::warn, *news));
  if (news->starts_with("NOT")) say("  nothing is lost yet: e shows everything, to be kept elsewhere");
}

}  // namespace aztriage::cli
