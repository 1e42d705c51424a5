#include "cli/walk/walk.h"

#include "base/text.h"
#include "cli/interrupt.h"
#include "engine/client_command.h"
#include "report/report.h"

#include <algorithm>

namespace aztriage::cli {
namespace {

/// How long the screen waits for slow probes before the first question.
constexpr Milliseconds kGather{3000};
constexpr Milliseconds kTurn{200};

std::string first_word(std::string_view text) {
  const auto trimmed = text::trim(text);
  return std::string(trimmed.substr(0, trimmed.find(' ')));
}

std::string rest_of(std::string_view text) {
  const auto trimmed = text::trim(text);
  const auto space = trimmed.find(' ');
  return space == std::string_view::npos ? "" : std::string(text::trim(trimmed.substr(space)));
}

}  // namespace

Walk::Walk(engine::Session& session, net::Net& net, Console& console, Prompt& prompt,
           const WalkOptions& options)
    : session_(session),
      net_(net),
      console_(console),
      prompt_(prompt),
      options_(options),
      view_(session, console, options.for_customer) {
  session_.on_settled([this](int step) {
    settled_.push_back(step);
    changed_ = true;
  });
}

void Walk::say(std::string_view line) {
  console_.out(std::string(line) + "\n");
}

void Walk::show(const WalkView::Lines& lines) {
  for (const auto& line : lines) say(line);
}

int Walk::cause() const {
  return conclusion_.cause;
}

int Walk::steps() const {
  return static_cast<int>(session_.playbook().steps.size());
}

/// In file order as far as the looks before have ended; with `all` whatever has ended.
void Walk::flush_steps(bool all) {
  for (int i = 0; i < steps(); ++i) {
    if (std::erase(settled_, i) > 0) {
      show(view_.step(i, false));
    } else if (!all && session_.running(i)) {
      break;
    }
  }
}

void Walk::gather() {
  const auto until = Steady::now() + kGather;
  bool told_vantage = false;
  while (!interrupted() && Steady::now() < until) {
    const bool more = session_.turn(Milliseconds(50));
    if (!told_vantage && session_.vantage().observation) {
      told_vantage = true;
      show(view_.vantage());
    }
    if (told_vantage) flush_steps(false);
    if (!more && !session_.busy()) break;
  }
  if (!told_vantage) show(view_.vantage());
  flush_steps(true);
  int running = 0;
  for (int i = 0; i < steps(); ++i) running += session_.running(i) ? 1 : 0;
  if (running > 0) say("  " + std::to_string(running) + " still running");
}

std::optional<Reply> Walk::wait(std::string_view question) {
  if (input_over_) return Reply{Reply::Kind::end, "", false};
  bool readable = false;
  const auto watch = net_.watch(Prompt::descriptor(), net::Net::readable, [&](unsigned) { readable = true; });
  prompt_.ask(question);
  asking_ = true;
  changed_ = false;
  std::optional<Reply> reply = prompt_.take();
  while (!reply && !interrupted()) {
    session_.turn(kTurn);
    if (readable) {
      readable = false;
      input_over_ = !prompt_.feed() || input_over_;
      reply = prompt_.take();
      if (!reply && input_over_) reply = Reply{Reply::Kind::end, "", false};
    }
    if (!changed_) continue;
    changed_ = false;
    prompt_.print_above([&] {
      for (const int step : settled_) show(view_.step(step, true));
      settled_.clear();
    });
    const auto now = engine::conclude(session_);
    const bool decided = now.verdict == isolation::Verdict::isolated && now.cause != conclusion_.cause;
    if (!reply && decided && !continue_) break;
  }
  net_.unwatch(watch);
  if (!reply) prompt_.stop();
  asking_ = false;
  return reply;
}

/// What is on the screen next: a question while one is worth its seconds, else what the walk has come to.
void Walk::decide() {
  conclusion_ = engine::conclude(session_);
  auto state = session_.state();
  const bool over = state.ended || conclusion_.verdict == isolation::Verdict::isolated ||
                    conclusion_.reason == isolation::Reason::vantage;
  if (state.next && (continue_ || !over)) {
    mode_ = Mode::asking;
    choice_ = *state.next;
    show(view_.shortlist());
    show(view_.question(choice_));
    return;
  }
  mode_ = Mode::ended;
  show(view_.shortlist());
  show(view_.ending(conclusion_));
}

ExitCode Walk::run() {
  say(view_.header(system_clock().utc()));
  session_.start();
  gather();
  while (!leave_ && !interrupted()) {
    decide();
    for (;;) {
      const auto reply = wait("> ");
      if (!reply) break;  // interrupted, or the verdict came in: decide anew
      if (handle(*reply)) break;
    }
  }
  if (interrupted()) session_.stop(fact::FailureKind::interrupted);
  if (interrupted()) return ExitCode::interrupted;
  if (verified_) return ExitCode::ok;
  conclusion_ = engine::conclude(session_);
  switch (conclusion_.verdict) {
    case isolation::Verdict::isolated:
      return ExitCode::fault;
    case isolation::Verdict::healthy:
      return ExitCode::ok;
    default:
      return ExitCode::unsure;
  }
}

/// True when what is on the screen next has to be decided again.
bool Walk::handle(const Reply& reply) {
  if (reply.kind == Reply::Kind::end) {
    leave_ = true;
    return true;
  }
  if (reply.kind == Reply::Kind::paste) {
    if (mode_ != Mode::asking) {
      say("  nothing waits for an output now");
      return false;
    }
    if (reply.cut) say("  the text was longer than 1 MiB; its end is missing");
    paste_into(choice_.first, reply.text);
    return true;
  }
  const auto text = std::string(text::trim(reply.text));
  if (text.empty()) return false;
  if (handle_answer(text)) return true;
  return handle_key(first_word(text), rest_of(text));
}

bool Walk::handle_answer(const std::string& text) {
  if (mode_ != Mode::asking) return false;
  const auto& step = session_.playbook().steps[static_cast<std::size_t>(choice_.first)];
  const auto open = session_.openness(choice_.first);
  if (open == engine::Openness::input) {
    // A single letter is a key; an input of one letter can be given as NAME=VALUE at the start.
    if (text.size() == 1 || text == "?") return false;
    if (auto set = session_.set_input(session_.wanted_input(choice_.first), text); !set) {
      say("  " + set.error().what + (set.error().hint.empty() ? "" : ": " + set.error().hint));
      return false;
    }
    return true;
  }
  for (std::size_t i = 0; i < step.outcomes.size(); ++i) {
    const auto& outcome = step.outcomes[i];
    const bool by_number = text == std::to_string(i + 1);
    if (!by_number && !text::equal_ignoring_case(text, outcome.name) &&
        !text::equal_ignoring_case(text, outcome.label)) {
      continue;
    }
    session_.answer(choice_.first, static_cast<int>(i));
    return true;
  }
  return false;
}

bool Walk::handle_key(const std::string& word, const std::string& rest) {
  const bool asking = mode_ == Mode::asking;
  if (word == "q") {
    leave_ = true;
    return true;
  }
  if (word == "d" && asking) {
    session_.answer(choice_.first, -1);
    return true;
  }
  if (word == "s" && asking) {
    session_.skip(choice_.first);
    return true;
  }
  if (word == "y" && asking) {
    if (session_.openness(choice_.first) == engine::Openness::command) {
      if (auto run = session_.run_command(choice_.first); !run) {
        say("  " + run.error().what);
        return false;
      }
    } else {
      session_.run_intrusive(choice_.first);
    }
    gather();
    return true;
  }
  if (word == "u") {
    if (!session_.undo()) say("  nothing to undo");
    return true;
  }
  if (word == "c") {
    continue_ = true;
    return true;
  }
  if (word == "r") {
    std::vector<int> probes;
    for (int i = 0; i < steps(); ++i) {
      if (session_.playbook().steps[static_cast<std::size_t>(i)].kind == playbook::StepKind::probe)
        probes.push_back(i);
    }
    session_.probe_again(probes);
    gather();
    return true;
  }
  if (word == "p" && asking) {
    collect_paste("");
    return true;
  }
  if (word == "v" && !asking && cause() >= 0) {
    verify();
    return true;
  }
  if (word == "e") {
    hand_over();
    return false;
  }
  if (word == "n") {
    notes_.push_back(console_.screen_time(system_clock().utc()) + "  " + rest);
    say("  noted");
    return false;
  }
  if (word == "w") {
    why(rest);
    return false;
  }
  if (word == "x" || word == "!") {
    pin(rest, word == "!");
    return true;
  }
  if (word == "?") {
    show(view_.help());
    return false;
  }
  // Several lines pasted without the marks of a terminal begin with a line that is no key.
  if (asking && session_.openness(choice_.first) != engine::Openness::question && word.size() > 1) {
    collect_paste(word + (rest.empty() ? "" : " " + rest));
    return true;
  }
  say("  '" + text::printable(word, 40) + "' is no answer here; ? lists the keys");
  return false;
}

void Walk::collect_paste(const std::string& first) {
  prompt_.collect(first);
  bool readable = false;
  const auto watch = net_.watch(Prompt::descriptor(), net::Net::readable, [&](unsigned) { readable = true; });
  std::optional<Reply> reply = prompt_.take();
  while (!reply && !interrupted()) {
    session_.turn(kTurn);
    if (!readable) continue;
    readable = false;
    input_over_ = !prompt_.feed() || input_over_;
    reply = prompt_.take();
    if (!reply && input_over_) break;
  }
  net_.unwatch(watch);
  if (!reply) return prompt_.stop();
  paste_into(choice_.first, reply->text);
}

void Walk::paste_into(int step, const std::string& text) {
  const auto lines = std::ranges::count(text, '\n') + (text.ends_with('\n') ? 0 : 1);
  const auto reading = session_.paste(step, text);
  if (!reading.answered) {
    say("  could not be read" +
        (reading.failure ? ": " + text::printable(reading.failure->text) : std::string()));
    return;
  }
  say("  " + std::to_string(lines) + " lines read");
  std::erase(settled_, step);
  show(view_.step(step, false));
}

void Walk::why(const std::string& rest) {
  if (rest.empty()) {
    if (mode_ == Mode::asking) return show(view_.why_question(choice_));
    if (cause() >= 0) {
      show(view_.why_cause(cause()));
      show(view_.fix_and_escalation(cause()));
    }
    return;
  }
  const int found = view_.find_cause(rest);
  if (found < 0) return say("  there is no cause '" + text::printable(rest, 60) + "'");
  show(view_.why_cause(found));
  show(view_.fix_and_escalation(found));
}

void Walk::pin(const std::string& rest, bool certain) {
  const int found = view_.find_cause(rest);
  if (found < 0) return say("  there is no cause '" + text::printable(rest, 60) + "'");
  session_.pin(found, certain);
  say(certain ? "  held for certain" : "  excluded");
}

}  // namespace aztriage::cli
