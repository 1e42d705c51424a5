// Any bytes as a playbook. Whatever they are: there is a playbook or an error, every mistake can be shown,
// indices lead somewhere, and what isolation makes of it are probabilities.

#include "base/text.h"
#include "fuzz/must.h"
#include "isolation/belief.h"
#include "isolation/problem.h"
#include "playbook/small_world.h"
#include "source/render.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

using namespace aztriage;
using namespace aztriage::test;

namespace {

void check_shown(const source::Diagnostics& diagnostics, const source::Source& source) {
  const std::string shown = source::render(diagnostics, source);
  must(text::first_invalid_utf8(shown) == std::string::npos, "what is shown is UTF-8");
  for (const char c : shown)
    must(c == '\n' || static_cast<unsigned char>(c) >= 0x20, "nothing moves the terminal");
}

void check_indices(const playbook::Playbook& p) {
  const auto steps = static_cast<int>(p.steps.size());
  const auto is_step = [&](int i) { return i >= 0 && i < steps; };
  for (const playbook::Step& step : p.steps) {
    must(step.of == -1 || is_step(step.of), "'of' leads to a step");
    for (const int on : step.waits_for) must(is_step(on), "it waits for a step");
    for (const playbook::Require& require : step.requires_) {
      must(is_step(require.step), "it requires a step");
      for (const int o : require.outcomes) {
        must(o >= 0 && o < static_cast<int>(p.steps[static_cast<std::size_t>(require.step)].outcomes.size()),
             "it has that outcome");
      }
    }
    for (const playbook::Outcome& outcome : step.outcomes) {
      if (!outcome.given) continue;
      for (const auto& [cause, chance] : outcome.given->causes) {
        must(cause >= 0 && cause < static_cast<int>(p.causes.size()), "it speaks of a cause");
        must(chance >= 0 && chance <= 1, "a chance is one");
      }
    }
  }
  for (const playbook::Cause& cause : p.causes) {
    for (const int step : cause.verify) must(is_step(step), "it is verified by a step");
  }
}

void check_beliefs(const playbook::Playbook& p) {
  const isolation::Problem problem = isolation::build(p);
  isolation::Known known;
  for (std::size_t s = 0; s < p.steps.size(); ++s) {
    if (!p.steps[s].outcomes.empty()) known.answers.push_back({static_cast<int>(s), 0});
  }
  double sum = 0;
  for (const double chance : isolation::believe(problem, known)) {
    must(std::isfinite(chance) && chance >= 0, "a belief is a probability");
    sum += chance;
  }
  must(std::fabs(sum - 1) < 1e-9, "beliefs sum to one");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const small_world::SmallWorld world;
  const source::Source source("fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size));
  source::Diagnostics diagnostics;
  const auto loaded = playbook::load(source, "family/scenario", world.world(), diagnostics);
  must(loaded.has_value() != diagnostics.has_errors(), "there is a playbook unless there is an error");
  check_shown(diagnostics, source);
  if (!loaded) return 0;
  check_indices(*loaded);
  check_beliefs(*loaded);
  return 0;
}
