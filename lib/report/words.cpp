#include "report/words.h"

#include "isolation/explain.h"

namespace aztriage::report {

std::string_view state_name(engine::StepState state) {
  switch (state) {
    case engine::StepState::done:
      return "done";
    case engine::StepState::failed:
      return "failed";
    case engine::StepState::skipped:
      return "skipped";
    case engine::StepState::not_run:
      return "not-run";
  }
  return {};
}

std::string_view kind_name(playbook::StepKind kind) {
  switch (kind) {
    case playbook::StepKind::probe:
      return "probe";
    case playbook::StepKind::question:
      return "question";
    case playbook::StepKind::command:
      return "command";
    case playbook::StepKind::of:
      return "of";
  }
  return {};
}

bool speaks_against(double bits) {
  return isolation::strength(bits) == "against";
}

}  // namespace aztriage::report
