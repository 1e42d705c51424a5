#include "base/text.h"
#include "cli/interrupt.h"
#include "cli/walk/walk.h"
#include "engine/client_command.h"

#include <algorithm>
#include <utility>

namespace aztriage::cli {

bool Walk::handle_answer(const std::string& text) {
  if (mode_ != Mode::asking) return false;
  if (session_.openness(choice_.first) != engine::Openness::input) return answer_by_name(choice_.first, text);
  // A key alone, or with what belongs to it, is a key; a value that looks like one is given as NAME=VALUE.
  const bool key = text == "?" || text == "!" || text.size() == 1 || (text.size() > 1 && text[1] == ' ');
  if (key) return false;
  const auto name = session_.wanted_input(choice_.first);
  const auto value = text.starts_with(name + "=") ? text.substr(name.size() + 1) : text;
  if (auto set = session_.set_input(name, value); !set) {
    say("  " + text::printable(set.error().what) +
        (set.error().hint.empty() ? "" : ": " + text::printable(set.error().hint)));
    return false;
  }
  return true;
}

/// By its number, its name or what people read; an unambiguous beginning of three letters will do.
bool Walk::answer_by_name(int index, const std::string& text) {
  const auto& outcomes = session_.playbook().steps[static_cast<std::size_t>(index)].outcomes;
  int chosen = -1;
  int beginning = -1;
  int beginnings = 0;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const auto& outcome = outcomes[i];
    if (text == std::to_string(i + 1) || text::equal_ignoring_case(text, outcome.name) ||
        text::equal_ignoring_case(text, outcome.label)) {
      chosen = static_cast<int>(i);
      break;
    }
    if (text.size() > 2 && text::lower(outcome.name).starts_with(text::lower(text))) {
      beginning = static_cast<int>(i);
      ++beginnings;
    }
  }
  if (chosen < 0 && beginnings == 1) chosen = beginning;
  if (chosen < 0) return false;
  session_.answer(index, chosen);
  std::erase(settled_, index);  // whoever has answered knows
  return true;
}

bool Walk::key_paste(const std::string& rest) {
  if (rest.empty() && mode_ != Mode::asking) {
    say("  p STEP says which step the output is for");
    return false;
  }
  const int step = rest.empty() ? choice_.first : step_named(rest, "step");
  if (step < 0) return false;
  if (engine::client_readers(session_.playbook().steps[static_cast<std::size_t>(step)]).empty()) {
    say("  no output of '" + session_.step(step).id +
        "' can be read; choose what it shows by its number or name");
    return false;
  }
  return collect_paste(step, "");
}

bool Walk::collect_paste(int step, const std::string& first) {
  prompt_.collect(first);
  bool readable = false;
  const auto watch = net_.watch(Prompt::descriptor(), net::Net::readable, [&](unsigned) { readable = true; });
  std::optional<Reply> reply = prompt_.take();
  while (!reply && !interrupted()) {
    session_.turn(Milliseconds(200));
    prompt_.fit();
    if (!settled_.empty()) {
      prompt_.print_above([&] {
        for (const int each : std::exchange(settled_, {})) show(view_.step(each, true));
      });
    }
    if (!readable) continue;
    readable = false;
    input_over_ = !prompt_.feed() || input_over_;
    reply = prompt_.take();
    if (!reply && input_over_) break;
  }
  net_.unwatch(watch);
  if (!reply) {
    prompt_.stop();
    return false;
  }
  if (reply->cut) say("  the text was longer than 1 MiB; its end is missing");
  return paste_into(step, reply->text);
}

bool Walk::paste_into(int step, const std::string& text) {
  const auto lines = std::ranges::count(text, '\n') + (text.ends_with('\n') || text.empty() ? 0 : 1);
  const auto reading = session_.paste(step, text);
  if (reading.failure && reading.failure->kind == fact::FailureKind::unreadable) {
    say("  could not be read: " + text::printable(reading.failure->text));
    return false;
  }
  say("  " + std::to_string(lines) + (lines == 1 ? " line read" : " lines read"));
  std::erase(settled_, step);
  if (const auto& result = session_.step(step);
      result.state == engine::StepState::done && result.outcome < 0) {
    const auto reason = result.reason;
    session_.undo();
    std::erase(settled_, step);
    say("  " + reason + ": choose by its number or name");
    return false;
  }
  show(view_.step(step, false));
  keep_sight(step);
  return true;
}

/// Runs them and shows what they bring.
void Walk::probe(const std::vector<int>& steps) {
  session_.probe_again(steps);
  gather();
}

}  // namespace aztriage::cli
