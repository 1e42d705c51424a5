#include "cli/walk/choose.h"

#include "base/text.h"
#include "cli/walk/wrap.h"
#include "playbook/search.h"

#include <algorithm>
#include <cstdlib>

namespace aztriage::cli {
namespace {

constexpr std::size_t kShown = 6;

void show(const std::vector<playbook::Match>& matches, Console& console) {
  for (std::size_t i = 0; i < matches.size(); ++i) {
    const auto& match = matches[i];
    const auto line = match.id + "  " + match.title;
    for (const auto& part : wrap("  " + std::to_string(i + 1) + "  ", text::printable(line), console.width()))
      console.out(part + "\n");
    const auto why = text::printable(text::join(match.why, "; "));
    for (const auto& part : wrap("       ", why, console.width()))
      console.out(console.paint(Style::dim, part) + "\n");
  }
}

/// The playbook that an answer names: a number of the list, an id, or an unambiguous part of one.
std::optional<std::string> named(const std::string& answer, const std::vector<playbook::Match>& matches,
                                 const playbook::Catalog& catalog) {
  for (std::size_t i = 0; i < matches.size(); ++i) {
    if (answer == std::to_string(i + 1) || answer == matches[i].id) return matches[i].id;
  }
  // Words are a search, and a bare word may be part of an id by chance: only what looks like a name is one.
  const bool name = answer.find(' ') == std::string::npos && answer.find_first_of("-/.") != std::string::npos;
  if (!name) return std::nullopt;
  auto found = catalog.find(answer);
  return found ? std::optional(*found) : std::nullopt;
}

}  // namespace

Prompt::On prompt_on(const Options& options, const Console& console) {
  if (!console.interactive()) return Prompt::On::file;
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return dumb || options.get("color", "auto") == "never" ? Prompt::On::plain : Prompt::On::screen;
}

std::optional<std::string> ask(Prompt& prompt, Console& console, const std::string& question, bool secret) {
  for (const auto line : text::split(question, '\n')) {
    for (const auto& part : wrap("", line, console.width())) console.out(part + "\n");
  }
  if (secret) prompt.ask_secret("> ");
  auto reply = secret ? prompt.wait_on() : prompt.wait("> ");
  if (!reply || reply->kind == Reply::Kind::end) return std::nullopt;
  return std::string(text::trim(reply->text));
}

Result<std::string> choose_playbook(const playbook::Catalog& catalog, Prompt& prompt, Console& console) {
  playbook::Search search(catalog);
  std::vector<playbook::Match> matches;
  std::string question = "What is wrong, in the customer's words? A message, a code or a product helps.";
  for (;;) {
    const auto answer = ask(prompt, console, question, false);
    if (!answer || *answer == "q")
      return failed("no playbook was chosen", "name one: aztriage walk PLAYBOOK");
    if (answer->empty()) continue;
    if (auto chosen = named(*answer, matches, catalog)) return *chosen;
    auto found = search.find(*answer, kShown);
    if (!found) return tl::unexpected<Error>(found.error());
    matches = std::move(*found);
    show(matches, console);
    question = matches.empty() ? "No playbook has these words. Other words, a name, or q:"
                               : "A number or a name starts it; other words search again; q leaves:";
  }
}

}  // namespace aztriage::cli
