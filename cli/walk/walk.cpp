#include "cli/walk/walk.h"

#include "base/text.h"
#include "cli/interrupt.h"
#include "cli/walk/wrap.h"

#include <algorithm>
#include <utility>

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
    std::erase(settled_, step);
    settled_.push_back(step);
    changed_ = true;
  });
  prompt_.complete_with([this](std::string_view line) { return candidates(line); });
}

/// A message, broken at the width of the screen.
void Walk::say(std::string_view line) {
  const std::string_view margin = line.starts_with("  ") ? line.substr(0, 2) : line.substr(0, 0);
  show(wrap(margin, line.substr(margin.size()), console_.width()));
}

/// Lines as they are: some are there to be copied whole.
void Walk::show(const WalkView::Lines& lines) {
  for (const auto& line : lines) console_.out(line + "\n");
}

/// An input that must not be seen on a shared screen.
bool Walk::wants_secret() const {
  if (mode_ != Mode::asking || session_.openness(choice_.first) != engine::Openness::input) return false;
  const auto name = session_.wanted_input(choice_.first);
  const auto& inputs = session_.playbook().inputs;
  const auto input = std::ranges::find(inputs, name, &playbook::Input::name);
  return input != inputs.end() && input->secret;
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

/// What an answer has settled, and what came in while something else was on the screen.
void Walk::tell_settled() {
  for (const int step : std::exchange(settled_, {})) {
    const auto state = session_.step(step).state;
    if (state == engine::StepState::done || state == engine::StepState::failed) show(view_.step(step, false));
  }
}

/// What was asked last, once more: it may have left the screen.
void Walk::show_again() {
  if (std::exchange(stopped_by_key_, false)) return;
  if (mode_ == Mode::fixed) return show(view_.after_the_fix());
  show(mode_ == Mode::asking ? view_.question(choice_) : view_.ending(conclusion_));
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

std::optional<Reply> Walk::wait(std::string_view question, bool secret) {
  if (input_over_) return Reply{Reply::Kind::end, "", false};
  bool readable = false;
  const auto watch = net_.watch(Prompt::descriptor(), net::Net::readable, [&](unsigned) { readable = true; });
  if (secret) {
    prompt_.ask_secret(question);
  } else {
    prompt_.ask(question);
  }
  asking_ = true;
  changed_ = false;
  std::optional<Reply> reply = prompt_.take();
  while (!reply && !interrupted()) {
    session_.turn(kTurn);
    prompt_.fit();
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
      tell_recording();
      // Not after each of them: once what was under way has come in.
      if (!session_.busy()) show(view_.shortlist());
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
  if (mode_ == Mode::fixed) {
    put_on_record({});
    return show(view_.after_the_fix());
  }
  conclusion_ = engine::conclude(session_);
  auto state = session_.state();
  const bool over = state.ended || conclusion_.verdict == isolation::Verdict::isolated ||
                    conclusion_.reason == isolation::Reason::vantage;
  const bool next = state.next && (continue_ || !over);
  if (next && state.next->first == forced_) forced_ = -1;
  if (forced_ >= 0 && session_.openness(forced_) != engine::Openness::none) {
    mode_ = Mode::asking;
    choice_ = {};
    choice_.step = choice_.first = std::exchange(forced_, -1);
    const auto question = view_.question(choice_);
    put_on_record(question);
    return show(question);
  }
  forced_ = -1;
  if (next) {
    mode_ = Mode::asking;
    choice_ = *state.next;
    const auto question = view_.question(choice_);
    put_on_record(question);
    show(view_.shortlist());
    show(view_.worth_trying(state));
    show(question);
    return;
  }
  mode_ = Mode::ended;
  put_on_record({});
  show(view_.shortlist());
  show(view_.ending(conclusion_));
}

ExitCode Walk::run() {
  begin();
  session_.start();
  gather();
  while (!leave_ && !interrupted()) {
    tell_settled();
    decide();
    for (;;) {
      const auto reply = wait("> ", wants_secret());
      if (!reply) break;  // interrupted, or the verdict came in: decide anew
      if (handle(*reply)) break;
      tell_recording();
    }
  }
  prompt_.complete_with({});
  if (interrupted()) session_.stop(fact::FailureKind::interrupted);
  const auto code = code_now();
  if (options_.recording) {
    const std::string why = interrupted()        ? "interrupted"
                            : !going_on_.empty() ? "on in " + going_on_
                            : verified_          ? "verified"
                                                 : "left";
    options_.recording->end(code, why);
    tell_recording();
  }
  return code;
}

ExitCode Walk::code_now() const {
  if (interrupted()) return ExitCode::interrupted;
  if (verified_) return ExitCode::ok;
  switch (engine::conclude(session_).verdict) {
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
      say("  nothing waits for an output now; p STEP says which one it is for");
      return false;
    }
    if (reply.cut) say("  the text was longer than 1 MiB; its end is missing");
    return paste_into(choice_.first, reply.text);
  }
  const auto text = std::string(text::trim(reply.text));
  if (text.empty()) {
    show_again();
    return false;
  }
  if (mode_ == Mode::fixed) return handle_fixed(text);
  if (handle_answer(text)) return true;
  return handle_key(first_word(text), rest_of(text));
}

}  // namespace aztriage::cli
