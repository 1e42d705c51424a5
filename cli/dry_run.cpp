#include "cli/dry_run.h"

#include "base/text.h"
#include "engine/commands.h"
#include "engine/plan.h"

#include <nlohmann/json.hpp>

namespace aztriage::cli {
namespace {

struct Touch {
  std::string step;
  std::string kind;
  std::string what;
};

std::string describe(const engine::LookPlan& look) {
  std::string text;
  for (const auto& [name, value] : look.params.values) {
    const bool secret = look.params.secret.contains(name);
    text += (text.empty() ? "" : " ") + name + "=" + (secret ? "***" : fact::to_text(value));
  }
  return text;
}

/// What keeps a step from being planned now.
template <class Ready>
std::string why_not(const engine::Planned<Ready>& planned) {
  if (const auto* waits = std::get_if<engine::Waits>(&planned))
    return "after '" + waits->on + "', from what it tells";
  if (const auto* needs = std::get_if<engine::NeedsInput>(&planned))
    return "not without the input '" + needs->input + "'";
  if (const auto* cannot = std::get_if<engine::CannotLook>(&planned)) return "not: " + cannot->reason;
  return "";
}

void add_step(const Planned& run, const playbook::Step& step, const engine::Environment& environment,
              const engine::SessionOptions& options, std::vector<Touch>& touches) {
  const auto never_settled = [](const std::string&) { return false; };
  if (step.kind == playbook::StepKind::probe) {
    const auto planned = engine::plan_looks(run.playbook, step, environment, never_settled, options.timeout);
    if (const auto* plan = std::get_if<engine::StepPlan>(&planned)) {
      for (const auto& look : plan->looks) touches.push_back({step.id, step.probe, describe(look)});
    } else {
      touches.push_back({step.id, step.probe, why_not(planned)});
    }
  } else if (step.kind == playbook::StepKind::command) {
    const auto planned = engine::plan_command(step, environment, never_settled);
    const auto* argv = std::get_if<std::vector<std::string>>(&planned);
    touches.push_back({step.id, "command", argv ? engine::shell_line(*argv) : why_not(planned)});
  }
}

}  // namespace

ExitCode dry_run(const std::vector<Planned>& runs, const engine::SessionOptions& options,
                 const playbook::Catalog& catalog, Console& console) {
  auto document = nlohmann::ordered_json{{"schema", 1}, {"dry_run", nlohmann::ordered_json::array()}};
  for (const auto& run : runs) {
    const engine::Environment environment(run.inputs, catalog.clouds(), options.cloud);
    std::vector<Touch> touches;
    if (options.reference) {
      for (const auto& name : catalog.vantage().names)
        touches.push_back({"vantage", "http", "url=https://" + name + "/"});
      touches.push_back({"vantage", "http", "url=" + catalog.vantage().portal_url});
    }
    for (const auto& step : run.playbook.steps) add_step(run, step, environment, options, touches);
    if (!console.json()) console.out(console.paint(Style::strong, run.playbook.id) + "\n");
    for (const auto& touch : touches) {
      if (console.json()) {
        document["dry_run"].push_back({{"playbook", run.playbook.id},
                                       {"step", touch.step},
                                       {"kind", touch.kind},
                                       {"what", touch.what}});
      } else {
        console.out("  " + touch.step + "  " + touch.kind + "  " + text::printable(touch.what, 500) + "\n");
      }
    }
  }
  using Json = nlohmann::ordered_json;
  if (console.json()) console.out(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  return ExitCode::ok;
}

}  // namespace aztriage::cli
