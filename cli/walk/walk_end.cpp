#include "base/duration.h"
#include "base/text.h"
#include "cli/interrupt.h"
#include "cli/walk/walk.h"
#include "engine/verify.h"
#include "report/report.h"

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

/// Looks again every 15 s until it is fine twice in a row, the workaround's time is over, or a key is
/// pressed.
void Walk::verify() {
  const int index = cause();
  const auto steps = engine::verify_steps(session_.playbook(), index);
  const auto until = Steady::now() + patience(session_.playbook().causes[static_cast<std::size_t>(index)]);
  say("  looking again every " + std::to_string(engine::kVerifyEvery.count()) + " s; Enter ends it");
  int good = 0;
  bool told = false;
  while (!interrupted() && Steady::now() < until) {
    session_.probe_again(steps);
    while (session_.busy() && !interrupted()) session_.turn(Milliseconds(100));
    settled_.clear();
    const auto state = engine::verified(session_, index);
    for (const int step : steps) show(view_.step(step, false));
    told = told || state != engine::Verified::cannot_tell;
    good = state == engine::Verified::helped ? good + 1 : 0;
    if (good >= kGoodLooks) break;
    if (state == engine::Verified::cannot_tell) break;
    const auto pause = good > 0 ? std::chrono::seconds(2) : engine::kVerifyEvery;
    bool readable = false;
    const auto watch =
        net_.watch(Prompt::descriptor(), net::Net::readable, [&](unsigned) { readable = true; });
    const auto next = Steady::now() + pause;
    while (!readable && !interrupted() && Steady::now() < next) net_.turn(Milliseconds(200));
    net_.unwatch(watch);
    if (readable && good == 0) break;
  }
  if (good >= kGoodLooks) {
    session_.tried(index, true);
    verified_ = true;
    leave_ = true;
    say(console_.paint(Style::good, "CONFIRMED") + "      " + console_.screen_time(system_clock().utc()) +
        "   the workaround helped");
    show(view_.fix_and_escalation(index));
    return;
  }
  if (!told) return say("  these looks could not tell whether it helped");
  say("  not fine yet; v looks again, c goes on with the questions");
  session_.tried(index, false);
}

/// Everything that whoever takes over needs, on standard output.
void Walk::hand_over() {
  const auto result = engine::summarise(session_);
  report::Style style;
  style.width = console_.width();
  style.time = [this](UtcTime time) { return console_.screen_time(time); };
  const engine::RunResult results[] = {result};
  console_.out(report::render(report::Format::text, results, style));
  if (options_.for_customer || notes_.empty()) return;
  say("notes");
  for (const auto& note : notes_) say("  " + text::printable(note, 2000));
}

}  // namespace aztriage::cli
