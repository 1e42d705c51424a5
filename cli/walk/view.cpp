#include "cli/walk/view.h"

#include "base/duration.h"
#include "base/text.h"
#include "cli/walk/wrap.h"
#include "engine/client_command.h"
#include "isolation/belief.h"

#include <algorithm>
#include <numeric>

namespace aztriage::cli {
namespace {

constexpr std::size_t kLabelWidth = 15;
constexpr int kNamedCauses = 3;
constexpr double kUnlikely = 0.05;
constexpr double kRuledOut = 0.01;

std::string padded(std::string_view text, std::size_t width) {
  std::string result(text);
  const auto used = text::width(text);
  result.append(used < width ? width - used : 1, ' ');
  return result;
}

std::vector<int> by_probability(const std::vector<double>& belief) {
  std::vector<int> order(belief.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](int a, int b) {
    return belief[static_cast<std::size_t>(a)] > belief[static_cast<std::size_t>(b)];
  });
  return order;
}

}  // namespace

WalkView::WalkView(const engine::Session& session, const Console& console, bool for_customer)
    : session_(session), console_(console), for_customer_(for_customer) {}

WalkView::Lines WalkView::labelled(std::string_view label, std::string_view text) const {
  return wrap(padded(label, kLabelWidth), text::printable(text, 4000), console_.width());
}

std::string WalkView::header(UtcTime now, const std::string& case_id) const {
  const auto& playbook = session_.playbook();
  std::string line = playbook.id;
  if (!playbook.reviewed.empty()) line += ", reviewed " + playbook.reviewed;
  if (!playbook.built_in) line += ", from " + playbook.origin;
  line = console_.paint(Style::strong, line);
  if (!case_id.empty()) line += "    case " + case_id + ", every line below is on disk";
  return line + "    " + console_.screen_time(now);
}

WalkView::Lines WalkView::vantage() const {
  const auto& observation = session_.vantage().observation;
  if (!observation) return {};
  std::string text =
      observation->here == "client" ? "where the failing client sits" : "outside the customer's network";
  text += session_.findings().empty() ? "; " : "; BROKEN: ";
  text += observation->summary;
  return wrap("  " + padded("vantage", kLabelWidth - 2), text::printable(text, 2000), console_.width());
}

WalkView::Lines WalkView::step(int index, bool late) const {
  const auto& result = session_.step(index);
  const bool second_look = session_.playbook().steps[static_cast<std::size_t>(index)].of >= 0;
  if (second_look && result.outcome < 0) return {};  // nothing that the first look did not say
  const bool symptom = session_.playbook().steps[static_cast<std::size_t>(index)].symptom;
  std::string word = "     ";
  Style style = Style::plain;
  if (result.state == engine::StepState::failed) {
    word = "failed";
    style = Style::warn;
  } else if (result.fine == true) {
    word = "fine ";
    style = Style::good;
  } else if (symptom && result.outcome >= 0) {
    word = "SEEN ";
    style = Style::bad;
  }
  std::string text = result.state == engine::StepState::failed ? result.reason : result.say;
  if (text.empty()) text = result.outcome_name.empty() ? result.reason : result.outcome_name;
  if (result.beside) text = "customer: " + text;
  if (late) text += "  (came in while you answered)";
  auto lines = wrap("  " + padded(result.id, kLabelWidth - 2) + word + " ", text::printable(text, 1000),
                    console_.width());
  if (style != Style::plain && !lines.empty()) {
    const auto at = lines.front().find(word);
    const auto trimmed = std::string(text::trim(word));
    if (at != std::string::npos) lines.front().replace(at, trimmed.size(), console_.paint(style, trimmed));
  }
  for (auto& line : beside(result)) lines.push_back(std::move(line));
  return lines;
}

/// What we saw of the same thing, when what the customer saw counts.
WalkView::Lines WalkView::beside(const engine::StepResult& result) const {
  if (!result.beside) return {};
  const auto& sight = *result.beside;
  std::string text = "here: " + (sight.say.empty() ? sight.outcome_name : sight.say);
  if (sight.outcome_name != result.outcome_name) text += "  (differs, so it depends on the place)";
  return wrap("  " + padded("", kLabelWidth - 2) + "      ", text::printable(text, 1000), console_.width());
}

std::string WalkView::percent(double probability) const {
  return for_customer_ ? "" : " " + isolation::percent(probability);
}

std::string WalkView::title_of(int cause) const {
  const auto& causes = session_.playbook().causes;
  if (cause >= static_cast<int>(causes.size())) return "nothing listed";
  return causes[static_cast<std::size_t>(cause)].title;
}

std::string WalkView::name_of(int cause) const {
  const auto& causes = session_.playbook().causes;
  if (cause >= static_cast<int>(causes.size())) return "nothing listed";
  return for_customer_ ? title_of(cause) : causes[static_cast<std::size_t>(cause)].id;
}

WalkView::Lines WalkView::shortlist() {
  const auto belief = isolation::believe(session_.problem(), session_.known());
  std::string possible;
  std::string unlikely;
  int named = 0;
  int more = 0;
  for (const int cause : by_probability(belief)) {
    const double p = belief[static_cast<std::size_t>(cause)];
    if (p >= kUnlikely && named < kNamedCauses) {
      possible += (possible.empty() ? "" : ", ") + name_of(cause) + percent(p);
      ++named;
    } else if (p >= kUnlikely) {
      ++more;
    } else if (p >= kRuledOut) {
      unlikely += (unlikely.empty() ? "" : ", ") + name_of(cause);
    }
  }
  if (more > 0) possible += ", " + std::to_string(more) + " more";
  if (possible + "|" + unlikely == last_shortlist_) return {};
  last_shortlist_ = possible + "|" + unlikely;
  Lines lines = labelled("possible", possible);
  if (!unlikely.empty()) {
    for (auto& line : labelled("unlikely", unlikely + "   (w NAME: why)")) lines.push_back(std::move(line));
  }
  return lines;
}

WalkView::Lines WalkView::question(const isolation::Choice& choice) const {
  const auto& step = session_.playbook().steps[static_cast<std::size_t>(choice.first)];
  Lines lines;
  const auto add = [&](const Lines& more) { lines.insert(lines.end(), more.begin(), more.end()); };
  const auto why = isolation::why_step(session_.problem(), session_.known(), session_.open_steps(), choice);
  std::string gain;
  if (!for_customer_ && why.doubt_removed >= 0.01) {
    gain = "   removes about " + std::to_string(static_cast<int>(why.doubt_removed * 100 + 0.5)) +
           " % of the doubt";
  }
  lines.emplace_back();
  switch (session_.openness(choice.first)) {
    case engine::Openness::question:
      add(wrap("", engine::fill_for_people(*step.question, session_.environment()) + gain, console_.width()));
      break;
    case engine::Openness::input: {
      const auto name = session_.wanted_input(choice.first);
      const auto& inputs = session_.playbook().inputs;
      const auto input = std::ranges::find(inputs, name, &playbook::Input::name);
      const std::string ask =
          input == inputs.end() || input->ask.empty() ? "What is the " + name + "?" : input->ask;
      const std::string example =
          input == inputs.end() || input->example.empty() ? "" : " (such as " + input->example + ")";
      add(wrap("", ask + example + gain, console_.width()));
      add(keys("type it, or  d don't know  |  s skip  w why  n note  u undo  q leave"));
      return lines;
    }
    case engine::Openness::intrusive:
      add(wrap("",
               "May the step '" + step.id + "' be done? It " +
                   (step.intrusive ? "can be felt by the service."
                                   : "sends a secret, and the playbook is not built in.") +
                   gain,
               console_.width()));
      add(keys("y do it   |  s skip  w why  n note  u undo  q leave"));
      return lines;
    case engine::Openness::command:
    case engine::Openness::client:
    case engine::Openness::none: {
      const auto commands = command_for(step, session_.openness(choice.first) == engine::Openness::command);
      std::string ask =
          "Ask the customer to run this (it only reads) and paste the answer; a lone dot ends it:";
      if (commands.empty()) {
        ask = "Ask the customer what they see at '" + step.id + "', and choose what fits:";
      } else if (engine::client_readers(step).empty()) {
        ask = "Ask the customer to run this (it only reads), and choose what fits:";
      }
      add(wrap("", ask + gain, console_.width()));
      add(commands);
      break;
    }
  }
  add(answers(step, session_.openness(choice.first) == engine::Openness::command));
  return lines;
}

/// On one line where it fits, else one answer a line.
WalkView::Lines WalkView::answers(const playbook::Step& step, bool can_run) const {
  std::vector<std::string> each;
  for (std::size_t i = 0; i < step.outcomes.size(); ++i) {
    const auto& outcome = step.outcomes[i];
    each.push_back(std::to_string(i + 1) + " " +
                   text::printable(outcome.label.empty() ? outcome.name : outcome.label));
  }
  std::string others = "d don't know   |  s skip  w why  n note  u undo  b back  q leave";
  if (can_run) others = "y run just that line here   " + others;
  const auto line = "  " + text::join(each, "   ") + "   " + others;
  if (text::width(line) <= console_.width()) return {line};
  Lines lines;
  for (const auto& answer : each) {
    for (auto& part : wrap("  ", answer, console_.width())) lines.push_back(std::move(part));
  }
  for (auto& part : keys(others)) lines.push_back(std::move(part));
  return lines;
}

WalkView::Lines WalkView::keys(std::string_view which) const {
  auto lines = wrap_keys(which, console_.width());
  for (auto& line : lines) line = console_.paint(Style::dim, line);
  return lines;
}

/// For the shell that was chosen, else for both that most customers have. The line itself is never broken, so
/// that it can be copied.
WalkView::Lines WalkView::command_for(const playbook::Step& step, bool can_run) const {
  Lines lines;
  const auto add = [&](std::string_view shell, std::string_view command) {
    lines.push_back("  " + padded(shell, 14) + text::printable(command, 2000));
  };
  if (shell_) {
    const auto line = engine::client_line(step, session_.environment(), *shell_);
    if (line) add(line->shell, line->line);
    if (can_run && (!line || (line->shell != "bash" && line->shell != "Cloud Shell"))) {
      if (const auto here = engine::client_line(step, session_.environment(), engine::CustomerShell::bash))
        add("here", here->line);
    }
    if (line) return lines;
  }
  for (const auto& [shell, command] : engine::client_commands(step, session_.environment()))
    add(shell, command);
  return lines;
}

std::string WalkView::evidence_words(int cause) const {
  std::string words;
  int shown = 0;
  for (const auto& evidence : isolation::evidence_for(session_.problem(), session_.known(), cause)) {
    if (evidence.outcome < 0 || evidence.bits < 0.5 || shown++ == kNamedCauses) break;
    const auto& id = session_.playbook().steps[static_cast<std::size_t>(evidence.step)].id;
    words += (words.empty() ? "" : ", ") + id + " " + std::string(isolation::strength(evidence.bits));
  }
  return words;
}

WalkView::Lines WalkView::workarounds(int cause) const {
  Lines lines;
  const auto add = [&](std::string_view label, std::string_view text) {
    if (text.empty()) return;
    for (auto& line : labelled(label, text)) lines.push_back(std::move(line));
  };
  // A line to copy stays one line, however long.
  const auto copied = [&](std::string_view label, std::string_view text) {
    if (!text.empty()) lines.push_back(padded(label, kLabelWidth) + text::printable(text, 4000));
  };
  bool first = true;
  for (const auto& workaround : session_.playbook().causes[static_cast<std::size_t>(cause)].workarounds) {
    const auto filled = engine::filled(workaround, session_);
    std::string what = filled.action;
    if (!filled.takes.empty()) what += "  takes " + filled.takes;
    if (filled.disruptive) what += ", DISRUPTIVE: ask before";
    add(first ? "do now" : "or", what);
    copied("  bash", filled.command);
    copied("  PowerShell", filled.powershell);
    add("  portal", filled.portal);
    add("  risk", filled.risk);
    add("  undo", filled.undo);
    first = false;
  }
  return lines;
}

WalkView::Lines WalkView::ending(const engine::Conclusion& conclusion) const {
  Lines lines;
  const auto add = [&](const Lines& more) { lines.insert(lines.end(), more.begin(), more.end()); };
  const auto belief = isolation::believe(session_.problem(), session_.known());
  lines.emplace_back();
  if (conclusion.cause >= 0 && conclusion.cause < session_.problem().unlisted()) {
    const bool isolated = conclusion.verdict == isolation::Verdict::isolated;
    const auto& cause = session_.playbook().causes[static_cast<std::size_t>(conclusion.cause)];
    std::string text = (for_customer_ ? "" : cause.id + ": ") + cause.title + "," +
                       percent(belief[static_cast<std::size_t>(conclusion.cause)]);
    if (for_customer_) text.pop_back();
    if (const auto words = evidence_words(conclusion.cause); !for_customer_ && !words.empty())
      text += "   " + words;
    auto shown = labelled(isolated ? "ISOLATED" : "PROBABLE", text);
    shown.front().replace(
        0, 8, console_.paint(isolated ? Style::bad : Style::warn, isolated ? "ISOLATED" : "PROBABLE"));
    add(shown);
    if (!isolated) add(labelled("", conclusion.text));
    add(labelled("because", cause.explain));
    add(workarounds(conclusion.cause));
    if (!cause.see.empty()) add(labelled("go on", "g: in " + cause.see + ", with all that is known"));
    add(keys("v verify   c continue anyway   w why   e hand over   |  n note  u undo  q leave  ? all keys"));
    return lines;
  }
  switch (conclusion.verdict) {
    case isolation::Verdict::healthy:
      add(labelled("NOT SEEN", conclusion.text));
      break;
    case isolation::Verdict::unlisted:
      add(labelled("UNLISTED", conclusion.text));
      break;
    default:
      add(labelled("OPEN", conclusion.text));
      break;
  }
  add(keys("e hand over   c continue anyway   r probe again   |  n note  u undo  q leave  ? all keys"));
  return lines;
}

int WalkView::find_cause(std::string_view word) const {
  const auto& causes = session_.playbook().causes;
  int found = -1;
  for (std::size_t i = 0; i < causes.size(); ++i) {
    if (causes[i].id == word) return static_cast<int>(i);
    if (!causes[i].id.starts_with(word) || word.empty()) continue;
    if (found >= 0) return -1;
    found = static_cast<int>(i);
  }
  return found;
}

}  // namespace aztriage::cli
