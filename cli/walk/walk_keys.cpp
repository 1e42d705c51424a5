#include "base/suggest.h"
#include "base/text.h"
#include "cli/walk/walk.h"
#include "decode/mask.h"
#include "engine/customer_shell.h"

#include <algorithm>
#include <array>

namespace aztriage::cli {
namespace {

/// What was typed, in a message: it may be a secret in the wrong place.
std::string shown(std::string_view word) {
  return text::printable(decode::mask(word).text, 60);
}

}  // namespace

/// In the order in which `?` lists them.
std::span<const Walk::KeySpec> Walk::keys() {
  static constexpr auto kKeys = std::to_array<KeySpec>({
      {"d", &Walk::key_unknown}, {"s", &Walk::key_skip},      {"w", &Walk::key_why},
      {"l", &Walk::key_list},    {"n", &Walk::key_note},      {"u", &Walk::key_undo},
      {"b", &Walk::key_back},    {"p", &Walk::key_paste},     {"f", &Walk::key_from},
      {"y", &Walk::key_yes},     {"h", &Walk::key_shell},     {"r", &Walk::key_probe_again},
      {"t", &Walk::key_try},     {"v", &Walk::key_verify},    {"c", &Walk::key_continue},
      {"x", &Walk::key_exclude}, {"!", &Walk::key_certain},   {"-", &Walk::key_unpin},
      {"g", &Walk::key_go_on},   {"e", &Walk::key_hand_over}, {"q", &Walk::key_leave},
      {"?", &Walk::key_help},
  });
  return kKeys;
}

bool Walk::handle_key(const std::string& word, const std::string& rest) {
  for (const auto& spec : keys()) {
    if (spec.key == word) return (this->*spec.act)(rest);
  }
  // Several lines pasted without the marks of a terminal begin with a line that is no key.
  const bool reads = mode_ == Mode::asking &&
                     session_.openness(choice_.first) != engine::Openness::question &&
                     session_.openness(choice_.first) != engine::Openness::input;
  if (reads && word.size() > 1) {
    return collect_paste(choice_.first, word + (rest.empty() ? "" : " " + rest));
  }
  // What is long may be a secret in a form that nobody knows; whoever typed it has it before them.
  constexpr std::size_t kShort = 10;
  say("  " + (word.size() <= kShort ? "'" + shown(word) + "'" : std::string("that")) +
      " is no answer here; ? lists the keys");
  return false;
}

/// What TAB offers: answers, keys, and after a key what it takes.
std::vector<std::string> Walk::candidates(std::string_view line) const {
  std::vector<std::string> words;
  const auto blank = line.find(' ');
  const auto key = line.substr(0, blank);
  const auto add_causes = [&] {
    for (const auto& cause : session_.playbook().causes) words.push_back(cause.id);
  };
  if (blank == std::string_view::npos) {
    if (mode_ == Mode::asking && choice_.first >= 0) {
      for (const auto& outcome : session_.playbook().steps[static_cast<std::size_t>(choice_.first)].outcomes)
        words.push_back(outcome.name);
    }
    for (const auto& spec : keys()) words.emplace_back(spec.key);
  } else if (key == "w" || key == "x" || key == "!" || key == "-" || key == "t" || key == "v") {
    add_causes();
  } else if (key == "p" || key == "b" || key == "r") {
    for (const auto& step : session_.playbook().steps) words.push_back(step.id);
  } else if (key == "h") {
    for (const auto& shell : engine::customer_shells()) words.emplace_back(shell.name);
  }
  return words;
}

/// A step by its id, or an unambiguous beginning of one; says so when there is none.
int Walk::step_named(const std::string& word, const char* what) {
  int found = -1;
  int beginnings = 0;
  std::vector<std::string> ids;
  for (int i = 0; i < steps(); ++i) {
    const auto& id = session_.playbook().steps[static_cast<std::size_t>(i)].id;
    if (id == word) return i;
    ids.push_back(id);
    if (!word.empty() && id.starts_with(word)) {
      found = i;
      ++beginnings;
    }
  }
  if (beginnings == 1) return found;
  const auto hint = did_you_mean(word, ids);
  say("  there is no " + std::string(what) + " '" + shown(word) + "'" + (hint.empty() ? "" : "; " + hint));
  return -1;
}

int Walk::cause_named(const std::string& word) {
  const int found = view_.find_cause(word);
  if (found >= 0) return found;
  std::vector<std::string> ids;
  for (const auto& each : session_.playbook().causes) ids.push_back(each.id);
  const auto hint = did_you_mean(word, ids);
  say("  there is no cause '" + shown(word) + "'" + (hint.empty() ? "; l lists them" : "; " + hint));
  return -1;
}

bool Walk::key_leave(const std::string&) {
  leave_ = true;
  return true;
}

bool Walk::key_unknown(const std::string&) {
  if (mode_ != Mode::asking) return key_help("");
  session_.answer(choice_.first, -1);
  std::erase(settled_, choice_.first);
  return true;
}

bool Walk::key_skip(const std::string&) {
  if (mode_ != Mode::asking) return key_help("");
  session_.skip(choice_.first);
  std::erase(settled_, choice_.first);
  return true;
}

/// Consent: to run the command that is shown, or a step that can be felt.
bool Walk::key_yes(const std::string&) {
  if (mode_ != Mode::asking) return key_help("");
  const auto open = session_.openness(choice_.first);
  if (open == engine::Openness::command) {
    if (auto run = session_.run_command(choice_.first); !run) {
      say("  " + text::printable(run.error().what) +
          (run.error().hint.empty() ? "" : ": " + text::printable(run.error().hint)));
      return false;
    }
  } else if (open == engine::Openness::intrusive) {
    session_.run_intrusive(choice_.first);
  } else {
    say("  nothing here waits for a yes");
    return false;
  }
  gather();
  return true;
}

bool Walk::key_continue(const std::string&) {
  ask_on();
  if (!session_.state().next) say("  there is nothing left to ask; r probes again, b changes an answer");
  return true;
}

bool Walk::key_probe_again(const std::string& rest) {
  std::vector<int> chosen;
  if (!rest.empty()) {
    const int step = step_named(rest, "step");
    if (step < 0) return false;
    chosen.push_back(step);
  }
  for (int i = 0; rest.empty() && i < steps(); ++i) {
    const auto& step = session_.playbook().steps[static_cast<std::size_t>(i)];
    if (step.kind == playbook::StepKind::probe && !step.intrusive) chosen.push_back(i);
  }
  probe(chosen);
  return true;
}

bool Walk::key_note(const std::string& rest) {
  if (rest.empty()) {
    if (notes_.empty()) say("  n TEXT takes a note with the time");
    if (options_.for_customer && !notes_.empty())
      say("  " + std::to_string(notes_.size()) + " taken; not shown on this screen");
    for (const auto& note : notes_) {
      if (!options_.for_customer)
        say("  " + console_.screen_time(note.at) + "  " + text::printable(note.text, 2000));
    }
    return false;
  }
  session_.record({.kind = engine::EventKind::note, .text = rest});
  notes_.push_back({system_clock().utc(), session_.masked(rest)});
  say("  noted");
  return false;
}

bool Walk::key_why(const std::string& rest) {
  if (rest.empty()) {
    if (mode_ == Mode::asking) {
      show(view_.why_question(choice_));
    } else if (cause() >= 0) {
      show(view_.why_cause(cause()));
      show(view_.fix_and_escalation(cause()));
    } else {
      return key_list("");
    }
    return false;
  }
  const int found = cause_named(rest);
  if (found < 0) return false;
  show(view_.why_cause(found));
  show(view_.fix_and_escalation(found));
  return false;
}

bool Walk::key_list(const std::string&) {
  show(view_.all_causes());
  return false;
}

bool Walk::key_exclude(const std::string& rest) {
  return pin(rest, false);
}
bool Walk::key_certain(const std::string& rest) {
  return pin(rest, true);
}

bool Walk::pin(const std::string& rest, bool certain) {
  if (rest.empty()) {
    show(view_.pins());
    return false;
  }
  const int found = cause_named(rest);
  if (found < 0) return false;
  session_.pin(found, certain);
  say(certain ? "  held for certain; - " + rest + " takes it back"
              : "  excluded; - " + rest + " takes it back");
  return true;
}

bool Walk::key_unpin(const std::string& rest) {
  if (rest.empty()) {
    show(view_.pins());
    return false;
  }
  const int found = cause_named(rest);
  if (found < 0) return false;
  const auto& pins = session_.known().pins;
  if (std::ranges::find(pins, found, &isolation::Pin::cause) == pins.end()) {
    say("  it is neither excluded nor held for certain");
    return false;
  }
  session_.unpin(found);
  say("  left to the evidence again");
  return true;
}

bool Walk::key_shell(const std::string& rest) {
  if (rest.empty()) {
    show(view_.shells());
    return false;
  }
  const auto shells = engine::customer_shells();
  const engine::ShellSpec* chosen = engine::find_customer_shell(rest);
  for (std::size_t i = 0; i < shells.size(); ++i) {
    if (rest == std::to_string(i + 1)) chosen = &shells[i];
  }
  if (chosen == nullptr) {
    say("  there is no shell '" + shown(rest) + "'; h lists them");
    return false;
  }
  session_.record({.kind = engine::EventKind::shell, .value = std::string(chosen->name)});
  view_.use_shell(chosen->shell);
  say("  from now on for " + std::string(chosen->title) +
      (chosen->enter.empty() ? "" : ": " + std::string(chosen->enter)));
  return true;
}

bool Walk::key_help(const std::string&) {
  show(view_.help());
  return false;
}

}  // namespace aztriage::cli
