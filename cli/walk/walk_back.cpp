#include "base/text.h"
#include "cli/walk/walk.h"

#include <algorithm>

namespace aztriage::cli {

bool Walk::key_undo(const std::string&) {
  if (session_.undo()) return true;
  say("  nothing to undo");
  return false;
}

/// `b` lists what was answered; `b 3` or `b NAME` asks that one again, `b INPUT` asks for the input again.
bool Walk::key_back(const std::string& rest) {
  const auto answered = session_.answered_by_people();
  if (rest.empty()) {
    show(view_.answered(answered));
    return false;
  }
  const auto word = rest.substr(0, rest.find(' '));
  const auto& inputs = session_.playbook().inputs;
  if (std::ranges::find(inputs, word, &playbook::Input::name) != inputs.end() &&
      session_.playbook().step_index(word) < 0) {
    const auto value = text::trim(std::string_view(rest).substr(word.size()));
    return change_input(word, std::string(value));
  }
  int step = -1;
  for (std::size_t i = 0; i < answered.size(); ++i) {
    if (rest == std::to_string(i + 1)) step = answered[i];
  }
  if (step < 0) step = step_named(rest, "answer");
  if (step < 0) return false;
  if (!session_.ask_again(step)) {
    say("  nobody has answered '" + session_.playbook().steps[static_cast<std::size_t>(step)].id +
        "'; b lists what was answered, r NAME probes again");
    return false;
  }
  forced_ = step;
  if (mode_ == Mode::ended) ask_on();
  return true;
}

/// A changed input changes what the probes look at, so all look again.
bool Walk::change_input(const std::string& name, std::string value) {
  if (value.empty()) {
    const auto input = std::ranges::find(session_.playbook().inputs, name, &playbook::Input::name);
    say("  " + (input->ask.empty() ? "What is the " + name + "?" : input->ask));
    const auto reply = wait(name + "> ", input->secret);
    if (!reply || reply->kind != Reply::Kind::line || text::trim(reply->text).empty()) {
      say("  unchanged");
      return true;
    }
    value = std::string(text::trim(reply->text));
  }
  if (auto set = session_.set_input(name, value); !set) {
    say("  " + text::printable(set.error().what) +
        (set.error().hint.empty() ? "" : ": " + text::printable(set.error().hint)));
    return false;
  }
  return key_probe_again("");
}

}  // namespace aztriage::cli
