#include "cli/walk/walk.h"
#include "engine/client_command.h"

namespace aztriage::cli {

void Walk::begin() {
  say(view_.header(system_clock().utc(), options_.recording ? options_.recording->id() : ""));
  continue_ = options_.continues;
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
  if (question.empty()) return;
  const auto& step = session_.playbook().steps[static_cast<std::size_t>(choice_.first)];
  engine::Event event{.kind = engine::EventKind::ask, .name = step.id};
  if (step.question) event.text = engine::fill_for_people(*step.question, session_.environment());
  for (const auto& line : question) {
    if (event.text.empty()) event.text = line;
  }
  session_.record(std::move(event));
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
