#include "cli/runs.h"

#include <algorithm>

namespace aztriage::cli {
namespace {

Result<Planned> bind_one(const playbook::Playbook& playbook, const InputTexts& texts,
                         const playbook::Catalog& catalog, const std::string& cloud) {
  auto bound = engine::bind(playbook, texts, catalog.clouds(), cloud);
  if (!bound.problems.empty()) return tl::unexpected<Error>(bound.problems.front().error);
  return Planned{playbook, std::move(bound.inputs), std::move(bound.missing), {}};
}

}  // namespace

Result<std::vector<Planned>> plan_runs(const Options& options, const playbook::Catalog& catalog,
                                       const std::vector<Selection>& selections, std::string& diagnostics) {
  std::vector<Planned> runs;
  for (const auto& selection : selections) {
    auto playbook = load_playbook(catalog, selection.playbook, diagnostics);
    if (!playbook) return tl::unexpected<Error>(playbook.error());
    auto texts = given_inputs(options, selection.values, *playbook, catalog.inputs());
    if (!texts) return tl::unexpected<Error>(texts.error());
    auto answers = given_answers(options, *playbook);
    if (!answers) return tl::unexpected<Error>(answers.error());
    for (const auto& each : *texts) {
      auto planned = bind_one(*playbook, each, catalog, options.get("cloud", "public"));
      if (!planned) return tl::unexpected<Error>(planned.error());
      planned->answers = *answers;
      runs.push_back(std::move(*planned));
    }
  }
  return runs;
}

Result<std::unique_ptr<engine::Session>> make_session(const Planned& planned,
                                                      const engine::SessionOptions& options,
                                                      engine::SessionData data, engine::Source& source) {
  auto session = std::make_unique<engine::Session>(planned.playbook, planned.inputs, options, data, source,
                                                   system_clock());
  for (const auto& answer : planned.answers) {
    auto given = answer.text ? session->give_text(answer.step, *answer.text)
                             : session->give(answer.step, answer.outcome);
    if (!given) return tl::unexpected<Error>(given.error());
  }
  return session;
}

Error missing_inputs(const Planned& planned) {
  const auto& name = planned.missing.front();
  std::string list;
  for (const auto& each : planned.missing) list += (list.empty() ? "'" : ", '") + each + "'";
  const auto input = std::ranges::find(planned.playbook.inputs, name, &playbook::Input::name);
  std::string hint;
  if (input != planned.playbook.inputs.end()) {
    if (!input->ask.empty()) hint = input->ask + " ";
    const std::string example = input->example.empty() ? "VALUE" : input->example;
    hint += input->secret ? "set AZTRIAGE_INPUT_... or use --inputs FILE"
                          : "give it with -s " + name + "=" + example;
  }
  const bool one = planned.missing.size() == 1;
  return {
      planned.playbook.id + ": input" + (one ? " " : "s ") + list + (one ? " is missing" : " are missing"),
      hint};
}

}  // namespace aztriage::cli
