#include "cli/complete/values.h"

#include "base/clock.h"
#include "base/text.h"
#include "casefile/store.h"
#include "cli/complete/tables.h"
#include "cli/look/until.h"
#include "fact/failure.h"
#include "probe/registry.h"

#include <algorithm>

namespace aztriage::cli {
namespace {

/// The word being written, split into what stands (`--set=`, `origin=`) and what is being looked for.
struct Place {
  std::string kept;
  std::string_view typed;
};

void offer(const Place& place, std::string_view value, std::string_view help, Completions& result) {
  if (!value.starts_with(place.typed)) return;
  std::string line(help.substr(0, help.find('\n')));
  result.candidates.push_back({place.kept + std::string(value), std::move(line)});
}

void offer_all(const Place& place, std::span<const std::string_view> values, Completions& result) {
  for (const auto value : values) offer(place, value, {}, result);
}

void offer_files(const Place& place, Completions& result, bool folders_only = false) {
  (folders_only ? result.folders : result.files) = true;
  result.prefix = place.kept;
}

/// Moves what is before and including `=` to what stands; false when there is none yet.
bool behind_equals(Place& place, std::string& name) {
  const auto equals = place.typed.find('=');
  if (equals == place.typed.npos) return false;
  name = place.typed.substr(0, equals);
  place.kept += place.typed.substr(0, equals + 1);
  place.typed.remove_prefix(equals + 1);
  return true;
}

std::vector<std::string> folders_on(const Line& line) {
  std::vector<std::string> folders;
  for (const auto& [option, value] : line.given) {
    if (long_name(*option) == "playbooks") folders.push_back(value);
  }
  return folders;
}

bool names_playbooks(const CommandSpec& command) {
  return !command.arguments.empty() && command.arguments.front().kind == ValueKind::playbook;
}

/// The built-in playbooks that the line names; all of them when it names none that is known.
std::vector<const playbook::EmbeddedPlaybook*> playbooks_on(const Line& line) {
  std::vector<const playbook::EmbeddedPlaybook*> found;
  if (line.command != nullptr && names_playbooks(*line.command)) {
    for (const auto& word : line.arguments) {
      if (const playbook::EmbeddedPlaybook* playbook = embedded_by_name(word)) found.push_back(playbook);
    }
  }
  if (!found.empty()) return found;
  for (const auto& one : playbook::embedded_playbooks()) found.push_back(&one);
  return found;
}

void offer_playbooks(const Line& line, const Place& place, Completions& result) {
  const bool path =
      place.typed.starts_with('.') || place.typed.starts_with('/') || place.typed.starts_with('~');
  if (path) return offer_files(place, result);
  const auto overlays = overlay_ids(folders_on(line));
  const auto each = [&](auto&& call) {
    for (const auto& one : playbook::embedded_playbooks()) call(one.id, one.title);
    for (const auto& id : overlays) {
      if (embedded_by_id(id) == nullptr) call(id, std::string_view("from an overlay folder"));
    }
  };
  each([&](std::string_view id, std::string_view title) { offer(place, id, title, result); });
  if (result.candidates.empty()) {
    each([&](std::string_view id, std::string_view title) {
      if (id.find(place.typed) != id.npos)
        result.candidates.push_back({place.kept + std::string(id), std::string(title)});
    });
  }
  if (result.candidates.empty()) offer_files(place, result);
}

bool already_named(const Completions& result, const std::string& value) {
  return std::any_of(result.candidates.begin(), result.candidates.end(),
                     [&](const auto& candidate) { return candidate.value == value; });
}

void offer_choices(const playbook::EmbeddedInput& input, const Place& place, Completions& result) {
  for (const auto choice : input.choices) {
    if (!already_named(result, place.kept + std::string(choice))) offer(place, choice, {}, result);
  }
}

void offer_inputs(const Line& line, Place place, Completions& result) {
  std::string name;
  const auto playbooks = playbooks_on(line);
  if (behind_equals(place, name)) {
    for (const playbook::EmbeddedPlaybook* playbook : playbooks) {
      for (const auto& input : playbook->inputs) {
        if (input.name == name) offer_choices(input, place, result);
      }
    }
    return;
  }
  result.open = true;
  for (const playbook::EmbeddedPlaybook* playbook : playbooks) {
    for (const auto& input : playbook->inputs) {
      if (input.secret) continue;  // --set refuses it
      const std::string value = std::string(input.name) + "=";
      if (!already_named(result, place.kept + value)) offer(place, value, {}, result);
    }
  }
}

void offer_answers(const Line& line, Place place, Completions& result) {
  std::string name;
  const auto playbooks = playbooks_on(line);
  if (!behind_equals(place, name)) {
    result.open = true;
    for (const playbook::EmbeddedPlaybook* playbook : playbooks) {
      for (const auto& step : playbook->steps) {
        const std::string value = std::string(step.id) + "=";
        if (!already_named(result, place.kept + value)) offer(place, value, {}, result);
      }
    }
    return;
  }
  if (place.typed.starts_with('@')) {
    place.kept += '@';
    place.typed.remove_prefix(1);
    return offer_files(place, result);
  }
  for (const playbook::EmbeddedPlaybook* playbook : playbooks) {
    for (const auto& step : playbook->steps) {
      if (step.id != name) continue;
      for (const auto outcome : step.outcomes) {
        if (!already_named(result, place.kept + std::string(outcome))) offer(place, outcome, {}, result);
      }
    }
  }
}

void offer_reports(std::span<const std::string_view> formats, Place place, Completions& result) {
  std::string format;
  if (behind_equals(place, format)) return offer_files(place, result);
  result.open = true;
  for (const auto word : formats)
    offer(place, std::string(word) + "=", "write this format to a file", result);
}

void offer_parameter_values(const fact::ParamSpec& param, const Place& place, Completions& result) {
  switch (param.type.kind) {
    case fact::Kind::choice:
      return offer_all(place, param.type.words, result);
    case fact::Kind::boolean:
      offer(place, "true", {}, result);
      return offer(place, "false", {}, result);
    default:
      break;
  }
  if (param.name == "ca") offer_files(place, result);
}

void offer_parameters(const Line& line, Place place, Completions& result) {
  const probe::ProbeSpec* spec = line.arguments.empty() ? nullptr : probe::find_probe(line.arguments.front());
  if (spec == nullptr) return;
  std::string name;
  const bool named = behind_equals(place, name);
  for (const auto& param : spec->params) {
    if (named && param.name == name) return offer_parameter_values(param, place, result);
    if (!named) offer(place, std::string(param.name) + "=", param.help, result);
  }
  result.open = !named;
}

/// A bare value behind the playbook fills the required inputs in their order.
void offer_bare_value(const Line& line, const Place& place, Completions& result) {
  const playbook::EmbeddedPlaybook* playbook =
      line.arguments.empty() ? nullptr : embedded_by_name(line.arguments.front());
  if (playbook == nullptr) return;
  std::size_t index = line.arguments.size() - 1;
  for (const auto& input : playbook->inputs) {
    if (input.optional) continue;
    if (index-- == 0) return offer_choices(input, place, result);
  }
}

void offer_probes(const Place& place, Completions& result) {
  for (const probe::ProbeSpec* spec : probe::all_probes()) offer(place, spec->name, spec->summary, result);
}

/// `compare` takes a probe and its targets, or two files.
void offer_side(const Line& line, const Place& place, Completions& result) {
  const bool first = line.arguments.empty();
  if (first) offer_probes(place, result);
  if (first || probe::find_probe(line.arguments.front()) == nullptr) offer_files(place, result);
}

/// Failures, and the codes of every family; codes without regard to case, since people write them as they
/// like.
void offer_explained(const Place& place, Completions& result) {
  for (const auto name : fact::failure_names())
    offer(place, name, fact::failure_meaning(*fact::failure_from_name(name)), result);
  const std::string typed = text::lower(place.typed);
  for (const auto& one : playbook::embedded_codes()) {
    const std::string value = place.kept + std::string(one.code);
    if (!text::lower(one.code).starts_with(typed) || already_named(result, value)) continue;
    result.candidates.push_back({value, std::string(one.family) + ": " + std::string(one.means)});
  }
}

/// Newest first; which one it was, people know by its playbook and time.
void offer_cases(const Place& place, Completions& result) {
  const auto folder = casefile::cases_folder();
  if (!folder) return;
  for (const auto& one : casefile::newest_cases(*folder)) {
    auto at = to_rfc3339(one.at).substr(0, 16);
    at[10] = ' ';
    offer(place, one.id, text::printable(one.playbook) + ", " + at + " UTC", result);
  }
}

void offer_kind(const Line& line, ValueKind kind, std::span<const std::string_view> words, const Place& place,
                Completions& result) {
  switch (kind) {
    case ValueKind::choice:
      return offer_all(place, words, result);
    case ValueKind::file:
      return offer_files(place, result);
    case ValueKind::folder:
      return offer_files(place, result, true);
    case ValueKind::playbook:
      return offer_playbooks(line, place, result);
    case ValueKind::input_value:
      return offer_inputs(line, place, result);
    case ValueKind::step_outcome:
      return offer_answers(line, place, result);
    case ValueKind::report:
      return offer_reports(words, place, result);
    case ValueKind::probe_value:
      return offer_parameters(line, place, result);
    case ValueKind::probe:
      return offer_probes(place, result);
    case ValueKind::until:
      return offer_all(place, Until::kWords, result);
    case ValueKind::compare_side:
      return offer_side(line, place, result);
    case ValueKind::explained:
      return offer_explained(place, result);
    case ValueKind::case_id:
      return offer_cases(place, result);
    case ValueKind::case_file:
      offer_cases(place, result);
      return offer_files(place, result);
    case ValueKind::bare_value:
      return offer_bare_value(line, place, result);
    case ValueKind::flag:
    case ValueKind::text:
    case ValueKind::number:
    case ValueKind::duration:
      return;
  }
}

}  // namespace

void option_values(const Line& line, const OptionSpec& option, std::string_view word, std::size_t start,
                   Completions& result) {
  const Place place{std::string(word.substr(0, start)), word.substr(start)};
  std::span<const std::string_view> words = option.words;
  if (long_name(option) == "output") {
    words = line.command == nullptr ? std::span<const std::string_view>(kTextAndJson) : line.command->formats;
  }
  offer_kind(line, option.kind, words, place, result);
}

void argument_values(const Line& line, std::string_view word, Completions& result) {
  const auto specs = line.command->arguments;
  if (specs.empty()) return;
  std::size_t index = line.arguments.size();
  if (index >= specs.size()) {
    if (!specs.back().repeatable) return;
    index = specs.size() - 1;
  }
  offer_kind(line, specs[index].kind, specs[index].words, {{}, word}, result);
}

}  // namespace aztriage::cli
